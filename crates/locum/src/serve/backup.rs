//! A copy of the store, made while the service runs.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, TryLockError, Weak},
};

use locum_directory::RedbStore;

/// Writes copies of the store, one at a time. It does not keep the store open.
#[derive(Clone)]
pub(crate) struct Backup {
    store: Weak<RedbStore>,
    path: PathBuf,
    alone: Arc<Mutex<()>>,
}

impl Backup {
    pub(super) fn of(store: &Arc<RedbStore>, path: PathBuf) -> Self {
        Self {
            store: Arc::downgrade(store),
            path,
            alone: Arc::default(),
        }
    }

    /// Begins to write a copy, on a thread of its own. The log tells what became of it.
    pub(super) fn begin(&self) {
        let backup = self.clone();
        let thread = std::thread::Builder::new().name("locum-backup".to_owned());
        if let Err(error) = thread.spawn(move || backup.write()) {
            tracing::error!(%error, "no backup was written");
        }
    }

    fn write(&self) {
        let _alone = match self.alone.try_lock() {
            Ok(alone) => alone,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => {
                tracing::warn!("a backup is being written already; ask again when it is there");
                return;
            }
        };
        // The service ends, and its store is closed.
        let Some(store) = self.store.upgrade() else {
            return;
        };
        match store.back_up(&self.path) {
            Ok(revision) => {
                tracing::info!(path = %self.path.display(), revision = revision.0, "backup written");
            }
            Err(error) => tracing::error!(%error, "no backup was written; the one before is as it was"),
        }
    }
}
