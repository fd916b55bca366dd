//! The plan of the organization: types, policies, units, accounts, attachments, delegations.
//!
//! Ids of what the same plan makes are not known before. In their place stands `{"$result": [request, member …]}`, which
//! the transaction replaces by what an earlier request of it answered.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{
    Change, Mark, Plan, PlanError, Request,
    documents::{addition, difference, same},
    facets::{members, new_details, set, tag_list, tags},
};
use crate::{
    Account, Described, Member, Named, Organization, OrganizationState, PolicyType, RootFeature, Target,
    member_of,
};

/// The policies of one kind that can be attached to one target.
const MAX_ATTACHED: usize = 5;

/// Plans the organization: what is described of it, and the place of every described account in it.
///
/// # Errors
/// [`PlanError`] if something described cannot come about.
pub fn plan_organization(
    described: &Described,
    state: &OrganizationState,
    prune: bool,
) -> Result<Plan, PlanError> {
    let nothing = Organization::default();
    let accounts = described.accounts.iter().flatten();
    let mut planner = Planner {
        described: described.organization.as_ref().unwrap_or(&nothing),
        accounts: accounts.map(|(name, account)| (name.as_str(), account)).collect(),
        state,
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

/// What a target has to have attached.
struct Attachments<'a> {
    policies: [(PolicyType, Option<&'a Vec<String>>); 2],
    full_access: Option<bool>,
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
                        "Content": wanted.document.0.to_string(),
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
                    update.push(("Content", json!(wanted.document.0.to_string())));
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

    /// Makes accounts, moves them, tags them and attaches policies to them.
    fn accounts(&mut self) -> Result<(), PlanError> {
        for (name, account) in self.accounts.clone() {
            let what = format!("account {name}");
            let member = self.member(&what, name)?;
            let mut change = Change::new(
                if member.is_some() {
                    Mark::Changed
                } else {
                    Mark::Created
                },
                what.clone(),
            );
            let (id, before) = match (member, &account.email) {
                (Some(member), email) => {
                    let fits = email
                        .as_ref()
                        .is_none_or(|email| email.eq_ignore_ascii_case(&member.email));
                    if !fits {
                        let message = format!("its email is {} and cannot be changed", member.email);
                        return Err(PlanError::of(what, message));
                    }
                    let place = self.state.places.get(&member.id).cloned().unwrap_or_default();
                    (json!(member.id), place)
                }
                (None, None) => {
                    let message = "there is no such account in the organization; give its `email` to make it";
                    return Err(PlanError::of(what, message));
                }
                (None, Some(email)) => {
                    let taken = self
                        .state
                        .members
                        .iter()
                        .find(|member| member.email.eq_ignore_ascii_case(email));
                    if let Some(other) = taken {
                        let message =
                            format!("{email} is the address of account {}; use another", other.name);
                        return Err(PlanError::of(what, message));
                    }
                    change.detail(Mark::Created, format!("email {email}"));
                    new_details(&mut change, None, account.tags.as_ref());
                    let mut parameters = json!({"Email": email, "AccountName": name});
                    if let Some(tags) = account.tags.as_ref().filter(|tags| !tags.is_empty()) {
                        set(&mut parameters, "Tags", tag_list(tags));
                    }
                    let id = self.answer(&change, &["CreateAccountStatus", "AccountId"]);
                    change.organizations("CreateAccount", parameters);
                    (id, String::new())
                }
            };
            if let Some(unit) = &account.unit {
                let path = unit.trim_matches('/');
                if path != before {
                    let Some(to) = self.parent(path) else {
                        let message =
                            format!("there is no unit `{unit}`; describe it under organization.units");
                        return Err(PlanError::of(what, message));
                    };
                    let from = self.parent(&before).unwrap_or_default();
                    change.detail(Mark::Changed, format!("unit {unit}"));
                    let parameters =
                        json!({"AccountId": id, "SourceParentId": from, "DestinationParentId": to});
                    change.organizations("MoveAccount", parameters);
                }
            }
            let present = id.as_str().and_then(|id| self.state.targets.get(id));
            if member.is_some() {
                resource_tags(
                    &mut change,
                    &id,
                    account.tags.as_ref(),
                    present.map(|target| &target.tags),
                );
            }
            let wanted = Attachments {
                policies: [
                    (
                        PolicyType::ServiceControl,
                        account.service_control_policies.as_ref(),
                    ),
                    (
                        PolicyType::ResourceControl,
                        account.resource_control_policies.as_ref(),
                    ),
                ],
                full_access: account.full_access,
            };
            self.attach(&mut change, &id, wanted, present)?;
            self.push(change);
        }
        Ok(())
    }

    fn attach(
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
            let new = || wanted.iter().filter(|name| !attached.contains(**name));
            let old = || attached.iter().filter(|name| !wanted.contains(name.as_str()));
            // One must be attached at any time, and there is room for five.
            let room = attached.len() + new().count() <= MAX_ATTACHED;
            if !room {
                old().for_each(|name| self.detach(change, target, kind, name));
            }
            for name in new() {
                self.attach_one(change, target, kind, name)?;
            }
            if room {
                old().for_each(|name| self.detach(change, target, kind, name));
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

    fn delegations(&mut self) -> Result<(), PlanError> {
        let Some(wanted) = &self.described.delegated_administrators else {
            return Ok(());
        };
        for (name, services) in wanted {
            let what = format!("delegated administrator {name}");
            let Some(id) = self.member(&what, name)?.map(|member| &member.id) else {
                let message = "there is no such account yet; describe it under accounts and apply that first";
                return Err(PlanError::of(what, message));
            };
            let nothing = BTreeSet::new();
            let present = self.state.delegated.get(id).unwrap_or(&nothing);
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
                change.detail(Mark::Created, service.clone());
                let parameters = json!({"AccountId": id, "ServicePrincipal": service});
                change.organizations("RegisterDelegatedAdministrator", parameters);
            }
            self.push(change);
        }
        Ok(())
    }

    /// Removes policies and empty units that described sections do not mention. Accounts are never closed.
    fn removals(&mut self) {
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
