//! What users and roles have in common: a name, tags, and policies of three kinds. Whatever an operation does with these
//! is written once.

use std::sync::Arc;

use locum_api::{ApiError, errors, model::Operation};
use locum_directory::{Entity, InlinePolicy, Role, Snapshot, Tag, User};
use locum_names::{AccountId, Partition, UniqueId};

use super::{
    access::{self, Keys, authorize},
    quotas::{self, Quota},
};
use crate::call::{Call, Failure};

/// A user or a role.
pub(super) trait Owner: Clone + Into<Entity> {
    /// `user` or `role`, in ARNs and messages.
    const KIND: &'static str;
    /// How many managed policies may be attached to one.
    const ATTACHED: Quota;
    /// How many tags one may have.
    const TAGS: Quota;
    /// How many characters the inline policies of one may have together.
    const INLINE_SIZE: usize;

    /// The one of this name, ignoring case.
    fn of_name<'s>(snapshot: &'s Snapshot, account: AccountId, name: &str) -> Option<&'s Arc<Self>>;
    /// Its ARN.
    fn arn_text(&self, partition: Partition) -> String;
    /// Its name, as it was given.
    fn name(&self) -> &str;
    /// What it has.
    fn held(&self) -> Held<&[Tag], &Option<UniqueId>, &[InlinePolicy], &[UniqueId]>;
    /// What it has, to be changed.
    fn held_mut(&mut self) -> HeldMut<'_>;
}

/// What users and roles have.
pub(super) struct Held<T, B, I, A> {
    pub(super) tags: T,
    pub(super) boundary: B,
    pub(super) inline: I,
    pub(super) attached: A,
}

/// What users and roles have, to be changed.
pub(super) type HeldMut<'o> =
    Held<&'o mut Vec<Tag>, &'o mut Option<UniqueId>, &'o mut Vec<InlinePolicy>, &'o mut Vec<UniqueId>>;

macro_rules! owner {
    ($type:ident, $find:ident, $kind:literal, $attached:ident, $tags:ident, $inline:ident) => {
        impl Owner for $type {
            const KIND: &'static str = $kind;
            const ATTACHED: Quota = quotas::$attached;
            const TAGS: Quota = quotas::$tags;
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

            fn held(&self) -> Held<&[Tag], &Option<UniqueId>, &[InlinePolicy], &[UniqueId]> {
                Held {
                    tags: &self.tags,
                    boundary: &self.boundary,
                    inline: &self.inline,
                    attached: &self.attached,
                }
            }

            fn held_mut(&mut self) -> HeldMut<'_> {
                Held {
                    tags: &mut self.tags,
                    boundary: &mut self.boundary,
                    inline: &mut self.inline,
                    attached: &mut self.attached,
                }
            }
        }
    };
}

owner!(User, user, "user", POLICIES_OF_USER, TAGS_OF_USER, INLINE_OF_USER);
owner!(Role, role, "role", POLICIES_OF_ROLE, TAGS_OF_ROLE, INLINE_OF_ROLE);

/// The user or role of this name, if the caller may perform the operation on it.
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
        resource_tags: found.held().tags,
        ..keys
    };
    authorize(call, operation, &found.arn_text(call.partition()), keys)?;
    Ok(Arc::clone(found))
}

/// As [`permitted`], for what changes permissions: the boundary in force is a condition key there, so that an
/// administrator can be kept to principals that are bounded.
pub(super) fn permitted_within_boundary<O: Owner>(
    call: &Call<'_>,
    operation: &Operation,
    name: &str,
    keys: Keys<'_>,
) -> Result<Arc<O>, Failure> {
    let boundary = O::of_name(call.snapshot, call.account(), name)
        .and_then(|owner| *owner.held().boundary)
        .and_then(|id| call.snapshot.policy_by_id(&id))
        .map(|policy| policy.arn(call.partition()));
    let keys = Keys {
        boundary: boundary.as_deref(),
        ..keys
    };
    permitted(call, operation, name, keys)
}

/// `The user with name X cannot be found.` (`facts: sts §8.5`).
fn no_such<O: Owner>(name: &str) -> ApiError {
    errors::NO_SUCH_ENTITY.with(format!("The {} with name {name} cannot be found.", O::KIND))
}

/// Refuses to delete what still has policies.
pub(super) fn check_deletable<O: Owner>(owner: &O) -> Result<(), ApiError> {
    let held = owner.held();
    let text = if !held.attached.is_empty() {
        "Cannot delete entity, must detach all policies first."
    } else if !held.inline.is_empty() {
        "Cannot delete entity, must delete policies first."
    } else {
        return Ok(());
    };
    Err(errors::DELETE_CONFLICT.with(text))
}
