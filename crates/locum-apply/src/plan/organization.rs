//! The plan of the organization: types, policies, units, accounts, attachments, delegations.
//!
//! Ids of what the same plan makes are not known before. In their place stands `{"$result": [request, member …]}`, which
//! the transaction replaces by what an earlier request of it answered.

mod accounts;
mod attachments;
mod removals;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use self::attachments::Attachments;
use super::{
    Change, Mark, Plan, PlanError, Request,
    documents::{addition, difference, same},
    facets::{members, new_details, set, tag_list, tags},
};
use crate::{
    Account, Described, Member, Named, Organization, OrganizationState, PolicyType, RootFeature, member_of,
};

/// Plans the organization: what is described of it, and the place of every described account in it. Accounts that are made
/// can be entered by `access_role`.
///
/// # Errors
/// [`PlanError`] if something described cannot come about.
pub fn plan_organization(
    described: &Described,
    state: &OrganizationState,
    prune: bool,
    access_role: &str,
) -> Result<Plan, PlanError> {
    let nothing = Organization::default();
    let accounts = described.accounts.iter().flatten();
    let mut planner = Planner {
        described: described.organization.as_ref().unwrap_or(&nothing),
        accounts: accounts.map(|(name, account)| (name.as_str(), account)).collect(),
        state,
        access_role,
        made: Named::new(),
        enabled: state.enabled.clone(),
        policies: state
            .policies
            .iter()
            .map(|(key, known)| (key.clone(), json!(known.id)))
            .collect(),
        units: state
            .units
            .iter()
            .map(|(path, id)| (path.clone(), json!(id)))
            .collect(),
        detached: BTreeSet::new(),
        plan: Plan {
            title: "organization".to_owned(),
            ..Plan::default()
        },
    };
    planner.types();
    planner.features();
    planner.accounts_in_policies()?;
    planner.control_policies()?;
    planner.units();
    planner.root()?;
    planner.tree()?;
    planner.accounts()?;
    planner.delegations()?;
    if prune {
        planner.removals();
    }
    Ok(planner.plan)
}

struct Planner<'a> {
    described: &'a Organization,
    accounts: Vec<(&'a str, &'a Account)>,
    state: &'a OrganizationState,
    access_role: &'a str,
    /// What stands for the number of each account that the plan makes, by its key.
    made: Named<Value>,
    /// The types that are in force once the plan is carried out.
    enabled: BTreeSet<PolicyType>,
    /// The id of each policy, or what stands for it.
    policies: BTreeMap<(PolicyType, String), Value>,
    /// The id of each unit by path, or what stands for it.
    units: Named<Value>,
    /// Policies (by id) and targets that are taken apart already.
    detached: BTreeSet<(String, String)>,
    plan: Plan,
}

impl Change {
    fn organizations(&mut self, action: &'static str, parameters: Value) {
        self.requests.push(Request {
            service: "organizations",
            action,
            parameters,
        });
    }
}

impl<'a> Planner<'a> {
    fn push(&mut self, change: Change) {
        if !change.requests.is_empty() {
            self.plan.changes.push(change);
        }
    }

    /// What stands for a part of the answer to the request that `change` gets next.
    fn answer(&self, change: &Change, path: &[&str]) -> Value {
        let before: usize = self.plan.changes.iter().map(|change| change.requests.len()).sum();
        let mut reference = vec![json!(before + change.requests.len())];
        reference.extend(path.iter().map(|member| json!(member)));
        json!({"$result": reference})
    }

    fn types(&mut self) {
        for kind in self.described.policy_types.iter().flatten() {
            if self.enabled.insert(*kind) {
                let mut change = Change::new(Mark::Changed, format!("{}s in force", kind.described()));
                let parameters = json!({"RootId": self.state.root, "PolicyType": kind.as_str()});
                change.organizations("EnablePolicyType", parameters);
                self.push(change);
            }
        }
    }

    fn features(&mut self) {
        let Some(wanted) = &self.described.root_features else {
            return;
        };
        let mut change = Change::new(Mark::Changed, "central root access");
        for feature in [RootFeature::RootCredentialsManagement, RootFeature::RootSessions] {
            let (on, off) = match feature {
                RootFeature::RootCredentialsManagement => (
                    "EnableOrganizationsRootCredentialsManagement",
                    "DisableOrganizationsRootCredentialsManagement",
                ),
                RootFeature::RootSessions => (
                    "EnableOrganizationsRootSessions",
                    "DisableOrganizationsRootSessions",
                ),
            };
            match (self.state.features.contains(&feature), wanted.contains(&feature)) {
                (false, true) => {
                    change.detail(Mark::Created, format!("{feature:?}"));
                    change.iam(on, json!({}));
                }
                (true, false) => {
                    change.detail(Mark::Removed, format!("{feature:?}"));
                    change.iam(off, json!({}));
                }
                _ => {}
            }
        }
        self.push(change);
    }

    fn control_policies(&mut self) -> Result<(), PlanError> {
        for kind in PolicyType::ALL {
            for (name, wanted) in self.described.control_policies(kind).into_iter().flatten() {
                let what = format!("{} {name}", kind.described());
                let key = (kind, name.clone());
                let Some(known) = self.state.policies.get(&key) else {
                    let mut change = Change::new(Mark::Created, what);
                    let mut parameters = json!({
                        "Content": self.content(&wanted.document),
                        "Description": wanted.description.clone().unwrap_or_default(),
                        "Name": name,
                        "Type": kind.as_str(),
                    });
                    if let Some(tags) = wanted.tags.as_ref().filter(|tags| !tags.is_empty()) {
                        set(&mut parameters, "Tags", tag_list(tags));
                    }
                    new_details(&mut change, None, wanted.tags.as_ref());
                    addition(&mut change, "document", &wanted.document);
                    self.policies
                        .insert(key, self.answer(&change, &["Policy", "PolicySummary", "Id"]));
                    change.organizations("CreatePolicy", parameters);
                    self.push(change);
                    continue;
                };
                let Some(present) = known.policy.as_ref().filter(|_| !known.aws_managed) else {
                    let message = "it is AWS's and cannot be described; give yours another name";
                    return Err(PlanError::of(what, message));
                };
                let mut change = Change::new(Mark::Changed, what);
                let mut update = Vec::new();
                let before = present.description.as_deref().unwrap_or_default();
                if let Some(text) = wanted.description.as_deref().filter(|text| *text != before) {
                    change.detail(Mark::Changed, format!("description {text:?}"));
                    update.push(("Description", json!(text)));
                }
                if !same(&present.document, &wanted.document) {
                    difference(&mut change, "document", &present.document, &wanted.document);
                    update.push(("Content", self.content(&wanted.document)));
                }
                if !update.is_empty() {
                    let named = [("PolicyId", json!(known.id))];
                    change.organizations("UpdatePolicy", members(named.into_iter().chain(update)));
                }
                let id = json!(known.id);
                resource_tags(&mut change, &id, wanted.tags.as_ref(), present.tags.as_ref());
                self.push(change);
            }
        }
        Ok(())
    }

    /// Makes the units that are not there, parents first.
    fn units(&mut self) {
        // In a sorted map a parent's path comes before the paths that it begins.
        for (path, unit) in self.described.unit_paths() {
            if self.units.contains_key(&path) {
                continue;
            }
            let (parent, name) = path.rsplit_once('/').unwrap_or(("", &path));
            let parent = self.parent(parent).unwrap_or_default();
            let mut change = Change::new(Mark::Created, format!("unit {path}"));
            let mut parameters = json!({"ParentId": parent, "Name": name});
            if let Some(tags) = unit.tags.as_ref().filter(|tags| !tags.is_empty()) {
                set(&mut parameters, "Tags", tag_list(tags));
            }
            new_details(&mut change, None, unit.tags.as_ref());
            let id = self.answer(&change, &["OrganizationalUnit", "Id"]);
            change.organizations("CreateOrganizationalUnit", parameters);
            self.units.insert(path, id);
            self.push(change);
        }
    }

    /// The account that a key means.
    fn member(&self, what: &str, key: &str) -> Result<Option<&'a Member>, PlanError> {
        let found = member_of(&self.state.members, key);
        found.map_err(|error| PlanError::of(what, error.to_string()))
    }

    /// The id of a unit, or of the root for an empty path.
    fn parent(&self, path: &str) -> Option<Value> {
        if path.is_empty() {
            return Some(json!(self.state.root));
        }
        self.units.get(path).cloned()
    }

    fn root(&mut self) -> Result<(), PlanError> {
        let Some(root) = &self.described.root else {
            return Ok(());
        };
        let id = json!(self.state.root);
        let mut change = Change::new(Mark::Changed, "root");
        let present = self.state.targets.get(&self.state.root);
        resource_tags(
            &mut change,
            &id,
            root.tags.as_ref(),
            present.map(|target| &target.tags),
        );
        let wanted = Attachments {
            policies: [
                (PolicyType::ServiceControl, root.service_control_policies.as_ref()),
                (
                    PolicyType::ResourceControl,
                    root.resource_control_policies.as_ref(),
                ),
            ],
            full_access: root.full_access,
        };
        self.attach(&mut change, &id, wanted, present)?;
        self.push(change);
        Ok(())
    }

    /// Attaches policies to units.
    fn tree(&mut self) -> Result<(), PlanError> {
        for (path, unit) in self.described.unit_paths() {
            let id = self.units.get(&path).cloned().unwrap_or_default();
            let mut change = Change::new(Mark::Changed, format!("unit {path}"));
            let present = id.as_str().and_then(|id| self.state.targets.get(id));
            if present.is_some() {
                resource_tags(
                    &mut change,
                    &id,
                    unit.tags.as_ref(),
                    present.map(|target| &target.tags),
                );
            }
            let wanted = Attachments {
                policies: [
                    (PolicyType::ServiceControl, unit.service_control_policies.as_ref()),
                    (
                        PolicyType::ResourceControl,
                        unit.resource_control_policies.as_ref(),
                    ),
                ],
                full_access: unit.full_access,
            };
            self.attach(&mut change, &id, wanted, present)?;
            self.push(change);
        }
        Ok(())
    }

    fn delegations(&mut self) -> Result<(), PlanError> {
        let Some(wanted) = &self.described.delegated_administrators else {
            return Ok(());
        };
        let mut trusted = self.state.trusted.clone();
        let mut known = BTreeSet::new();
        for (name, services) in wanted {
            let what = format!("delegated administrator {name}");
            let member = self.member(&what, name)?;
            if member.is_some_and(|member| !known.insert(&member.id)) {
                let message = "it is described twice, by its name and by its number; describe it once";
                return Err(PlanError::of(what, message));
            }
            let id = member
                .map(|member| json!(member.id))
                .or_else(|| self.made.get(name).cloned());
            let Some(id) = id else {
                let message = "there is no such account; describe it under accounts, with its `email`";
                return Err(PlanError::of(what, message));
            };
            let nothing = BTreeSet::new();
            let present = member.and_then(|member| self.state.delegated.get(&member.id));
            let present = present.unwrap_or(&nothing);
            let mut change = Change::new(
                if present.is_empty() {
                    Mark::Created
                } else {
                    Mark::Changed
                },
                what,
            );
            for service in present.iter().filter(|service| !services.contains(service)) {
                change.detail(Mark::Removed, service.clone());
                let parameters = json!({"AccountId": id, "ServicePrincipal": service});
                change.organizations("DeregisterDelegatedAdministrator", parameters);
            }
            for service in services.iter().filter(|service| !present.contains(*service)) {
                if trusted.insert(service.clone()) {
                    change.detail(Mark::Created, format!("access of {service} to the organization"));
                    let parameters = json!({"ServicePrincipal": service});
                    change.organizations("EnableAWSServiceAccess", parameters);
                }
                change.detail(Mark::Created, service.clone());
                let parameters = json!({"AccountId": id, "ServicePrincipal": service});
                change.organizations("RegisterDelegatedAdministrator", parameters);
            }
            self.push(change);
        }
        Ok(())
    }
}

fn resource_tags(
    change: &mut Change,
    id: &Value,
    wanted: Option<&Named<String>>,
    present: Option<&Named<String>>,
) {
    tags(
        change,
        "organizations",
        ["TagResource", "UntagResource"],
        ("ResourceId", id),
        wanted,
        present,
    );
}
