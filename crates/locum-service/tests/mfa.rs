//! MFA as a second factor, over the whole service: devices, their codes, and what they open.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod harness;

mod mfa {
    mod audit;
    mod authorization;
    mod chains;
    mod codes;
    mod conditions;
    mod devices;
    mod durability;
    mod locks;
    mod phone;
    mod proofs;
    mod quotas;
    mod tags;
}
