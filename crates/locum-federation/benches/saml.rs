//! What a SAML response costs: a genuine one, and the largest of every hostile shape. The most is 20 ms.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

#[path = "../tests/saml/shapes.rs"]
mod shapes;
#[path = "../tests/saml/world.rs"]
#[allow(dead_code)]
mod world;

use std::hint::black_box;

use base64::{Engine, prelude::BASE64_STANDARD};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};

fn benchmark(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("saml");
    let plain = world::World::new();
    for (name, document) in shapes::all() {
        let encoded = BASE64_STANDARD.encode(&document);
        group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
            bencher.iter(|| plain.verify_base64(black_box(&encoded)).is_ok());
        });
    }
    let decrypting = world::World::decrypting();
    let encrypted = BASE64_STANDARD.encode(include_str!("../tests/saml/data/encrypted-signed-response.xml"));
    group.bench_function(BenchmarkId::from_parameter("encrypted"), |bencher| {
        bencher.iter(|| decrypting.verify_base64(black_box(&encrypted)).is_ok());
    });
}

criterion_group!(benches, benchmark);
criterion_main!(benches);
