//! What an AssumeRole cannot do without, and nothing else: its hashes, its HMAC, its seal, its random bytes, the bytes that it
//! copies out. The primitives alone, at the sizes that the call of the other benchmarks has.

#![allow(
    clippy::unwrap_used,
    reason = "a benchmark that cannot be set up has nothing to measure"
)]

use std::hint::black_box;

use aws_lc_rs::{
    aead::{AES_256_GCM_SIV, Aad, LessSafeKey, Nonce, UnboundKey},
    digest, hmac,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use criterion::{Criterion, criterion_group, criterion_main};
use locum_crypto::{BufferedRandom, Random};
use sizes::{BOUND, CANONICAL, IDS, RANDOM, SESSION, STRING_TO_SIGN, TOKEN};

#[path = "../src/sizes.rs"]
mod sizes;

/// The form.
const BODY: usize = 116;
/// The answer and the record.
const ANSWER: usize = 1030;
const RECORD: usize = 1010;

fn floors(criterion: &mut Criterion) {
    for (name, size) in [
        ("sha256_of_the_body", BODY),
        ("sha256_of_the_canonical_request", CANONICAL),
    ] {
        let bytes = vec![b'a'; size];
        criterion.bench_function(&format!("floor/{name}"), |bencher| {
            bencher.iter(|| digest::digest(&digest::SHA256, black_box(&bytes)));
        });
    }

    let key = hmac::Key::new(hmac::HMAC_SHA256, &[7; 32]);
    let text = vec![b'a'; STRING_TO_SIGN];
    criterion.bench_function("floor/hmac_of_the_string_to_sign", |bencher| {
        bencher.iter(|| hmac::sign(black_box(&key), black_box(&text)));
    });

    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM_SIV, &[7; 32]).unwrap());
    let bound = [b'a'; BOUND];
    let mut session = vec![b'a'; SESSION];
    criterion.bench_function("floor/seal_of_the_session", |bencher| {
        bencher.iter(|| {
            let nonce = Nonce::assume_unique_for_key([1; 12]);
            key.seal_in_place_separate_tag(nonce, Aad::from(bound), black_box(&mut session))
                .unwrap()
        });
    });

    let token = vec![7; TOKEN];
    let mut text = [0; TOKEN * 2];
    criterion.bench_function("floor/base64_of_the_token", |bencher| {
        bencher.iter(|| BASE64_STANDARD.encode_slice(black_box(&token), black_box(&mut text)));
    });

    let mut random = BufferedRandom::new();
    for (name, size) in [("of_the_ids", IDS), ("of_all", RANDOM)] {
        let mut drawn = vec![0; size];
        criterion.bench_function(&format!("floor/random_bytes_{name}"), |bencher| {
            bencher.iter(|| random.fill(black_box(&mut drawn)));
        });
    }

    for (name, size) in [("answer", ANSWER), ("record", RECORD)] {
        let bytes = vec![b'a'; size];
        criterion.bench_function(&format!("floor/copy_of_the_{name}"), |bencher| {
            bencher.iter(|| black_box(&bytes).clone());
        });
    }
}

criterion_group!(benches, floors);
criterion_main!(benches);
