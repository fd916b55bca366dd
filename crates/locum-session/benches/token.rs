//! What sealing and opening a role session of typical size cost: `cargo bench -p locum-session`.

#![allow(missing_docs, reason = "criterion's macros make public functions")]
#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot run should stop, and one that runs says what it measures"
)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use jiff::Timestamp;
use locum_crypto::{
    BufferedRandom, DeploymentId, KeyRing, Purpose, Random, SeededRandom, generate_secret_access_key,
};
use locum_session::{Session, SessionPrincipal, SessionTag, TagReach, open_session, seal_session};

const ISSUED: i64 = 1_800_000_000;

/// A session whose sealed bytes are about 600.
fn session() -> Session {
    let tag = |key: &str, value: &str| SessionTag {
        key: key.into(),
        value: value.into(),
        reach: TagReach::Transitive,
    };
    Session {
        access_key_id: "ASIAQNZGKIQY56JQ7WML".parse().expect("a key id"),
        secret_access_key: generate_secret_access_key(&mut SeededRandom::new(1)),
        issued_at: ISSUED,
        expires_at: ISSUED + 3600,
        principal: SessionPrincipal::Role {
            id: "AROAVW7XGDOWATIX2A3IA".parse().expect("a role id"),
            account: "392971033516".parse().expect("an account"),
            session_name: "deploy-20260101-main".into(),
        },
        mfa: None,
        policy: Some(
            concat!(
                r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject","#,
                r#""s3:ListBucket"],"Resource":["arn:aws:s3:::warehouse","arn:aws:s3:::warehouse/tables/*"],"#,
                r#""Condition":{"StringEquals":{"aws:RequestedRegion":"eu-central-1"}}}]}"#
            )
            .into(),
        ),
        policy_arns: vec!["arn:aws:iam::aws:policy/ReadOnlyAccess".into()],
        tags: vec![tag("Project", "warehouse"), tag("CostCenter", "4711"), tag("Stage", "production")],
        source_identity: Some("alice@example.com".into()),
        chain_depth: 0,
        federation: None,
        scope: None,
    }
}

fn token(c: &mut Criterion) {
    let now = Timestamp::from_second(ISSUED).expect("a time");
    let mut rng = BufferedRandom::new();
    let ring = KeyRing::generate(Purpose::SessionToken, now, &mut rng);
    let deployment = DeploymentId::generate(&mut rng);
    let session = session();
    let sealed = seal_session(&session, &ring, &deployment, &mut rng).expect("fits");
    println!("a token of {} characters", sealed.len());

    c.bench_function("seal a session", |b| {
        b.iter(|| seal_session(black_box(&session), &ring, &deployment, &mut rng));
    });
    c.bench_function("open a session", |b| {
        b.iter(|| {
            open_session(
                black_box(&sealed),
                &session.access_key_id,
                &ring,
                &deployment,
                now,
            )
        });
    });
    c.bench_function("draw a secret access key", |b| {
        b.iter(|| generate_secret_access_key(&mut rng));
    });
    c.bench_function("draw a nonce", |b| {
        let mut nonce = [0; 12];
        b.iter(|| rng.fill(black_box(&mut nonce)));
    });
}

criterion_group!(benches, token);
criterion_main!(benches);
