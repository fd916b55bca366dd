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
    mod lasting;
    mod life;
    mod parties;
    mod permissions;
    mod states;
    mod tokens;
}
