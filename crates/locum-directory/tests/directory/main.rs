//! The directory from outside: what it keeps, refuses, publishes and survives.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on should stop"
)]

mod aws_policies;
mod backups;
mod commits;
mod crash;
mod damage;
mod delegations;
mod drafts;
mod federated;
mod federated_model;
mod files;
mod fixture;
mod groups;
mod instance_profiles;
mod many;
mod model;
mod organization;
mod organization_model;
mod passwords;
mod refusals;
mod rekeyed;
mod samples;
mod service_links;
mod stores;
mod usage;
