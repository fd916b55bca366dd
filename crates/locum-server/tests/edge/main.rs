//! The edge over real sockets: what comes in byte by byte, and what goes out.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should stop"
)]

mod abandoned;
mod admin;
mod audit;
mod fixture;
mod frames;
mod framing;
mod http2;
mod limits;
mod long;
mod peer;
mod real;
mod requests;
mod stop;
mod store;
mod streams;
mod tls;
