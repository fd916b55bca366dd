//! SAML responses: genuine ones of several implementations, and every attack that broke a verifier.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod claims;
mod conditions;
mod documents;
mod encryption;
mod genuine;
mod metadata;
mod mutation;
mod signatures;
mod world;
mod wrapping;
