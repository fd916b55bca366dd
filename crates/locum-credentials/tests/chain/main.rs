//! The chain against botocore's answers, and against a world made up for a test.

#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, missing_docs)]

mod caches;
mod endpoints;
mod factors;
mod identity_center;
mod logins;
mod offline;
mod oracle;
mod processes;
mod refused;
mod roles;
mod vaults;
mod world;
