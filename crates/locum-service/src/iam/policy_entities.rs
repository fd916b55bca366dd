//! Who uses a managed policy.

use locum_api::{
    Request,
    iam::{ListEntitiesForPolicyRequest, ListEntitiesForPolicyResponse, PolicyGroup, PolicyRole, PolicyUser},
};
use locum_directory::{Attachment, PolicyUse, Snapshot};
use locum_names::{UniqueId, UniqueKind};

use super::{
    access::Keys,
    policies::{NamedPolicy, not_attachable},
};
use crate::{
    call::{Call, Failure},
    paging::{InvalidMarker, Pager, Question},
    route::Perform,
};

impl Perform for ListEntitiesForPolicyRequest {
    /// Whoever both has the policy and is bounded by it is listed once.
    fn perform(self, call: &mut Call<'_>) -> Result<ListEntitiesForPolicyResponse, Failure> {
        let named = NamedPolicy::read(call, &self.policy_arn)?;
        named.authorize(call, Self::OPERATION, Keys::default())?;
        // Recorded: the sentence about attaching.
        let policy = named.existing().map_err(|_| not_attachable(&self.policy_arn))?;
        let (kind, usage) = (self.entity_filter.as_deref(), self.policy_usage_filter.as_deref());
        let prefix = self.path_prefix.as_deref().unwrap_or("/");
        let question = Question {
            operation: Self::OPERATION,
            filters: &[
                policy.id.as_str(),
                kind.unwrap_or_default(),
                usage.unwrap_or_default(),
                prefix,
            ],
            marker: self.marker.as_deref(),
            max_items: self.max_items,
        };
        let pager = Pager::open(call, question)?;
        let after = pager.after().map(read_key).transpose()?;
        let (snapshot, account) = (call.snapshot, call.account());
        let attached = |holder: UniqueId| match holder.kind() {
            UniqueKind::User => snapshot
                .user_by_id(&holder)
                .is_some_and(|user| user.attached.contains(&policy.id)),
            UniqueKind::Role => snapshot
                .role_by_id(&holder)
                .is_some_and(|role| role.attached.contains(&policy.id)),
            _ => false,
        };
        let entities = snapshot
            .policy_entities(policy.id, account, after)
            .filter(|entity| match (usage, entity.usage) {
                (Some("PermissionsBoundary"), of) => of == PolicyUse::Boundary,
                (Some(_), of) => of == PolicyUse::Attached,
                (None, PolicyUse::Attached) => true,
                (None, PolicyUse::Boundary) => !attached(entity.holder),
            })
            .filter_map(|entity| Some((entity, Entity::read(snapshot, entity.holder)?)))
            .filter(|(_, entity)| kind.is_none_or(|kind| kind == entity.kind()))
            .filter(|(_, entity)| entity.path().starts_with(prefix));
        let page = pager.take(call, entities, |(entity, _)| write_key(*entity));
        let mut response = ListEntitiesForPolicyResponse {
            is_truncated: page.is_truncated(),
            marker: page.marker,
            ..ListEntitiesForPolicyResponse::default()
        };
        for (_, entity) in page.items {
            entity.show(&mut response);
        }
        Ok(response)
    }
}

/// A user, group or role that uses a policy.
enum Entity<'s> {
    User(&'s locum_directory::User),
    Group(&'s locum_directory::Group),
    Role(&'s locum_directory::Role),
}

impl<'s> Entity<'s> {
    fn read(snapshot: &'s Snapshot, id: UniqueId) -> Option<Self> {
        match id.kind() {
            UniqueKind::User => snapshot.user_by_id(&id).map(|user| Self::User(user)),
            UniqueKind::Group => snapshot.group_by_id(&id).map(|group| Self::Group(group)),
            UniqueKind::Role => snapshot.role_by_id(&id).map(|role| Self::Role(role)),
            _ => None,
        }
    }

    /// As a filter names it.
    const fn kind(&self) -> &'static str {
        match self {
            Self::User(_) => "User",
            Self::Group(_) => "Group",
            Self::Role(_) => "Role",
        }
    }

    fn path(&self) -> &str {
        match self {
            Self::User(user) => &user.path,
            Self::Group(group) => &group.path,
            Self::Role(role) => &role.path,
        }
    }

    fn show(self, response: &mut ListEntitiesForPolicyResponse) {
        match self {
            Self::User(user) => response.policy_users.push(PolicyUser {
                user_name: Some(user.name.to_string()),
                user_id: Some(user.id.to_string()),
            }),
            Self::Group(group) => response.policy_groups.push(PolicyGroup {
                group_name: Some(group.name.to_string()),
                group_id: Some(group.id.to_string()),
            }),
            Self::Role(role) => response.policy_roles.push(PolicyRole {
                role_name: Some(role.name.to_string()),
                role_id: Some(role.id.to_string()),
            }),
        }
    }
}

/// Where a page ends: how the policy is used, and by whom.
fn write_key(entity: Attachment) -> String {
    let usage = match entity.usage {
        PolicyUse::Attached => 'a',
        PolicyUse::Boundary => 'b',
    };
    format!("{usage}{}", entity.holder)
}

fn read_key(key: &str) -> Result<Attachment, InvalidMarker> {
    let (usage, holder) = match (key.strip_prefix('a'), key.strip_prefix('b')) {
        (Some(holder), _) => (PolicyUse::Attached, holder),
        (_, Some(holder)) => (PolicyUse::Boundary, holder),
        _ => return Err(InvalidMarker),
    };
    let holder = holder.parse().map_err(|_| InvalidMarker)?;
    Ok(Attachment { usage, holder })
}
