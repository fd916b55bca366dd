//! OpenID Connect, over the whole service: providers in IAM, tokens in STS, the sessions that they bring.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod harness;

mod web_identity {
    mod accounts;
    mod audit;
    mod claims;
    mod clusters;
    mod conditions;
    mod credentials;
    mod documents;
    mod issuer;
    mod keys;
    mod permissions;
    mod provider_authorization;
    mod providers;
    mod refusals;
    mod resource_control;
    mod scene;
    mod sessions;
}
