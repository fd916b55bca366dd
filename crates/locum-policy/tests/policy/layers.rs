//! The algebra of the layers, row by row (`facts: policy §2`).

use locum_names::Partition;
use locum_policy::{
    Context, Decision, Layer, Layers, Policy, PolicyKind, Principal, Request, RequesterKind, ResourcePolicy,
    Source, because, because_from, decide, explain,
};

use crate::world::{
    HERE, RESOURCE, THERE, account, alice, alice_id, allow_all, allow_other, ask, deny_all, federated,
    outside, policy, role_id, role_session, root, session,
};

const ALLOW: Option<Layer> = None;

/// The layer that does not allow, or nothing when the request is allowed.
fn refusal(decision: &Decision<'_>) -> Option<Layer> {
    match decision {
        Decision::Allow => None,
        Decision::ImplicitDeny { layer } => Some(*layer),
        Decision::ExplicitDeny { .. } => panic!("{decision:?}"),
    }
}

fn granting(kind: PolicyKind, principal: &str) -> Policy {
    let action = if kind == PolicyKind::Trust {
        "sts:AssumeRole"
    } else {
        "s3:*"
    };
    policy(
        kind,
        &format!(r#"{{"Effect":"Allow","Principal":{principal},"Action":"{action}"}}"#),
    )
}

/// Asks with every combination the row gives: identity, boundary, session policies, who the resource's policy names.
struct Row {
    principal: Principal<'static>,
    owner: u64,
    identity: bool,
    boundary: Option<bool>,
    session: Option<bool>,
    grant: Option<String>,
}

impl Row {
    fn of(principal: Principal<'static>, owner: u64) -> Self {
        Self {
            principal,
            owner,
            identity: false,
            boundary: None,
            session: None,
            grant: None,
        }
    }

    fn identity(mut self) -> Self {
        self.identity = true;
        self
    }

    fn boundary(mut self, allows: bool) -> Self {
        self.boundary = Some(allows);
        self
    }

    fn session(mut self, allows: bool) -> Self {
        self.session = Some(allows);
        self
    }

    fn grant(mut self, principal: impl Into<String>) -> Self {
        self.grant = Some(principal.into());
        self
    }

    fn refused_by(&self, trust: bool) -> Option<Layer> {
        let (yes, no) = (allow_all(), allow_other());
        let pick = |allows: bool| if allows { &yes } else { &no };
        let identity = [Source::new(pick(self.identity), "i")];
        let sessions = self.session.map(|s| [Source::new(pick(s), "s")]);
        let kind = if trust {
            PolicyKind::Trust
        } else {
            PolicyKind::Resource
        };
        let nobody = r#"{"Service":"nobody.example.com"}"#.to_owned();
        let resource = granting(kind, self.grant.as_ref().unwrap_or(&nobody));
        let source = Source::new(&resource, "r");
        let layers = Layers {
            identity: &identity,
            boundary: self.boundary.map(|b| Source::new(pick(b), "b")),
            session: sessions.as_ref().map(|s| s.as_slice()),
            resource: match (trust, &self.grant) {
                (true, _) => ResourcePolicy::Trust(source),
                (false, Some(_)) => ResourcePolicy::Attached(source),
                (false, None) => ResourcePolicy::None,
            },
            ..Layers::default()
        };
        let context = Context::new();
        let request = Request {
            principal: self.principal,
            action: if trust { "sts:AssumeRole" } else { "s3:GetObject" },
            resource: RESOURCE,
            resource_account: account(self.owner),
            context: &context,
        };
        refusal(&decide(&request, &layers))
    }
}

fn aws(text: impl std::fmt::Display) -> String {
    format!(r#"{{"AWS":"{text}"}}"#)
}

fn user_arn() -> String {
    aws("arn:aws:iam::111111111111:user/alice")
}

fn role_arn() -> String {
    aws("arn:aws:iam::111111111111:role/team/deploy")
}

fn session_arn() -> String {
    aws("arn:aws:sts::111111111111:assumed-role/deploy/ci")
}

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
        Row::of(session(), HERE).grant(session_arn()).refused_by(true),
        ALLOW
    );
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
    assert_eq!(
        Row::of(session(), HERE)
            .identity()
            .grant(role_arn())
            .refused_by(true),
        Some(Layer::Trust)
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
    let rows = [
        (alice(), vec![user_arn(), here.clone()], true),
        (alice(), vec![user_arn()], false),
        (alice(), vec![here.clone()], false),
        (session(), vec![session_arn(), role_arn(), here.clone()], true),
        (session(), vec![role_arn(), here.clone()], false),
        (session(), vec![session_arn(), here.clone()], false),
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

#[test]
fn wording() {
    let implicit = |layer| because("s3:GetObject", &Decision::ImplicitDeny { layer });
    let explicit = |layer| {
        because(
            "s3:GetObject",
            &Decision::ExplicitDeny {
                layer,
                source: "inline",
                statement: 0,
                sid: "",
            },
        )
    };
    // facts: policy §2.6
    assert_eq!(
        implicit(Layer::Identity),
        "because no identity-based policy allows the s3:GetObject action"
    );
    assert_eq!(
        implicit(Layer::Resource),
        "because no resource-based policy allows the s3:GetObject action"
    );
    assert_eq!(
        implicit(Layer::Boundary),
        "because no permissions boundary allows the s3:GetObject action"
    );
    assert_eq!(
        implicit(Layer::Session),
        "because no session policy allows the s3:GetObject action"
    );
    assert_eq!(
        implicit(Layer::ServiceControl),
        "because no service control policy allows the s3:GetObject action"
    );
    assert_eq!(
        implicit(Layer::Trust),
        "because no role trust policy allows the s3:GetObject action"
    );
    assert_eq!(
        explicit(Layer::Identity),
        "with an explicit deny in an identity-based policy"
    );
    assert_eq!(
        explicit(Layer::Resource),
        "with an explicit deny in a resource-based policy"
    );
    assert_eq!(
        explicit(Layer::Boundary),
        "with an explicit deny in a permissions boundary"
    );
    assert_eq!(
        explicit(Layer::Session),
        "with an explicit deny in a session policy"
    );
    assert_eq!(
        explicit(Layer::ServiceControl),
        "with an explicit deny in a service control policy"
    );
    assert_eq!(
        explicit(Layer::ResourceControl),
        "with an explicit deny in a resource control policy"
    );
    assert_eq!(
        explicit(Layer::Trust),
        "with an explicit deny in the role trust policy"
    );
    assert_eq!(because("s3:GetObject", &Decision::Allow), "");
    let named = Decision::ExplicitDeny {
        layer: Layer::Identity,
        source: "arn:aws:iam::111111111111:policy/p",
        statement: 0,
        sid: "",
    };
    assert_eq!(
        because_from("a:b", &named),
        "with an explicit deny in an identity-based policy: arn:aws:iam::111111111111:policy/p"
    );
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
                "Condition { operator: \"Bool\", key: \"aws:MultiFactorAuthPresent\", present: false }"
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
