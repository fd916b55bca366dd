//! What the simulator tells beside the decision, held against the decision itself.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    reason = "a test stops at the first surprise"
)]

use locum_names::{AccountId, Partition, UniqueId};
use locum_policy::{
    Context, Decision, Effect, Layer, Layers, Policy, PolicyKind, Principal, Request, ResourcePolicy, Source,
    Verdict, decide, explain, simulate,
};
use proptest::{prelude::*, sample::select};

const ACTIONS: [&str; 3] = ["s3:GetObject", "s3:PutObject", "sqs:SendMessage"];
const RESOURCES: [&str; 4] = [
    "arn:aws:s3:::notes/alice",
    "arn:aws:s3:::notes/bob",
    "arn:aws:sqs:eu-west-1:111111111111:q",
    "*",
];
const KEYS: [&str; 4] = [
    "aws:username",
    "aws:PrincipalTag/team",
    "aws:SourceIp",
    "s3:prefix",
];

fn statement() -> impl Strategy<Value = String> {
    let effect = select(vec!["Allow", "Allow", "Deny"]);
    let action = select(vec![
        r#""Action":"*""#,
        r#""Action":"s3:*""#,
        r#""Action":["s3:GetObject","sqs:*"]"#,
        r#""NotAction":"s3:Put*""#,
    ]);
    let resource = select(vec![
        r#""Resource":"*""#,
        r#""Resource":"arn:aws:s3:::notes/${aws:username}""#,
        r#""Resource":["arn:aws:s3:::notes/*","arn:aws:s3:::${s3:prefix, 'notes'}/x"]"#,
        r#""NotResource":"arn:aws:s3:::notes/${AWS:UserName}""#,
    ]);
    let condition = select(vec![
        "",
        "",
        r#","Condition":{"StringEquals":{"aws:PrincipalTag/team":"${aws:username}"}}"#,
        r#","Condition":{"StringNotLike":{"aws:principaltag/Team":"r*"}}"#,
        r#","Condition":{"IpAddressIfExists":{"aws:SourceIp":"10.0.0.0/8"},"Null":{"s3:prefix":"true"}}"#,
    ]);
    (effect, action, resource, condition).prop_map(|(effect, action, resource, condition)| {
        format!("{{\"Effect\":\"{effect}\",\n  {action},{resource}{condition}}}")
    })
}

fn policy() -> impl Strategy<Value = String> {
    prop::collection::vec(statement(), 1..4).prop_map(|statements| {
        format!(
            "{{\"Version\":\"2012-10-17\", \"Statement\": [ {} ] }}",
            statements.join(" ,\n ")
        )
    })
}

fn context() -> impl Strategy<Value = Context<'static>> {
    prop::collection::vec(
        prop::option::of(select(vec!["alice", "red", "10.1.1.1", ""])),
        KEYS.len(),
    )
    .prop_map(|values| {
        let mut context = Context::new();
        for (key, value) in KEYS.into_iter().zip(values) {
            if let Some(value) = value {
                context.set(key, value);
            }
        }
        context
    })
}

fn account() -> AccountId {
    AccountId::new(111_111_111_111).unwrap()
}

fn alice() -> Principal<'static> {
    let id: UniqueId = "AIDAQNZGKIQY56JQ7WML2".parse().unwrap();
    Principal::user(Partition::Aws, account(), id, "/", "alice")
}

fn compile(document: &str) -> Policy {
    Policy::compile(document, PolicyKind::Inline).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(600) })]

    #[test]
    fn a_simulation_is_the_decision_and_what_made_it(
        documents in prop::collection::vec(policy(), 1..3),
        boundary in prop::option::of(policy()),
        levels in prop::collection::vec(policy(), 0..3),
        action in select(ACTIONS.to_vec()),
        resource in select(RESOURCES.to_vec()),
        context in context(),
    ) {
        let policies: Vec<Policy> = documents.iter().map(|d| compile(d)).collect();
        let boundary = boundary.map(|d| compile(&d));
        let levels: Vec<Policy> = levels.iter().map(|d| compile(d)).collect();
        let identity: Vec<Source<'_>> = policies.iter().map(|p| Source::new(p, "identity")).collect();
        let levels: Vec<[Source<'_>; 1]> = levels.iter().map(|p| [Source::new(p, "scp")]).collect();
        let levels: Vec<&[Source<'_>]> = levels.iter().map(|level| &level[..]).collect();
        let layers = Layers {
            identity: &identity,
            boundary: boundary.as_ref().map(|p| Source::new(p, "boundary")),
            service_control: &levels,
            ..Layers::default()
        };
        let ask = |context: &Context<'_>| {
            let request = Request {
                principal: alice(),
                action,
                resource,
                resource_account: account(),
                context,
            };
            let simulation = simulate(&request, &layers);
            assert_eq!(simulation.decision, decide(&request, &layers));
            (simulation, explain(&request, &layers))
        };
        let (simulation, explanation) = ask(&context);
        prop_assert!(simulation.is_complete && simulation.steps > 0);
        prop_assert_eq!(&simulation.matched, &explanation.matched);

        // The layers, each by itself, make the decision together.
        let verdicts = &simulation.verdicts;
        let expected = match verdicts.iter().map(|(_, verdict)| *verdict).max() {
            Some(Verdict::ExplicitDeny) => "explicit",
            Some(Verdict::Allow) => "allow",
            _ => "implicit",
        };
        let got = match simulation.decision {
            Decision::Allow => "allow",
            Decision::ExplicitDeny { .. } => "explicit",
            Decision::ImplicitDeny { .. } => "implicit",
        };
        prop_assert_eq!(got, expected, "{:?}", verdicts);
        prop_assert_eq!(verdicts.len(), 1 + usize::from(boundary.is_some()) + usize::from(!levels.is_empty()));

        // What decided is what matched and has the effect.
        let deciding: Vec<_> = simulation.deciding().map(|s| s.effect).collect();
        match simulation.decision {
            Decision::Allow => prop_assert!(!deciding.is_empty() && deciding.iter().all(|e| *e == Effect::Allow)),
            Decision::ExplicitDeny { .. } => {
                prop_assert!(!deciding.is_empty() && deciding.iter().all(|e| *e == Effect::Deny));
            }
            Decision::ImplicitDeny { .. } => prop_assert!(deciding.is_empty()),
        }

        // Missing keys are not there, are read by a policy of the layer, and are told once.
        for missing in &simulation.missing {
            prop_assert!(context.get(missing.key).is_none());
            let of_layer = |layer: Layer| -> Vec<&Policy> {
                match layer {
                    Layer::Identity => policies.iter().collect(),
                    Layer::Boundary => boundary.iter().collect(),
                    _ => levels.iter().flat_map(|level| level.iter().map(|s| s.policy)).collect(),
                }
            };
            let read = of_layer(missing.layer)
                .iter()
                .any(|p| p.context_keys().iter().any(|key| key.eq_ignore_ascii_case(missing.key)));
            prop_assert!(read, "{:?}", missing);
            let same = simulation
                .missing
                .iter()
                .filter(|m| m.layer == missing.layer && m.key.eq_ignore_ascii_case(missing.key));
            prop_assert_eq!(same.count(), 1);
        }

        // Only a key that is told to be missing can change the decision by being there.
        for key in KEYS {
            let is_missing = simulation.missing.iter().any(|m| m.key.eq_ignore_ascii_case(key));
            if context.get(key).is_none() && !is_missing {
                for value in ["alice", "red", "10.1.1.1"] {
                    let mut more = context.clone();
                    more.set(key, value);
                    let (other, _) = ask(&more);
                    prop_assert_eq!(other.decision, simulation.decision, "{} = {}", key, value);
                }
            }
        }
    }

    /// A key that no policy reads decides nothing.
    #[test]
    fn context_keys_are_all_that_is_read(document in policy(), resource in select(RESOURCES.to_vec())) {
        let policy = compile(&document);
        let keys = policy.context_keys();
        let identity = [Source::new(&policy, "")];
        let layers = Layers { identity: &identity, ..Layers::default() };
        let ask = |context: &Context<'_>| {
            let request = Request {
                principal: alice(),
                action: "s3:GetObject",
                resource,
                resource_account: account(),
                context,
            };
            decide(&request, &layers)
        };
        let nothing = Context::new();
        for key in KEYS.iter().filter(|key| !keys.iter().any(|read| read.eq_ignore_ascii_case(key))) {
            let mut context = Context::new();
            context.set(*key, "alice");
            prop_assert_eq!(ask(&context), ask(&nothing), "{}", key);
        }
    }

    #[test]
    fn spans_are_where_the_statements_are(document in policy()) {
        let policy = compile(&document);
        let lines: Vec<&str> = document.split('\n').collect();
        let values: serde_json::Value = serde_json::from_str(&document).unwrap();
        let statements = values["Statement"].as_array().unwrap();
        let spans = policy.statement_spans();
        prop_assert_eq!(spans.len(), statements.len());
        for (span, statement) in spans.iter().zip(statements) {
            let text: String = document
                .chars()
                .skip(span.start.offset)
                .take(span.end.offset - span.start.offset)
                .collect();
            let read: serde_json::Value = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(&read, statement);
            let first = lines[span.start.line - 1].chars().nth(span.start.column);
            prop_assert_eq!(first, text.chars().next());
        }
        // The simulator's ends are the same; it begins where it read on.
        let told = policy.simulator_spans();
        for (at, (span, told)) in spans.iter().zip(&told).enumerate() {
            prop_assert_eq!(told.end, span.end);
            prop_assert!(told.start.offset <= span.start.offset);
            if at > 0 {
                prop_assert_eq!(told.start, spans[at - 1].end);
            }
        }
    }
}

#[test]
fn verdicts_are_of_the_layers_that_the_request_meets() {
    let allow = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
    let named = |principal: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"AWS":"{principal}"}},"Action":"s3:*","Resource":"*"}}}}"#
        )
    };
    let policy = compile(allow);
    let identity = [Source::new(&policy, "")];
    let context = Context::new();
    for (principal, expected) in [
        ("arn:aws:iam::111111111111:user/alice", Verdict::Allow),
        ("111111111111", Verdict::Allow),
        ("arn:aws:iam::111111111111:user/bob", Verdict::ImplicitDeny),
    ] {
        let bucket = Policy::compile(&named(principal), PolicyKind::Resource).unwrap();
        let layers = Layers {
            identity: &identity,
            resource: ResourcePolicy::Attached(Source::new(&bucket, "")),
            ..Layers::default()
        };
        for (principal, kinds) in [
            (alice(), &[Layer::Resource, Layer::Identity][..]),
            // Identity policies are not for the root user.
            (Principal::root(Partition::Aws, account()), &[Layer::Resource]),
        ] {
            let request = Request {
                principal,
                action: "s3:GetObject",
                resource: "arn:aws:s3:::notes/x",
                resource_account: account(),
                context: &context,
            };
            let simulation = simulate(&request, &layers);
            let met: Vec<Layer> = simulation.verdicts.iter().map(|(layer, _)| *layer).collect();
            assert_eq!(met, kinds);
            if principal == alice() {
                assert_eq!(simulation.verdict(Layer::Resource), Some(expected));
                assert_eq!(simulation.verdict(Layer::Session), None);
            }
        }
    }
}

/// A policy that allows everything, with a hostile statement that never matches, and a request for it.
fn hostile(element: &str, action: &str, context: &Context<'_>) -> (usize, bool, bool) {
    let document = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"*","Resource":"*"}},{{"Effect":"Deny",{element}}}]}}"#
    );
    let policy = compile(&document);
    let identity = [Source::new(&policy, "")];
    let layers = Layers {
        identity: &identity,
        ..Layers::default()
    };
    let request = Request {
        principal: alice(),
        action,
        resource: "arn:aws:s3:::notes/x",
        resource_account: account(),
        context,
    };
    let simulation = simulate(&request, &layers);
    let is_allowed = decide(&request, &layers) == Decision::Allow;
    (simulation.steps, simulation.is_complete, is_allowed)
}

/// Whatever a document is made of, a simulation pays for it; a decision of enforcement does not become another one.
#[test]
fn a_simulation_pays_for_what_it_scans() {
    let list = |count: usize, value: &dyn Fn(usize) -> String| {
        let values: Vec<String> = (0..count).map(|n| format!("\"{}\"", value(n))).collect();
        values.join(",")
    };
    let condition = |operator: &str, values: &str| {
        format!(r#""Action":"*","Resource":"*","Condition":{{"{operator}":{{"k":[{values}]}}}}"#)
    };
    let mut context = Context::new();
    for n in 0..200 {
        context.set(format!("other{n}"), "x");
    }
    let letters = "a".repeat(1_000);
    let slow = format!("s3:{}", "a".repeat(120));
    let letter = |n: usize| char::from(b'a' + u8::try_from(n % 26).unwrap());
    let pattern = |n: usize| {
        format!(
            "s3:*aa{}{}",
            letter(n / 26),
            if n.is_multiple_of(26) { 'b' } else { letter(n) }
        )
    };
    let unlike = |n: usize| format!("{}b", pattern(n));
    // What one entry of the list costs at least.
    for (name, operator, given, least) in [
        ("actions", "", "", 120),
        ("numbers", "NumericEquals", "7", 1),
        ("dates", "DateEquals", "2026-11-22", 1),
        ("addresses", "IpAddress", "10.0.0.1", 1),
        ("binaries", "BinaryEquals", "QUJD", 1),
        ("texts", "StringEquals", letters.as_str(), 1 + 1_000 / 16),
        ("folded", "StringEqualsIgnoreCase", letters.as_str(), 1_000),
        ("variables", "NotResource", "", 1 + 200 / 8),
        ("keys", "Condition", "", 1 + 200 / 8),
    ] {
        context.set("k", given);
        let element = |count: usize| match operator {
            "" => format!(r#""Resource":"*","Action":[{}]"#, list(count, &unlike)),
            "NumericEquals" => condition(operator, &list(count, &|n| (n + 100).to_string())),
            "DateEquals" => condition(operator, &list(count, &|n| (n + 100_000).to_string())),
            "IpAddress" => condition(
                operator,
                &list(count, &|n| format!("11.0.{}.{}", n / 256, n % 256)),
            ),
            "BinaryEquals" => condition(operator, &list(count, &|_| "QUJE".to_owned())),
            "NotResource" => format!(
                r#""Action":"*","NotResource":["*",{}]"#,
                list(count, &|_| "arn:aws:s3:::${other7}".to_owned())
            ),
            "Condition" => {
                let keys: Vec<String> = (0..count).map(|n| format!(r#""key{n}":"x""#)).collect();
                format!(
                    r#""Action":"*","Resource":"*","Condition":{{"NumericEquals":{{"k":"1"}},"StringEquals":{{{}}}}}"#,
                    keys.join(",")
                )
            }
            _ => condition(
                operator,
                &list(count, &|n| format!("{}{}", &letters[1..], letter(n % 25 + 1))),
            ),
        };
        let action = if operator.is_empty() {
            slow.as_str()
        } else {
            "s3:GetObject"
        };
        let (steps, is_complete, is_allowed) = hostile(&element(300), action, &context);
        assert!(is_complete && is_allowed, "{name}: {is_complete} {is_allowed}");
        assert!(steps >= 300 * least, "{name}: {steps}");
        let (more, _, is_allowed) = hostile(&element(1_200), action, &context);
        assert!(is_allowed && more > 3 * steps, "{name}: {steps} {more}");
    }
    // The longest document that a request has room for is given up.
    let many = format!(r#""Resource":"*","Action":[{}]"#, list(15_000, &unlike));
    let (_, is_complete, is_allowed) = hostile(&many, &slow, &context);
    assert!(!is_complete && is_allowed);
}
