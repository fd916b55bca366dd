//! The compiled matcher and the naive interpreter agree on everything (`facts: policy §7`).
//!
//! The request comes first and policies are made of its pieces, so that about half of all comparisons are near misses.

use std::{cell::RefCell, collections::BTreeMap};

use locum_policy::{
    Context, Decision, Layers, Policy, PolicyKind, Principal, Request, RequesterKind, ResourcePolicy, Source,
    decide, explain,
};
use proptest::{prelude::*, sample::select};
use serde_json::{Map, Value, json};

use crate::{
    naive::{self, Ask, Stack},
    world::{HERE, THERE, account, alice, alice_id, federated, outside, role_id, role_session, root},
};

pub const ACTIONS: [&str; 3] = ["s3:GetObject", "sts:AssumeRole", "s3:Get"];
pub const RESOURCES: [&str; 5] = [
    "arn:aws:sqs:::bucket/a",
    "arn:aws:sqs:::bucket/a:b",
    "arn:aws:sqs:eu:111111111111:alice/x",
    "arn:aws:iam::111111111111:role/a",
    "*",
];
const PROVIDER: &str = "arn:aws:iam::111111111111:oidc-provider/idp.example.com";

fn actions() -> impl Strategy<Value = Value> {
    let one = select(vec![
        "*",
        "s3:*",
        "s3:GetObject",
        "S3:getobject",
        "s3:Get*",
        "s3:Get?bject",
        "s3:*Object",
        "s3:PutObject",
        "sts:*",
        "sts:AssumeRole",
        "sts:Assume*",
        "*:*",
        "s3:Get",
    ]);
    prop_oneof![
        one.clone().prop_map(|a| json!(a)),
        prop::collection::vec(one, 1..4).prop_map(|a| json!(a)),
    ]
}

fn resources() -> impl Strategy<Value = Value> {
    let one = select(vec![
        "*",
        "arn:aws:sqs:::bucket/a",
        "arn:aws:sqs:::bucket/*",
        "arn:aws:sqs:::bucket/?",
        "arn:aws:sqs:::*",
        "arn:aws:sqs:*:bucket/a",
        "arn:aws:sqs",
        "arn:aws:sqs:::bucket/${aws:username}",
        "arn:*:sqs:::b*a",
        "arn:aws:sqs:eu:*:${aws:username}/*",
        "arn:aws:sqs:${aws:username}:*:*",
        "arn:aws:sqs:::bucket/${x:tag, 'a'}",
        "arn:aws:sqs:::bucket/${x:tag}",
        "arn:aws:sqs:::bucket/${*}",
        "arn:aws:sqs:::BUCKET/a",
        "arn:aws:iam::*:role/*",
        "arn:aws:sqs:*:*:*",
        "arn:aws:sqs:::bucket/a:*",
        "arn:aws:sqs:*a",
        "arn:aws:sqs:::${aws:username}${x:none}*",
    ]);
    prop_oneof![
        one.clone().prop_map(|r| json!(r)),
        prop::collection::vec(one, 1..4).prop_map(|r| json!(r)),
    ]
}

const TEXTS: [&str; 17] = [
    "",
    "a",
    "A",
    "alice",
    "*",
    "a*",
    "${aws:username}",
    "${x:none}",
    "${x:tag, 'a'}",
    "a?",
    "arn:aws:sqs:::bucket/a",
    "arn:aws:sqs:*:bucket/a",
    "arn:*",
    "é",
    "K",
    "\u{212a}",
    "${x:tag}*",
];
const TYPED: [&str; 24] = [
    "1",
    "1.0",
    "01",
    "-1",
    "2.5",
    "x",
    "true",
    "False",
    "10.0.0.1",
    "10.0.0.0/8",
    "0.0.0.0/0",
    "::1",
    "::/0",
    "::ffff:10.0.0.1",
    "1704067200",
    "2024",
    "2024-01-01",
    "2024-01-01T00:00:00Z",
    "1e0",
    "+1",
    "${x:tag}",
    "AQ==",
    "AR==",
    "AQID",
];
const DATES: [&str; 4] = ["1704067200", "2024", "2024-01-01", "2024-01-02T00:00:00+05:00"];
const KEYS: [&str; 4] = ["x:tag", "X:Tag", "x:many", "aws:UserName"];

fn operator() -> impl Strategy<Value = String> {
    let base = select(vec![
        "StringEquals",
        "StringNotEquals",
        "StringEqualsIgnoreCase",
        "StringNotEqualsIgnoreCase",
        "StringLike",
        "StringNotLike",
        "ArnLike",
        "ArnEquals",
        "ArnNotLike",
        "NumericEquals",
        "NumericNotEquals",
        "NumericLessThan",
        "NumericGreaterThanEquals",
        "DateEquals",
        "DateNotEquals",
        "DateLessThanEquals",
        "DateGreaterThan",
        "Bool",
        "BinaryEquals",
        "IpAddress",
        "NotIpAddress",
        "Null",
    ]);
    let quantifier = prop_oneof![2 => Just(""), 1 => Just("ForAllValues:"), 1 => Just("ForAnyValue:")];
    (quantifier, base, any::<bool>()).prop_map(|(quantifier, base, if_exists)| {
        let suffix = if if_exists && base != "Null" {
            "IfExists"
        } else {
            ""
        };
        format!("{quantifier}{base}{suffix}")
    })
}

fn conditions() -> impl Strategy<Value = Map<String, Value>> {
    let value = |operator: &str| -> BoxedStrategy<&'static str> {
        if operator.contains("Date") {
            select(DATES.to_vec()).boxed()
        } else if operator.contains("String") || operator.contains("Arn") {
            select(TEXTS.to_vec()).boxed()
        } else {
            select(TYPED.to_vec()).boxed()
        }
    };
    let one = operator().prop_flat_map(move |operator| {
        let values = prop::collection::vec(value(&operator), 0..3);
        (Just(operator), select(KEYS.to_vec()), values)
    });
    prop::collection::vec(one, 0..3).prop_map(|all| {
        let mut block = Map::new();
        for (operator, key, values) in all {
            let keys = block.entry(operator).or_insert_with(|| json!({}));
            let values = if values.len() == 1 {
                json!(values[0])
            } else {
                json!(values)
            };
            keys.as_object_mut().unwrap().insert(key.to_owned(), values);
        }
        block
    })
}

fn principals() -> impl Strategy<Value = Value> {
    let aws = select(vec![
        "*".to_owned(),
        "111111111111".to_owned(),
        "222222222222".to_owned(),
        "arn:aws:iam::111111111111:root".to_owned(),
        "arn:aws:iam::111111111111:user/alice".to_owned(),
        "arn:aws:iam::111111111111:user/Alice".to_owned(),
        "arn:aws:iam::111111111111:role/team/deploy".to_owned(),
        "arn:aws:sts::111111111111:assumed-role/deploy/ci".to_owned(),
        "arn:aws:sts::111111111111:assumed-role/Deploy/ci".to_owned(),
        "arn:aws:sts::111111111111:federated-user/bob".to_owned(),
        alice_id().to_string(),
        role_id().to_string(),
    ]);
    prop_oneof![
        4 => prop::collection::vec(aws, 1..4).prop_map(|list| json!({"AWS": list})),
        1 => select(vec!["ec2.amazonaws.com", "EC2.amazonaws.com"]).prop_map(|host| json!({"Service": host})),
        1 => Just(json!({"Federated": PROVIDER})),
    ]
}

fn statement(kind: PolicyKind) -> impl Strategy<Value = Value> {
    let effect = prop_oneof![3 => Just("Allow"), 1 => Just("Deny")];
    let resource_key = prop_oneof![3 => Just("Resource"), 1 => Just("NotResource")];
    let flags = (
        any::<bool>(),
        prop::bool::weighted(0.2),
        prop::bool::weighted(0.3),
    );
    (
        effect,
        actions(),
        resource_key,
        resources(),
        conditions(),
        principals(),
        flags,
    )
        .prop_map(
            move |(
                effect,
                action,
                resource_key,
                resource,
                conditions,
                principal,
                (plain, not_action, not_principal),
            )| {
                let mut statement = json!({"Effect": effect});
                let named = matches!(kind, PolicyKind::Trust | PolicyKind::Resource);
                if kind == PolicyKind::Trust {
                    statement["Action"] = json!("sts:AssumeRole");
                } else {
                    statement[if not_action { "NotAction" } else { "Action" }] = action;
                    if !(named && plain) {
                        statement[resource_key] = resource;
                    }
                }
                if kind == PolicyKind::ResourceControl {
                    statement["Effect"] = json!("Deny");
                    statement["Principal"] = json!("*");
                    if let Some(action) = statement.as_object_mut().unwrap().remove("NotAction") {
                        statement["Action"] = action;
                    }
                }
                if named {
                    let not = not_principal && effect == "Deny" && kind == PolicyKind::Resource;
                    statement[if not { "NotPrincipal" } else { "Principal" }] = principal;
                }
                if !conditions.is_empty() && !plain {
                    statement["Condition"] = Value::Object(conditions);
                }
                statement
            },
        )
}

pub fn document(kind: PolicyKind) -> impl Strategy<Value = Value> {
    let version = prop_oneof![4 => Just("2012-10-17"), 1 => Just("2008-10-17")];
    let count = prop_oneof![6 => 1..4_usize, 1 => 8..16_usize];
    (version, count)
        .prop_flat_map(move |(version, count)| (Just(version), prop::collection::vec(statement(kind), count)))
        .prop_map(|(version, statements)| json!({"Version": version, "Statement": statements}))
}

pub fn callers() -> Vec<Principal<'static>> {
    vec![
        alice(),
        alice(),
        role_session(false),
        role_session(true),
        federated(),
        root(),
        outside(RequesterKind::Service("ec2.amazonaws.com")),
        outside(RequesterKind::Federated(PROVIDER)),
        outside(RequesterKind::Anonymous),
    ]
}

pub fn context() -> impl Strategy<Value = Context<'static>> {
    let texts: Vec<&str> = TEXTS.iter().chain(&TYPED).copied().collect();
    let one = prop::option::of(select(texts.clone()));
    let many = prop::option::of(prop::collection::vec(select(texts), 0..3));
    let name = prop::option::of(select(vec!["alice", "a", "*", "", "${aws:username}"]));
    (one, many, name).prop_map(|(one, many, name)| {
        let mut context = Context::new();
        if let Some(one) = one {
            context.set("x:tag", one);
        }
        if let Some(many) = many {
            context.set_many("x:many", many);
        }
        if let Some(name) = name {
            context.set("aws:username", name);
        }
        context
    })
}

fn stack() -> impl Strategy<Value = Stack> {
    use PolicyKind::{Inline, Resource, ResourceControl, ServiceControl, Session, Trust};
    let list = |kind, most: usize| prop::collection::vec(document(kind), 0..most);
    // A level that allows nothing is common enough without help.
    let all = json!({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}});
    let levels = prop::collection::vec(list(ServiceControl, 2), 0..2).prop_map(move |mut levels| {
        for level in &mut levels {
            if level.len() != 1 {
                level.push(all.clone());
            }
        }
        levels
    });
    let resource = prop_oneof![
        1 => Just((None, false)),
        2 => document(Resource).prop_map(|d| (Some(d), false)),
        2 => document(Trust).prop_map(|d| (Some(d), true)),
    ];
    let session = prop::option::weighted(0.4, list(Session, 3));
    let boundary = prop::option::weighted(0.3, document(Inline));
    let rcps = prop_oneof![
        3 => Just(Vec::new()),
        1 => prop::collection::vec(list(ResourceControl, 3), 1..3),
    ];
    (list(Inline, 3), boundary, session, levels, rcps, resource).prop_map(
        |(identity, boundary, session, scps, rcps, (resource, trust))| Stack {
            identity,
            boundary,
            session,
            scps,
            rcps,
            resource,
            trust,
        },
    )
}

/// Compiles what is valid; what is not is dropped from the naive stack as well.
fn compile(documents: &mut Vec<Value>, kind: PolicyKind) -> Vec<Policy> {
    let mut compiled = Vec::new();
    documents.retain(|d| match Policy::compile(&d.to_string(), kind) {
        Ok(policy) => {
            compiled.push(policy);
            true
        }
        Err(_) => false,
    });
    compiled
}

fn sources(policies: &[Policy]) -> Vec<Source<'_>> {
    policies.iter().map(|p| Source::new(p, "")).collect()
}

pub fn name(decision: &Decision<'_>) -> &'static str {
    match decision {
        Decision::Allow => "allow",
        Decision::ExplicitDeny { .. } => "explicit",
        Decision::ImplicitDeny { .. } => "implicit",
    }
}

pub fn cases(default: u32) -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok());
    ProptestConfig {
        cases: cases.unwrap_or(default),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Answers seen, so that a generator that only ever finds denials is noticed.
fn cell(decision: &Decision<'_>) -> String {
    match decision {
        Decision::Allow => "allow".to_owned(),
        Decision::ExplicitDeny { layer, .. } => format!("explicit {layer}"),
        Decision::ImplicitDeny { layer } => format!("implicit {layer}"),
    }
}

#[test]
fn compiled_and_naive_agree() {
    let seen: RefCell<BTreeMap<String, usize>> = RefCell::default();
    proptest!(cases(1_500), |(
        principal in select(callers()),
        action in select(ACTIONS.to_vec()),
        resource in select(RESOURCES.to_vec()),
        owner in select(vec![HERE, HERE, THERE]),
        context in context(),
        mut stack in stack(),
    )| {
        let identity = compile(&mut stack.identity, PolicyKind::Inline);
        let mut boundary: Vec<Value> = stack.boundary.take().into_iter().collect();
        let bound = compile(&mut boundary, PolicyKind::Inline);
        stack.boundary = boundary.pop();
        let session = stack.session.as_mut().map(|s| compile(s, PolicyKind::Session));
        let scps: Vec<Vec<Policy>> =
            stack.scps.iter_mut().map(|level| compile(level, PolicyKind::ServiceControl)).collect();
        let rcps: Vec<Vec<Policy>> =
            stack.rcps.iter_mut().map(|level| compile(level, PolicyKind::ResourceControl)).collect();
        let mut on_resource: Vec<Value> = stack.resource.take().into_iter().collect();
        let kind = if stack.trust { PolicyKind::Trust } else { PolicyKind::Resource };
        let on = compile(&mut on_resource, kind);
        stack.resource = on_resource.pop();
        if stack.resource.is_none() {
            stack.trust = false;
        }

        let (identity, bound, on) = (sources(&identity), sources(&bound), sources(&on));
        let session = session.as_ref().map(|s| sources(s));
        let levels: Vec<Vec<Source<'_>>> = scps.iter().map(|level| sources(level)).collect();
        let levels: Vec<&[Source<'_>]> = levels.iter().map(Vec::as_slice).collect();
        let rcps: Vec<Vec<Source<'_>>> = rcps.iter().map(|level| sources(level)).collect();
        let rcps: Vec<&[Source<'_>]> = rcps.iter().map(Vec::as_slice).collect();
        let layers = Layers {
            identity: &identity,
            boundary: bound.first().copied(),
            session: session.as_deref(),
            service_control: &levels,
            resource_control: &rcps,
            resource: match on.first() {
                Some(source) if stack.trust => ResourcePolicy::Trust(*source),
                Some(source) => ResourcePolicy::Attached(*source),
                None => ResourcePolicy::None,
            },
        };
        let request = Request { principal, action, resource, resource_account: account(owner), context: &context };
        let ask = Ask {
            principal,
            action,
            resource,
            same_account: owner == HERE,
            context: &context,
            bounded: false,
        };
        let decision = decide(&request, &layers);
        prop_assert_eq!(name(&decision), naive::decide(&ask, &stack));

        let explanation = explain(&request, &layers);
        prop_assert_eq!(explanation.decision, decision);
        let denial = explanation.matched.iter().find(|s| s.effect == locum_policy::Effect::Deny);
        match (decision, denial) {
            (Decision::ExplicitDeny { layer, statement, .. }, Some(found)) => {
                prop_assert_eq!((layer, statement), (found.layer, found.index));
            }
            (Decision::ExplicitDeny { .. }, None) => prop_assert!(false, "a denial without a statement"),
            (_, found) => prop_assert!(found.is_none()),
        }
        *seen.borrow_mut().entry(cell(&decision)).or_default() += 1;
    });
    let seen = seen.into_inner();
    if seen.values().sum::<usize>() < 1_500 {
        return;
    }
    for expected in [
        "allow",
        "explicit identity-based policy",
        "explicit permissions boundary",
        "explicit resource control policy",
        "explicit resource-based policy",
        "explicit role trust policy",
        "explicit service control policy",
        "explicit session policy",
        "implicit identity-based policy",
        "implicit permissions boundary",
        "implicit resource-based policy",
        "implicit role trust policy",
        "implicit service control policy",
        "implicit session policy",
    ] {
        assert!(seen.contains_key(expected), "never {expected}: {seen:?}");
    }
}
