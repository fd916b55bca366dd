//! GetWebIdentityToken over the whole service, its tokens verified by a JWT library that is not ours.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod harness;

mod web_identity_token {
    mod claims;
    mod lifecycle;
    mod partner;
    mod permission;
    mod record;
    mod rotation;
    mod scene;
}
