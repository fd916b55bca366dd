//! RevokeSessions, over the whole service: what ends, what goes on, and who may. What providers vouched for is in `saml` and
//! `web_identity`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod harness;

mod revocation {
    mod contract;
    mod credentials;
    mod ends;
    #[path = "../mfa/phone.rs"]
    #[allow(dead_code, reason = "these tests use a part")]
    mod phone;
    mod rights;
    mod scene;
}
