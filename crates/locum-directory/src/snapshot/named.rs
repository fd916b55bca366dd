//! Entities with a unique id and a name of their own in an account, found by either.

use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    ops::Bound,
    sync::Arc,
};

use equivalent::{Comparable, Equivalent};
use imbl::HashMap;
use locum_names::{AccountId, UniqueId};

use super::order::Order;
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
pub(super) struct ByName<T>(pub(super) Arc<T>);

/// A name looked for, in any case.
struct Wanted<'a> {
    account: AccountId,
    name: &'a str,
}

/// Eight bytes of a name in lower case, as a number of the same order; zeros after its end.
#[inline]
pub(super) fn piece(name: &[u8], place: usize) -> u64 {
    let rest = name.get(place..).unwrap_or_default();
    let (mut piece, beyond) = match (rest.first_chunk(), name.last_chunk()) {
        (Some(eight), _) => (*eight, 0),
        // The end of a longer name, without the bytes before it.
        (None, Some(last)) if !rest.is_empty() => (*last, 8 * (8 - rest.len())),
        _ => {
            let mut short = [0; 8];
            short.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
            (short, 0)
        }
    };
    piece.make_ascii_lowercase();
    u64::from_be_bytes(piece) << beyond
}

/// Orders names by their bytes in lower case.
#[inline]
fn compare(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    for place in (0..a.len().max(b.len())).step_by(8) {
        // Most names that are compared begin alike, to the letter.
        if let (Some(a), Some(b)) = (eight(a, place), eight(b, place))
            && a == b
        {
            continue;
        }
        match piece(a, place).cmp(&piece(b, place)) {
            Ordering::Equal => {}
            unequal => return unequal,
        }
    }
    // One may have zeros where the other has ended.
    a.len().cmp(&b.len())
}

fn eight(name: &[u8], place: usize) -> Option<&[u8; 8]> {
    name.get(place..)?.first_chunk()
}

impl<T: Filed> Ord for ByName<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        let accounts = self.0.account().cmp(&other.0.account());
        accounts.then_with(|| compare(self.0.name(), other.0.name()))
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
pub(super) struct ById<T>(pub(super) Arc<T>);

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
        accounts.then_with(|| compare(self.name, key.0.name()))
    }
}

impl<T: Filed> Equivalent<ByName<T>> for Wanted<'_> {
    fn equivalent(&self, key: &ByName<T>) -> bool {
        key.0.account() == Some(self.account) && key.0.name().eq_ignore_ascii_case(self.name)
    }
}

/// A collection of one kind of entity.
pub(crate) struct Named<T> {
    pub(super) by_id: HashMap<ById<T>, ()>,
    /// For look-ups: every AssumeRole finds its role by name, and the order takes three times as long.
    pub(super) by_name: HashMap<ByName<T>, ()>,
    /// For pages.
    pub(super) order: Order<T>,
}

impl<T> Clone for Named<T> {
    fn clone(&self) -> Self {
        Self {
            by_id: self.by_id.clone(),
            by_name: self.by_name.clone(),
            order: self.order.clone(),
        }
    }
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self {
            by_id: HashMap::new(),
            by_name: HashMap::new(),
            order: Order::default(),
        }
    }
}

impl<T> fmt::Debug for Named<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Named({})", self.by_id.len())
    }
}

impl<T: Filed> Named<T> {
    /// Makes the order if it is not there yet, as the first list or change would.
    pub(super) fn put_in_order(&self) {
        self.order.of(&self.by_name);
    }

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
        self.order
            .of(&self.by_name)
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
        self.order.change(&self.by_name, |ordered| {
            ordered.insert(key.clone());
        });
        self.by_name.insert(key, ());
        Ok(previous)
    }

    pub(crate) fn remove(&mut self, id: &UniqueId) -> Option<Arc<T>> {
        let (ById(removed), ()) = self.by_id.remove_with_key(id)?;
        self.forget(&removed);
        Some(removed)
    }

    fn forget(&mut self, entity: &Arc<T>) {
        let key = ByName(Arc::clone(entity));
        self.order.change(&self.by_name, |ordered| {
            ordered.remove(&key);
        });
        self.by_name.remove(&key);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Names with zeros, in both cases, and of one beginning longer than what is compared at once.
        #[test]
        fn names_are_in_the_order_of_their_bytes_in_lower_case(
            a in "(a{8}|a{16})?[aB\\x00Zz_é]{0,9}", b in "(a{8}|a{16})?[aB\\x00Zz_é]{0,9}",
        ) {
            prop_assert_eq!(compare(&a, &b), a.to_ascii_lowercase().cmp(&b.to_ascii_lowercase()));
        }
    }
}
