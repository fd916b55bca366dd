//! Transactions: what they do is what their requests would do one by one, or nothing.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod harness;

mod transaction {
    mod agreement;
    mod answers;
    mod atomicity;
    mod concurrency;
    mod contract;
    mod operator;
    mod records;
    mod rights;
    mod state;
}
