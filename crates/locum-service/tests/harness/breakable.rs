//! A store that can be broken.

use std::sync::{
    atomic::{AtomicBool, Ordering},
    mpsc::Receiver,
};

use locum_directory::{Commit, Item, MemoryStore, Revision, Store, StoreError, Transaction};

/// A store whose commits fail while it is broken.
#[derive(Default)]
pub struct Breakable {
    store: MemoryStore,
    broken: AtomicBool,
}

impl Breakable {
    /// Breaks it, or mends it.
    pub fn set_broken(&self, broken: bool) {
        self.broken.store(broken, Ordering::SeqCst);
    }
}

impl Store for Breakable {
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
        if self.broken.load(Ordering::SeqCst) {
            return Err(StoreError::Unavailable {
                path: "directory.redb".to_owned(),
                reason: "the disk is full".to_owned(),
            });
        }
        self.store.transact(transaction)
    }

    fn watch(&self, from: Revision) -> Result<Receiver<Commit>, StoreError> {
        self.store.watch(from)
    }
}
