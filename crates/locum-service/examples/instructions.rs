//! Whole calls in process, for `cargo xtask instructions` to count: instructions repeat where seconds do not.
//!
//! `valgrind` collects inside of [`one`] only and writes down what it collected after each [`every`], so that neither the
//! directory nor the first call, which fills caches, is counted.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "what cannot be set up has nothing to count, and names are its result"
)]

#[path = "../benches/world/mod.rs"]
mod world;

use std::hint::black_box;

use crate::world::{Prepared, World, world};

/// As many as `xtask` divides by: keys and ids are random, and so are a few instructions.
const CALLS: usize = 20;

fn main() {
    let world = world();
    for prepared in world.prepared() {
        world.again(&prepared);
        every(&world, &prepared);
        println!("{} {CALLS}", prepared.name);
    }
}

#[inline(never)]
fn every(world: &World, prepared: &Prepared) {
    for _ in 0..CALLS {
        one(world, prepared);
    }
    // What is dumped after this function must not be what a tail call left.
    black_box(());
}

#[inline(never)]
fn one(world: &World, prepared: &Prepared) {
    black_box(world.again(black_box(prepared)));
}
