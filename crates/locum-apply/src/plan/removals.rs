//! What `--prune` takes away: whatever a described section does not mention.
//!
//! A section that is not described loses nothing, and what something described refers to stays. So does a policy that is held by
//! something whose policies are not described, and a group with users whose groups are not. The callers' own users and roles, the role by which the management account
//! reaches an account, and what belongs to AWS stay in any case.

use std::collections::BTreeSet;

use serde_json::json;

use super::{
    Change, Mark, PlanError,
    account::Planner,
    facets::{Entity, Kind},
    needs::Thing,
    providers::place,
};
use crate::{Account, Document, Named, Principal};

/// The things of a section that are there and not described.
fn surplus<'a, T>(
    described: &'a Account,
    present: &'a Account,
    section: fn(&Account) -> &Option<Named<T>>,
) -> Vec<(&'a String, &'a T)> {
    let Some(wanted) = section(described) else {
        return Vec::new();
    };
    let present = section(present).iter().flatten();
    present.filter(|(name, _)| !wanted.contains_key(*name)).collect()
}

impl Planner<'_> {
    pub(super) fn removals(&mut self) -> Result<(), PlanError> {
        let (described, present) = (self.described, &self.state.account);
        for (name, profile) in surplus(described, present, |a| &a.instance_profiles) {
            let mut change = Change::new(Mark::Removed, format!("instance profile {name}"));
            if let Some(role) = &profile.role {
                let parameters = json!({"InstanceProfileName": name, "RoleName": role});
                change.iam("RemoveRoleFromInstanceProfile", parameters);
            }
            change.iam("DeleteInstanceProfile", json!({"InstanceProfileName": name}));
            self.push(change);
        }
        for (name, user) in surplus(described, present, |a| &a.users) {
            let what = format!("user {name}");
            if self.is_protected(&Principal::User(name.clone())) || self.is_needed(&what, Thing::User(name)) {
                continue;
            }
            let mut change = Change::new(Mark::Removed, what);
            for group in user.groups.iter().flatten() {
                change.iam(
                    "RemoveUserFromGroup",
                    json!({"GroupName": group, "UserName": name}),
                );
            }
            let kind = Kind::User;
            let entity = Entity { kind, name };
            self.strip(&mut change, entity, user.policies.as_ref(), user.inline.as_ref())?;
            self.note_unbound(&change.what, entity, user.boundary.as_ref())?;
            let mut belongings: Vec<_> = self.belongings("user", name);
            for (action, parameters) in belongings.drain(..) {
                let what = match action {
                    "DeleteAccessKey" => "access key",
                    "DeactivateMFADevice" => "MFA device",
                    _ => "password",
                };
                change.detail(Mark::Removed, what);
                change.iam(action, parameters);
            }
            change.iam("DeleteUser", json!({"UserName": name}));
            self.push(change);
        }
        self.surplus_roles()?;
        for (name, group) in surplus(described, present, |a| &a.groups) {
            let what = format!("group {name}");
            if self.is_needed(&what, Thing::Group(name)) || self.has_members(&what, name) {
                continue;
            }
            let mut change = Change::new(Mark::Removed, what);
            let kind = Kind::Group;
            let entity = Entity { kind, name };
            self.strip(
                &mut change,
                entity,
                group.policies.as_ref(),
                group.inline.as_ref(),
            )?;
            change.iam("DeleteGroup", json!({"GroupName": name}));
            self.push(change);
        }
        for (name, _) in surplus(described, present, |a| &a.saml_providers) {
            let (what, arn) = (format!("SAML provider {name}"), self.saml_arn(name));
            if self.is_needed(&what, Thing::Provider(&arn)) {
                continue;
            }
            let mut change = Change::new(Mark::Removed, what);
            change.iam("DeleteSAMLProvider", json!({"SAMLProviderArn": arn}));
            self.push(change);
        }
        let wanted: Option<Vec<&str>> = described
            .oidc_providers
            .as_ref()
            .map(|providers| providers.keys().map(|url| place(url)).collect());
        for (url, _) in present.oidc_providers.iter().flatten() {
            if wanted
                .as_ref()
                .is_some_and(|wanted| !wanted.contains(&place(url)))
            {
                let (what, arn) = (format!("OIDC provider {}", place(url)), self.oidc_arn(url));
                if self.is_needed(&what, Thing::Provider(&arn)) {
                    continue;
                }
                let mut change = Change::new(Mark::Removed, what);
                let parameters = json!({"OpenIDConnectProviderArn": arn});
                change.iam("DeleteOpenIDConnectProvider", parameters);
                self.push(change);
            }
        }
        self.surplus_policies()
    }

    fn surplus_roles(&mut self) -> Result<(), PlanError> {
        for (name, role) in surplus(self.described, &self.state.account, |a| &a.roles) {
            if *name == self.protected.access_role {
                self.plan
                    .kept
                    .push(format!("role {name}: the management account comes in by it"));
                continue;
            }
            let what = format!("role {name}");
            if self.is_protected(&Principal::Role(name.clone())) || self.is_needed(&what, Thing::Role(name)) {
                continue;
            }
            let mut change = Change::new(Mark::Removed, what);
            for profile in self.state.profiles_of.get(name).into_iter().flatten() {
                let parameters = json!({"InstanceProfileName": profile, "RoleName": name});
                // The profile's own change may have taken it out.
                let done = self
                    .plan
                    .changes
                    .iter()
                    .flat_map(|change| &change.requests)
                    .any(|request| {
                        request.action == "RemoveRoleFromInstanceProfile" && request.parameters == parameters
                    });
                if !done {
                    change.iam("RemoveRoleFromInstanceProfile", parameters);
                }
            }
            let kind = Kind::Role;
            let entity = Entity { kind, name };
            self.strip(&mut change, entity, role.policies.as_ref(), role.inline.as_ref())?;
            self.note_unbound(&change.what, entity, role.boundary.as_ref())?;
            change.iam("DeleteRole", json!({"RoleName": name}));
            self.push(change);
        }
        Ok(())
    }

    fn surplus_policies(&mut self) -> Result<(), PlanError> {
        for (name, _) in surplus(self.described, &self.state.account, |a| &a.policies) {
            let mut change = Change::new(Mark::Removed, format!("policy {name}"));
            let arn = self.arn(&change.what, name)?;
            if self.is_needed(&change.what, Thing::Policy(&arn)) || self.is_held(&change.what, name, &arn) {
                continue;
            }
            for version in self.state.old_versions.get(name).into_iter().flatten() {
                change.iam(
                    "DeletePolicyVersion",
                    json!({"PolicyArn": arn, "VersionId": version}),
                );
            }
            change.iam("DeletePolicy", json!({"PolicyArn": arn}));
            self.push(change);
        }
        Ok(())
    }

    /// Whether something has a policy that no described list takes away, which is then noted: the policy may deny what
    /// nothing else does.
    fn is_held(&mut self, what: &str, name: &str, arn: &str) -> bool {
        let first = |holders: &Named<Vec<(&'static str, String)>>, released: &BTreeSet<_>| {
            let mut holders = holders.get(name).into_iter().flatten();
            let held = holders
                .find(|(kind, holder)| !released.contains(&(*kind, holder.clone(), arn.to_owned())))?;
            Some(format!("{} {}", held.0.to_lowercase(), held.1))
        };
        let attached = first(&self.state.attached_to, &self.detached)
            .map(|holder| format!("{what}: {holder} has it, whose policies are not described"));
        let why = attached.or_else(|| {
            first(&self.state.boundary_of, &self.unbound)
                .map(|holder| format!("{what}: {holder} has it as its boundary, which is not described"))
        });
        let held = why.is_some();
        self.plan.kept.extend(why);
        held
    }

    /// Whether something is the caller's own, which is then noted.
    fn is_protected(&mut self, principal: &Principal) -> bool {
        let own = self.protected.principals.contains(principal);
        if own {
            let (Principal::User(name) | Principal::Role(name)) = principal;
            let kind = if matches!(principal, Principal::User(_)) {
                "user"
            } else {
                "role"
            };
            self.plan
                .kept
                .push(format!("{kind} {name}: it is the caller's own"));
        }
        own
    }

    /// Whether somebody is in a group whom no described list takes out of it, which is then noted.
    fn has_members(&mut self, what: &str, group: &str) -> bool {
        let requests = self.plan.changes.iter().flat_map(|change| &change.requests);
        let removed: Vec<_> = requests
            .filter(|request| request.action == "RemoveUserFromGroup")
            .map(|request| &request.parameters)
            .collect();
        let memberships = self.belongings("group", group);
        let left = memberships
            .iter()
            .find(|(_, membership)| !removed.contains(&membership));
        let user = left.and_then(|(_, membership)| membership.get("UserName")?.as_str());
        let kept = user.map(|user| format!("{what}: user {user} is in it, whose groups are not described"));
        self.plan.kept.extend(kept);
        left.is_some()
    }

    fn belongings(&self, kind: &str, name: &str) -> Vec<(&'static str, serde_json::Value)> {
        self.state
            .belongings
            .get(&format!("{kind} {name}"))
            .cloned()
            .unwrap_or_default()
    }

    /// Takes every policy from an entity.
    fn strip(
        &mut self,
        change: &mut Change,
        entity: Entity<'_>,
        attached: Option<&Vec<String>>,
        inline: Option<&Named<Document>>,
    ) -> Result<(), PlanError> {
        self.attachments(change, entity, Some(&Vec::new()), attached)?;
        self.inline(change, entity, Some(&Named::new()), inline);
        Ok(())
    }
}
