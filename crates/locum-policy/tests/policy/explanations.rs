//! How a decision is told: the words of AWS for a refusal, and the statements that matched or nearly did.

use locum_policy::{
    Context, Decision, Effect, Layer, Layers, Mismatch, NearMiss, PolicyKind, Request, Source, because,
    because_from, decide, explain,
};

use crate::world::{HERE, RESOURCE, account, alice, name, policy};

#[test]
fn a_refusal_has_the_words_of_aws() {
    // facts: policy §2.6
    for (layer, one, the) in [
        (
            Layer::Identity,
            Some("identity-based policy"),
            "an identity-based policy",
        ),
        (
            Layer::Resource,
            Some("resource-based policy"),
            "a resource-based policy",
        ),
        (
            Layer::Boundary,
            Some("permissions boundary"),
            "a permissions boundary",
        ),
        (Layer::Session, Some("session policy"), "a session policy"),
        (
            Layer::ServiceControl,
            Some("service control policy"),
            "a service control policy",
        ),
        // Of these nothing needs to allow, so nothing is missing.
        (Layer::ResourceControl, None, "a resource control policy"),
        (Layer::Trust, Some("role trust policy"), "the role trust policy"),
    ] {
        if let Some(one) = one {
            assert_eq!(
                because("s3:GetObject", &Decision::ImplicitDeny { layer }),
                format!("because no {one} allows the s3:GetObject action")
            );
        }
        let denied = |source| Decision::ExplicitDeny {
            layer,
            source,
            statement: 0,
            sid: "",
        };
        let sentence = format!("with an explicit deny in {the}");
        assert_eq!(because("s3:GetObject", &denied("inline")), sentence);
        let arn = "arn:aws:iam::111111111111:policy/p";
        assert_eq!(because_from("a:b", &denied(arn)), format!("{sentence}: {arn}"));
    }
    assert_eq!(because("s3:GetObject", &Decision::Allow), "");
}

#[test]
fn an_explanation_says_what_nearly_matched() {
    let policy = policy(
        PolicyKind::Inline,
        r#"{"Sid":"Read","Effect":"Allow","Action":["s3:GetObject","s3:List*"],"Resource":"arn:aws:s3:::other/*"},
           {"Sid":"Mfa","Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}},
           {"Sid":"Ec2","Effect":"Allow","Action":"ec2:*","Resource":"*"},
           {"Sid":"Far","Effect":"Allow","Action":"ec2:*","Resource":"arn:aws:ec2:::x"}"#,
    );
    let context = Context::new();
    let request = Request {
        principal: alice(),
        action: "s3:GetObject",
        resource: RESOURCE,
        resource_account: account(HERE),
        context: &context,
    };
    let identity = [Source::new(&policy, "inline")];
    let layers = Layers {
        identity: &identity,
        ..Layers::default()
    };
    let explanation = explain(&request, &layers);
    assert_eq!(explanation.decision, decide(&request, &layers));
    assert!(explanation.matched.is_empty());
    let near: Vec<(&str, String)> = explanation
        .near
        .iter()
        .map(|n| (n.statement.sid, format!("{:?}", n.mismatch)))
        .collect();
    assert_eq!(
        near,
        [
            ("Read", "Resource".to_owned()),
            (
                "Mfa",
                "Condition { operator: \"Bool\", key: \"aws:MultiFactorAuthPresent\", present: false, unclear: false }"
                    .to_owned()
            ),
            ("Ec2", "Action".to_owned()),
        ]
    );
    let read = &explanation.near[0].statement;
    assert!(
        read.json().starts_with(r#"{"Sid":"Read""#) && read.json().ends_with(r#""arn:aws:s3:::other/*"}"#)
    );
    assert_eq!(read.text().actions, ["s3:GetObject", "s3:List*"]);
    assert_eq!(read.text().resources, ["arn:aws:s3:::other/*"]);
    let mfa = explanation.near[1].statement.text();
    let values = vec!["true".to_owned()];
    assert_eq!(
        mfa.conditions,
        [("Bool".to_owned(), "aws:MultiFactorAuthPresent".to_owned(), values)]
    );
}

/// What does not allow because it is unclear is not said to have another value.
#[test]
fn an_explanation_says_what_is_unclear() {
    for (condition, present, unclear) in [
        (r#""IpAddress":{"x:key":"10.0.0.0/33"}"#, true, true),
        (r#""IpAddress":{"x:key":"10.0.0.0/8"}"#, true, false),
        (r#""Null":{"x:none":"no"}"#, false, true),
        (r#""StringEquals":{"x:none":"a"}"#, false, false),
        (
            r#""ForAnyValue:StringEqualsIfExists":{"x:none":"a"}"#,
            false,
            true,
        ),
    ] {
        let policy = policy(
            PolicyKind::Inline,
            &format!(
                r#"{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{{{condition}}}}},
                   {{"Effect":"Deny","Action":"ec2:*","Resource":"*"}}"#
            ),
        );
        let mut context = Context::new();
        context.set("x:key", "192.0.2.1");
        let request = Request {
            principal: alice(),
            action: "s3:GetObject",
            resource: RESOURCE,
            resource_account: account(HERE),
            context: &context,
        };
        let identity = [Source::new(&policy, "inline")];
        let layers = Layers {
            identity: &identity,
            ..Layers::default()
        };
        let explanation = explain(&request, &layers);
        assert_eq!(name(&explanation.decision), "implicit");
        let allows = |near: &&NearMiss<'_>| near.statement.effect == Effect::Allow;
        let Some(Mismatch::Condition {
            present: p,
            unclear: u,
            ..
        }) = explanation.near.iter().find(allows).map(|near| &near.mismatch)
        else {
            panic!("{condition}: {:?}", explanation.near);
        };
        assert_eq!((*p, *u), (present, unclear), "{condition}");
    }
}

/// A decision that runs out of steps denies, and its explanation says so too: another walk over the same statements, which
/// meets one of them but once, must not come to another answer.
#[test]
fn an_explanation_is_of_the_decision_even_when_steps_run_out() {
    // Under every one of these a statement is found again.
    let actions = r#""s3:*","s3:G*","s3:Get*","s3:GetO*""#;
    let resources = [
        "arn:aws:s3:::b*z",
        "arn:aws:s3:::bu*z",
        "arn:aws:s3:::buc*z",
        "arn:aws:s3:::buck*",
    ]
    .map(|resource| format!("\"{resource}\""))
    .join(",");
    let hard = format!("*{}b", "a?".repeat(20));
    let statement = |effect: &str| {
        format!(
            r#"{{"Effect":"{effect}","Action":[{actions}],"Resource":[{resources}],
               "Condition":{{"StringLike":{{"x:key":"{hard}"}}}}}}"#
        )
    };
    let filler = [r#"{"Effect":"Deny","Action":"ec2:*","Resource":"*"}"#; 8].join(",");
    let more = [r#"{"Effect":"Allow","Action":"ec2:*","Resource":"*"}"#; 8].join(",");
    let all = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
    let mut context = Context::new();
    context.set("x:key", "a".repeat(1_500));
    let request = Request {
        principal: alice(),
        action: "s3:GetObject",
        resource: RESOURCE,
        resource_account: account(HERE),
        context: &context,
    };
    for (own, expected) in [
        (format!("{filler},{},{all}", statement("Deny")), "explicit"),
        (
            format!(
                "{more},{},{}",
                statement("Allow"),
                all.replace(r#""*","R"#, r#""s3:GetObj*","R"#)
            ),
            "implicit",
        ),
    ] {
        let policy = policy(PolicyKind::Inline, &own);
        let identity = [Source::new(&policy, "own")];
        let layers = Layers {
            identity: &identity,
            ..Layers::default()
        };
        let decision = decide(&request, &layers);
        assert_eq!(name(&decision), expected);
        let explanation = explain(&request, &layers);
        assert_eq!(explanation.decision, decision);
        let reported: Vec<usize> = explanation.reported().map(|s| s.index).collect();
        let denying: Vec<usize> = match decision {
            Decision::ExplicitDeny { statement, .. } => vec![statement],
            Decision::Allow | Decision::ImplicitDeny { .. } => Vec::new(),
        };
        assert_eq!(reported, denying);
        let near = explanation.near.iter().map(|near| near.statement.index);
        assert!(!near.into_iter().any(|index| denying.contains(&index)));
    }
}

/// The walk of an explanation is longer than that of the decision; what denied is told even if it ends on the way.
#[test]
fn what_denies_is_told_however_much_there_is_to_explain() {
    let hard = format!("*{}b", "a?".repeat(200));
    let near = format!(
        r#"{{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{{"StringLike":{{"x:key":"{hard}"}}}}}}"#
    );
    let own = format!(
        r#"{},{{"Sid":"no","Effect":"Deny","Action":"*","Resource":"*"}}"#,
        vec![near; 4].join(",")
    );
    let policy = policy(PolicyKind::Inline, &own);
    let identity = [Source::new(&policy, "own")];
    let layers = Layers {
        identity: &identity,
        ..Layers::default()
    };
    let mut context = Context::new();
    context.set("x:key", "a".repeat(1_500));
    let request = Request {
        principal: alice(),
        action: "s3:GetObject",
        resource: RESOURCE,
        resource_account: account(HERE),
        context: &context,
    };
    let explanation = explain(&request, &layers);
    assert_eq!(name(&explanation.decision), "explicit");
    let reported: Vec<&str> = explanation.reported().map(|s| s.sid).collect();
    assert_eq!(reported, ["no"]);
}
