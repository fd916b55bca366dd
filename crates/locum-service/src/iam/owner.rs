//! What users, groups and roles have in common: a name, and policies. Whatever an operation does with these is written
//! once.

use std::sync::Arc;

use locum_api::{ApiError, errors, model::Operation};
use locum_directory::{Entity, Group, InlinePolicy, Role, Snapshot, Tag, User};
use locum_names::{AccountId, Partition, UniqueId};

use super::{
    access::{self, Keys, authorize},
    quotas::{self, Quota},
};
use crate::call::{Call, Failure};

/// A user, a group or a role.
pub(super) trait Owner: Clone + Into<Entity> {
    /// `user`, `group` or `role`, in ARNs and messages.
    const KIND: &'static str;
    /// How many managed policies may be attached to one.
    const ATTACHED: Quota;
    /// How many characters the inline policies of one may have together.
    const INLINE_SIZE: usize;

    /// The one of this name, ignoring case.
    fn of_name<'s>(snapshot: &'s Snapshot, account: AccountId, name: &str) -> Option<&'s Arc<Self>>;
    /// Its ARN.
    fn arn_text(&self, partition: Partition) -> String;
    /// Its name, as it was given.
    fn name(&self) -> &str;
    /// Its tags; a group can have none.
    fn tags(&self) -> &[Tag];
    /// The managed policy that bounds it; none ever bounds a group.
    fn boundary(&self) -> Option<UniqueId>;
    /// Its inline policies.
    fn inline(&self) -> &[InlinePolicy];
    /// Its inline policies, to be changed.
    fn inline_mut(&mut self) -> &mut Vec<InlinePolicy>;
    /// Its managed policies.
    fn attached(&self) -> &[UniqueId];
    /// Its managed policies, to be changed.
    fn attached_mut(&mut self) -> &mut Vec<UniqueId>;
    /// Whether only a service may change it.
    fn is_protected(&self) -> bool;

    /// Refuses to change what only a service may change.
    fn check_modifiable(&self) -> Result<(), ApiError> {
        if !self.is_protected() {
            return Ok(());
        }
        let text = format!(
            "Cannot perform the operation on the protected {} '{}' - this {} is only modifiable by AWS",
            Self::KIND,
            self.name(),
            Self::KIND
        );
        Err(errors::UNMODIFIABLE_ENTITY.with(text))
    }
}

/// A user or a role: what can have tags and a boundary.
pub(super) trait Principal: Owner {
    /// How many tags one may have.
    const TAGS: Quota;

    /// Its tags, to be changed.
    fn tags_mut(&mut self) -> &mut Vec<Tag>;
    /// Its boundary, to be changed.
    fn boundary_mut(&mut self) -> &mut Option<UniqueId>;
}

macro_rules! owner {
    ($type:ident, $find:ident, $kind:literal, $attached:ident, $inline:ident, $tags:expr, $boundary:expr, $protected:expr) => {
        impl Owner for $type {
            const KIND: &'static str = $kind;
            const ATTACHED: Quota = quotas::$attached;
            const INLINE_SIZE: usize = quotas::$inline;

            fn of_name<'s>(snapshot: &'s Snapshot, account: AccountId, name: &str) -> Option<&'s Arc<Self>> {
                snapshot.$find(account, name)
            }

            fn arn_text(&self, partition: Partition) -> String {
                self.arn(partition).to_string()
            }

            fn name(&self) -> &str {
                &self.name
            }

            fn tags(&self) -> &[Tag] {
                let tags: fn(&Self) -> &[Tag] = $tags;
                tags(self)
            }

            fn boundary(&self) -> Option<UniqueId> {
                let boundary: fn(&Self) -> Option<UniqueId> = $boundary;
                boundary(self)
            }

            fn inline(&self) -> &[InlinePolicy] {
                &self.inline
            }

            fn inline_mut(&mut self) -> &mut Vec<InlinePolicy> {
                &mut self.inline
            }

            fn attached(&self) -> &[UniqueId] {
                &self.attached
            }

            fn attached_mut(&mut self) -> &mut Vec<UniqueId> {
                &mut self.attached
            }

            fn is_protected(&self) -> bool {
                let protected: fn(&Self) -> bool = $protected;
                protected(self)
            }
        }
    };
}

macro_rules! principal {
    ($type:ident, $find:ident, $kind:literal, $attached:ident, $inline:ident, $tags:ident, $protected:expr) => {
        owner!(
            $type,
            $find,
            $kind,
            $attached,
            $inline,
            |of| &of.tags,
            |of| of.boundary,
            $protected
        );

        impl Principal for $type {
            const TAGS: Quota = quotas::$tags;

            fn tags_mut(&mut self) -> &mut Vec<Tag> {
                &mut self.tags
            }

            fn boundary_mut(&mut self) -> &mut Option<UniqueId> {
                &mut self.boundary
            }
        }
    };
}

principal!(
    User,
    user,
    "user",
    POLICIES_OF_USER,
    INLINE_OF_USER,
    TAGS_OF_USER,
    |_| false
);
principal!(
    Role,
    role,
    "role",
    POLICIES_OF_ROLE,
    INLINE_OF_ROLE,
    TAGS_OF_ROLE,
    Role::is_service_linked
);
owner!(
    Group,
    group,
    "group",
    POLICIES_OF_GROUP,
    INLINE_OF_GROUP,
    |_| &[],
    |_| None,
    |_| false
);

/// The user, group or role of this name, if the caller may perform the operation on it.
///
/// # Errors
/// Denied, or, for those who are not, that it does not exist.
pub(super) fn permitted<O: Owner>(
    call: &Call<'_>,
    operation: &Operation,
    name: &str,
    keys: Keys<'_>,
) -> Result<Arc<O>, Failure> {
    let Some(found) = O::of_name(call.snapshot, call.account(), name) else {
        let arn = access::arn(call, O::KIND, format_args!("/{name}"));
        authorize(call, operation, &arn, keys)?;
        return Err(no_such::<O>(name).into());
    };
    let keys = Keys {
        resource_tags: found.tags(),
        ..keys
    };
    authorize(call, operation, &found.arn_text(call.partition()), keys)?;
    Ok(Arc::clone(found))
}

/// As [`permitted`], where the boundary in force is a condition key.
pub(super) fn permitted_by_boundary<O: Owner>(
    call: &Call<'_>,
    operation: &Operation,
    name: &str,
    keys: Keys<'_>,
) -> Result<Arc<O>, Failure> {
    let boundary = O::of_name(call.snapshot, call.account(), name)
        .and_then(|owner| owner.boundary())
        .and_then(|id| call.snapshot.policy_by_id(&id))
        .map(|policy| policy.arn(call.partition()));
    let keys = Keys {
        boundary: boundary.as_deref(),
        ..keys
    };
    permitted::<O>(call, operation, name, keys)
}

/// As [`permitted_by_boundary`], for what changes permissions, so that an administrator can be kept to principals that
/// are bounded; and a service's own role is refused.
pub(super) fn permitted_within_boundary<O: Owner>(
    call: &Call<'_>,
    operation: &Operation,
    name: &str,
    keys: Keys<'_>,
) -> Result<Arc<O>, Failure> {
    let owner = permitted_by_boundary::<O>(call, operation, name, keys)?;
    owner.check_modifiable()?;
    Ok(owner)
}

/// `The user with name X cannot be found.` (`facts: sts §8.5`).
pub(super) fn no_such<O: Owner>(name: &str) -> ApiError {
    errors::NO_SUCH_ENTITY.with(format!("The {} with name {name} cannot be found.", O::KIND))
}

/// Refuses to delete what still has policies.
pub(super) fn check_deletable<O: Owner>(owner: &O) -> Result<(), ApiError> {
    let text = if !owner.attached().is_empty() {
        "Cannot delete entity, must detach all policies first."
    } else if !owner.inline().is_empty() {
        "Cannot delete entity, must delete policies first."
    } else {
        return Ok(());
    };
    Err(errors::DELETE_CONFLICT.with(text))
}
