//! What a verification costs: `cargo bench -p locum-sigv4`.

#![allow(missing_docs, reason = "criterion's macros make public functions")]
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a benchmark that cannot run should stop"
)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use jiff::Timestamp;
use locum_crypto::SecretString;
use locum_sigv4::{AuthError, ExpectedScope, PathRule, Request, Signed, Signer, SigningKeyCache};

const BODY: &[u8] =
    b"Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A029608264753%3Arole%2Freader\
    &RoleSessionName=build-1234";

fn verify(
    request: &Request<'_>,
    now: Timestamp,
    secret: &SecretString,
    cache: &SigningKeyCache,
) -> Result<(), AuthError> {
    let signed = Signed::parse(request)?;
    let scope = ExpectedScope {
        service: "sts",
        accepts_region: &|region| region == "us-east-1",
    };
    signed
        .check_time(now)?
        .check_scope(&scope)?
        .verify(secret, cache)
        .map(drop)
}

fn benches(c: &mut Criterion) {
    let now: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
    let secret = SecretString::from("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    let signer = Signer {
        access_key_id: "AKIAQNZGKIQY56JQ7WML",
        secret: &secret,
        session_token: None,
        region: "us-east-1",
        service: "sts",
        path: PathRule::SERVICE,
    };
    let plain: [(&str, &[u8]); 5] = [
        ("host", b"localhost:8080"),
        ("accept-encoding", b"identity"),
        (
            "content-type",
            b"application/x-www-form-urlencoded; charset=utf-8",
        ),
        ("user-agent", b"aws-cli/2.36.7 md/awscrt#0.36.0 ua/2.1"),
        ("content-length", b"134"),
    ];
    let unsigned = Request {
        method: "POST",
        path: "/",
        query: "",
        headers: &plain,
        body: BODY,
    };
    let added = signer.sign_headers(&unsigned, now).unwrap();
    let mut headers = plain.to_vec();
    headers.extend(added.iter().map(|(name, value)| (*name, value.as_bytes())));
    let request = Request {
        method: "POST",
        path: "/",
        query: "",
        headers: &headers,
        body: BODY,
    };

    let cache = SigningKeyCache::default();
    verify(&request, now, &secret, &cache).unwrap();
    c.bench_function("verify, key cached", |b| {
        b.iter(|| verify(black_box(&request), now, &secret, &cache).unwrap());
    });
    c.bench_function("verify, key derived", |b| {
        b.iter_with_setup(
            || SigningKeyCache::new(1),
            |empty| verify(black_box(&request), now, &secret, &empty).unwrap(),
        );
    });

    let host: [(&str, &[u8]); 1] = [("host", b"localhost:8080")];
    let get = Request {
        method: "GET",
        path: "/",
        query: "Action=GetCallerIdentity&Version=2011-06-15",
        headers: &host,
        body: b"",
    };
    let query = signer.presign_query(&get, now, 900).unwrap();
    let presigned = Request { query: &query, ..get };
    c.bench_function("verify presigned, key cached", |b| {
        b.iter(|| verify(black_box(&presigned), now, &secret, &cache).unwrap());
    });
    c.bench_function("parse", |b| {
        b.iter(|| Signed::parse(black_box(&request)).unwrap())
    });
    c.bench_function("sign", |b| {
        b.iter(|| signer.sign_headers(black_box(&unsigned), now).unwrap())
    });
}

criterion_group!(group, benches);
criterion_main!(group);
