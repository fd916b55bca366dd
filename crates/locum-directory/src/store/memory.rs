use std::{
    collections::BTreeMap,
    ops::Bound,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::{Item, Store, StoreError, Transaction};
use crate::Revision;

/// A store that is **lost with the process**: for tests, and for throw-away deployments that say so.
#[derive(Debug)]
pub struct MemoryStore(Mutex<State>);

#[derive(Debug)]
struct State {
    revision: Revision,
    entries: BTreeMap<String, (Revision, Vec<u8>)>,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub const fn new() -> Self {
        Self(Mutex::new(State {
            revision: Revision::NEW,
            entries: BTreeMap::new(),
        }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // INVARIANT: nothing under this lock leaves the state half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl Store for MemoryStore {
    fn revision(&self) -> Result<Revision, StoreError> {
        Ok(self.state().revision)
    }

    fn get(&self, key: &str) -> Result<Option<Item>, StoreError> {
        Ok(self.state().entries.get(key).map(|(revision, value)| Item {
            key: key.to_owned(),
            value: value.clone(),
            revision: *revision,
        }))
    }

    fn range(&self, prefix: &str, after: Option<&str>, limit: usize) -> Result<Vec<Item>, StoreError> {
        let from = match after {
            Some(after) if after >= prefix => Bound::Excluded(after),
            _ => Bound::Included(prefix),
        };
        let state = self.state();
        let entries = state.entries.range::<str, _>((from, Bound::Unbounded));
        let item = |(key, (revision, value)): (&String, &(Revision, Vec<u8>))| Item {
            key: key.clone(),
            value: value.clone(),
            revision: *revision,
        };
        Ok(entries
            .take_while(|(key, _)| key.starts_with(prefix))
            .take(limit)
            .map(item)
            .collect())
    }

    fn transact(&self, transaction: &Transaction) -> Result<Revision, StoreError> {
        let mut state = self.state();
        for (key, expected) in &transaction.compare {
            let found = state
                .entries
                .get(key)
                .map_or(Revision::NEW, |(revision, _)| *revision);
            if found != *expected {
                return Err(StoreError::Conflict { key: key.clone() });
            }
        }
        let revision = state.revision.next();
        for (key, value) in &transaction.puts {
            state.entries.insert(key.clone(), (revision, value.clone()));
        }
        for key in &transaction.deletes {
            state.entries.remove(key);
        }
        state.revision = revision;
        Ok(revision)
    }
}
