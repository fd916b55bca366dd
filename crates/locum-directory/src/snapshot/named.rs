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

/// Sorts. What decides most comparisons is laid beside each, so that they look at no entity.
fn in_order<T: Filed>(unordered: Vec<ByName<T>>) -> impl Iterator<Item = ByName<T>> {
    let begin = |name: &str| {
        let mut begin = [0; 24];
        begin
            .iter_mut()
            .zip(lower(name))
            .for_each(|(to, from)| *to = from);
        begin
    };
    let beside = |key: ByName<T>| ((key.0.account(), begin(key.0.name())), key);
    let mut keyed: Vec<_> = unordered.into_iter().map(beside).collect();
    // Zeros fill a short beginning, and nothing is before a zero: where two differ, so do the names, and in this order.
    keyed.sort_unstable_by(|(a, by_a), (b, by_b)| a.cmp(b).then_with(|| by_a.cmp(by_b)));
    keyed.into_iter().map(|(_, key)| key)
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
    // A piece at a time: a call of the hasher costs more than the byte it takes.
    for piece in name.as_bytes().chunks(PIECE) {
        let mut lower = [0; PIECE];
        for (to, from) in lower.iter_mut().zip(piece) {
            *to = from.to_ascii_lowercase();
        }
        state.write(lower.get(..piece.len()).unwrap_or_default());
    }
}

/// No name is longer than twice this.
const PIECE: usize = 64;

/// Found by its unique id. The entity itself is the key, so its id is kept once.
struct ById<T>(Arc<T>);

impl<T: Filed> Hash for ById<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.id().hash(state);
    }
}

impl<T: Filed> PartialEq for ById<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0.id() == other.0.id()
    }
}

impl<T: Filed> Eq for ById<T> {}

impl<T> Clone for ById<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: Filed> Equivalent<ById<T>> for UniqueId {
    fn equivalent(&self, key: &ById<T>) -> bool {
        key.0.id() == *self
    }
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
    by_id: HashMap<ById<T>, ()>,
    /// For look-ups: every AssumeRole finds its role by name, and the order takes three times as long.
    by_name: HashMap<ByName<T>, ()>,
    /// For pages.
    ordered: OrdSet<ByName<T>>,
    /// What is still to be put in order, while a directory is read: the store's order is another, and finding each one's
    /// place among all that came before looks at twenty of them that no cache has.
    unordered: Option<Vec<ByName<T>>>,
}

impl<T> Clone for Named<T> {
    fn clone(&self) -> Self {
        Self {
            by_id: self.by_id.clone(),
            by_name: self.by_name.clone(),
            ordered: self.ordered.clone(),
            unordered: self.unordered.clone(),
        }
    }
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self {
            by_id: HashMap::new(),
            by_name: HashMap::new(),
            ordered: OrdSet::new(),
            unordered: None,
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
        self.by_id.get_key_value(id).map(|(key, ())| &key.0)
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
        // A look-up before the removal: most are new, and removing nothing makes the whole way writable first.
        let previous = match self.by_id(&entity.id()) {
            Some(_) => self.remove(&entity.id()),
            None => None,
        };
        self.by_id.insert(ById(Arc::clone(entity)), ());
        self.by_name.insert(key.clone(), ());
        match &mut self.unordered {
            Some(unordered) => unordered.push(key),
            None => {
                self.ordered.insert(key);
            }
        }
        Ok(previous)
    }

    /// Puts off the order of what is inserted from now on, until [`put_in_order`](Self::put_in_order).
    pub(crate) fn put_off_order(&mut self) {
        self.unordered.get_or_insert_default();
    }

    /// Puts in order what was inserted since [`put_off_order`](Self::put_off_order).
    pub(crate) fn put_in_order(&mut self) {
        for key in in_order(self.unordered.take().unwrap_or_default()) {
            self.ordered.insert(key);
        }
    }

    pub(crate) fn remove(&mut self, id: &UniqueId) -> Option<Arc<T>> {
        let (ById(removed), ()) = self.by_id.remove_with_key(id)?;
        self.forget(&removed);
        Some(removed)
    }

    fn forget(&mut self, entity: &Arc<T>) {
        self.put_in_order();
        let key = ByName(Arc::clone(entity));
        self.by_name.remove(&key);
        self.ordered.remove(&key);
    }
}

#[cfg(test)]
mod tests {
    use locum_crypto::SeededRandom;
    use proptest::prelude::*;

    use super::*;

    fn users(named: &Named<User>, account: AccountId) -> Vec<&str> {
        named.after(account, None).map(|user| &*user.name).collect()
    }

    proptest! {
        /// Names with zeros, of one beginning longer than what is laid beside them, and in both cases.
        #[test]
        fn order_put_off_is_the_order_kept(
            entities in prop::collection::vec(("(a{22})?[aB\\x00]{1,4}", 0..2_u64), 1..40),
            first in 0..40_usize,
        ) {
            let mut rng = SeededRandom::new(1);
            let now = jiff::Timestamp::UNIX_EPOCH;
            let (mut kept, mut put_off) = (Named::default(), Named::default());
            for (place, (name, account)) in entities.iter().enumerate() {
                if place == first {
                    put_off.put_off_order();
                }
                let account = AccountId::new(*account).unwrap();
                let user = Arc::new(User::new(account, "/", name, now, &mut rng));
                prop_assert_eq!(kept.insert(&user).is_err(), put_off.insert(&user).is_err());
            }
            put_off.put_in_order();
            for account in [0, 1].map(|number| AccountId::new(number).unwrap()) {
                prop_assert_eq!(users(&kept, account), users(&put_off, account));
            }
            prop_assert_eq!(kept.ordered.len(), put_off.ordered.len());
        }
    }

    #[test]
    fn what_is_renamed_or_removed_before_it_is_in_order_is_not_in_it() {
        let mut rng = SeededRandom::new(1);
        let account = AccountId::new(1).unwrap();
        let mut named = Named::default();
        named.put_off_order();
        let user = |name: &str, rng: &mut SeededRandom| {
            Arc::new(User::new(account, "/", name, jiff::Timestamp::UNIX_EPOCH, rng))
        };
        let (a, b) = (user("a", &mut rng), user("b", &mut rng));
        let renamed = Arc::new(User {
            name: "c".into(),
            ..User::clone(&a)
        });
        assert_eq!(named.insert(&a).unwrap().map(|user| user.id), None);
        assert_eq!(named.insert(&b).unwrap().map(|user| user.id), None);
        assert_eq!(named.insert(&renamed).unwrap().map(|user| user.id), Some(a.id));
        named.put_in_order();
        assert_eq!(users(&named, account), ["b", "c"]);
        assert_eq!(named.by_id(&a.id).map(|user| &*user.name), Some("c"));
        named.put_off_order();
        assert_eq!(named.remove(&a.id).map(|user| user.id), Some(a.id));
        assert_eq!(users(&named, account), ["b"]);
    }
}
