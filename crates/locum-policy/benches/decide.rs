//! What a decision costs as the caller's policy grows. The statement that allows comes last.
#![allow(clippy::unwrap_used, missing_docs)]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use locum_names::Partition;
use locum_policy::{Context, Layers, Policy, PolicyKind, Principal, Request, Source, decide};

/// A quarter of the statements share the request's action, as real policies do.
fn document(statements: usize) -> String {
    let last = statements - 1;
    let statements: Vec<String> = (0..statements)
        .map(|n| {
            let action = if n % 4 == 0 || n == last { "s3:GetObject" } else { "sqs:SendMessage" };
            format!(
                r#"{{"Effect":"Allow","Action":"{action}","Resource":"arn:aws:s3:::bucket-{n}/*",
                "Condition":{{"Bool":{{"aws:SecureTransport":"true"}},"IpAddress":{{"aws:SourceIp":"10.0.0.0/8"}}}}}}"#
            )
        })
        .collect();
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{}]}}"#,
        statements.join(",")
    )
}

fn benchmark(criterion: &mut Criterion) {
    let account = "123456789012".parse().unwrap();
    let id = "AIDAQNZGKIQY56JQ7WML2".parse().unwrap();
    let mut context = Context::new();
    context.set("aws:SourceIp", "10.1.2.3");
    context.set_bool("aws:SecureTransport", true);
    let mut group = criterion.benchmark_group("decide");
    for statements in [1, 100, 5_000] {
        let policy = Policy::compile(&document(statements), PolicyKind::Inline).unwrap();
        let resource = format!("arn:aws:s3:::bucket-{}/report", statements - 1);
        let request = Request {
            principal: Principal::user(Partition::Aws, account, id, "/", "alice"),
            action: "s3:GetObject",
            resource: &resource,
            resource_account: account,
            context: &context,
        };
        let identity = [Source::new(&policy, "inline")];
        let layers = Layers {
            identity: &identity,
            ..Layers::default()
        };
        assert!(decide(&request, &layers).is_allowed());
        group.bench_function(BenchmarkId::from_parameter(statements), |b| {
            b.iter(|| decide(black_box(&request), black_box(&layers)).is_allowed());
        });
    }
    group.finish();
    criterion.bench_function("compile 100", |b| {
        let text = document(100);
        b.iter(|| Policy::compile(black_box(&text), PolicyKind::Inline).unwrap());
    });
}

criterion_group!(benches, benchmark);
criterion_main!(benches);
