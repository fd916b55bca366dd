//! The built program as an operator meets it: a service that it starts itself, its pages, full disks and closed pipes, and the
//! slips that people make.
//!
//! Every run has an empty environment and an empty home, so nothing of the machine can reach it.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    unreachable_pub,
    reason = "a test that cannot go on fails"
)]

mod outputs;
mod pages;
mod place;
mod slips;
mod starts;
