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
    mod account;
    mod account_authorization;
    mod authorization;
    mod boundaries;
    mod credential_report;
    mod denial_lengths;
    mod finishing;
    mod foreign_credentials;
    mod group_permissions;
    mod groups;
    mod inline_policies;
    mod instance_profiles;
    mod last_used;
    mod login_profiles;
    mod managed_policies;
    mod paging;
    mod password_policy;
    mod passwords_at_once;
    mod permission;
    mod policy_entities;
    mod quotas;
    mod random_account;
    mod recorded;
    mod roles;
    mod service_linked_roles;
    mod simulation;
    mod tags;
    mod texts;
    mod users;
    mod validate_policy;
}
