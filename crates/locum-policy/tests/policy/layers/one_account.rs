//! Callers and resources of one account: who names whom in which policy, and what that spares or leaves to others.

use locum_policy::Layer;

use super::rows::{ALLOW, Row, aws, role_arn, session_arn, user_arn};
use crate::world::{HERE, alice, alice_id, federated, role_id, session};

#[test]
fn same_account_without_a_resource_policy() {
    let row = || Row::of(alice(), HERE);
    assert_eq!(row().refused_by(false), Some(Layer::Identity));
    assert_eq!(row().identity().refused_by(false), ALLOW);
    assert_eq!(
        row().identity().boundary(false).refused_by(false),
        Some(Layer::Boundary)
    );
    assert_eq!(row().identity().boundary(true).refused_by(false), ALLOW);
    assert_eq!(row().boundary(true).refused_by(false), Some(Layer::Identity));
    assert_eq!(Row::of(session(), HERE).identity().refused_by(false), ALLOW);
    assert_eq!(
        Row::of(session(), HERE)
            .identity()
            .session(false)
            .refused_by(false),
        Some(Layer::Session)
    );
    assert_eq!(
        Row::of(session(), HERE).session(true).refused_by(false),
        Some(Layer::Identity)
    );
}

#[test]
fn same_account_direct_grants_bypass_implicit_denials() {
    for (principal, name) in [
        (alice(), user_arn()),
        (alice(), aws(alice_id())),
        (alice(), aws("*")),
        (alice(), r#""*""#.to_owned()),
        (session(), session_arn()),
        (session(), aws("*")),
        (federated(), aws("arn:aws:sts::111111111111:federated-user/bob")),
    ] {
        let row = Row::of(principal, HERE)
            .grant(&name)
            .boundary(false)
            .session(false);
        assert_eq!(row.refused_by(false), ALLOW, "{name}");
    }
}

#[test]
fn same_account_role_and_user_grants_are_limited() {
    for (principal, name) in [
        (session(), role_arn()),
        (session(), aws(role_id())),
        (federated(), user_arn()),
        (federated(), aws(alice_id())),
    ] {
        let row = || Row::of(principal, HERE).grant(&name);
        assert_eq!(row().session(true).refused_by(false), ALLOW, "{name}");
        assert_eq!(
            row().session(false).refused_by(false),
            Some(Layer::Session),
            "{name}"
        );
        assert_eq!(
            row().session(true).boundary(false).refused_by(false),
            Some(Layer::Boundary),
            "{name}"
        );
    }
    assert_eq!(
        Row::of(session(), HERE).grant(role_arn()).refused_by(false),
        ALLOW
    );
    assert_eq!(
        Row::of(federated(), HERE).grant(user_arn()).refused_by(false),
        Some(Layer::Session)
    );
}

#[test]
fn an_account_grant_leaves_it_to_the_account() {
    for name in [aws("111111111111"), aws("arn:aws:iam::111111111111:root")] {
        for trust in [false, true] {
            let row = || Row::of(alice(), HERE).grant(&name);
            assert_eq!(row().refused_by(trust), Some(Layer::Identity), "{name}");
            assert_eq!(row().identity().refused_by(trust), ALLOW, "{name}");
            assert_eq!(
                row().identity().boundary(false).refused_by(trust),
                Some(Layer::Boundary)
            );
        }
    }
}

#[test]
fn a_federated_user_has_what_was_passed() {
    let row = || Row::of(federated(), HERE);
    assert_eq!(row().identity().refused_by(false), Some(Layer::Session));
    assert_eq!(row().session(true).refused_by(false), Some(Layer::Identity));
    assert_eq!(row().identity().session(true).refused_by(false), ALLOW);
    assert_eq!(
        row().identity().session(true).boundary(false).refused_by(false),
        Some(Layer::Boundary)
    );
}

#[test]
fn names_are_never_compared_as_text() {
    // A role named like a service, a namesake in another account, another path, a session of another role.
    let ec2 = r#"{"Service":"ec2.amazonaws.com"}"#;
    for name in [
        ec2.to_owned(),
        aws("arn:aws:iam::222222222222:user/alice"),
        aws("arn:aws:iam::111111111111:user/team/alice"),
        aws("arn:aws:iam::111111111111:user/Alice"),
        aws("arn:aws:iam::111111111111:role/alice"),
        aws("arn:aws-cn:iam::111111111111:user/alice"),
        aws("arn:aws-cn:iam::111111111111:root"),
        aws(role_id()),
        aws("arn:aws:sts::111111111111:federated-user/alice"),
    ] {
        let row = Row::of(alice(), HERE).grant(&name);
        assert_eq!(row.refused_by(false), Some(Layer::Identity), "{name}");
    }
    for name in [
        aws("arn:aws:sts::111111111111:assumed-role/deploy/CI"),
        aws("arn:aws:sts::111111111111:assumed-role/other/ci"),
        aws("arn:aws:iam::111111111111:role/deploy"),
    ] {
        let row = Row::of(session(), HERE).grant(&name);
        assert_eq!(row.refused_by(false), Some(Layer::Identity), "{name}");
    }
}
