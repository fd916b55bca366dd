//! Maps filled with many entities at once, when a directory is opened.
//!
//! One after the other, each entity finds its place in maps that no cache holds. Here every map is filled in the order of its
//! own nodes, so that what is looked at was looked at just before; and as no map needs another, each is a task of its own.

use std::{
    hash::{BuildHasher, Hash},
    hint::black_box,
    iter,
    sync::{Arc, Mutex, PoisonError},
};

use imbl::HashMap;

use super::{
    ChangeError,
    named::{ById, ByName, Filed, Named},
    order::Order,
};
use crate::{EntityKey, Revision, threads::together};

/// What can be done beside other tasks.
pub(super) type Task<'a> = Box<dyn FnOnce() -> Result<(), ChangeError> + Send + 'a>;

/// Does all tasks, on several threads. If some fail, the first of them says why.
pub(super) fn side_by_side(tasks: Vec<Task<'_>>) -> Result<(), ChangeError> {
    let tasks = Mutex::new(tasks.into_iter().enumerate());
    let next = || tasks.lock().unwrap_or_else(PoisonError::into_inner).next();
    let attempt = |(number, task): (usize, Task<'_>)| task().err().map(|error| (number, error));
    // They are begun in order: whoever fails leaves none before it undone.
    let failures = together(|| iter::from_fn(next).find_map(attempt));
    let first = failures.into_iter().flatten().min_by_key(|(number, _)| *number);
    first.map_or(Ok(()), |(_, error)| Err(error))
}

/// So many entities are looked at together: the processor waits for all of them at once. Of a million principals a start needs an
/// eighth more CPU if it waits for one after the other.
const TOGETHER: usize = 32;

/// Fills a map in the order of its nodes. Returns whether each key was new.
///
/// `look` reads from memory what a map will read of a key.
pub(super) fn fill<K, V>(
    map: &mut HashMap<K, V>,
    entries: impl Iterator<Item = (K, V)>,
    look: impl Fn(&K),
) -> bool
where
    K: Hash + Eq + Clone,
    V: Clone,
{
    let hasher = map.hasher().clone();
    let mut placed: Vec<_> = entries.map(|entry| (place(&hasher, &entry.0), entry)).collect();
    placed.sort_unstable_by_key(|(place, _)| *place);
    let expected = map.len() + placed.len();
    let mut placed = placed.into_iter();
    while !placed.as_slice().is_empty() {
        placed
            .as_slice()
            .iter()
            .take(TOGETHER)
            .for_each(|(_, (key, _))| look(key));
        for (_, (key, value)) in placed.by_ref().take(TOGETHER) {
            map.insert(key, value);
        }
    }
    map.len() == expected
}

/// Orders keys as the nodes of a map are: a node is chosen by the lowest bits of the hash, those below it by the next. Any
/// other order would be as right, and slower.
pub(super) fn place<K: Hash>(hasher: &impl BuildHasher, key: &K) -> u64 {
    hasher.hash_one(key).reverse_bits()
}

impl<T: Filed + Send + Sync> Named<T>
where
    for<'a> (EntityKey, Revision): From<&'a T>,
{
    /// The tasks that file `entities` in an empty collection. Their order is left to be made.
    pub(super) fn filling<'a>(
        &'a mut self,
        entities: impl Iterator<Item = &'a Arc<T>> + Clone + Send + 'a,
    ) -> [Task<'a>; 2] {
        let Self {
            by_id,
            by_name,
            order,
        } = self;
        *order = Order::to_be_made();
        let (ids, names) = (entities.clone(), entities);
        [
            Box::new(move || {
                let entries = ids.clone().map(|entity| (ById(Arc::clone(entity)), ()));
                let new = fill(by_id, entries, |ById(entity)| _ = black_box(entity.id()));
                let error = |entity: &T, _: &T| ChangeError::IdTaken(key(entity));
                refuse_repetition(new, ids, T::id, error)
            }),
            Box::new(move || {
                let entries = names.clone().map(|entity| (ByName(Arc::clone(entity)), ()));
                let look = |ByName(entity): &ByName<T>| _ = black_box(entity.name().as_bytes().first());
                let new = fill(by_name, entries, look);
                let name = |entity: &T| (entity.account(), entity.name().to_ascii_lowercase());
                let error = |entity: &T, earlier: &T| ChangeError::NameTaken(key(entity), earlier.id());
                refuse_repetition(new, names, name, error)
            }),
        ]
    }
}

/// An error of the first entity that has what an earlier one has, unless all of them are `new`.
pub(super) fn refuse_repetition<'a, T: 'a, W: Eq + Hash>(
    new: bool,
    entities: impl Iterator<Item = &'a Arc<T>>,
    what: impl Fn(&T) -> W,
    error: impl Fn(&T, &T) -> ChangeError,
) -> Result<(), ChangeError> {
    if new {
        return Ok(());
    }
    let mut seen = std::collections::HashMap::new();
    let mut repeated = None;
    for entity in entities {
        repeated = Some((entity, entity));
        if let Some(earlier) = seen.insert(what(entity), entity) {
            repeated = Some((entity, earlier));
            break;
        }
    }
    // INVARIANT: maps are empty before they are filled, so one was found. Were they not, it would be refused all the same.
    repeated.map_or(Ok(()), |(entity, earlier)| Err(error(entity, earlier)))
}

fn key<T>(entity: &T) -> EntityKey
where
    for<'a> (EntityKey, Revision): From<&'a T>,
{
    <(EntityKey, Revision)>::from(entity).0
}
