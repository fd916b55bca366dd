use locum_names::AccountId;

use crate::{ConditionKeys, Policy, Principal};

/// What is asked: who wants to do what to which resource, and under which circumstances.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Who asks.
    pub principal: Principal<'a>,
    /// Such as `sts:AssumeRole`; case does not matter.
    pub action: &'a str,
    /// One ARN, or `*` for an action without resources. An action on several is asked once for each.
    pub resource: &'a str,
    /// The account that owns the resource; the caller's own for `*`.
    pub resource_account: AccountId,
    /// The condition keys, or where they come from.
    pub context: &'a dyn ConditionKeys,
}

/// A policy and the name it goes by in messages: its ARN, or an inline policy's name.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The compiled policy.
    pub policy: &'a Policy,
    /// Its ARN or name; empty when it has none.
    pub id: &'a str,
}

impl<'a> Source<'a> {
    /// Names a policy.
    #[must_use]
    pub const fn new(policy: &'a Policy, id: &'a str) -> Self {
        Self { policy, id }
    }
}

/// The policy on the resource's side.
#[derive(Debug, Clone, Copy, Default)]
pub enum ResourcePolicy<'a> {
    /// The resource has none.
    #[default]
    None,
    /// A resource-based policy: in one account, it or the identity side may allow.
    Attached(Source<'a>),
    /// A role's trust policy: it must allow, whoever else does (`facts: policy §2.2`).
    Trust(Source<'a>),
}

/// Every policy that bears on a request. Absent layers neither allow nor limit, except that a federated user without
/// session policies has no permissions of its own.
#[derive(Debug, Clone, Copy, Default)]
pub struct Layers<'a> {
    /// The caller's own: a user's inline, managed and group policies, a role's, or those of a federated user's issuer.
    pub identity: &'a [Source<'a>],
    /// The permissions boundary of the user or role.
    pub boundary: Option<Source<'a>>,
    /// The session policies, inline and by ARN, when any were passed; any of them may allow.
    pub session: Option<&'a [Source<'a>]>,
    /// Service control policies of the caller's account, one slice a level from the organization's root to the account.
    /// No levels: the account is exempt or in no organization. A level without policies allows nothing.
    pub service_control: &'a [&'a [Source<'a>]],
    /// Resource control policies of the resource's account, by level likewise. They only deny.
    pub resource_control: &'a [&'a [Source<'a>]],
    /// The policy of the resource.
    pub resource: ResourcePolicy<'a>,
}
