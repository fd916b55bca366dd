//! Entities as answers show them (`facts: sts §8.6`).

use locum_api::iam;
use locum_directory::{Group, InstanceProfile, ManagedPolicy, PolicyVersion, Role, Tag, User};
use locum_names::UniqueId;

use super::{access::root_arn, devices::ROOT, documents::shown_trust};
use crate::call::Call;

/// How much of an entity is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// Everything.
    Full,
    /// In the answer that tells of its making: without a description, how long sessions may be, and an empty list of tags.
    Made,
    /// In a list: without boundary, tags, and a policy's description.
    Listed,
}

pub(super) fn user(call: &Call<'_>, user: &User, detail: Detail) -> iam::User {
    let (permissions_boundary, tags) = match detail {
        Detail::Full | Detail::Made => (boundary(call, user.boundary), tags(&user.tags)),
        Detail::Listed => (None, Vec::new()),
    };
    iam::User {
        path: user.path.to_string(),
        user_name: user.name.to_string(),
        user_id: user.id.to_string(),
        arn: user.arn(call.partition()).to_string(),
        create_date: user.created,
        password_last_used: None,
        permissions_boundary,
        tags,
    }
}

/// The root user in the shape of a user. It has neither path nor name on AWS; the shape requires both.
pub(super) fn root(call: &Call<'_>) -> iam::User {
    let account = call.snapshot.account(call.account());
    iam::User {
        path: "/".to_owned(),
        user_name: ROOT.to_owned(),
        user_id: call.account().to_string(),
        arn: root_arn(call),
        create_date: account.map_or_else(|| call.now(), |account| account.joined),
        ..iam::User::default()
    }
}

pub(super) fn group(call: &Call<'_>, group: &Group) -> iam::Group {
    iam::Group {
        path: group.path.to_string(),
        group_name: group.name.to_string(),
        group_id: group.id.to_string(),
        arn: group.arn(call.partition()),
        create_date: group.created,
    }
}

pub(super) fn role(call: &Call<'_>, role: &Role, detail: Detail) -> iam::Role {
    let (permissions_boundary, tags) = match detail {
        Detail::Full | Detail::Made => (boundary(call, role.boundary), tags(&role.tags)),
        Detail::Listed => (None, Vec::new()),
    };
    iam::Role {
        path: role.path.to_string(),
        role_name: role.name.to_string(),
        role_id: role.id.to_string(),
        arn: role.arn(call.partition()).to_string(),
        create_date: role.created,
        assume_role_policy_document: Some(shown_trust(call, role)),
        description: role
            .description
            .as_deref()
            .filter(|_| detail != Detail::Made)
            .map(str::to_owned),
        max_session_duration: i32::try_from(role.max_session_duration)
            .ok()
            .filter(|_| detail != Detail::Made),
        permissions_boundary,
        tags,
        role_last_used: None,
        source_role_template: None,
    }
}

/// An instance profile, and its role as lists show it, but for how long sessions may be.
pub(super) fn instance_profile(
    call: &Call<'_>,
    profile: &InstanceProfile,
    detail: Detail,
) -> iam::InstanceProfile {
    let held = profile.role.and_then(|id| call.snapshot.role_by_id(&id));
    iam::InstanceProfile {
        path: profile.path.to_string(),
        instance_profile_name: profile.name.to_string(),
        instance_profile_id: profile.id.to_string(),
        arn: profile.arn(call.partition()),
        create_date: profile.created,
        roles: held
            .map(|held| iam::Role {
                max_session_duration: None,
                ..role(call, held, Detail::Listed)
            })
            .into_iter()
            .collect(),
        tags: listed_tags(&profile.tags, detail),
    }
}

pub(super) fn policy(call: &Call<'_>, policy: &ManagedPolicy, detail: Detail) -> iam::Policy {
    let usage = call.snapshot.policy_usage(&policy.id, call.account());
    iam::Policy {
        policy_name: Some(policy.name.to_string()),
        policy_id: Some(policy.id.to_string()),
        arn: Some(policy.arn(call.partition())),
        path: Some(policy.path.to_string()),
        default_version_id: Some(policy.default_version.to_string()),
        attachment_count: i32::try_from(usage.attachments).ok(),
        permissions_boundary_usage_count: i32::try_from(usage.boundaries).ok(),
        is_attachable: Some(policy.is_attachable()),
        description: text(&policy.description).filter(|_| detail == Detail::Full),
        create_date: Some(policy.created),
        update_date: Some(policy.updated),
        tags: listed_tags(&policy.tags, detail),
    }
}

/// The tags of what shows an empty list when it has none.
fn listed_tags(given: &[Tag], detail: Detail) -> Option<Vec<iam::Tag>> {
    let shown = match detail {
        Detail::Full => true,
        Detail::Made => !given.is_empty(),
        Detail::Listed => false,
    };
    shown.then(|| tags(given))
}

/// A version of a policy; only [`Detail::Full`] has its document.
pub(super) fn version(policy: &ManagedPolicy, version: &PolicyVersion, detail: Detail) -> iam::PolicyVersion {
    let document = (detail == Detail::Full).then(|| version.policy.document().to_owned());
    iam::PolicyVersion {
        document,
        version_id: Some(version.id.to_string()),
        is_default_version: Some(version.id == policy.default_version),
        create_date: Some(version.created),
    }
}

pub(super) fn tags(tags: &[Tag]) -> Vec<iam::Tag> {
    tags.iter().map(tag).collect()
}

pub(super) fn tag(tag: &Tag) -> iam::Tag {
    iam::Tag {
        key: tag.key.to_string(),
        value: tag.value.to_string(),
    }
}

/// The boundary of a user or a role.
pub(super) fn boundary(call: &Call<'_>, id: Option<UniqueId>) -> Option<iam::AttachedPermissionsBoundary> {
    let policy = call.snapshot.policy_by_id(&id?)?;
    Some(iam::AttachedPermissionsBoundary {
        permissions_boundary_type: Some("Policy".to_owned()),
        permissions_boundary_arn: Some(policy.arn(call.partition())),
    })
}

/// An empty description of a policy is none.
fn text(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}
