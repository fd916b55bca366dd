//! Groups, users and roles.

use serde_json::{Value, json};

use super::{
    account::{Reader, shown_path},
    documents::document,
    filled, tags,
};
use crate::{
    ApiFailure, Group, Named, Role, User,
    api::{number, text},
    plan::NONE,
};

/// The longest session of a role that says nothing else, in seconds.
const USUAL_DURATION: u32 = 3_600;

pub(super) fn groups(reader: &mut Reader<'_, '_>) -> Result<(), ApiFailure> {
    if !reader.wants(|a| &a.groups) {
        return Ok(());
    }
    let mut groups = Named::new();
    for summary in reader.pages.list("ListGroups", json!({}), "Groups")? {
        let name = text(&summary, "GroupName");
        if !reader.details(|a| &a.groups, &name) {
            continue;
        }
        let of = json!({"GroupName": name});
        let group = Group {
            path: shown_path(&summary),
            policies: listed(reader.attached("ListAttachedGroupPolicies", of.clone())?),
            inline: filled(reader.inline("ListGroupPolicies", "GetGroupPolicy", of.clone())?),
        };
        if reader.removable(|a| &a.groups, &name) {
            let members = reader.pages.list("GetGroup", of, "Users")?;
            let requests = members.iter().map(|user| {
                let parameters = json!({"GroupName": name, "UserName": text(user, "UserName")});
                ("RemoveUserFromGroup", parameters)
            });
            let requests = requests.collect();
            reader.state.belongings.insert(format!("group {name}"), requests);
        }
        groups.insert(name, group);
    }
    reader.state.account.groups = Some(groups);
    Ok(())
}

pub(super) fn users(reader: &mut Reader<'_, '_>) -> Result<(), ApiFailure> {
    if !reader.wants(|a| &a.users) {
        return Ok(());
    }
    let mut users = Named::new();
    for summary in reader.pages.list("ListUsers", json!({}), "Users")? {
        let name = text(&summary, "UserName");
        if !reader.details(|a| &a.users, &name) {
            continue;
        }
        let of = json!({"UserName": name});
        let answer = reader.pages.get("GetUser", of.clone())?;
        let details = answer.get("User").cloned().unwrap_or_default();
        let member_of = reader.pages.list("ListGroupsForUser", of.clone(), "Groups")?;
        let mut member_of: Vec<String> = member_of.iter().map(|group| text(group, "GroupName")).collect();
        member_of.sort();
        let user = User {
            path: shown_path(&summary),
            groups: listed(member_of),
            policies: listed(reader.attached("ListAttachedUserPolicies", of.clone())?),
            inline: filled(reader.inline("ListUserPolicies", "GetUserPolicy", of)?),
            boundary: boundary(reader, &details),
            tags: filled(tags(details.get("Tags"))),
        };
        if reader.removable(|a| &a.users, &name) {
            let requests = belongings(reader, &name)?;
            reader.state.belongings.insert(format!("user {name}"), requests);
        }
        users.insert(name, user);
    }
    reader.state.account.users = Some(users);
    Ok(())
}

/// What a user has that must go first: keys, devices, a password.
fn belongings(reader: &mut Reader<'_, '_>, name: &str) -> Result<Vec<(&'static str, Value)>, ApiFailure> {
    let of = json!({"UserName": name});
    let mut requests = Vec::new();
    for key in reader
        .pages
        .list("ListAccessKeys", of.clone(), "AccessKeyMetadata")?
    {
        let parameters = json!({"UserName": name, "AccessKeyId": text(&key, "AccessKeyId")});
        requests.push(("DeleteAccessKey", parameters));
    }
    for device in reader.pages.list("ListMFADevices", of.clone(), "MFADevices")? {
        let parameters = json!({"UserName": name, "SerialNumber": text(&device, "SerialNumber")});
        requests.push(("DeactivateMFADevice", parameters));
    }
    if reader.pages.find("GetLoginProfile", of.clone())?.is_some() {
        requests.push(("DeleteLoginProfile", of));
    }
    Ok(requests)
}

pub(super) fn roles(reader: &mut Reader<'_, '_>) -> Result<(), ApiFailure> {
    if !reader.wants(|a| &a.roles) {
        return Ok(());
    }
    let mut roles = Named::new();
    for summary in reader.pages.list("ListRoles", json!({}), "Roles")? {
        let (name, path) = (text(&summary, "RoleName"), text(&summary, "Path"));
        // Roles of services are theirs: nobody describes, exports or removes them.
        let of_service = path.starts_with("/aws-service-role/") || path.starts_with("/aws-reserved/");
        if of_service || !reader.details(|a| &a.roles, &name) {
            continue;
        }
        let of = json!({"RoleName": name});
        let answer = reader.pages.get("GetRole", of.clone())?;
        let details = answer.get("Role").cloned().unwrap_or_default();
        let role = Role {
            path: shown_path(&details),
            description: Some(text(&details, "Description")).filter(|text| !text.is_empty()),
            trust: document(&text(&details, "AssumeRolePolicyDocument")),
            max_session_duration: number(&details, "MaxSessionDuration").filter(|n| *n != USUAL_DURATION),
            policies: listed(reader.attached("ListAttachedRolePolicies", of.clone())?),
            inline: filled(reader.inline("ListRolePolicies", "GetRolePolicy", of.clone())?),
            boundary: boundary(reader, &details),
            tags: filled(tags(details.get("Tags"))),
        };
        if reader.removable(|a| &a.roles, &name) {
            let profiles = reader
                .pages
                .list("ListInstanceProfilesForRole", of, "InstanceProfiles")?;
            let profiles = profiles
                .iter()
                .map(|profile| text(profile, "InstanceProfileName"));
            let profiles = profiles.collect();
            reader.state.profiles_of.insert(name.clone(), profiles);
        }
        roles.insert(name, role);
    }
    reader.state.account.roles = Some(roles);
    Ok(())
}

fn boundary(reader: &Reader<'_, '_>, details: &Value) -> Option<String> {
    let arn = text(details.get("PermissionsBoundary")?, "PermissionsBoundaryArn");
    // By the name of a policy that is called so, a file would take the boundary away.
    Some(reader.reference(&arn))
        .filter(|name| name != NONE)
        .or(Some(arn))
}

fn listed(list: Vec<String>) -> Option<Vec<String>> {
    (!list.is_empty()).then_some(list)
}
