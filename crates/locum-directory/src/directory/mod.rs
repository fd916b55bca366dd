//! The directory in service: snapshots for readers, one queue for writers, a store behind it.
//!
//! A write decides on the newest state there is, its own predecessors' undecided writes included, and is queued. One
//! thread takes all that wait, writes them in one store transaction, and only when that is on disk publishes the
//! snapshot that contains them and completes each [`Pending`]. So a thousand writers cost one flush, and no reader
//! ever sees what a crash could take back.

mod bootstrap;
mod draft;
mod error;
mod health;
mod load;
mod pending;
mod reading;
mod rekey;
mod writer;

use std::{
    sync::Arc,
    thread::{self, JoinHandle},
};

use arc_swap::ArcSwap;
use locum_crypto::{DeploymentId, KeyEncryptionKey, Random};

use crate::{Changes, Snapshot, Store};
use health::Health;
use writer::Queue;

pub use bootstrap::{BootstrapError, RootKey};
pub use draft::Draft;
pub use error::{CommitError, OpenError, RekeyError, WriteError};
pub use health::{StoreNews, WriteCounts};
pub use pending::Pending;
pub use rekey::{Sessions, SigningKeys, opens, rekey};

/// The directory. Share it as `Arc<Directory>`; dropping it writes what is queued and stops its thread.
#[derive(Debug)]
pub struct Directory {
    deployment: DeploymentId,
    published: Arc<ArcSwap<Snapshot>>,
    queue: Arc<Queue>,
    health: Arc<Health>,
    writer: Option<JoinHandle<()>>,
}

impl Directory {
    /// Opens the directory in a store. An empty store is given a deployment id and the key's mark first.
    ///
    /// # Errors
    /// [`OpenError`]: another version, a wrong key, a damaged value, a store that cannot be read. Nothing is changed
    /// in any of these cases.
    pub fn open(
        store: Arc<dyn Store>,
        kek: KeyEncryptionKey,
        mut rng: Box<dyn Random + Send>,
    ) -> Result<Self, OpenError> {
        let deployment = load::stamp(&*store, &kek, &mut *rng)?;
        let snapshot = Arc::new(load::snapshot(&*store, &kek, &deployment)?);
        put_in_order(Arc::clone(&snapshot));
        let published = Arc::new(ArcSwap::from(Arc::clone(&snapshot)));
        let queue = Arc::new(Queue::new(snapshot));
        let health = Arc::new(Health::default());
        let writer = writer::Writer {
            store,
            kek,
            deployment,
            rng,
            queue: Arc::clone(&queue),
            health: Arc::clone(&health),
            published: Arc::clone(&published),
        };
        let writer = thread::Builder::new()
            .name("locum-directory".to_owned())
            .spawn(move || writer.run())
            .map_err(OpenError::Thread)?;
        Ok(Self {
            deployment,
            published,
            queue,
            health,
            writer: Some(writer),
        })
    }

    /// The deployment's id, made with its store.
    #[must_use]
    pub const fn deployment(&self) -> &DeploymentId {
        &self.deployment
    }

    /// The newest durable state. Takes no lock.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.published.load_full()
    }

    /// Decides on the newest state, which contains what other writers are still waiting for, and queues the changes.
    ///
    /// The closure runs alone, so it must be short; what it returns may be told to the caller only when the
    /// [`Pending`] is durable. Even a write of nothing waits: it may rest on a write that is not on disk yet.
    ///
    /// # Errors
    /// [`WriteError::Refused`] with the closure's own error, or why the changes cannot be made.
    pub fn write<T, E>(
        &self,
        decide: impl FnOnce(&Snapshot) -> Result<(T, Changes), E>,
    ) -> Result<(T, Pending), WriteError<E>> {
        self.queue.write(|draft| {
            let (value, changes) = decide(draft.snapshot()).map_err(WriteError::Refused)?;
            draft.step(changes).map_err(WriteError::Change)?;
            Ok(value)
        })
    }

    /// Blocks until the fate of every write that is queued by now is known, and whoever asked was told.
    pub fn settle(&self) {
        self.queue.settle();
    }

    /// Whether it is over with writes until it is opened again: the store went on without it, so what readers see is not what is stored.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.queue.is_closed()
    }

    /// What became of the commits since it was opened.
    #[must_use]
    pub fn write_counts(&self) -> WriteCounts {
        self.health.counts(self.is_closed(), self.queue.waiting())
    }

    /// Has changes in what becomes of commits told, on the writer's thread, where it must not take long. There is one who is told.
    pub fn report_to(&self, report: impl Fn(StoreNews<'_>) + Send + 'static) {
        self.health.report_to(Box::new(report));
    }

    /// Begins a draft on the newest durable state, for [`commit`](Self::commit). Takes no lock.
    #[must_use]
    pub fn draft(&self) -> Draft {
        let snapshot = self.snapshot();
        let revision = snapshot.revision().next();
        Draft::new(snapshot, revision)
    }

    /// Queues a draft that [`draft`](Self::draft) began; `None` if anything was written in the meantime: then what it was
    /// decided on is not the newest state, and it must be decided again with [`write_steps`](Self::write_steps).
    ///
    /// # Errors
    /// [`WriteError::Busy`] or [`WriteError::Closed`].
    pub fn commit(&self, draft: Draft) -> Result<Option<Pending>, WriteError<std::convert::Infallible>> {
        self.queue.commit(draft)
    }

    /// Decides in steps on the newest state, as [`write`](Self::write) does in one: each step sees those before it, and all
    /// of them are committed together or none is.
    ///
    /// The closure runs alone: every other writer waits for it.
    ///
    /// # Errors
    /// [`WriteError::Refused`] with the closure's own error, [`WriteError::Busy`] or [`WriteError::Closed`].
    pub fn write_steps<T, E>(
        &self,
        decide: impl FnOnce(&mut Draft) -> Result<T, E>,
    ) -> Result<(T, Pending), WriteError<E>> {
        self.queue
            .write(|draft| decide(draft).map_err(WriteError::Refused))
    }
}

/// Makes the orders of lists beside what follows. Nobody waits for the thread: a list or a write that needs an order it has
/// not made yet makes it, and so does one that finds that the system gave no thread.
fn put_in_order(snapshot: Arc<Snapshot>) {
    let thread = thread::Builder::new().name("locum-order".to_owned());
    let _ = thread.spawn(move || snapshot.put_in_order());
}

impl Drop for Directory {
    fn drop(&mut self) {
        self.queue.close();
        if let Some(writer) = self.writer.take() {
            // A writer that panicked has nothing left to write; its waiters were told.
            let _ = writer.join();
        }
    }
}
