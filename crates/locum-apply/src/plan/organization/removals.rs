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
        let units = self.surplus_units();
        for (path, id) in &units {
            let mut change = Change::new(Mark::Removed, format!("unit {path}"));
            change.organizations("DeleteOrganizationalUnit", json!({"OrganizationalUnitId": id}));
            self.push(change);
        }
        self.surplus_policies(&units);
    }

    /// Removes policies that nothing has once the plan is carried out. One that somebody has whose list is not described stays:
    /// it may deny what nothing else does.
    fn surplus_policies(&mut self, units: &[(String, String)]) {
        for ((kind, name), known) in &self.state.policies {
            let described = self.described.control_policies(*kind);
            if known.aws_managed || described.is_none_or(|policies| policies.contains_key(name)) {
                continue;
            }
            let what = format!("{} {name}", kind.described());
            let has = |target: &&String| !self.detached.contains(&(known.id.clone(), (*target).clone()));
            let goes = |target: &String| units.iter().any(|(_, id)| id == target);
            if let Some(target) = known.targets.iter().filter(has).find(|target| !goes(target)) {
                let target = target_name(self.state, target);
                self.plan.kept.push(format!(
                    "{what}: {target} has it, and no written list takes it away"
                ));
                continue;
            }
            let mut change = Change::new(Mark::Removed, what);
            // They went with their policies; the last one of a target cannot be taken from it.
            for target in known.targets.iter().filter(has) {
                change.detail(Mark::Removed, format!("from {}", target_name(self.state, target)));
            }
            change.organizations("DeletePolicy", json!({"PolicyId": known.id}));
            self.push(change);
        }
    }

    /// The units that no described section mentions and that nobody is in, inner ones first; path and id of each.
    fn surplus_units(&mut self) -> Vec<(String, String)> {
        let mut surplus = Vec::new();
        if self.described.units.is_none() {
            return surplus;
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
            surplus.push((path.clone(), id.clone()));
        }
        surplus
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
