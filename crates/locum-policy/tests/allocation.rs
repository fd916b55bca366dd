//! A decision allocates nothing, whatever the policies hold.
#![allow(clippy::unwrap_used, missing_docs)]

use std::alloc::System;

use locum_names::Partition;
use locum_policy::{
    Context, Decision, Layers, Policy, PolicyKind, Principal, Request, ResourcePolicy, Source, decide,
};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const CONDITIONS: &str = r#"{
    "StringEquals":{"aws:username":"${aws:username}"},
    "StringEqualsIgnoreCase":{"aws:username":"ALICE"},
    "StringLike":{"aws:username":"*l*c*"},
    "ArnLike":{"aws:PrincipalArn":"arn:*:iam::*:user/*"},
    "NumericLessThan":{"aws:MultiFactorAuthAge":"3600.5"},
    "DateLessThan":{"aws:CurrentTime":"2030-01-01T00:00:00.5+01:00"},
    "Bool":{"aws:SecureTransport":"true"},
    "BinaryEquals":{"x:blob":"AAECAwQ="},
    "IpAddress":{"aws:SourceIp":["192.168.0.0/16","2001:db8::/32"]},
    "Null":{"aws:TokenIssueTime":"true"},
    "ForAllValues:StringEquals":{"aws:TagKeys":["a","b"]}
}"#;

#[test]
fn decide_allocates_nothing() {
    let mut statements = vec![format!(
        r#"{{"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::home/${{aws:username}}/*","Condition":{CONDITIONS}}}"#
    )];
    statements.extend((0..300).map(|n| {
        format!(
            r#"{{"Effect":"Deny","Action":["s3:Get*","s3:PutObject"],"Resource":"arn:aws:s3:::home/{n}*?x"}}"#
        )
    }));
    let document = format!(
        r#"{{"Version":"2012-10-17","Statement":[{}]}}"#,
        statements.join(",")
    );
    let policy = Policy::compile(&document, PolicyKind::Inline).unwrap();
    let bucket = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"*"}}"#;
    let bucket = Policy::compile(bucket, PolicyKind::Resource).unwrap();
    let account = "123456789012".parse().unwrap();
    let mut context = Context::new();
    for (key, value) in [
        ("aws:username", "alice"),
        ("aws:PrincipalArn", "arn:aws:iam::123456789012:user/alice"),
        ("aws:MultiFactorAuthAge", "12"),
        ("aws:CurrentTime", "2026-11-22T00:00:00.25Z"),
        ("aws:SecureTransport", "true"),
        ("x:blob", "AAECAwQ="),
        ("aws:SourceIp", "2001:db8::1"),
    ] {
        context.set(key, value);
    }
    context.set_many("aws:TagKeys", ["a", "b"]);
    let request = Request {
        principal: Principal::user(
            Partition::Aws,
            account,
            "AIDAQNZGKIQY56JQ7WML2".parse().unwrap(),
            "/",
            "alice",
        ),
        action: "s3:GetObject",
        resource: "arn:aws:s3:::home/alice/notes",
        resource_account: account,
        context: &context,
    };
    let sources = [Source::new(&policy, "inline")];
    let levels: [&[Source<'_>]; 2] = [&sources, &sources];
    let layers = Layers {
        identity: &sources,
        boundary: Some(sources[0]),
        session: Some(&sources),
        service_control: &levels,
        resource_control: &[],
        resource: ResourcePolicy::Attached(Source::new(&bucket, "bucket")),
    };
    let region = Region::new(ALLOCATOR);
    let decision = decide(&request, &layers);
    let change = region.change();
    assert_eq!(decision, Decision::Allow);
    assert_eq!(change.allocations + change.reallocations, 0);
}
