//! The built-in managed policies, `arn:P:iam::aws:policy/…`: the same for every account, shared, never stored.
//!
//! They are data files of our own writing under `policies/aws/`, compiled into the program. Adding one is a file and a
//! line in `BUILT_IN`. The ids are AWS's own, so that a policy is recognised by whoever knows them.

use std::sync::Arc;

use jiff::Timestamp;
use locum_names::{NameError, UniqueId};
use locum_policy::{Policy, PolicyError, PolicyKind};

use crate::{ManagedPolicy, PolicyOwner, PolicyVersion, Revision, VersionId};

struct BuiltIn {
    id: &'static str,
    name: &'static str,
    path: &'static str,
    description: &'static str,
    document: &'static str,
}

/// In the order of lower-cased names.
const BUILT_IN: [BuiltIn; 1] = [BuiltIn {
    id: "ANPAIWMBCKSKIEE64ZLYK",
    name: "AdministratorAccess",
    path: "/",
    description: "Allows every action on every resource.",
    document: include_str!("../policies/aws/AdministratorAccess.json"),
}];

/// A built-in policy that does not load: a fault of this program, found by its tests.
#[derive(Debug, thiserror::Error)]
#[error("built-in policy {name} is not valid: {reason}")]
pub struct BuiltInError {
    name: &'static str,
    reason: String,
}

/// The built-in policies, cheap to clone.
#[derive(Debug, Clone)]
pub struct AwsPolicies(Arc<[Arc<ManagedPolicy>]>);

impl AwsPolicies {
    /// Compiles them. Once per process is enough.
    ///
    /// # Errors
    /// [`BuiltInError`] if a data file is not a policy.
    pub fn load() -> Result<Self, BuiltInError> {
        let load = |source: &BuiltIn| {
            managed_policy(source)
                .map(Arc::new)
                .map_err(|reason| BuiltInError {
                    name: source.name,
                    reason,
                })
        };
        BUILT_IN
            .iter()
            .map(load)
            .collect::<Result<Arc<[_]>, _>>()
            .map(Self)
    }

    /// The policy of this name, ignoring case.
    #[must_use]
    pub fn by_name(&self, name: &str) -> Option<&Arc<ManagedPolicy>> {
        self.0
            .iter()
            .find(|policy| policy.name.eq_ignore_ascii_case(name))
    }

    /// The policy of this unique id.
    #[must_use]
    pub fn by_id(&self, id: &UniqueId) -> Option<&Arc<ManagedPolicy>> {
        self.0.iter().find(|policy| policy.id == *id)
    }

    /// All of them, in the order of lower-cased names.
    pub fn iter(&self) -> std::slice::Iter<'_, Arc<ManagedPolicy>> {
        self.0.iter()
    }
}

fn managed_policy(source: &BuiltIn) -> Result<ManagedPolicy, String> {
    let id = source.id.parse().map_err(|error: NameError| error.to_string())?;
    let policy =
        Policy::compile(source.document, PolicyKind::Managed).map_err(|e: PolicyError| e.to_string())?;
    // No date is told: they did not come into being at a time of this deployment.
    let created = Timestamp::UNIX_EPOCH;
    Ok(ManagedPolicy {
        revision: Revision::NEW,
        id,
        owner: PolicyOwner::Aws,
        path: source.path.into(),
        name: source.name.into(),
        description: source.description.into(),
        versions: vec![PolicyVersion {
            id: VersionId::FIRST,
            policy,
            created,
        }],
        default_version: VersionId::FIRST,
        next_version: VersionId::FIRST.next(),
        tags: Vec::new(),
        created,
        updated: created,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_policy_loads_in_order_and_is_found() {
        let policies = AwsPolicies::load().unwrap();
        assert!(policies.iter().map(|p| p.name.to_ascii_lowercase()).is_sorted());
        for policy in policies.iter() {
            assert!(policy.in_force().is_some());
            assert_eq!(
                policies.by_name(&policy.name.to_ascii_uppercase()).unwrap().id,
                policy.id
            );
            assert_eq!(policies.by_id(&policy.id).unwrap().name, policy.name);
        }
        assert!(policies.by_name("AdministratorAccess").is_some());
        assert!(policies.by_name("NoSuchPolicy").is_none());
    }
}
