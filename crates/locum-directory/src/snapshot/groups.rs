//! The groups, and the users of each.
//!
//! A user names its groups, so that a decision finds them from the user it has in hand: one look-up a group, whoever else
//! is in it. The way back, from a group to its users, is the index here.

use std::sync::Arc;

use imbl::OrdSet;
use locum_names::{AccountId, UniqueId, UniqueKind};

use super::{
    ChangeError, Snapshot,
    named::Named,
    tree::children,
    verify::{verify_inline, verify_name},
};
use crate::{EntityKey, Group, User};

#[derive(Debug, Clone, Default)]
pub(super) struct Groups {
    pub(super) named: Named<Group>,
    /// Group and user, as [`children`] takes them.
    members: OrdSet<(UniqueId, Option<UniqueId>)>,
}

impl Groups {
    pub(super) fn join(&mut self, user: &User) {
        for group in &user.groups {
            self.members.insert((*group, Some(user.id)));
        }
    }

    pub(super) fn leave(&mut self, user: &User) {
        for group in &user.groups {
            self.members.remove(&(*group, Some(user.id)));
        }
    }
}

impl Snapshot {
    /// The group of this name, ignoring case.
    #[must_use]
    pub fn group(&self, account: AccountId, name: &str) -> Option<&Arc<Group>> {
        self.groups.named.by_name(account, name)
    }

    /// The group of this unique id.
    #[must_use]
    pub fn group_by_id(&self, id: &UniqueId) -> Option<&Arc<Group>> {
        self.groups.named.by_id(id)
    }

    /// The groups of an account whose path begins with `path_prefix`, after a name, in the order of lower-cased names.
    pub fn groups<'a>(
        &'a self,
        account: AccountId,
        after: Option<&'a str>,
        path_prefix: &'a str,
    ) -> impl Iterator<Item = &'a Arc<Group>> {
        self.groups
            .named
            .after(account, after)
            .filter(move |group| group.path.starts_with(path_prefix))
    }

    /// The users in a group, in the order of their unique ids.
    pub fn group_members(&self, group: UniqueId) -> impl Iterator<Item = &Arc<User>> {
        children(&self.groups.members, group, None).filter_map(|id| self.user_by_id(&id))
    }

    pub(super) fn verify_group(&self, key: EntityKey, group: &Group) -> Result<(), ChangeError> {
        verify_name(&key, UniqueKind::Group, group.id, &group.name)?;
        verify_inline(&key, &group.inline)?;
        self.verify_uses(&key, group.account, &group.attached, None)?;
        self.verify_account(key, group.account)
    }

    /// Whether every group of a user is there, in its account, and named once.
    pub(super) fn verify_membership(&self, key: &EntityKey, user: &User) -> Result<(), ChangeError> {
        for (place, id) in user.groups.iter().enumerate() {
            let group = self.group_by_id(id);
            if group.is_none_or(|group| group.account != user.account) {
                return Err(ChangeError::Dangling(key.clone(), format!("group {id}").into()));
            }
            if user.groups.iter().skip(place + 1).any(|other| other == id) {
                return Err(ChangeError::Invalid(key.clone(), "it is in a group twice"));
            }
        }
        Ok(())
    }

    /// Why a group cannot go.
    pub(super) fn group_in_use(&self, group: UniqueId) -> Option<&'static str> {
        let mut members = children(&self.groups.members, group, None);
        members.next().map(|_| "there are users in it")
    }
}
