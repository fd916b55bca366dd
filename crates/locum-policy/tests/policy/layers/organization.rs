//! What an organization's policies limit: every level must allow, root users are limited too, roles of services are not.

use locum_policy::{Decision, Layer, Layers, PolicyKind, Source};

use super::rows::{ALLOW, Row, aws, refusal};
use crate::world::{HERE, THERE, alice, allow_all, allow_other, ask, deny_all, policy, role_session, root};

#[test]
fn every_level_of_the_organization_must_allow() {
    let (yes, no) = (allow_all(), allow_other());
    let identity = [Source::new(&yes, "i")];
    let (full, lacking) = ([Source::new(&yes, "full")], [Source::new(&no, "other")]);
    let both = [Source::new(&no, "other"), Source::new(&yes, "full")];
    let none: [Source<'_>; 0] = [];
    let rows: [(&[&[Source<'_>]], Option<Layer>); 6] = [
        (&[], ALLOW),
        (&[&full, &full], ALLOW),
        (&[&both, &full], ALLOW),
        (&[&full, &lacking], Some(Layer::ServiceControl)),
        (&[&lacking, &full], Some(Layer::ServiceControl)),
        (&[&full, &none], Some(Layer::ServiceControl)),
    ];
    for (levels, expected) in rows {
        let layers = Layers {
            identity: &identity,
            service_control: levels,
            ..Layers::default()
        };
        assert_eq!(refusal(&ask(alice(), HERE, &layers)), expected, "{levels:?}");
        assert_eq!(refusal(&ask(role_session(true), HERE, &layers)), ALLOW);
    }
}

#[test]
fn root_is_allowed_by_default_and_limited_by_organization_and_session() {
    assert_eq!(Row::of(root(), HERE).refused_by(false), ALLOW);
    assert_eq!(
        Row::of(root(), HERE).session(false).refused_by(false),
        Some(Layer::Session)
    );
    assert_eq!(Row::of(root(), THERE).refused_by(false), Some(Layer::Resource));
    assert_eq!(
        Row::of(root(), THERE)
            .grant(aws("111111111111"))
            .refused_by(false),
        ALLOW
    );
    let deny = deny_all();
    let denying = [Source::new(&deny, "p")];
    let ignored = Layers {
        identity: &denying,
        ..Layers::default()
    };
    assert_eq!(ask(root(), HERE, &ignored), Decision::Allow);
    let level: [&[Source<'_>]; 1] = [&denying];
    let limited = Layers {
        service_control: &level,
        ..Layers::default()
    };
    assert!(matches!(
        ask(root(), HERE, &limited),
        Decision::ExplicitDeny {
            layer: Layer::ServiceControl,
            ..
        }
    ));
}

#[test]
fn service_linked_roles_are_exempt() {
    let (yes, deny) = (allow_all(), deny_all());
    let rcp = policy(
        PolicyKind::ResourceControl,
        r#"{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}"#,
    );
    let identity = [Source::new(&yes, "i")];
    let (scps, rcps) = ([Source::new(&deny, "scp")], [Source::new(&rcp, "rcp")]);
    let (scps, rcps): ([&[Source<'_>]; 1], [&[Source<'_>]; 1]) = ([&scps], [&rcps]);
    let layers = Layers {
        identity: &identity,
        boundary: Some(Source::new(&deny, "b")),
        service_control: &scps,
        resource_control: &rcps,
        ..Layers::default()
    };
    assert_eq!(ask(role_session(true), HERE, &layers), Decision::Allow);
    assert!(!ask(role_session(false), HERE, &layers).is_allowed());
}
