//! A trust policy must allow whoever assumes its role, by id and not by name; its denials reach everybody of a name.

use locum_names::{UniqueId, UniqueKind};
use locum_policy::{Context, Decision, Layer, Layers, PolicyKind, Request, ResourcePolicy, Source, decide};

use super::rows::{ALLOW, Row, aws, role_arn, session_arn, user_arn};
use crate::world::{HERE, RESOURCE, account, alice, alice_id, policy, role_id, root, session};

#[test]
fn a_trust_policy_must_allow() {
    assert_eq!(
        Row::of(alice(), HERE).identity().refused_by(true),
        Some(Layer::Trust)
    );
    assert_eq!(Row::of(root(), HERE).refused_by(true), Some(Layer::Trust));
    assert_eq!(
        Row::of(alice(), HERE)
            .grant(aws(alice_id()))
            .boundary(false)
            .refused_by(true),
        ALLOW
    );
    assert_eq!(
        Row::of(session(), HERE)
            .grant(aws(format!("{}:ci", role_id())))
            .boundary(false)
            .session(false)
            .refused_by(true),
        ALLOW
    );
    for other in [
        format!("{}:CI", role_id()),
        format!("{}:ci", UniqueId::new(UniqueKind::Role, account(HERE), 99)),
    ] {
        let row = Row::of(session(), HERE).identity().grant(aws(&other));
        assert_eq!(row.refused_by(true), Some(Layer::Trust), "{other}");
    }
    let row = || Row::of(session(), HERE).grant(aws(role_id()));
    assert_eq!(row().refused_by(true), ALLOW);
    assert_eq!(row().boundary(false).refused_by(true), Some(Layer::Boundary));
    assert_eq!(row().session(false).refused_by(true), Some(Layer::Session));
    // An ARN that was not resolved to an id when it was saved trusts nobody.
    assert_eq!(
        Row::of(alice(), HERE)
            .identity()
            .grant(user_arn())
            .refused_by(true),
        Some(Layer::Trust)
    );
    for unresolved in [role_arn(), session_arn()] {
        let row = Row::of(session(), HERE).identity().grant(&unresolved);
        assert_eq!(row.refused_by(true), Some(Layer::Trust), "{unresolved}");
    }
}

#[test]
fn denials_in_a_trust_policy_reach_namesakes() {
    let trust = policy(
        PolicyKind::Trust,
        r#"{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"},
           {"Effect":"Deny","Principal":{"AWS":"arn:aws:iam::111111111111:user/other/ALICE"},"Action":"sts:*"}"#,
    );
    let context = Context::new();
    let request = Request {
        principal: alice(),
        action: "sts:AssumeRole",
        resource: RESOURCE,
        resource_account: account(HERE),
        context: &context,
    };
    let layers = Layers {
        resource: ResourcePolicy::Trust(Source::new(&trust, "")),
        ..Layers::default()
    };
    let decision = decide(&request, &layers);
    assert!(matches!(
        decision,
        Decision::ExplicitDeny {
            layer: Layer::Trust,
            statement: 1,
            ..
        }
    ));
}
