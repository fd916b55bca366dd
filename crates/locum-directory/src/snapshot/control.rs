//! Control policies, and what each is attached to.
//!
//! A decision asks what is attached to a few targets: one look-up each. The way back, from a policy to its targets, is
//! an index of what was attached by hand; the built-in policies stand wherever nothing else was said, and their targets
//! are found by looking.

use std::{
    ops::Bound,
    sync::{Arc, LazyLock},
};

use imbl::{HashMap, OrdMap, OrdSet};

use super::{ChangeError, Snapshot};
use crate::{
    ControlAttachments, ControlPolicy, ControlPolicyType, ControlTarget, EntityKey, entity::full_access,
};

static SERVICE: LazyLock<Option<Arc<ControlPolicy>>> =
    LazyLock::new(|| full_access(ControlPolicyType::ServiceControl));
static RESOURCE: LazyLock<Option<Arc<ControlPolicy>>> =
    LazyLock::new(|| full_access(ControlPolicyType::ResourceControl));

/// The built-in policies.
fn built_in(id: &str) -> Option<&'static Arc<ControlPolicy>> {
    let found = ControlPolicyType::ALL
        .into_iter()
        .find(|policy_type| policy_type.full_access_id() == id)?;
    full(found)
}

fn full(policy_type: ControlPolicyType) -> Option<&'static Arc<ControlPolicy>> {
    match policy_type {
        ControlPolicyType::ServiceControl => SERVICE.as_ref(),
        ControlPolicyType::ResourceControl => RESOURCE.as_ref(),
    }
}

#[derive(Debug, Clone, Default)]
pub(super) struct Controls {
    pub(super) policies: HashMap<Box<str>, Arc<ControlPolicy>>,
    /// For pages.
    ordered: OrdSet<(ControlPolicyType, Box<str>)>,
    by_name: HashMap<(ControlPolicyType, Box<str>), Box<str>>,
    pub(super) attachments: OrdMap<(ControlPolicyType, ControlTarget), Arc<ControlAttachments>>,
    targets: OrdMap<Box<str>, OrdSet<ControlTarget>>,
}

impl Controls {
    pub(super) fn put_policy(&mut self, policy: Arc<ControlPolicy>) -> Result<(), ChangeError> {
        let key = EntityKey::ControlPolicy(policy.id.clone());
        let name = (policy.policy_type, policy.name.clone());
        if self.by_name.get(&name).is_some_and(|other| *other != policy.id) {
            return Err(ChangeError::Invalid(key, "another policy has this name"));
        }
        if let Some(previous) = self.policies.get(&policy.id) {
            if previous.policy_type != policy.policy_type {
                return Err(ChangeError::Invalid(key, "its type cannot change"));
            }
            self.by_name
                .remove(&(previous.policy_type, previous.name.clone()));
        }
        self.by_name.insert(name, policy.id.clone());
        self.ordered.insert((policy.policy_type, policy.id.clone()));
        self.policies.insert(policy.id.clone(), policy);
        Ok(())
    }

    pub(super) fn delete_policy(&mut self, id: &str) {
        if let Some(policy) = self.policies.remove(id) {
            self.by_name.remove(&(policy.policy_type, policy.name.clone()));
            self.ordered.remove(&(policy.policy_type, policy.id.clone()));
        }
    }

    pub(super) fn put_attachments(&mut self, attachments: Arc<ControlAttachments>) {
        let key = (attachments.policy_type, attachments.target);
        self.delete_attachments(key);
        for policy in &attachments.policies {
            self.targets
                .entry(policy.clone())
                .or_default()
                .insert(attachments.target);
        }
        self.attachments.insert(key, attachments);
    }

    pub(super) fn delete_attachments(&mut self, key: (ControlPolicyType, ControlTarget)) {
        let Some(previous) = self.attachments.remove(&key) else {
            return;
        };
        for policy in &previous.policies {
            let Some(mut targets) = self.targets.get(policy).cloned() else {
                continue;
            };
            targets.remove(&key.1);
            if targets.is_empty() {
                self.targets.remove(policy);
            } else {
                self.targets.insert(policy.clone(), targets);
            }
        }
    }
}

impl Snapshot {
    /// The control policy of this id, built in or not.
    #[must_use]
    pub fn control_policy(&self, id: &str) -> Option<&Arc<ControlPolicy>> {
        self.controls.policies.get(id).or_else(|| built_in(id))
    }

    /// The control policy of this name, to the letter, built in or not.
    #[must_use]
    pub fn control_policy_by_name(
        &self,
        policy_type: ControlPolicyType,
        name: &str,
    ) -> Option<&Arc<ControlPolicy>> {
        let found = self.controls.by_name.get(&(policy_type, Box::from(name)));
        let found = found.and_then(|id| self.controls.policies.get(id));
        found.or_else(|| full(policy_type).filter(|policy| *policy.name == *name))
    }

    /// The policies of a type after an id: the built-in one first, then those that were made, in the order of ids.
    pub fn control_policies<'a>(
        &'a self,
        policy_type: ControlPolicyType,
        after: Option<&str>,
    ) -> impl Iterator<Item = &'a Arc<ControlPolicy>> {
        let first = full(policy_type).filter(|_| after.is_none());
        let after = after.filter(|id| *id != policy_type.full_access_id());
        // No policy has an empty id, so excluding it excludes nothing.
        let from = (policy_type, Box::from(after.unwrap_or_default()));
        let made = self
            .controls
            .ordered
            .range((Bound::Excluded(from), Bound::Unbounded))
            .take_while(move |(of, _)| *of == policy_type)
            .filter_map(|(_, id)| self.controls.policies.get(id));
        first.into_iter().chain(made)
    }

    /// How many policies of a type were made.
    #[must_use]
    pub fn control_policy_count(&self, policy_type: ControlPolicyType) -> usize {
        let of = |(of, _): &&(ControlPolicyType, Box<str>)| *of == policy_type;
        self.controls.ordered.iter().filter(of).count()
    }

    /// What was attached to a target by hand; `None` where the built-in policy stands alone.
    #[must_use]
    pub fn control_attachments(
        &self,
        policy_type: ControlPolicyType,
        target: ControlTarget,
    ) -> Option<&Arc<ControlAttachments>> {
        self.controls.attachments.get(&(policy_type, target))
    }

    /// Everything that was attached by hand of a type.
    pub fn all_control_attachments(
        &self,
        policy_type: ControlPolicyType,
    ) -> impl Iterator<Item = &Arc<ControlAttachments>> {
        let of = move |((of, _), _): &(&(ControlPolicyType, ControlTarget), _)| *of == policy_type;
        self.controls
            .attachments
            .iter()
            .filter(of)
            .map(|(_, attachments)| attachments)
    }

    /// The ids of the policies of a type that are attached to a target. That the target exists is the caller's to know.
    pub fn attached_controls(
        &self,
        policy_type: ControlPolicyType,
        target: ControlTarget,
    ) -> impl Iterator<Item = &str> {
        let (alone, by_hand) = match self.control_attachments(policy_type, target) {
            Some(attachments) => (None, &*attachments.policies),
            None => (Some(policy_type.full_access_id()), &[][..]),
        };
        alone.into_iter().chain(by_hand.iter().map(|id| &**id))
    }

    /// What a policy is attached to after one target: the root, units, accounts, each in the order of ids.
    pub fn control_policy_targets(
        &self,
        policy: &ControlPolicy,
        after: Option<ControlTarget>,
    ) -> impl Iterator<Item = ControlTarget> {
        let policy_type = policy.policy_type;
        let built_in = policy.is_aws_managed();
        let everywhere = built_in.then(|| self.all_control_targets(after));
        let everywhere = everywhere.into_iter().flatten().filter(move |target| {
            let mut attached = self.attached_controls(policy_type, *target);
            attached.any(|id| id == policy_type.full_access_id())
        });
        let by_hand = self.controls.targets.get(&policy.id).filter(|_| !built_in);
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let by_hand = by_hand
            .into_iter()
            .flat_map(move |targets| targets.range((from, Bound::Unbounded)).copied());
        everywhere.chain(by_hand)
    }

    /// The root, every unit and every account after one of them.
    fn all_control_targets(&self, after: Option<ControlTarget>) -> impl Iterator<Item = ControlTarget> {
        let root = std::iter::once(ControlTarget::Root).filter(move |_| after.is_none());
        let unit = match after {
            Some(ControlTarget::Unit(unit)) => Some(unit),
            _ => None,
        };
        let account = match after {
            Some(ControlTarget::Account(account)) => Some(account),
            _ => None,
        };
        let units = self
            .units(unit)
            .take_while(move |_| account.is_none())
            .map(|unit| ControlTarget::Unit(unit.id));
        let accounts = self.accounts(account).map(|a| ControlTarget::Account(a.id));
        root.chain(units).chain(accounts)
    }

    pub(super) fn has_control_attachments(&self, target: ControlTarget) -> bool {
        ControlPolicyType::ALL
            .into_iter()
            .any(|policy_type| self.control_attachments(policy_type, target).is_some())
    }

    /// Why a policy cannot go.
    pub(super) fn control_policy_in_use(&self, id: &str) -> Option<&'static str> {
        self.controls.targets.contains_key(id).then_some("it is attached")
    }

    pub(super) fn verify_control_policy(
        &self,
        key: EntityKey,
        policy: &ControlPolicy,
    ) -> Result<(), ChangeError> {
        if built_in(&policy.id).is_some() || !policy.id.starts_with("p-") {
            return Err(ChangeError::Invalid(key, "it has the id of another"));
        }
        if policy.name.is_empty() {
            return Err(ChangeError::Invalid(key, "its name is empty"));
        }
        if policy.policy.kind() != policy.policy_type.policy_kind() {
            return Err(ChangeError::Invalid(
                key,
                "its document was compiled as another kind",
            ));
        }
        Ok(())
    }

    pub(super) fn verify_control_attachments(
        &self,
        key: EntityKey,
        attachments: &ControlAttachments,
    ) -> Result<(), ChangeError> {
        let ControlAttachments {
            target,
            policy_type,
            policies,
            ..
        } = attachments;
        let there = match target {
            ControlTarget::Root => self.organization().is_some(),
            ControlTarget::Unit(unit) => self.unit(*unit).is_some(),
            ControlTarget::Account(account) => self.account(*account).is_some(),
        };
        if !there {
            return Err(ChangeError::Dangling(key, target.to_string().into()));
        }
        if policies.is_empty() || attachments.is_initial() {
            return Err(ChangeError::Invalid(key, "it says nothing"));
        }
        let always =
            (*policy_type == ControlPolicyType::ResourceControl).then(|| policy_type.full_access_id());
        if always.is_some_and(|always| policies.iter().all(|id| **id != *always)) {
            return Err(ChangeError::Invalid(
                key,
                "the built-in policy cannot be detached",
            ));
        }
        for (place, id) in policies.iter().enumerate() {
            let found = self.control_policy(id);
            if found.is_none_or(|policy| policy.policy_type != *policy_type) {
                return Err(ChangeError::Dangling(key, format!("policy {id}").into()));
            }
            if policies.iter().skip(place + 1).any(|other| other == id) {
                return Err(ChangeError::Invalid(key, "a policy is attached twice"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_policies_are_there() {
        for policy_type in ControlPolicyType::ALL {
            let policy = built_in(policy_type.full_access_id()).unwrap();
            assert_eq!(policy.policy_type, policy_type);
            assert!(policy.is_aws_managed());
        }
    }
}
