//! What pruning takes away from the organization.

use serde_json::json;

use super::Planner;
use crate::{
    OrganizationState,
    plan::{Change, Mark},
};

impl Planner<'_> {
    /// Removes policies and empty units that described sections do not mention. Accounts are never closed.
    pub(super) fn removals(&mut self) {
        for ((kind, name), known) in &self.state.policies {
            let described = self.described.control_policies(*kind);
            if known.aws_managed || described.is_none_or(|policies| policies.contains_key(name)) {
                continue;
            }
            let mut change = Change::new(Mark::Removed, format!("{} {name}", kind.described()));
            for target in &known.targets {
                if !self.detached.contains(&(known.id.clone(), target.clone())) {
                    change.detail(Mark::Removed, format!("from {}", target_name(self.state, target)));
                    change.organizations("DetachPolicy", json!({"PolicyId": known.id, "TargetId": target}));
                }
            }
            change.organizations("DeletePolicy", json!({"PolicyId": known.id}));
            self.push(change);
        }
        if self.described.units.is_none() {
            return;
        }
        let described = self.described.unit_paths();
        let inside = |path: &str, outer: &str| {
            path == outer || path.strip_prefix(outer).is_some_and(|p| p.starts_with('/'))
        };
        for (path, id) in self
            .state
            .units
            .iter()
            .rev()
            .filter(|(path, _)| !described.contains_key(*path))
        {
            // Where the accounts will be once the plan is carried out.
            let occupied = self.state.places.iter().any(|(number, place)| {
                let member = self.state.members.iter().find(|member| member.id == *number);
                let moved = self
                    .accounts
                    .iter()
                    .find(|(key, _)| member.is_some_and(|member| member.answers_to(key)));
                let unit = moved.and_then(|(_, account)| account.unit.as_deref());
                inside(unit.map_or(place.as_str(), |unit| unit.trim_matches('/')), path)
            });
            if occupied || described.keys().any(|other| inside(other, path)) {
                self.plan
                    .kept
                    .push(format!("unit {path}: there are accounts in it"));
                continue;
            }
            let mut change = Change::new(Mark::Removed, format!("unit {path}"));
            change.organizations("DeleteOrganizationalUnit", json!({"OrganizationalUnitId": id}));
            self.push(change);
        }
    }
}

/// What the root, a unit or an account is called in a plan.
fn target_name(state: &OrganizationState, id: &str) -> String {
    if id == state.root {
        return "root".to_owned();
    }
    let unit = state.units.iter().find(|(_, unit)| *unit == id);
    let account = state.members.iter().find(|member| member.id == id);
    match (unit, account) {
        (Some((path, _)), _) => format!("unit {path}"),
        (None, Some(account)) => format!("account {} ({id})", account.name),
        (None, None) => id.to_owned(),
    }
}
