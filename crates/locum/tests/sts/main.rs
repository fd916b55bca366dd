//! The built program against a server inside the test: what goes over the wire, what is printed, how it ends.
//!
//! Every run has an empty environment and an empty home, so nothing of the machine can reach it.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    unreachable_pub,
    reason = "a test that cannot go on fails"
)]

mod command;
mod federation;
mod mistakes;
mod requests;
mod results;
mod room;
mod server;
