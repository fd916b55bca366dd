//! Whole calls in process: signed request bytes in, reply out.

#![allow(
    clippy::unwrap_used,
    reason = "a benchmark that cannot be set up has nothing to measure"
)]

mod world;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};

use crate::world::world;

fn calls(criterion: &mut Criterion) {
    let world = world();
    for prepared in world.prepared() {
        criterion.bench_function(prepared.name, |bencher| {
            bencher.iter(|| world.again(black_box(&prepared)));
        });
    }
}

criterion_group!(benches, calls);
criterion_main!(benches);
