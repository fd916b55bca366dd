//! Which policies bear on a caller, gathered from the snapshot.
//!
//! A policy that should be there and is not must never widen. It might have denied, so whatever it was (attached, a
//! boundary, a session policy that was deleted since, be another made under its name or not) a policy that denies
//! everything stands in its place.

use std::{cell::RefCell, collections::HashMap, sync::LazyLock};

use locum_directory::{ControlPolicyType, InlinePolicy, Snapshot};
use locum_names::{AccountId, Arn, UniqueId};
use locum_policy::{Layers, Policy, PolicyKind, ResourcePolicy, Source};
use locum_session::Session;

use crate::caller::{Caller, Identity};

/// The caller's own policies: everything of [`Layers`] but the resource's side.
pub(crate) struct CallerPolicies<'a> {
    identity: Vec<Source<'a>>,
    boundary: Option<Source<'a>>,
    session: Option<Vec<Source<'a>>>,
    service_control: ControlPolicies<'a>,
}

/// The control policies of one type that bear on an account, level by level from the organization's root to the account.
///
/// They go by their ids, `p-…`. What is gathered has the length of the account's path and of nothing else; where the type is
/// not in force, and for the management account, it is nothing and costs nothing (`facts: policy §2.2`).
#[derive(Default)]
pub(crate) struct ControlPolicies<'a> {
    sources: Vec<Source<'a>>,
    /// Where each level ends.
    ends: Vec<usize>,
}

/// The services whose resources have resource control policies, as they are written in actions: AWS's list of 2026.
pub(crate) const RESOURCE_CONTROLLED: &[&str] = &[
    "aoss",
    "cognito-identity",
    "cognito-idp",
    "dynamodb",
    "ecr",
    "kms",
    "logs",
    "s3",
    "secretsmanager",
    "sqs",
    "sts",
];

/// Whether resource control policies have a say in an action.
pub(crate) fn is_resource_controlled(action: &str) -> bool {
    let Some((service, _)) = action.split_once(':') else {
        return false;
    };
    // The one action that AWS exempts by name (`facts: policy §2.2`).
    let exempt = action.eq_ignore_ascii_case("kms:RetireGrant");
    !exempt
        && RESOURCE_CONTROLLED
            .iter()
            .any(|known| known.eq_ignore_ascii_case(service))
}

/// Whether control policies of a type are in force, and have a say over this account.
fn binds(snapshot: &Snapshot, policy_type: ControlPolicyType, account: AccountId) -> bool {
    snapshot.organization().is_some_and(|organization| {
        organization.enforces(policy_type) && organization.management_account != account
    })
}

impl<'a> ControlPolicies<'a> {
    /// What the principals of an account may do at most.
    pub(crate) fn of_principal(snapshot: &'a Snapshot, account: AccountId) -> Self {
        Self::gather(snapshot, ControlPolicyType::ServiceControl, account)
    }

    /// What anybody may do at most, of this action, with what an account owns. An account that is not there owns nothing.
    pub(crate) fn of_owner(snapshot: &'a Snapshot, owner: AccountId, action: &str) -> Self {
        let policy_type = ControlPolicyType::ResourceControl;
        // In the order of what it costs to find out.
        let bears = binds(snapshot, policy_type, owner)
            && is_resource_controlled(action)
            && snapshot.account(owner).is_some();
        if bears {
            Self::gather(snapshot, policy_type, owner)
        } else {
            Self::default()
        }
    }

    fn gather(snapshot: &'a Snapshot, policy_type: ControlPolicyType, account: AccountId) -> Self {
        let mut gathered = Self::default();
        if !binds(snapshot, policy_type, account) {
            return gathered;
        }
        let Some(targets) = snapshot.control_targets(account) else {
            gathered.level(nothing());
            return gathered;
        };
        for target in targets {
            let attached = snapshot.attached_controls(policy_type, target);
            gathered.level(attached.filter_map(|id| match snapshot.control_policy(id) {
                Some(policy) => Some(Source::new(&policy.policy, &policy.id)),
                None => nothing(),
            }));
        }
        gathered
    }

    fn level(&mut self, sources: impl IntoIterator<Item = Source<'a>>) {
        self.sources.extend(sources);
        self.ends.push(self.sources.len());
    }

    /// The levels, as the engine takes them.
    pub(crate) fn levels(&self) -> Vec<&[Source<'a>]> {
        if self.ends.is_empty() {
            return Vec::new();
        }
        let mut begin = 0;
        let level = |end: &usize| {
            // INVARIANT: the ends ascend up to the length.
            let level = self.sources.get(begin..*end).unwrap_or_default();
            begin = *end;
            level
        };
        self.ends.iter().map(level).collect()
    }
}

/// The policies of a session, compiled; they must outlive the layers that borrow them.
pub(crate) struct SessionPolicies {
    inline: Option<Policy>,
    arns: Vec<Box<str>>,
    /// When the session was issued, in Unix seconds.
    issued_at: i64,
}

static DENIES_EVERYTHING: LazyLock<Option<Policy>> = LazyLock::new(|| {
    let document = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}"#;
    Policy::compile(document, PolicyKind::Managed).ok()
});

/// The name of the session policy that came with the request for a session, and is nobody's but theirs who asked.
pub(crate) const SESSION_POLICY: &str = "session-policy";

/// The name of the policy that stands where one is missing.
const MISSING: &str = "(missing)";

impl SessionPolicies {
    /// The session policies of a caller; `None` if none were passed.
    pub(crate) fn of(caller: &Caller) -> Option<Self> {
        caller.session.as_deref().and_then(Self::of_session)
    }

    fn of_session(session: &Session) -> Option<Self> {
        if session.policy.is_none() && session.policy_arns.is_empty() {
            return None;
        }
        Some(Self {
            inline: session
                .policy
                .as_deref()
                .and_then(|document| compiled(document).or_else(|| DENIES_EVERYTHING.clone())),
            arns: session.policy_arns.clone(),
            issued_at: session.issued_at,
        })
    }
}

thread_local! {
    static COMPILED: RefCell<HashMap<Box<str>, Policy>> = RefCell::new(HashMap::new());
}

/// How many inline session policies a thread keeps compiled.
const KEPT: usize = 512;

/// An inline session policy, compiled. It was valid when the token was sealed.
fn compiled(document: &str) -> Option<Policy> {
    COMPILED.with_borrow_mut(|kept| {
        if let Some(policy) = kept.get(document) {
            return Some(policy.clone());
        }
        let policy = Policy::compile(document, PolicyKind::Session).ok()?;
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(document.into(), policy.clone());
        Some(policy)
    })
}

impl<'a> CallerPolicies<'a> {
    /// Gathers the policies of a caller.
    pub(crate) fn gather(
        snapshot: &'a Snapshot,
        caller: &'a Caller,
        session: Option<&'a SessionPolicies>,
    ) -> Self {
        let mut identity = Vec::new();
        let boundary = match &caller.identity {
            Identity::Root | Identity::FederatedUser { issuer: None, .. } => None,
            Identity::User(user)
            | Identity::FederatedUser {
                issuer: Some(user), ..
            } => {
                identity.extend(granted(snapshot, &user.inline, &user.attached));
                for group in &user.groups {
                    match snapshot.group_by_id(group) {
                        Some(group) => identity.extend(granted(snapshot, &group.inline, &group.attached)),
                        None => identity.extend(nothing()),
                    }
                }
                user.boundary
            }
            Identity::Role { role, .. } => {
                identity.extend(granted(snapshot, &role.inline, &role.attached));
                role.boundary
            }
        };
        let boundary = boundary.and_then(|id| managed_or_nothing(snapshot, &id));
        Self {
            identity,
            boundary,
            session: session.map(|session| session.sources(snapshot)),
            service_control: ControlPolicies::of_principal(snapshot, caller.account),
        }
    }

    /// These and one more identity policy, if there is one.
    #[must_use]
    pub(crate) fn and(mut self, granted: Option<Source<'a>>) -> Self {
        self.identity.extend(granted);
        self
    }

    /// The service control policies of the caller's account.
    pub(crate) const fn service_control(&self) -> &ControlPolicies<'a> {
        &self.service_control
    }

    /// The layers of a request, with the policy of its resource and the levels of both sides.
    pub(crate) fn with_resource<'l>(
        &'l self,
        resource: ResourcePolicy<'l>,
        service_control: &'l [&'l [Source<'l>]],
        resource_control: &'l [&'l [Source<'l>]],
    ) -> Layers<'l> {
        Layers {
            identity: &self.identity,
            boundary: self.boundary,
            session: self.session.as_deref(),
            service_control,
            resource_control,
            resource,
        }
    }
}

impl SessionPolicies {
    fn sources<'a>(&'a self, snapshot: &'a Snapshot) -> Vec<Source<'a>> {
        let inline = self
            .inline
            .iter()
            .map(|policy| Source::new(policy, SESSION_POLICY));
        let managed = self.arns.iter().filter_map(|arn| {
            let named = Arn::parse(arn).ok().and_then(|arn| snapshot.policy_by_arn(&arn));
            // One that came into being later is another, which only has the name.
            let known = named.filter(|policy| policy.created.as_second() <= self.issued_at);
            let found = known.and_then(|policy| {
                let compiled = policy.in_force()?;
                Some(Source::new(compiled, policy_name(&policy.id)))
            });
            found.or_else(nothing)
        });
        inline.chain(managed).collect()
    }
}

/// The policies that one user, group or role has.
fn granted<'a>(
    snapshot: &'a Snapshot,
    inline: &'a [InlinePolicy],
    attached: &'a [UniqueId],
) -> impl Iterator<Item = Source<'a>> {
    let managed = attached.iter().filter_map(|id| managed_or_nothing(snapshot, id));
    inline
        .iter()
        .map(|policy| Source::new(&policy.policy, &policy.name))
        .chain(managed)
}

fn managed<'a>(snapshot: &'a Snapshot, id: &UniqueId) -> Option<Source<'a>> {
    let policy = snapshot.policy_by_id(id)?;
    policy
        .in_force()
        .map(|compiled| Source::new(compiled, policy_name(&policy.id)))
}

/// A policy that cannot be found might have denied this very request.
fn managed_or_nothing<'a>(snapshot: &'a Snapshot, id: &UniqueId) -> Option<Source<'a>> {
    managed(snapshot, id).or_else(nothing)
}

pub(crate) fn nothing<'a>() -> Option<Source<'a>> {
    DENIES_EVERYTHING
        .as_ref()
        .map(|policy| Source::new(policy, MISSING))
}

/// Managed policies go by their unique id here; the ARN is made only when a message needs it.
fn policy_name(id: &UniqueId) -> &str {
    id.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_policy_to_stand_for_a_missing_one() {
        assert!(nothing().is_some());
    }

    #[test]
    fn resource_control_policies_are_of_some_services() {
        assert!(RESOURCE_CONTROLLED.is_sorted());
        for (action, expected) in [
            ("sts:AssumeRole", true),
            ("STS:assumerole", true),
            ("s3:GetObject", true),
            ("kms:Decrypt", true),
            ("kms:RetireGrant", false),
            ("KMS:retiregrant", false),
            ("iam:GetUser", false),
            ("organizations:ListAccounts", false),
            ("sts", false),
            (":", false),
        ] {
            assert_eq!(is_resource_controlled(action), expected, "{action}");
        }
    }
}
