//! The keys of OpenID Connect issuers over real sockets: from whom they are fetched, from whom not, and what counts.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should stop"
)]

mod answers;
mod certificates;
mod fixture;
mod idp;
mod reach;
mod refresh;
