//! Temporary delegation, over the whole service: asked for, granted, traded in, used, ended.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod harness;

mod delegation {
    mod approvers;
    mod creation;
    mod ends;
    #[path = "../web_identity/issuer.rs"]
    #[allow(dead_code, reason = "these tests use a part")]
    mod issuer;
    mod lasting;
    mod life;
    mod parties;
    mod permissions;
    #[path = "../mfa/phone.rs"]
    #[allow(dead_code, reason = "these tests use a part")]
    mod phone;
    mod states;
    mod tokens;
}
