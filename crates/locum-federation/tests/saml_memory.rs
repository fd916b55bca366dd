//! No response takes more than four megabytes, whatever it holds.
//!
//! What is counted is everything that one verification allocates, freed again or not: more than it ever holds at once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

#[path = "saml/shapes.rs"]
mod shapes;
#[path = "saml/world.rs"]
#[allow(dead_code)]
mod world;

use std::alloc::System;

use base64::{Engine, prelude::BASE64_STANDARD};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const MOST: usize = 4_000_000;

#[test]
fn a_response_takes_no_more_than_four_megabytes() {
    let world = world::World::new();
    for (name, document) in shapes::all() {
        let encoded = BASE64_STANDARD.encode(&document);
        assert!(encoded.len() <= 100_000, "{name}: {} bytes", document.len());
        let region = Region::new(ALLOCATOR);
        let outcome = world.verify_base64(&encoded);
        let change = region.change();
        drop(outcome);
        assert!(
            change.bytes_allocated <= MOST,
            "{name}: {}",
            change.bytes_allocated
        );
    }
}
