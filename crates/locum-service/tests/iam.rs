//! Every operation of IAM, over the whole service, against the recorded facts.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod harness;

mod iam {
    mod access_keys;
    mod account_authorization;
    mod authorization;
    mod boundaries;
    mod group_permissions;
    mod groups;
    mod inline_policies;
    mod managed_policies;
    mod paging;
    mod policy_entities;
    mod quotas;
    mod roles;
    mod tags;
    mod texts;
    mod users;
}
