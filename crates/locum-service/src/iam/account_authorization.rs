//! Everything of an account that decides what its principals may do, in one list.
//!
//! The list goes over users, groups, roles and managed policies in this order, and one marker leads through all of it: the
//! kind of the last entry shown, and its name. An entry may carry a hundred thousand characters of documents, so a page
//! ends early when it has had enough of them; AWS announces the same (`MaxItems` is the most, not the number).

use std::sync::Arc;

use locum_api::{
    Request,
    iam::{
        AttachedPolicy, GetAccountAuthorizationDetailsRequest, GetAccountAuthorizationDetailsResponse,
        GroupDetail, ManagedPolicyDetail, PolicyDetail, RoleDetail, UserDetail,
    },
};
use locum_directory::{
    Group, InlinePolicy, InstanceProfile, ManagedPolicy, PolicyUsage, Role, Snapshot, User,
};
use locum_names::{AccountId, UniqueId};

use super::{
    access::{Keys, authorize},
    documents::shown_trust,
    last_used, policies,
    shown::{self, Detail},
};
use crate::{
    call::{Call, Failure},
    paging::{Pager, Question},
    route::Perform,
};

/// How many bytes of documents a page has before it ends.
const ENOUGH: usize = 1 << 20;

/// The kinds of entities, in the order of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    User,
    Group,
    Role,
    LocalManagedPolicy,
    AwsManagedPolicy,
}

impl Kind {
    const ALL: [Self; 5] = [
        Self::User,
        Self::Group,
        Self::Role,
        Self::LocalManagedPolicy,
        Self::AwsManagedPolicy,
    ];

    const fn filter(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Group => "Group",
            Self::Role => "Role",
            Self::LocalManagedPolicy => "LocalManagedPolicy",
            Self::AwsManagedPolicy => "AWSManagedPolicy",
        }
    }

    /// Its letter in markers.
    const fn letter(self) -> char {
        match self {
            Self::User => 'u',
            Self::Group => 'g',
            Self::Role => 'r',
            Self::LocalManagedPolicy => 'l',
            Self::AwsManagedPolicy => 'w',
        }
    }
}

/// One entry of the list.
enum Entry<'s> {
    User(&'s Arc<User>),
    Group(&'s Arc<Group>),
    Role(&'s Arc<Role>),
    Policy(Kind, &'s Arc<ManagedPolicy>),
}

impl Entry<'_> {
    /// What a marker finds it by.
    fn key(&self) -> String {
        let (kind, name) = match self {
            Self::User(user) => (Kind::User, &*user.name),
            Self::Group(group) => (Kind::Group, &*group.name),
            Self::Role(role) => (Kind::Role, &*role.name),
            Self::Policy(kind, policy) => (*kind, &*policy.name),
        };
        format!("{}{name}", kind.letter())
    }

    /// How many bytes of documents it has.
    fn weight(&self) -> usize {
        match self {
            Self::User(user) => inline_weight(&user.inline),
            Self::Group(group) => inline_weight(&group.inline),
            Self::Role(role) => inline_weight(&role.inline).saturating_add(role.trust.document().len()),
            Self::Policy(_, policy) => {
                let versions = policy.versions.iter();
                versions.map(|version| version.policy.document().len()).sum()
            }
        }
    }
}

fn inline_weight(policies: &[InlinePolicy]) -> usize {
    policies.iter().map(|inline| inline.policy.document().len()).sum()
}

type Entries<'s> = Box<dyn Iterator<Item = Entry<'s>> + 's>;

/// The entries of these kinds after a marker's key, kind by kind.
fn entries<'s>(
    snapshot: &'s Snapshot,
    account: AccountId,
    wanted: &[Kind],
    after: Option<&'s str>,
) -> Vec<Entries<'s>> {
    let begin = after.and_then(|key| {
        let letter = key.chars().next()?;
        let kind = Kind::ALL.into_iter().find(|kind| kind.letter() == letter)?;
        Some((kind, key.get(1..)?))
    });
    let mut parts: Vec<Entries<'s>> = Vec::new();
    for kind in wanted {
        let after = match begin {
            Some((begun, _)) if *kind < begun => continue,
            Some((begun, name)) if *kind == begun => Some(name),
            _ => None,
        };
        parts.push(match kind {
            Kind::User => Box::new(snapshot.users(account, after, "/").map(Entry::User)),
            Kind::Group => Box::new(snapshot.groups(account, after, "/").map(Entry::Group)),
            Kind::Role => Box::new(snapshot.roles(account, after, "/").map(Entry::Role)),
            Kind::LocalManagedPolicy => Box::new(
                snapshot
                    .policies(account, after, "/")
                    .map(|policy| Entry::Policy(Kind::LocalManagedPolicy, policy)),
            ),
            Kind::AwsManagedPolicy => {
                let after = after.map(str::to_ascii_lowercase);
                let used = snapshot.aws_policies().iter().filter(move |policy| {
                    snapshot.policy_usage(&policy.id, account) != PolicyUsage::default()
                        && after
                            .as_deref()
                            .is_none_or(|after| *policy.name.to_ascii_lowercase() > *after)
                });
                Box::new(used.map(|policy| Entry::Policy(Kind::AwsManagedPolicy, policy)))
            }
        });
    }
    parts
}

impl Perform for GetAccountAuthorizationDetailsRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<GetAccountAuthorizationDetailsResponse, Failure> {
        authorize(call, Self::OPERATION, "*", Keys::default())?;
        let asked = |kind: &Kind| self.filter.is_empty() || self.filter.iter().any(|f| f == kind.filter());
        let wanted: Vec<Kind> = Kind::ALL.into_iter().filter(asked).collect();
        let filters: Vec<&str> = wanted.iter().map(|kind| kind.filter()).collect();
        let question = Question {
            operation: Self::OPERATION,
            filters: &filters,
            marker: self.marker.as_deref(),
            max_items: self.max_items,
        };
        let pager = Pager::open(call, question)?;
        let entries = entries(call.snapshot, call.account(), &wanted, pager.after());
        let page = pager.take_enough(
            call,
            entries.into_iter().flatten(),
            Entry::key,
            Entry::weight,
            ENOUGH,
        );
        let mut response = GetAccountAuthorizationDetailsResponse {
            is_truncated: page.is_truncated(),
            marker: page.marker,
            ..GetAccountAuthorizationDetailsResponse::default()
        };
        for entry in page.items {
            match entry {
                Entry::User(user) => response.user_detail_list.push(user_detail(call, user)),
                Entry::Group(group) => response.group_detail_list.push(group_detail(call, group)),
                Entry::Role(role) => response.role_detail_list.push(role_detail(call, role)),
                Entry::Policy(_, policy) => response.policies.push(policy_detail(call, policy)),
            }
        }
        Ok(response)
    }
}

fn user_detail(call: &Call<'_>, user: &User) -> UserDetail {
    let groups = user.groups.iter().filter_map(|id| call.snapshot.group_by_id(id));
    let mut groups: Vec<String> = groups.map(|group| group.name.to_string()).collect();
    groups.sort_by_cached_key(|name| name.to_ascii_lowercase());
    UserDetail {
        path: Some(user.path.to_string()),
        user_name: Some(user.name.to_string()),
        user_id: Some(user.id.to_string()),
        arn: Some(user.arn(call.partition()).to_string()),
        create_date: Some(user.created),
        user_policy_list: inline(&user.inline),
        group_list: groups,
        attached_managed_policies: attached(call, &user.attached),
        permissions_boundary: shown::boundary(call, user.boundary),
        tags: shown::tags(&user.tags),
    }
}

fn group_detail(call: &Call<'_>, group: &Group) -> GroupDetail {
    GroupDetail {
        path: Some(group.path.to_string()),
        group_name: Some(group.name.to_string()),
        group_id: Some(group.id.to_string()),
        arn: Some(group.arn(call.partition())),
        create_date: Some(group.created),
        group_policy_list: inline(&group.inline),
        attached_managed_policies: attached(call, &group.attached),
    }
}

fn role_detail(call: &Call<'_>, role: &Role) -> RoleDetail {
    let mut profiles: Vec<&Arc<InstanceProfile>> = call.snapshot.instance_profiles_of_role(role.id).collect();
    profiles.sort_by_cached_key(|profile| profile.name.to_ascii_lowercase());
    let profiles = profiles.into_iter();
    RoleDetail {
        path: Some(role.path.to_string()),
        role_name: Some(role.name.to_string()),
        role_id: Some(role.id.to_string()),
        arn: Some(role.arn(call.partition()).to_string()),
        create_date: Some(role.created),
        assume_role_policy_document: Some(shown_trust(call, role)),
        instance_profile_list: profiles
            .map(|profile| shown::instance_profile(call, profile, Detail::Made))
            .collect(),
        role_policy_list: inline(&role.inline),
        attached_managed_policies: attached(call, &role.attached),
        permissions_boundary: shown::boundary(call, role.boundary),
        tags: shown::tags(&role.tags),
        role_last_used: Some(last_used::of_role(call, role)),
    }
}

fn policy_detail(call: &Call<'_>, policy: &ManagedPolicy) -> ManagedPolicyDetail {
    let shown = shown::policy(call, policy, Detail::Full);
    // The newest first, as recorded.
    let versions = policy.versions.iter().rev();
    ManagedPolicyDetail {
        policy_name: shown.policy_name,
        policy_id: shown.policy_id,
        arn: shown.arn,
        path: shown.path,
        default_version_id: shown.default_version_id,
        attachment_count: shown.attachment_count,
        permissions_boundary_usage_count: shown.permissions_boundary_usage_count,
        is_attachable: shown.is_attachable,
        description: shown.description,
        create_date: shown.create_date,
        update_date: shown.update_date,
        policy_version_list: versions
            .map(|version| shown::version(policy, version, Detail::Full))
            .collect(),
    }
}

fn inline(policies: &[InlinePolicy]) -> Vec<PolicyDetail> {
    let detail = |inline: &InlinePolicy| PolicyDetail {
        policy_name: Some(inline.name.to_string()),
        policy_document: Some(inline.policy.document().to_owned()),
    };
    policies.iter().map(detail).collect()
}

/// In the order of names, as the lists of attached policies are.
fn attached(call: &Call<'_>, ids: &[UniqueId]) -> Vec<AttachedPolicy> {
    let policies = ids.iter().filter_map(|id| call.snapshot.policy_by_id(id));
    let mut attached: Vec<&ManagedPolicy> = policies.map(Arc::as_ref).collect();
    attached.sort_by_cached_key(|policy| policies::sort_key(policy));
    let shown = |policy: &ManagedPolicy| AttachedPolicy {
        policy_name: Some(policy.name.to_string()),
        policy_arn: Some(policy.arn(call.partition())),
    };
    attached.into_iter().map(shown).collect()
}
