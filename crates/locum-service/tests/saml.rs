//! Users of SAML providers, over the whole service: from the metadata to a session that works.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod harness;

mod saml {
    mod answers;
    mod conditions;
    mod durations;
    mod encryption;
    mod idp;
    mod meanwhile;
    mod office;
    mod permissions;
    mod places;
    mod private_keys;
    mod provider_authorization;
    mod providers;
    mod records;
    mod refusals;
    mod replay;
    mod resource_control;
    mod scene;
    mod sealed;
    mod sessions;
}
