//! Groups, users and instance profiles.

use serde_json::json;

use super::{
    Change, Mark, PlanError,
    account::Planner,
    facets::{Entity, Kind, NONE, members, new_details, set, tag_list, tags},
    policies::fixed,
};
use crate::{Group, InstanceProfile, Named, User};

/// What something that is not there yet is compared with.
pub(super) fn start(what: String, present: bool) -> Change {
    Change::new(if present { Mark::Changed } else { Mark::Created }, what)
}

impl Planner<'_> {
    pub(super) fn groups(&mut self) -> Result<(), PlanError> {
        for (name, wanted) in self.described.groups.iter().flatten() {
            let found = self
                .state
                .account
                .groups
                .as_ref()
                .and_then(|groups| groups.get(name));
            let mut change = start(format!("group {name}"), found.is_some());
            let nothing = Group::default();
            let present = found.unwrap_or(&nothing);
            match found {
                None => {
                    new_details(&mut change, wanted.path.as_ref(), None);
                    let path = wanted.path.iter().map(|path| ("Path", json!(path)));
                    change.iam("CreateGroup", members(path.chain([("GroupName", json!(name))])));
                }
                Some(_) => {
                    if let Some(path) = moved(wanted.path.as_deref(), present.path.as_deref()) {
                        change.detail(Mark::Changed, format!("path {path}"));
                        change.iam("UpdateGroup", json!({"GroupName": name, "NewPath": path}));
                    }
                }
            }
            let entity = Entity {
                kind: Kind::Group,
                name,
            };
            self.attachments(
                &mut change,
                entity,
                wanted.policies.as_ref(),
                present.policies.as_ref(),
            )?;
            self.inline(
                &mut change,
                entity,
                wanted.inline.as_ref(),
                present.inline.as_ref(),
            );
            self.push(change);
        }
        Ok(())
    }

    pub(super) fn users(&mut self) -> Result<(), PlanError> {
        for (name, wanted) in self.described.users.iter().flatten() {
            let found = self
                .state
                .account
                .users
                .as_ref()
                .and_then(|users| users.get(name));
            let mut change = start(format!("user {name}"), found.is_some());
            let nothing = User::default();
            let present = found.unwrap_or(&nothing);
            let entity = Entity {
                kind: Kind::User,
                name,
            };
            match found {
                None => {
                    new_details(&mut change, wanted.path.as_ref(), None);
                    let mut parameters = members(wanted.path.iter().map(|path| ("Path", json!(path))));
                    set(&mut parameters, "UserName", json!(name));
                    self.bound_and_tagged(
                        &mut change,
                        &mut parameters,
                        wanted.boundary.as_ref(),
                        wanted.tags.as_ref(),
                    )?;
                    change.iam("CreateUser", parameters);
                }
                Some(_) => {
                    if let Some(path) = moved(wanted.path.as_deref(), present.path.as_deref()) {
                        change.detail(Mark::Changed, format!("path {path}"));
                        change.iam("UpdateUser", json!({"UserName": name, "NewPath": path}));
                    }
                    self.boundary(
                        &mut change,
                        entity,
                        wanted.boundary.as_ref(),
                        present.boundary.as_ref(),
                    )?;
                    let (new, old) = (wanted.tags.as_ref(), present.tags.as_ref());
                    tags(
                        &mut change,
                        "iam",
                        ["TagUser", "UntagUser"],
                        ("UserName", &json!(name)),
                        new,
                        old,
                    );
                }
            }
            memberships(&mut change, name, wanted.groups.as_ref(), present.groups.as_ref());
            self.attachments(
                &mut change,
                entity,
                wanted.policies.as_ref(),
                present.policies.as_ref(),
            )?;
            self.inline(
                &mut change,
                entity,
                wanted.inline.as_ref(),
                present.inline.as_ref(),
            );
            self.push(change);
        }
        Ok(())
    }

    /// Boundary and tags belong into the request that creates: policies may allow no other.
    pub(super) fn bound_and_tagged(
        &self,
        change: &mut Change,
        parameters: &mut serde_json::Value,
        boundary: Option<&String>,
        tags: Option<&Named<String>>,
    ) -> Result<(), PlanError> {
        if let Some(name) = boundary.filter(|name| *name != NONE) {
            let arn = self.arn(&change.what, name)?;
            change.detail(Mark::Created, format!("boundary {name}"));
            set(parameters, "PermissionsBoundary", json!(arn));
        }
        if let Some(tags) = tags.filter(|tags| !tags.is_empty()) {
            for (key, value) in tags {
                change.detail(Mark::Created, format!("tag {key} = {value}"));
            }
            set(parameters, "Tags", tag_list(tags));
        }
        Ok(())
    }

    pub(super) fn instance_profiles(&mut self) -> Result<(), PlanError> {
        for (name, wanted) in self.described.instance_profiles.iter().flatten() {
            let found = self
                .state
                .account
                .instance_profiles
                .as_ref()
                .and_then(|profiles| profiles.get(name));
            let mut change = start(format!("instance profile {name}"), found.is_some());
            let nothing = InstanceProfile::default();
            let present = found.unwrap_or(&nothing);
            match found {
                None => {
                    let mut parameters = json!({"InstanceProfileName": name});
                    if let Some(path) = &wanted.path {
                        change.detail(Mark::Created, format!("path {path}"));
                        set(&mut parameters, "Path", json!(path));
                    }
                    self.bound_and_tagged(&mut change, &mut parameters, None, wanted.tags.as_ref())?;
                    change.iam("CreateInstanceProfile", parameters);
                }
                Some(_) => {
                    fixed(
                        &change.what,
                        "path",
                        wanted.path.as_deref(),
                        present.path.as_deref().unwrap_or("/"),
                    )?;
                    let actions = ["TagInstanceProfile", "UntagInstanceProfile"];
                    let named = ("InstanceProfileName", &json!(name));
                    tags(
                        &mut change,
                        "iam",
                        actions,
                        named,
                        wanted.tags.as_ref(),
                        present.tags.as_ref(),
                    );
                }
            }
            let wanted_role = wanted.wanted_role().flatten();
            let in_it = match (wanted_role, &present.role) {
                (Some(wanted), Some(present)) => same_name(wanted, present),
                (wanted, present) => wanted.is_none() && present.is_none(),
            };
            if wanted.role.is_some() && !in_it {
                if let Some(old) = &present.role {
                    change.detail(Mark::Removed, format!("role {old}"));
                    let parameters = json!({"InstanceProfileName": name, "RoleName": old});
                    change.iam("RemoveRoleFromInstanceProfile", parameters);
                }
                if let Some(new) = wanted_role {
                    change.detail(Mark::Created, format!("role {new}"));
                    let parameters = json!({"InstanceProfileName": name, "RoleName": new});
                    change.iam("AddRoleToInstanceProfile", parameters);
                }
            }
            self.push(change);
        }
        Ok(())
    }
}

/// The path that something goes to, if it is described and another.
fn moved<'a>(wanted: Option<&'a str>, present: Option<&str>) -> Option<&'a str> {
    wanted.filter(|path| *path != present.unwrap_or("/"))
}

/// Whether IAM takes two names for the same.
pub(super) fn same_name(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

fn memberships(change: &mut Change, user: &str, wanted: Option<&Vec<String>>, present: Option<&Vec<String>>) {
    let Some(wanted) = wanted else { return };
    let nothing = Vec::new();
    let present = present.unwrap_or(&nothing);
    let among = |groups: &[String], group: &str| groups.iter().any(|other| same_name(other, group));
    for group in present.iter().filter(|group| !among(wanted, group)) {
        change.detail(Mark::Removed, format!("in group {group}"));
        change.iam(
            "RemoveUserFromGroup",
            json!({"GroupName": group, "UserName": user}),
        );
    }
    for (at, group) in wanted.iter().enumerate() {
        let before = wanted.get(..at).unwrap_or_default();
        if !among(present, group) && !among(before, group) {
            change.detail(Mark::Created, format!("in group {group}"));
            change.iam("AddUserToGroup", json!({"GroupName": group, "UserName": user}));
        }
    }
}
