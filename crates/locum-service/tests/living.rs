//! A living service beside a model of it: random sequences of what administrators do and what sessions of before are used for.
//!
//! After every step the model, which knows what AWS documents and shares nothing with the service, says whether it had to be
//! allowed, and who was asking. `LOCUM_SEED=7` begins with another seed, and `LOCUM_LIVES=1000` takes more of them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod harness;

#[path = "web_identity/issuer.rs"]
#[allow(dead_code, reason = "a part is used")]
mod issuer;

#[path = "saml/idp.rs"]
#[allow(dead_code, reason = "a part is used")]
mod idp;

#[path = "saml/sealed.rs"]
#[allow(dead_code, reason = "a part is used")]
mod sealed;

#[path = "mfa/phone.rs"]
#[allow(dead_code, reason = "a part is used")]
mod phone;

mod living {
    mod agreement;
    mod assume_role;
    mod authenticate;
    mod authorize;
    mod chance;
    mod changes;
    mod deeds;
    mod delegate;
    mod documents;
    mod inventory;
    mod keys;
    mod life;
    mod look;
    mod model;
    mod organize;
    mod policies;
    mod saml;
    mod second_factor;
    mod sessions;
    mod statements;
    mod upkeep;
    mod verdict;
    mod vouched;
    mod web_identity;
}
