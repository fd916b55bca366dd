//! Every row of facts: sts §1.6, with its status, code and text, and the order in which they apply.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    unreachable_pub,
    reason = "a test that cannot go on should stop"
)]

mod ambiguity;
mod mismatches;
mod order;
mod parts;
mod sent;
mod times;
mod verified;
