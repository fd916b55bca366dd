//! How often a call allocates, counted: a figure that is the same on every machine. One that grows needs a reason, and one that
//! shrinks is to be written down.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "../benches/world/mod.rs"]
mod world;

use std::alloc::System;

use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

use crate::world::world;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Allocations of a call, growing what there is among them.
const COUNTED: [(&str, usize); 4] = [
    ("assume_role", 23),
    ("assume_role_denied", 68),
    ("caller_identity_of_user", 14),
    ("caller_identity_of_session", 21),
];

const TIMES: usize = 64;

#[test]
fn a_call_allocates_as_often_as_it_is_said_to() {
    let world = world();
    let counted = world.prepared().into_iter().map(|prepared| {
        world.again(&prepared);
        let region = Region::new(ALLOCATOR);
        for _ in 0..TIMES {
            world.again(&prepared);
        }
        let change = region.change();
        (prepared.name, (change.allocations + change.reallocations) / TIMES)
    });
    assert_eq!(counted.collect::<Vec<_>>(), COUNTED);
}
