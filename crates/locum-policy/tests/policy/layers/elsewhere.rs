//! Callers of another account, of another partition and of no account at all: nothing but both sides together lets them in.

use locum_names::Partition;
use locum_policy::{
    Context, Layer, Layers, PolicyKind, Principal, Request, RequesterKind, ResourcePolicy, Source, decide,
};

use super::rows::{ALLOW, Row, aws, granting, session_arn, user_arn};
use crate::world::{HERE, THERE, account, alice, alice_id, outside, session};

#[test]
fn across_accounts_both_sides_must_allow() {
    let names = [user_arn(), aws(alice_id()), aws("111111111111"), aws("*")];
    for name in names {
        // A trust policy names users by id.
        for trust in [false, true] {
            if trust && name == user_arn() {
                continue;
            }
            let refusing = if trust { Layer::Trust } else { Layer::Resource };
            let row = || Row::of(alice(), THERE).grant(&name);
            assert_eq!(row().refused_by(trust), Some(Layer::Identity), "{name}");
            assert_eq!(row().identity().refused_by(trust), ALLOW, "{name}");
            assert_eq!(
                row().identity().boundary(false).refused_by(trust),
                Some(Layer::Boundary)
            );
            assert_eq!(
                row().identity().session(false).refused_by(trust),
                Some(Layer::Session)
            );
            assert_eq!(
                Row::of(alice(), THERE).identity().refused_by(trust),
                Some(refusing)
            );
            let other = aws("222222222222");
            assert_eq!(
                Row::of(alice(), THERE).identity().grant(other).refused_by(trust),
                Some(refusing)
            );
        }
    }
    let row = || Row::of(session(), THERE).grant(session_arn());
    assert_eq!(row().refused_by(false), Some(Layer::Identity));
    assert_eq!(
        row().identity().session(false).refused_by(false),
        Some(Layer::Session)
    );
}

#[test]
fn a_grant_never_crosses_a_partition() {
    let user = RequesterKind::User {
        id: alice_id(),
        path: "/",
        name: "alice",
    };
    let abroad = Principal::of(Partition::China, account(HERE), user);
    for name in [aws("111111111111"), aws("*"), aws(alice_id())] {
        for owner in [HERE, THERE] {
            let row = Row::of(abroad, owner).identity().grant(&name);
            assert_eq!(row.refused_by(true), Some(Layer::Trust), "{name}");
        }
    }
}

/// Nor to a resource whose ARN lacks its last part, as generated pairs found.
#[test]
fn a_malformed_arn_is_of_its_partition() {
    let open = granting(PolicyKind::Resource, &aws("*"));
    let layers = Layers {
        resource: ResourcePolicy::Attached(Source::new(&open, "r")),
        ..Layers::default()
    };
    let context = Context::new();
    let of = |resource| {
        let request = Request {
            principal: alice(),
            action: "s3:GetObject",
            resource,
            resource_account: account(HERE),
            context: &context,
        };
        decide(&request, &layers).is_allowed()
    };
    assert!(of("arn:aws:s3:::") && of("*"));
    assert!(!of("arn:aws-cn:s3:::b") && !of("arn:aws-cn:s3:::") && !of("arn:aws-cn:s3") && !of("arn:"));
}

#[test]
fn outsiders_have_only_the_resource_policy() {
    let service = outside(RequesterKind::Service("ec2.amazonaws.com"));
    let provider = "arn:aws:iam::111111111111:oidc-provider/idp.example.com";
    let federated = outside(RequesterKind::Federated(provider));
    let anonymous = outside(RequesterKind::Anonymous);
    let ec2 = r#"{"Service":"ec2.amazonaws.com"}"#;
    let idp = format!(r#"{{"Federated":"{provider}"}}"#);
    for trust in [false, true] {
        let refusing = Some(if trust { Layer::Trust } else { Layer::Resource });
        assert_eq!(Row::of(service, HERE).grant(ec2).refused_by(trust), ALLOW);
        assert_eq!(Row::of(federated, HERE).grant(&idp).refused_by(trust), ALLOW);
        assert_eq!(Row::of(anonymous, HERE).grant(ec2).refused_by(trust), refusing);
        assert_eq!(Row::of(federated, HERE).grant(ec2).refused_by(trust), refusing);
        assert_eq!(Row::of(service, HERE).grant(&idp).refused_by(trust), refusing);
        assert_eq!(Row::of(service, HERE).identity().refused_by(trust), refusing);
        assert_eq!(
            Row::of(anonymous, HERE)
                .grant(aws("111111111111"))
                .refused_by(trust),
            refusing
        );
    }
    assert_eq!(Row::of(anonymous, HERE).grant(aws("*")).refused_by(false), ALLOW);
    // A star in a trust policy means AWS principals, not every identity provider.
    for principal in [service, federated, anonymous] {
        assert_eq!(
            Row::of(principal, HERE).grant(aws("*")).refused_by(true),
            Some(Layer::Trust)
        );
    }
}

#[test]
fn a_provider_vouches_for_its_own_account_only() {
    let provider = "arn:aws:iam::111111111111:oidc-provider/idp.example.com";
    let idp = format!(r#"{{"Federated":"{provider}"}}"#);
    let caller = outside(RequesterKind::Federated(provider));
    let row = Row::of(caller, THERE).grant(&idp);
    assert_eq!(row.refused_by(true), Some(Layer::Trust));
    let host = outside(RequesterKind::Federated("accounts.google.com"));
    let google = r#"{"Federated":"accounts.google.com"}"#;
    assert_eq!(Row::of(host, THERE).grant(google).refused_by(false), ALLOW);
}
