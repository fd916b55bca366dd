//! A snapshot from the store's entities, when a directory is opened.
//!
//! Of most kinds there are few, and they are filed as a change files them. Policies, users, roles and access keys, of which
//! there may be a million, are kept until all of them are there, and then filed map by map. What is checked of each is the
//! same, and against what is the same: a kind refers to those read before it.

use std::{mem, sync::Arc};

use imbl::HashMap;
use locum_names::AccessKeyId;

use super::{
    ChangeError, Snapshot,
    apply::count,
    filling::{Task, fill, place, refuse_repetition, side_by_side},
    named::Filed,
};
use crate::{
    AccessKey, AwsPolicies, Entity, EntityKey, KeyOwner, ManagedPolicy, Revision, Role, UsedBy, User,
};

/// Pages of the kinds of which there may be a million, in the store's order.
#[derive(Default)]
struct Many(Vec<Vec<Entity>>);

impl Many {
    fn entities(&self) -> impl Iterator<Item = &Entity> + Clone + Send {
        self.0.iter().flatten()
    }

    fn policies(&self) -> impl Iterator<Item = &Arc<ManagedPolicy>> + Clone + Send {
        self.entities().filter_map(|entity| match entity {
            Entity::Policy(policy) => Some(policy),
            _ => None,
        })
    }

    fn users(&self) -> impl Iterator<Item = &Arc<User>> + Clone + Send {
        self.entities().filter_map(|entity| match entity {
            Entity::User(user) => Some(user),
            _ => None,
        })
    }

    fn roles(&self) -> impl Iterator<Item = &Arc<Role>> + Clone + Send {
        self.entities().filter_map(|entity| match entity {
            Entity::Role(role) => Some(role),
            _ => None,
        })
    }

    fn keys(&self) -> impl Iterator<Item = &Arc<AccessKey>> + Clone + Send {
        self.entities().filter_map(|entity| match entity {
            Entity::AccessKey(key) => Some(key),
            _ => None,
        })
    }
}

/// Whether an entity is of a kind that is filed with all others of its kind.
const fn is_of_many(entity: &Entity) -> bool {
    matches!(
        entity,
        Entity::Policy(_) | Entity::User(_) | Entity::Role(_) | Entity::AccessKey(_)
    )
}

impl Snapshot {
    /// The state as of a revision, of all entities as they were stored, each at the revision it carries. A page is of one
    /// kind, and comes after those it refers to.
    ///
    /// # Errors
    /// [`ChangeError`] if they contradict each other.
    pub(crate) fn load(
        aws: AwsPolicies,
        pages: Vec<Vec<Entity>>,
        revision: Revision,
    ) -> Result<Self, ChangeError> {
        let mut snapshot = Self::empty(aws);
        let mut many = Many::default();
        for page in pages {
            if page.iter().all(is_of_many) {
                many.0.push(page);
                continue;
            }
            snapshot.file(mem::take(&mut many))?;
            for entity in &page {
                snapshot.put(entity.clone())?;
            }
            page.iter().try_for_each(|entity| snapshot.verify(entity))?;
        }
        snapshot.file(many)?;
        snapshot.verify_places()?;
        snapshot.revision = revision;
        Ok(snapshot)
    }

    /// Makes the orders that [`load`](Self::load) leaves to be made, so that no list and no change has to.
    pub(crate) fn put_in_order(&self) {
        self.users.put_in_order();
        self.roles.put_in_order();
        self.policies.put_in_order();
    }

    /// Files all entities of their kinds.
    fn file(&mut self, many: Many) -> Result<(), ChangeError> {
        if many.0.is_empty() {
            return Ok(());
        }
        let Self {
            policies,
            users,
            roles,
            keys,
            keys_by_owner,
            counts,
            attachments,
            groups,
            usage,
            ..
        } = self;
        let related = || {
            for entity in many.entities() {
                match entity {
                    Entity::Policy(policy) => {
                        if let Some(account) = policy.account() {
                            count(counts, account, |counts| &mut counts.policies, 1);
                        }
                    }
                    Entity::User(user) => {
                        count(counts, user.account, |counts| &mut counts.users, 1);
                        attachments.attach(user.account, user.id, &user.attached, user.boundary);
                        groups.join(user);
                    }
                    Entity::Role(role) => {
                        count(counts, role.account, |counts| &mut counts.roles, 1);
                        attachments.attach(role.account, role.id, &role.attached, role.boundary);
                        usage.adopt(UsedBy::Role(role.id));
                    }
                    Entity::AccessKey(key) => usage.adopt(UsedBy::Key(key.id)),
                    _ => {}
                }
            }
            Ok(())
        };
        let mut tasks: Vec<Task<'_>> = Vec::new();
        tasks.extend(users.filling(many.users()));
        tasks.extend(roles.filling(many.roles()));
        tasks.extend(policies.filling(many.policies()));
        tasks.push(Box::new(|| {
            let entries = many.keys().map(|key| (key.id, Arc::clone(key)));
            let new = fill(keys, entries, |_| ());
            let error = |key: &AccessKey, _: &AccessKey| {
                ChangeError::IdTaken(EntityKey::AccessKey(key.account, key.id))
            };
            refuse_repetition(new, many.keys(), |key| key.id, error)
        }));
        tasks.push(Box::new(|| {
            fill_by_owner(keys_by_owner, many.keys());
            Ok(())
        }));
        tasks.push(Box::new(related));
        side_by_side(tasks)?;
        self.verify_many(many)
    }

    fn verify_many(&self, many: Many) -> Result<(), ChangeError> {
        let tasks = many.0.into_iter().map(|page| -> Task<'_> {
            // The page is dropped here too: each thread counts its entities down while it has them at hand.
            Box::new(move || page.iter().try_for_each(|entity| self.verify(entity)))
        });
        side_by_side(tasks.collect())
    }
}

/// Fills an empty map with the keys of each owner, in the order of their ids.
fn fill_by_owner<'a>(
    map: &mut HashMap<KeyOwner, Arc<[AccessKeyId]>>,
    keys: impl Iterator<Item = &'a Arc<AccessKey>>,
) {
    let hasher = map.hasher().clone();
    let mut placed: Vec<_> = keys
        .map(|key| (place(&hasher, &key.owner), key.owner, key.id))
        .collect();
    placed.sort_unstable();
    for of_one in placed.chunk_by(|(_, a, _), (_, b, _)| a == b) {
        if let Some((_, owner, _)) = of_one.first() {
            map.insert(*owner, of_one.iter().map(|(_, _, id)| *id).collect());
        }
    }
}

#[cfg(test)]
#[path = "loading_tests.rs"]
mod tests;
