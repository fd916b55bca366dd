use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::{Item, MemoryStore, Store, StoreError, Transaction};
use crate::Revision;

/// A [`MemoryStore`] whose disk fills up and hangs when it is told to: for tests of what becomes of writes then.
///
/// ```
/// use locum_directory::{FaultyStore, Store, Transaction};
///
/// let store = FaultyStore::default();
/// store.set_full(true);
/// assert!(store.transact(&Transaction::default()).is_err());
/// store.set_full(false);
/// assert!(store.transact(&Transaction::default()).is_ok());
/// ```
#[derive(Debug, Default)]
pub struct FaultyStore {
    store: MemoryStore,
    disk: Mutex<Disk>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Disk {
    is_full: bool,
    hangs: bool,
    /// Commits that wait for it.
    waiting: usize,
    /// Commits that were begun.
    begun: usize,
}

impl FaultyStore {
    /// From now on commits fail, or do so no longer.
    pub fn set_full(&self, is_full: bool) {
        self.disk().is_full = is_full;
    }

    /// From now on commits wait, or go on.
    pub fn set_hanging(&self, hangs: bool) {
        self.disk().hangs = hangs;
        self.changed.notify_all();
    }

    /// Returns when a commit waits.
    pub fn wait_for_commit(&self) {
        drop(self.wait_while(self.disk(), |disk| disk.waiting == 0));
    }

    /// How many commits were begun.
    #[must_use]
    pub fn begun(&self) -> usize {
        self.disk().begun
    }

    fn disk(&self) -> MutexGuard<'_, Disk> {
        self.disk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_while<'d>(
        &self,
        disk: MutexGuard<'d, Disk>,
        condition: impl FnMut(&mut Disk) -> bool,
    ) -> MutexGuard<'d, Disk> {
        let waited = self.changed.wait_while(disk, condition);
        waited.unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for FaultyStore {
    fn revision(&self) -> Result<Revision, StoreError> {
        self.store.revision()
    }

    fn get(&self, key: &str) -> Result<Option<Item>, StoreError> {
        self.store.get(key)
    }

    fn range(&self, prefix: &str, after: Option<&str>, limit: usize) -> Result<Vec<Item>, StoreError> {
        self.store.range(prefix, after, limit)
    }

    fn transact(&self, transaction: &Transaction) -> Result<Revision, StoreError> {
        let mut disk = self.disk();
        disk.begun += 1;
        disk.waiting += 1;
        self.changed.notify_all();
        disk = self.wait_while(disk, |disk| disk.hangs);
        disk.waiting -= 1;
        if disk.is_full {
            return Err(StoreError::Unavailable {
                path: "directory.redb".to_owned(),
                reason: "no space left on device".to_owned(),
            });
        }
        drop(disk);
        self.store.transact(transaction)
    }
}
