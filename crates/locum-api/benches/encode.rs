//! What reading an AssumeRole form and writing its answer cost: `cargo bench -p locum-api --bench encode`.

#![allow(missing_docs, reason = "criterion's macros make public functions")]
#![allow(clippy::expect_used, reason = "a benchmark that cannot run should stop")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use jiff::Timestamp;
use locum_api::{
    Format, Parameters, Request, Sensitive, operation_for,
    sts::{AssumeRoleRequest, AssumeRoleResponse, AssumedRoleUser, Credentials},
    success_body,
};

const FORM: &[u8] =
    b"Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fdeploy\
    &RoleSessionName=build-7&DurationSeconds=900&ExternalId=tenant-42";

fn response() -> AssumeRoleResponse {
    AssumeRoleResponse {
        credentials: Credentials {
            access_key_id: "ASIAQNZGKIQY56JQ7WML".to_owned(),
            secret_access_key: Sensitive::new("k".repeat(40)),
            session_token: Sensitive::new("T".repeat(800)),
            expiration: Timestamp::from_second(1_800_000_000).expect("a time"),
        },
        assumed_role_user: AssumedRoleUser {
            assumed_role_id: "AROAVW7XGDOWATIX2A3IA:build-7".to_owned(),
            arn: "arn:aws:sts::123456789012:assumed-role/deploy/build-7".to_owned(),
        },
        ..AssumeRoleResponse::default()
    }
}

fn benches(criterion: &mut Criterion) {
    criterion.bench_function("read the parameters", |b| {
        b.iter(|| Parameters::parse(black_box(b""), black_box(FORM)).expect("a form"));
    });
    let parameters = Parameters::parse(b"", FORM).expect("a form");
    criterion.bench_function("decode and validate", |b| {
        b.iter(|| AssumeRoleRequest::decode(black_box(&parameters)).expect("a request"));
    });
    let operation = operation_for(&parameters).expect("an operation");
    let response = response();
    for (name, format) in [
        ("write the answer, XML", Format::Xml),
        ("write the answer, JSON", Format::Json),
    ] {
        criterion.bench_function(name, |b| {
            b.iter(|| {
                success_body(
                    operation,
                    black_box(&response),
                    "7f453c3d-dbdb-4960-85ae-2c5dedc751e5",
                    format,
                )
            });
        });
    }
}

criterion_group!(encode, benches);
criterion_main!(encode);
