//! A store that can be broken.

use std::sync::{
    Condvar, Mutex,
    atomic::{AtomicBool, Ordering},
    mpsc::Receiver,
};

use locum_directory::{Commit, Item, MemoryStore, Revision, Store, StoreError, Transaction};

/// A store whose commits fail while it is broken, and wait while it is held.
#[derive(Default)]
pub struct Breakable {
    store: MemoryStore,
    broken: AtomicBool,
    held: Mutex<Held>,
    changed: Condvar,
}

#[derive(Default)]
struct Held {
    is_held: bool,
    /// Commits that wait.
    waiting: usize,
}

impl Breakable {
    /// Breaks it, or mends it.
    pub fn set_broken(&self, broken: bool) {
        self.broken.store(broken, Ordering::SeqCst);
    }

    /// Holds it, or lets it go on.
    pub fn set_held(&self, held: bool) {
        self.held.lock().unwrap().is_held = held;
        self.changed.notify_all();
    }

    /// Returns when a commit waits.
    pub fn wait_for_commit(&self) {
        let held = self.held.lock().unwrap();
        drop(self.changed.wait_while(held, |held| held.waiting == 0).unwrap());
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
        let mut held = self.held.lock().unwrap();
        held.waiting += 1;
        self.changed.notify_all();
        held = self.changed.wait_while(held, |held| held.is_held).unwrap();
        held.waiting -= 1;
        drop(held);
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
