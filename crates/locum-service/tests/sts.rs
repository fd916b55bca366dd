//! Every operation of STS, over the whole service, against the recorded facts.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod harness;

mod sts {
    mod assume_role;
    mod assume_root;
    mod audit;
    mod authentication;
    mod confusion;
    mod denials;
    mod envelopes;
    mod federation;
    mod identity;
    mod keys;
    mod lives;
    mod order;
    mod properties;
    mod rotation;
    mod scene;
    mod sessions;
    mod trust;
    mod validation;
    mod wire;
}
