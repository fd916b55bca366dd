//! Tokens of OpenID Connect issuers: the good ones are read whole, every attack is refused for its own reason.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should stop"
)]

mod claims;
mod condition_keys;
mod discovery;
mod fetch_order;
mod headers;
mod issuer;
mod key_cache;
mod key_set;
mod oracle;
mod session_claims;
mod signatures;
