//! The accounts and callers that the tests speak of.

use locum_names::{AccountId, Partition, UniqueId, UniqueKind};
use locum_policy::{
    Context, Decision, FederatedIssuer, Layers, Policy, PolicyKind, Principal, Request, RequesterKind,
    Source, decide,
};

pub const HERE: u64 = 111_111_111_111;
pub const THERE: u64 = 222_222_222_222;

pub fn account(number: u64) -> AccountId {
    AccountId::new(number).unwrap()
}

pub fn alice_id() -> UniqueId {
    UniqueId::new(UniqueKind::User, account(HERE), 1)
}

pub fn role_id() -> UniqueId {
    UniqueId::new(UniqueKind::Role, account(HERE), 2)
}

pub fn alice() -> Principal<'static> {
    Principal::user(Partition::Aws, account(HERE), alice_id(), "/", "alice")
}

pub fn root() -> Principal<'static> {
    Principal::root(Partition::Aws, account(HERE))
}

pub fn session() -> Principal<'static> {
    role_session(false)
}

pub fn role_session(service_linked: bool) -> Principal<'static> {
    let kind = RequesterKind::RoleSession {
        role_id: role_id(),
        role_path: "/team/",
        role_name: "deploy",
        session_name: "ci",
        service_linked,
    };
    Principal::of(Partition::Aws, account(HERE), kind)
}

pub fn federated() -> Principal<'static> {
    let issuer = FederatedIssuer::User {
        id: alice_id(),
        path: "/",
        name: "alice",
    };
    let kind = RequesterKind::FederatedUser { name: "bob", issuer };
    Principal::of(Partition::Aws, account(HERE), kind)
}

pub fn federated_by_root() -> Principal<'static> {
    let issuer = FederatedIssuer::Root;
    let kind = RequesterKind::FederatedUser { name: "bob", issuer };
    Principal::of(Partition::Aws, account(HERE), kind)
}

pub fn outside(kind: RequesterKind<'static>) -> Principal<'static> {
    Principal::outside(Partition::Aws, kind)
}

pub fn policy(kind: PolicyKind, statements: &str) -> Policy {
    let document = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
    Policy::compile(&document, kind).unwrap_or_else(|e| panic!("{e} ({}): {document}", e.detail))
}

pub fn allow_all() -> Policy {
    policy(
        PolicyKind::Inline,
        r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#,
    )
}

pub fn deny_all() -> Policy {
    policy(
        PolicyKind::Inline,
        r#"{"Effect":"Deny","Action":"*","Resource":"*"}"#,
    )
}

pub fn allow_other() -> Policy {
    policy(
        PolicyKind::Inline,
        r#"{"Effect":"Allow","Action":"ec2:RunInstances","Resource":"*"}"#,
    )
}

pub const RESOURCE: &str = "arn:aws:s3:::bucket/key";

/// Whether alice's own policy of this document lets her do it.
pub fn alone(document: &str, action: &str, resource: &str, context: &Context<'_>) -> bool {
    let policy = Policy::compile(document, PolicyKind::Inline).unwrap_or_else(|e| panic!("{e}: {document}"));
    let request = Request {
        principal: alice(),
        action,
        resource,
        resource_account: account(HERE),
        context,
    };
    let identity = [Source::new(&policy, "inline")];
    let layers = Layers {
        identity: &identity,
        ..Layers::default()
    };
    decide(&request, &layers).is_allowed()
}

/// Decides `s3:GetObject` for a caller of account HERE on a resource of this account.
pub fn ask<'a>(principal: Principal<'_>, owner: u64, layers: &Layers<'a>) -> Decision<'a> {
    let context = Context::new();
    let request = Request {
        principal,
        action: "s3:GetObject",
        resource: RESOURCE,
        resource_account: account(owner),
        context: &context,
    };
    decide(&request, layers)
}

/// A decision in a word.
pub fn name(decision: &Decision<'_>) -> &'static str {
    match decision {
        Decision::Allow => "allow",
        Decision::ExplicitDeny { .. } => "explicit",
        Decision::ImplicitDeny { .. } => "implicit",
    }
}
