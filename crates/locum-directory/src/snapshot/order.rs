//! The order of names in which lists are told, a page at a time.
//!
//! No decision needs it, and to bring a million names in order takes longer than to file them. So when a directory has been
//! opened it is still to be made, out of the names that were filed: by a thread that makes it then, or by the first list or
//! write that comes before. There is one or there is none, never a part of one, and whoever wants it waits until it is whole.

use std::{
    mem,
    sync::{Arc, OnceLock},
};

use imbl::{HashMap, OrdSet};

use super::named::{ByName, Filed, piece};

/// The names that the order is made of.
type Names<T> = HashMap<ByName<T>, ()>;

/// The order of the names of one collection.
pub(super) enum Order<T> {
    /// Kept with every change.
    Kept(OrdSet<ByName<T>>),
    /// Made at most once, for all copies of the collection that have not been changed since it was filled.
    // INVARIANT: who changes the names has it kept first, so what it is made of is what was filled.
    ToBeMade(Arc<OnceLock<OrdSet<ByName<T>>>>),
}

impl<T> Clone for Order<T> {
    fn clone(&self) -> Self {
        match self {
            Self::Kept(ordered) => Self::Kept(ordered.clone()),
            Self::ToBeMade(made) => Self::ToBeMade(Arc::clone(made)),
        }
    }
}

impl<T> Default for Order<T> {
    fn default() -> Self {
        Self::Kept(OrdSet::new())
    }
}

impl<T: Filed> Order<T> {
    /// Of names that were filed without it.
    pub(super) fn to_be_made() -> Self {
        Self::ToBeMade(Arc::new(OnceLock::new()))
    }

    /// The order, made of `names` if it is not there yet.
    pub(super) fn of(&self, names: &Names<T>) -> &OrdSet<ByName<T>> {
        match self {
            Self::Kept(ordered) => ordered,
            Self::ToBeMade(made) => made.get_or_init(|| put_in_order(names)),
        }
    }

    /// Changes the order as `names` will be changed, which they have not been yet.
    pub(super) fn change(&mut self, names: &Names<T>, change: impl FnOnce(&mut OrdSet<ByName<T>>)) {
        let mut ordered = match self {
            Self::Kept(ordered) => mem::take(ordered),
            Self::ToBeMade(_) => self.of(names).clone(),
        };
        change(&mut ordered);
        *self = Self::Kept(ordered);
    }
}

/// Fills a set in its order. What decides most comparisons is laid beside each entity, so that they look at none.
fn put_in_order<T: Filed>(names: &Names<T>) -> OrdSet<ByName<T>> {
    let beside = |key: &ByName<T>| {
        let name = key.0.name().as_bytes();
        let begin = (piece(name, 0), piece(name, 8), piece(name, 16));
        ((key.0.account(), begin), key.clone())
    };
    let mut keyed: Vec<_> = names.keys().map(beside).collect();
    // Zeros fill a short beginning, and nothing is before a zero: where two differ, so do the names, and in this order.
    keyed.sort_unstable_by(|(a, by_a), (b, by_b)| a.cmp(b).then_with(|| by_a.cmp(by_b)));
    let mut ordered = OrdSet::new();
    // In ascending order every leaf is split at its half and left so. Every other key first, and those between fill them.
    let mut between = Vec::with_capacity(keyed.len() / 2);
    for (place, (_, key)) in keyed.into_iter().enumerate() {
        if place % 2 == 0 {
            ordered.insert(key);
        } else {
            between.push(key);
        }
    }
    for key in between {
        ordered.insert(key);
    }
    ordered
}
