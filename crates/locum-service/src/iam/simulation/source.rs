//! Whose policies are simulated: a user, a group or a role, by ARN.

use std::sync::Arc;

use locum_api::{ApiError, model::Operation};
use locum_directory::{Group, InlinePolicy, ManagedPolicy, PolicyOwner, Role, User};
use locum_names::{Arn, UniqueId};
use locum_policy::Policy;

use super::{
    super::{
        access::{Keys, authorize},
        owner::{self, Owner},
    },
    invalid,
    policies::{Named, Origin},
};
use crate::{
    call::{Call, Failure},
    layers,
};

/// A user, group or role of the caller's account.
pub(super) enum PolicySource {
    User(Arc<User>),
    Group(Arc<Group>),
    Role(Arc<Role>),
}

impl PolicySource {
    /// Finds it, if the caller may perform the operation on it.
    ///
    /// # Errors
    /// The ARN is no user's, group's or role's, or one of another account; denied; or that it does not exist.
    pub(super) fn permitted(call: &Call<'_>, operation: &Operation, text: &str) -> Result<Self, Failure> {
        let unclear = || {
            invalid(format!(
                "Invalid Entity Arn: {text} does not clearly define entity type and name."
            ))
        };
        let arn = Arn::parse(text).map_err(|_| unclear())?;
        let (kind, path_and_name) = arn.resource.split_once('/').ok_or_else(unclear)?;
        let name = path_and_name.rsplit('/').next().unwrap_or_default();
        let is_entity = arn.service == "iam" && arn.region.is_empty() && !name.is_empty();
        if !is_entity || !matches!(kind, "user" | "group" | "role") {
            return Err(unclear().into());
        }
        let ours = arn.partition == call.partition().as_str() && arn.account.parse() == Ok(call.account());
        let (snapshot, account) = (call.snapshot, call.account());
        let found = match kind {
            _ if !ours => None,
            "user" => snapshot
                .user(account, name)
                .map(|user| Self::User(Arc::clone(user))),
            "group" => snapshot
                .group(account, name)
                .map(|group| Self::Group(Arc::clone(group))),
            _ => snapshot
                .role(account, name)
                .map(|role| Self::Role(Arc::clone(role))),
        };
        let found = found.filter(|found| found.arn(call) == text);
        let tags = match &found {
            Some(Self::User(user)) => &*user.tags,
            Some(Self::Role(role)) => &*role.tags,
            Some(Self::Group(_)) | None => &[],
        };
        let keys = Keys {
            resource_tags: tags,
            ..Keys::default()
        };
        authorize(call, operation, text, keys)?;
        if !ours {
            return Err(invalid(format!(
                "Invalid Policy Source Arn: caller's account {account} does not have access to policies in account {}",
                arn.account
            ))
            .into());
        }
        found.ok_or_else(|| no_such(kind, name).into())
    }

    /// Its ARN.
    pub(super) fn arn(&self, call: &Call<'_>) -> String {
        match self {
            Self::User(user) => user.arn_text(call.partition()),
            Self::Group(group) => group.arn_text(call.partition()),
            Self::Role(role) => role.arn_text(call.partition()),
        }
    }

    /// Its identity policies, those of a user's groups included.
    pub(super) fn policies(&self, call: &Call<'_>) -> Vec<Named> {
        let mut policies = Vec::new();
        match self {
            Self::User(user) => {
                gather(call, &**user, &mut policies);
                for id in &user.groups {
                    match call.snapshot.group_by_id(id) {
                        Some(group) => gather(call, &**group, &mut policies),
                        None => policies.extend(lost()),
                    }
                }
            }
            Self::Group(group) => gather(call, &**group, &mut policies),
            Self::Role(role) => gather(call, &**role, &mut policies),
        }
        policies
    }

    /// Its permissions boundary, if it has one.
    pub(super) fn boundary(&self, call: &Call<'_>) -> Option<Named> {
        let id = match self {
            Self::User(user) => user.boundary?,
            Self::Role(role) => role.boundary?,
            Self::Group(_) => return None,
        };
        managed(call, &id).or_else(lost)
    }
}

fn no_such(kind: &str, name: &str) -> ApiError {
    match kind {
        "user" => owner::no_such::<User>(name),
        "group" => owner::no_such::<Group>(name),
        _ => owner::no_such::<Role>(name),
    }
}

/// The policies that one user, group or role has, as enforcement gathers them.
fn gather<O: Owner>(call: &Call<'_>, owner: &O, policies: &mut Vec<Named>) {
    let inline = owner.inline().iter().map(|inline: &InlinePolicy| {
        let id = format!("{}_{}_{}", O::KIND, owner.name(), inline.name);
        let origin = Origin::Inline {
            owner_kind: O::KIND,
            owner: owner.name().into(),
            name: (*inline.name).into(),
        };
        Named::new(id, origin, inline.policy.clone())
    });
    policies.extend(inline);
    let attached = owner.attached().iter();
    policies.extend(attached.filter_map(|id| managed(call, id).or_else(lost)));
}

fn managed(call: &Call<'_>, id: &UniqueId) -> Option<Named> {
    let managed: &ManagedPolicy = call.snapshot.policy_by_id(id)?;
    let policy: &Policy = managed.in_force()?;
    let origin = Origin::Managed {
        arn: managed.arn(call.partition()),
        by_aws: managed.owner == PolicyOwner::Aws,
    };
    Some(Named::new(managed.name.to_string(), origin, policy.clone()))
}

/// What stands for a policy that should be there: it might have denied.
fn lost() -> Option<Named> {
    let source = layers::nothing()?;
    Some(Named::new(
        source.id.to_owned(),
        Origin::Lost,
        source.policy.clone(),
    ))
}
