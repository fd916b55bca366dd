//! Organizations, over the whole service: the tree, the policies that bound accounts, and what they do to requests.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod harness;

mod organizations {
    mod accounts;
    mod administrators;
    mod attachments;
    mod authorization;
    mod creation_tags;
    mod enforcement;
    mod explanations;
    mod lent;
    mod lists;
    mod outsiders;
    mod policies;
    mod quotas;
    mod scene;
    mod tags;
    mod units;
}
