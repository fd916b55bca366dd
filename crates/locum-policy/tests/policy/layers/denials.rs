//! A denial is final wherever it stands, and means whoever may be meant: names in any case, all who are not listed.

use locum_policy::{Decision, Layer, Layers, PolicyKind, RequesterKind, ResourcePolicy, Source};

use super::rows::{Row, aws, role_arn, session_arn, user_arn};
use crate::world::{
    HERE, alice, allow_all, ask, deny_all, federated, federated_by_root, outside, policy, root, session,
};

#[test]
fn a_denial_anywhere_is_final_and_named_in_order() {
    let (yes, deny) = (allow_all(), deny_all());
    let bucket_text =
        |effect: &str| format!(r#"{{"Effect":"{effect}","Principal":{{"AWS":"*"}},"Action":"s3:*"}}"#);
    let open = policy(PolicyKind::Resource, &bucket_text("Allow"));
    let closed = policy(
        PolicyKind::Resource,
        &format!("{},{}", bucket_text("Allow"), bucket_text("Deny")),
    );
    let rcp = policy(
        PolicyKind::ResourceControl,
        r#"{"Sid":"x","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}"#,
    );
    let (yes, deny) = ([Source::new(&yes, "yes")], [Source::new(&deny, "deny")]);
    let (open, closed) = (Source::new(&open, "open"), Source::new(&closed, "closed"));
    let rcps = [Source::new(&rcp, "rcp")];
    let (yes_level, deny_level): ([&[Source<'_>]; 1], [&[Source<'_>]; 1]) = ([&yes], [&deny]);
    let rcp_level: [&[Source<'_>]; 1] = [&rcps];
    let all = Layers {
        identity: &deny,
        boundary: Some(deny[0]),
        session: Some(&deny),
        service_control: &deny_level,
        resource_control: &rcp_level,
        resource: ResourcePolicy::Attached(closed),
    };
    let mut layers = all;
    let mut denied_by = Vec::new();
    for step in 0..7 {
        if let Decision::ExplicitDeny { layer, source, .. } = ask(alice(), HERE, &layers) {
            denied_by.push((layer, source));
        }
        match step {
            0 => layers.service_control = &yes_level,
            1 => layers.resource_control = &[],
            2 => layers.resource = ResourcePolicy::Attached(open),
            3 => layers.identity = &yes,
            4 => layers.boundary = Some(yes[0]),
            _ => layers.session = Some(&yes),
        }
    }
    let expected = [
        (Layer::ServiceControl, "deny"),
        (Layer::ResourceControl, "rcp"),
        (Layer::Resource, "closed"),
        (Layer::Identity, "deny"),
        (Layer::Boundary, "deny"),
        (Layer::Session, "deny"),
    ];
    assert_eq!(denied_by, expected);
    assert_eq!(ask(alice(), HERE, &layers), Decision::Allow);
    assert_eq!(
        ask(
            alice(),
            HERE,
            &Layers {
                resource_control: &rcp_level,
                identity: &yes,
                ..Layers::default()
            }
        ),
        Decision::ExplicitDeny {
            layer: Layer::ResourceControl,
            source: "rcp",
            statement: 0,
            sid: "x"
        }
    );
}

#[test]
fn a_denial_means_a_name_in_any_case() {
    let service = outside(RequesterKind::Service("ec2.amazonaws.com"));
    let google = outside(RequesterKind::Federated("accounts.google.com"));
    for (principal, name) in [
        (service, r#"{"Service":"EC2.amazonaws.com"}"#.to_owned()),
        (google, r#"{"Federated":"Accounts.Google.com"}"#.to_owned()),
        (session(), aws("arn:aws:sts::111111111111:assumed-role/Deploy/ci")),
        (alice(), aws("arn:aws:iam::111111111111:user/old/Alice")),
        (session(), aws("arn:aws:iam::111111111111:role/Deploy")),
    ] {
        let bucket = policy(
            PolicyKind::Resource,
            &format!(
                r#"{{"Effect":"Allow","Principal":"*","Action":"*"}},{{"Effect":"Deny","Principal":{name},"Action":"*"}}"#
            ),
        );
        let layers = Layers {
            resource: ResourcePolicy::Attached(Source::new(&bucket, "b")),
            ..Layers::default()
        };
        let denied = matches!(
            ask(principal, HERE, &layers),
            Decision::ExplicitDeny { statement: 1, .. }
        );
        assert!(denied, "{name}");
        assert!(Row::of(principal, HERE).grant(&name).refused_by(false).is_some());
    }
}

#[test]
fn not_principal_denies_unless_all_of_the_caller_is_listed() {
    let listed = |names: &[String]| {
        let names: Vec<String> = names
            .iter()
            .map(|n| n.replace(r#"{"AWS":"#, "").replace('}', ""))
            .collect();
        let names = names.join(",");
        policy(
            PolicyKind::Resource,
            &format!(r#"{{"Effect":"Deny","NotPrincipal":{{"AWS":[{names}]}},"Action":"*"}}"#),
        )
    };
    let here = aws("111111111111");
    let bob = aws("arn:aws:sts::111111111111:federated-user/bob");
    let rows = [
        (alice(), vec![user_arn(), here.clone()], true),
        (alice(), vec![user_arn()], false),
        (alice(), vec![here.clone()], false),
        (session(), vec![session_arn(), role_arn(), here.clone()], true),
        (session(), vec![role_arn(), here.clone()], false),
        (session(), vec![session_arn(), here.clone()], false),
        (federated(), vec![bob.clone(), user_arn(), here.clone()], true),
        (federated(), vec![bob.clone(), here.clone()], false),
        (federated(), vec![user_arn(), here.clone()], false),
        (federated_by_root(), vec![bob, here.clone()], true),
        (root(), vec![here.clone()], true),
        (root(), vec![user_arn()], false),
        (outside(RequesterKind::Anonymous), vec![here.clone()], false),
        (alice(), vec![aws("*")], true),
    ];
    let yes = allow_all();
    let identity = [Source::new(&yes, "i")];
    for (principal, names, spared) in rows {
        let policy = listed(&names);
        let mut layers = Layers {
            identity: &identity,
            resource: ResourcePolicy::Attached(Source::new(&policy, "r")),
            ..Layers::default()
        };
        let denied =
            |layers: &Layers<'_>| matches!(ask(principal, HERE, layers), Decision::ExplicitDeny { .. });
        assert_eq!(denied(&layers), !spared, "{principal:?} {names:?}");
        // Whoever has a boundary is hit in any case (facts: policy §2.7).
        layers.boundary = Some(identity[0]);
        assert!(denied(&layers), "{principal:?} {names:?}");
    }
}
