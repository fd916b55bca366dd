//! Which policies bear on a caller, gathered from the snapshot.
//!
//! A policy that should be there and is not must never widen. It might have denied, so whatever it was (attached, a
//! boundary, a session policy that was deleted since) a policy that denies everything stands in its place.

use std::{cell::RefCell, collections::HashMap, sync::LazyLock};

use locum_directory::{InlinePolicy, Snapshot};
use locum_names::{Arn, UniqueId};
use locum_policy::{Layers, Policy, PolicyKind, ResourcePolicy, Source};
use locum_session::Session;

use crate::caller::{Caller, Identity};

/// The caller's own policies: everything of [`Layers`] but the resource's side.
pub(crate) struct CallerPolicies<'a> {
    identity: Vec<Source<'a>>,
    boundary: Option<Source<'a>>,
    session: Option<Vec<Source<'a>>>,
}

/// The policies of a session, compiled; they must outlive the layers that borrow them.
pub(crate) struct SessionPolicies {
    inline: Option<Policy>,
    arns: Vec<Box<str>>,
}

static DENIES_EVERYTHING: LazyLock<Option<Policy>> = LazyLock::new(|| {
    let document = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}"#;
    Policy::compile(document, PolicyKind::Managed).ok()
});

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
        }
    }

    /// These and one more identity policy, if there is one.
    #[must_use]
    pub(crate) fn and(mut self, granted: Option<Source<'a>>) -> Self {
        self.identity.extend(granted);
        self
    }

    /// The layers of a request, with the policy of its resource.
    pub(crate) fn with_resource<'l>(&'l self, resource: ResourcePolicy<'l>) -> Layers<'l> {
        Layers {
            identity: &self.identity,
            boundary: self.boundary,
            session: self.session.as_deref(),
            // Organization policies are not stored yet: every level has the implied FullAWSAccess.
            service_control: &[],
            resource_control: &[],
            resource,
        }
    }
}

impl SessionPolicies {
    fn sources<'a>(&'a self, snapshot: &'a Snapshot) -> Vec<Source<'a>> {
        let inline = self
            .inline
            .iter()
            .map(|policy| Source::new(policy, "session-policy"));
        let managed = self.arns.iter().filter_map(|arn| {
            let named = Arn::parse(arn).ok().and_then(|arn| snapshot.policy_by_arn(&arn));
            let found = named.and_then(|policy| {
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

fn nothing<'a>() -> Option<Source<'a>> {
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
}
