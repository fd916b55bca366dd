//! The control policies of the root, a unit or an account: new ones are attached before others are detached, since a
//! target may not be without any.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Planner;
use crate::{
    PolicyType, Target,
    plan::{Change, Mark, PlanError},
};

/// How many policies of a kind can be attached to one target.
const fn most(kind: PolicyType) -> usize {
    match kind {
        PolicyType::ServiceControl => 10,
        PolicyType::ResourceControl => 5,
    }
}

/// What a target has to have attached.
pub(super) struct Attachments<'a> {
    pub(super) policies: [(PolicyType, Option<&'a Vec<String>>); 2],
    pub(super) full_access: Option<bool>,
}

impl Planner<'_> {
    pub(super) fn attach(
        &mut self,
        change: &mut Change,
        target: &Value,
        wanted: Attachments<'_>,
        present: Option<&Target>,
    ) -> Result<(), PlanError> {
        for (kind, names) in wanted.policies {
            let full = kind.full_access();
            let access = if kind == PolicyType::ServiceControl {
                wanted.full_access
            } else {
                None
            };
            if names.is_none() && access.is_none() {
                continue;
            }
            if !self.enabled.contains(&kind) {
                let message = format!(
                    "{}s are not in force; add {} to organization.policyTypes",
                    kind.described(),
                    kind.as_str()
                );
                return Err(PlanError::of(change.what.clone(), message));
            }
            // What is new, or gets its first policies, has the one that allows everything.
            let attached = present.and_then(|target| target.policies.get(&kind)).cloned();
            let attached = attached.unwrap_or_else(|| BTreeSet::from([full.to_owned()]));
            let names: Option<BTreeSet<&str>> = names.map(|names| names.iter().map(String::as_str).collect());
            let open = access.unwrap_or_else(|| {
                attached.contains(full) || names.as_ref().is_some_and(|names| names.contains(full))
            });
            let mut wanted: BTreeSet<&str> = match &names {
                Some(names) => names.iter().copied().filter(|name| *name != full).collect(),
                None => attached
                    .iter()
                    .map(String::as_str)
                    .filter(|name| *name != full)
                    .collect(),
            };
            wanted.extend(open.then_some(full));
            let mut new = wanted.iter().filter(|name| !attached.contains(**name));
            let old = attached.iter().filter(|name| !wanted.contains(name.as_str()));
            // One must be attached at any time, and there is room for so many: each makes room for the next.
            let mut room = most(kind).saturating_sub(attached.len());
            for name in old {
                while room > 0
                    && let Some(name) = new.next()
                {
                    self.attach_one(change, target, kind, name)?;
                    room -= 1;
                }
                self.detach(change, target, kind, name);
                room += 1;
            }
            for name in new {
                self.attach_one(change, target, kind, name)?;
            }
        }
        Ok(())
    }

    fn attach_one(
        &self,
        change: &mut Change,
        target: &Value,
        kind: PolicyType,
        name: &str,
    ) -> Result<(), PlanError> {
        let Some(id) = self.policies.get(&(kind, name.to_owned())) else {
            let message = format!(
                "there is no {} `{name}`; describe it under organization",
                kind.described()
            );
            return Err(PlanError::of(change.what.clone(), message));
        };
        change.detail(Mark::Created, format!("{} {name}", kind.described()));
        change.organizations("AttachPolicy", json!({"PolicyId": id, "TargetId": target}));
        Ok(())
    }

    fn detach(&mut self, change: &mut Change, target: &Value, kind: PolicyType, name: &str) {
        let id = self
            .policies
            .get(&(kind, name.to_owned()))
            .cloned()
            .unwrap_or_default();
        change.detail(Mark::Removed, format!("{} {name}", kind.described()));
        if let (Some(id), Some(target)) = (id.as_str(), target.as_str()) {
            self.detached.insert((id.to_owned(), target.to_owned()));
        }
        change.organizations("DetachPolicy", json!({"PolicyId": id, "TargetId": target}));
    }
}
