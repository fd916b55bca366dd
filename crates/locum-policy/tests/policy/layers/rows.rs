//! A row of the tables: who asks, which layers allow, whom the resource's policy names, and which layer refuses.

use locum_policy::{
    Context, Decision, Layer, Layers, Policy, PolicyKind, Principal, Request, ResourcePolicy, Source, decide,
};

use crate::world::{RESOURCE, account, allow_all, allow_other, policy};

pub const ALLOW: Option<Layer> = None;

/// The layer that does not allow, or nothing when the request is allowed.
pub fn refusal(decision: &Decision<'_>) -> Option<Layer> {
    match decision {
        Decision::Allow => None,
        Decision::ImplicitDeny { layer } => Some(*layer),
        Decision::ExplicitDeny { .. } => panic!("{decision:?}"),
    }
}

pub fn granting(kind: PolicyKind, principal: &str) -> Policy {
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
pub struct Row {
    principal: Principal<'static>,
    owner: u64,
    identity: bool,
    boundary: Option<bool>,
    session: Option<bool>,
    grant: Option<String>,
}

impl Row {
    pub fn of(principal: Principal<'static>, owner: u64) -> Self {
        Self {
            principal,
            owner,
            identity: false,
            boundary: None,
            session: None,
            grant: None,
        }
    }

    pub fn identity(mut self) -> Self {
        self.identity = true;
        self
    }

    pub fn boundary(mut self, allows: bool) -> Self {
        self.boundary = Some(allows);
        self
    }

    pub fn session(mut self, allows: bool) -> Self {
        self.session = Some(allows);
        self
    }

    pub fn grant(mut self, principal: impl Into<String>) -> Self {
        self.grant = Some(principal.into());
        self
    }

    pub fn refused_by(&self, trust: bool) -> Option<Layer> {
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

pub fn aws(text: impl std::fmt::Display) -> String {
    format!(r#"{{"AWS":"{text}"}}"#)
}

pub fn user_arn() -> String {
    aws("arn:aws:iam::111111111111:user/alice")
}

pub fn role_arn() -> String {
    aws("arn:aws:iam::111111111111:role/team/deploy")
}

pub fn session_arn() -> String {
    aws("arn:aws:sts::111111111111:assumed-role/deploy/ci")
}
