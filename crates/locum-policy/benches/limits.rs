//! What a decision costs at the limits of what can be attached: the most policies there may be, every one of them
//! made to be slow, and the most statements.
#![allow(clippy::unwrap_used, missing_docs)]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use locum_names::Partition;
use locum_policy::{Context, Layers, Policy, PolicyKind, Principal, Request, Source, decide};

/// The size of a managed policy at most.
const BYTES: usize = 6_144;
/// Twenty policies in each of ten groups.
const POLICIES: usize = 20 * 10;

/// A policy full of resources of this pattern, each a little different.
fn full(pattern: impl Fn(usize) -> String) -> Policy {
    let mut resources = String::new();
    for n in 0.. {
        let next = format!(r#""arn:aws:s3:::{}","#, pattern(n));
        if resources.len() + next.len() + 90 > BYTES {
            break;
        }
        resources.push_str(&next);
    }
    let resources = resources.trim_end_matches(',');
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"s3:*","Resource":[{resources}]}}}}"#
    );
    Policy::compile(&text, PolicyKind::Managed).unwrap()
}

fn ask(policies: &[Policy], resource: &str) -> bool {
    let account = "123456789012".parse().unwrap();
    let id = "AIDAQNZGKIQY56JQ7WML2".parse().unwrap();
    let context = Context::new();
    let request = Request {
        principal: Principal::user(Partition::Aws, account, id, "/", "alice"),
        action: "s3:GetObject",
        resource,
        resource_account: account,
        context: &context,
    };
    let identity: Vec<Source<'_>> = policies.iter().map(|p| Source::new(p, "")).collect();
    let layers = Layers {
        identity: &identity,
        ..Layers::default()
    };
    decide(black_box(&request), black_box(&layers)).is_allowed()
}

fn hostile(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("hostile");
    let long = "a".repeat(2_000);
    type Make = fn(usize) -> String;
    let rows: [(&str, Make, &str); 6] = [
        ("pairs", |n| format!("*{}c", "a?".repeat(400 + n)), &long),
        ("long literal", |n| format!("*{}c", "a".repeat(900 + n)), &long),
        ("questions", |n| format!("*{}c", "?".repeat(900 + n)), &long),
        ("stars", |n| format!("{}c", "*a".repeat(400 + n)), &long),
        ("short", |n| format!("*a?a{n}"), &long),
        (
            "ordinary",
            |n| format!("*-prod-{n}-*/*.csv"),
            "team-prod-logs/2026-11-22/report.csv",
        ),
    ];
    for (name, pattern, text) in rows {
        let policies: Vec<Policy> = (0..POLICIES).map(|_| full(pattern)).collect();
        let resource = format!("arn:aws:s3:::{text}");
        assert!(!ask(&policies, &resource));
        group.bench_function(name, |b| b.iter(|| ask(&policies, &resource)));
    }
    group.finish();
}

fn statements(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("statements");
    for count in [10, 50_000] {
        let statements: Vec<String> = (0..count)
            .map(|n| {
                format!(
                    r#"{{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket-{n}/*"}}"#
                )
            })
            .collect();
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":[{}]}}"#,
            statements.join(",")
        );
        let policies = [Policy::compile(&text, PolicyKind::Inline).unwrap()];
        let resource = format!("arn:aws:s3:::bucket-{}/report", count - 1);
        assert!(ask(&policies, &resource));
        group.bench_function(BenchmarkId::from_parameter(count), |b| {
            b.iter(|| ask(&policies, &resource))
        });
    }
    group.finish();
}

criterion_group!(benches, hostile, statements);
criterion_main!(benches);
