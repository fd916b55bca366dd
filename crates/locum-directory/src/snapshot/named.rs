//! Entities with a unique id and a name of their own in an account, found by either.

use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    ops::Bound,
    sync::Arc,
};

use equivalent::{Comparable, Equivalent};
use imbl::{HashMap, OrdSet};
use locum_names::{AccountId, UniqueId};

use crate::{Group, InstanceProfile, ManagedPolicy, PolicyOwner, Role, User};

/// What a collection files an entity under.
pub(crate) trait Filed {
    fn id(&self) -> UniqueId;
    fn account(&self) -> Option<AccountId>;
    fn name(&self) -> &str;
}

impl Filed for Group {
    fn id(&self) -> UniqueId {
        self.id
    }

    fn account(&self) -> Option<AccountId> {
        Some(self.account)
    }

    fn name(&self) -> &str {
        &self.name
    }
}

impl Filed for User {
    fn id(&self) -> UniqueId {
        self.id
    }

    fn account(&self) -> Option<AccountId> {
        Some(self.account)
    }

    fn name(&self) -> &str {
        &self.name
    }
}

impl Filed for Role {
    fn id(&self) -> UniqueId {
        self.id
    }

    fn account(&self) -> Option<AccountId> {
        Some(self.account)
    }

    fn name(&self) -> &str {
        &self.name
    }
}

impl Filed for InstanceProfile {
    fn id(&self) -> UniqueId {
        self.id
    }

    fn account(&self) -> Option<AccountId> {
        Some(self.account)
    }

    fn name(&self) -> &str {
        &self.name
    }
}

impl Filed for ManagedPolicy {
    fn id(&self) -> UniqueId {
        self.id
    }

    fn account(&self) -> Option<AccountId> {
        match self.owner {
            PolicyOwner::Account(account) => Some(account),
            PolicyOwner::Aws => None,
        }
    }

    fn name(&self) -> &str {
        &self.name
    }
}

/// Orders by account and lower-cased name. The entity itself is the key, so its name is kept once.
struct ByName<T>(Arc<T>);

/// A name looked for, in any case.
struct Wanted<'a> {
    account: AccountId,
    name: &'a str,
}

fn lower(name: &str) -> impl Iterator<Item = u8> {
    name.bytes().map(|b| b.to_ascii_lowercase())
}

impl<T: Filed> Ord for ByName<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        let accounts = self.0.account().cmp(&other.0.account());
        accounts.then_with(|| lower(self.0.name()).cmp(lower(other.0.name())))
    }
}

impl<T: Filed> PartialOrd for ByName<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T: Filed> PartialEq for ByName<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<T: Filed> Eq for ByName<T> {}

impl<T: Filed> Hash for ByName<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash(self.0.account(), self.0.name(), state);
    }
}

impl Hash for Wanted<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash(Some(self.account), self.name, state);
    }
}

fn hash<H: Hasher>(account: Option<AccountId>, name: &str, state: &mut H) {
    account.hash(state);
    lower(name).for_each(|byte| state.write_u8(byte));
}

impl<T> Clone for ByName<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: Filed> Comparable<ByName<T>> for Wanted<'_> {
    fn compare(&self, key: &ByName<T>) -> Ordering {
        let accounts = Some(self.account).cmp(&key.0.account());
        accounts.then_with(|| lower(self.name).cmp(lower(key.0.name())))
    }
}

impl<T: Filed> Equivalent<ByName<T>> for Wanted<'_> {
    fn equivalent(&self, key: &ByName<T>) -> bool {
        key.0.account() == Some(self.account) && key.0.name().eq_ignore_ascii_case(self.name)
    }
}

/// A collection of one kind of entity.
pub(crate) struct Named<T> {
    by_id: HashMap<UniqueId, Arc<T>>,
    /// For look-ups: every AssumeRole finds its role by name, and the order takes three times as long.
    by_name: HashMap<ByName<T>, ()>,
    /// For pages.
    ordered: OrdSet<ByName<T>>,
}

impl<T> Clone for Named<T> {
    fn clone(&self) -> Self {
        Self {
            by_id: self.by_id.clone(),
            by_name: self.by_name.clone(),
            ordered: self.ordered.clone(),
        }
    }
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self {
            by_id: HashMap::new(),
            by_name: HashMap::new(),
            ordered: OrdSet::new(),
        }
    }
}

impl<T> fmt::Debug for Named<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Named({})", self.by_id.len())
    }
}

impl<T: Filed> Named<T> {
    pub(crate) fn by_id(&self, id: &UniqueId) -> Option<&Arc<T>> {
        self.by_id.get(id)
    }

    pub(crate) fn by_name(&self, account: AccountId, name: &str) -> Option<&Arc<T>> {
        let found = self.by_name.get_key_value(&Wanted { account, name });
        found.map(|(key, ())| &key.0)
    }

    /// The entities of an account after a name, in the order of lower-cased names.
    pub(crate) fn after(&self, account: AccountId, name: Option<&str>) -> impl Iterator<Item = &Arc<T>> {
        let wanted = Wanted {
            account,
            name: name.unwrap_or_default(),
        };
        // No entity has an empty name, so excluding it excludes nothing.
        self.ordered
            .range((Bound::Excluded(wanted), Bound::Unbounded))
            .map(|found| &found.0)
            .take_while(move |entity| entity.account() == Some(account))
    }

    /// Files an entity and returns the one that had its id. `Err` with the one that has its name, nothing changed.
    pub(crate) fn insert(&mut self, entity: &Arc<T>) -> Result<Option<Arc<T>>, UniqueId> {
        let key = ByName(Arc::clone(entity));
        if let Some((other, ())) = self.by_name.get_key_value(&key)
            && other.0.id() != entity.id()
        {
            return Err(other.0.id());
        }
        let previous = self.by_id.insert(entity.id(), Arc::clone(entity));
        if let Some(previous) = &previous {
            self.forget(previous);
        }
        self.by_name.insert(key.clone(), ());
        self.ordered.insert(key);
        Ok(previous)
    }

    pub(crate) fn remove(&mut self, id: &UniqueId) -> Option<Arc<T>> {
        let removed = self.by_id.remove(id)?;
        self.forget(&removed);
        Some(removed)
    }

    fn forget(&mut self, entity: &Arc<T>) {
        let key = ByName(Arc::clone(entity));
        self.by_name.remove(&key);
        self.ordered.remove(&key);
    }
}
