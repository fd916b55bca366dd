//! The queue of writes and the one thread that commits them, a batch at a time.

use std::{
    collections::HashMap,
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
};

use arc_swap::ArcSwap;
use locum_crypto::{DeploymentId, KeyEncryptionKey, Random};

use super::{
    CommitError, Draft, Pending, WriteError,
    health::{Health, StoreNews},
    load,
    pending::{Completion, pending},
};
use crate::{Change, Changes, Entity, EntityKey, Revision, Snapshot, Store, Transaction, record};

/// More than this many waiting writes are more than a disk flush can be waited for.
const MOST_WAITING: usize = 8192;

/// What writers and the writer thread share.
#[derive(Debug)]
pub(super) struct Queue {
    state: Mutex<State>,
    wake: Condvar,
    /// Told when a closed queue has nobody left to tell.
    told: Condvar,
}

#[derive(Debug)]
struct State {
    /// The durable state and everything queued or being committed on top of it.
    head: Arc<Snapshot>,
    /// The revision that the batch now being gathered will have.
    open: Revision,
    waiting: Vec<Waiting>,
    /// How many writes the writer has taken and not yet told, all of them, what became of them.
    telling: usize,
    closed: bool,
}

struct Waiting {
    changes: Changes,
    completion: Completion,
}

impl std::fmt::Debug for Waiting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Waiting")
    }
}

/// Writes to be committed together.
struct Batch {
    writes: Vec<Waiting>,
    /// The state after them.
    snapshot: Arc<Snapshot>,
    revision: Revision,
}

impl Queue {
    pub(super) fn new(snapshot: Arc<Snapshot>) -> Self {
        Self {
            state: Mutex::new(State {
                open: snapshot.revision().next(),
                head: snapshot,
                waiting: Vec::new(),
                telling: 0,
                closed: false,
            }),
            wake: Condvar::new(),
            told: Condvar::new(),
        }
    }

    pub(super) fn write<T, E>(
        &self,
        decide: impl FnOnce(&mut Draft) -> Result<T, WriteError<E>>,
    ) -> Result<(T, Pending), WriteError<E>> {
        let state = self.accepting()?;
        let mut draft = Draft::new(Arc::clone(&state.head), state.open);
        let value = decide(&mut draft)?;
        Ok((value, self.push(state, draft)))
    }

    /// Queues a draft if nothing was written since it was begun.
    pub(super) fn commit<E>(&self, draft: Draft) -> Result<Option<Pending>, WriteError<E>> {
        let state = self.accepting()?;
        let stands = draft.stands_on(&state.head, state.open);
        Ok(stands.then(|| self.push(state, draft)))
    }

    fn accepting<E>(&self) -> Result<MutexGuard<'_, State>, WriteError<E>> {
        let state = self.state();
        if state.closed {
            return Err(WriteError::Closed);
        }
        if state.waiting.len() >= MOST_WAITING {
            return Err(WriteError::Busy);
        }
        Ok(state)
    }

    fn push(&self, mut state: MutexGuard<'_, State>, draft: Draft) -> Pending {
        let changes;
        (state.head, changes) = draft.finish();
        let (pending, completion) = pending();
        state.waiting.push(Waiting { changes, completion });
        drop(state);
        self.wake.notify_one();
        pending
    }

    /// Returns when everybody was told whose write waits or is being made now.
    pub(super) fn settle(&self) {
        let mut state = self.state();
        if state.closed {
            // Nothing comes behind what is being told, so its end can be waited for: closing is not telling.
            let telling = |state: &State| state.telling > 0 || !state.waiting.is_empty();
            drop(wait_while(&self.told, state, telling));
            return;
        }
        let (pending, completion) = pending();
        let changes = Changes::new();
        // Of these there may be any number.
        state.waiting.push(Waiting { changes, completion });
        drop(state);
        self.wake.notify_one();
        // What became of the last one is its own writer's to know.
        let _ = pending.wait();
    }

    /// Accepts no more writes; those that wait are still committed.
    pub(super) fn close(&self) {
        self.state().closed = true;
        self.wake.notify_one();
    }

    /// How many writes wait for the disk.
    pub(super) fn waiting(&self) -> usize {
        let state = self.state();
        state.waiting.len().saturating_add(state.telling)
    }

    pub(super) fn is_closed(&self) -> bool {
        self.state().closed
    }

    /// Waits for writes and takes all there are. `None` when the queue is closed and empty.
    fn take(&self) -> Option<Batch> {
        let idle = |state: &State| state.waiting.is_empty() && !state.closed;
        let mut state = self.state();
        state.telling = 0;
        self.told.notify_all();
        let mut state = wait_while(&self.wake, state, idle);
        let writes = mem::take(&mut state.waiting);
        if writes.is_empty() {
            return None;
        }
        state.telling = writes.len();
        let revision = state.open;
        if writes.iter().any(|write| !write.changes.is_empty()) {
            state.open = revision.next();
        }
        Some(Batch {
            writes,
            snapshot: Arc::clone(&state.head),
            revision,
        })
    }

    /// Goes back to the durable state and returns the writes that were decided on what is lost.
    fn abandon(&self, durable: Arc<Snapshot>) -> Vec<Waiting> {
        let mut state = self.state();
        state.open = durable.revision().next();
        state.head = durable;
        mem::take(&mut state.waiting)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // INVARIANT: a closure that panics under this lock does so before anything is changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits as long as it must. The library's own waiting ends early, at a waking that was for nothing, once a closure has panicked under
/// the lock.
fn wait_while<'q>(
    told: &Condvar,
    mut state: MutexGuard<'q, State>,
    is_to_wait: impl Fn(&State) -> bool,
) -> MutexGuard<'q, State> {
    while is_to_wait(&state) {
        state = told.wait(state).unwrap_or_else(PoisonError::into_inner);
    }
    state
}

/// The writer thread's own.
pub(super) struct Writer {
    pub(super) store: Arc<dyn Store>,
    pub(super) kek: KeyEncryptionKey,
    pub(super) deployment: DeploymentId,
    pub(super) rng: Box<dyn Random + Send>,
    pub(super) queue: Arc<Queue>,
    pub(super) health: Arc<Health>,
    pub(super) published: Arc<ArcSwap<Snapshot>>,
}

impl Writer {
    pub(super) fn run(mut self) {
        // However this thread ends, nobody may wait for it afterwards.
        let _closing = CloseOnExit(Arc::clone(&self.queue));
        while let Some(batch) = self.queue.take() {
            match self.commit(&batch) {
                Ok(revision) => complete(batch.writes, &Ok(revision)),
                Err(error) => {
                    let is_first = self.health.failed();
                    self.fail(batch.writes, error.clone());
                    if self.queue.is_closed() {
                        self.health.tell(StoreNews::Closed(&error));
                    } else if is_first {
                        self.health.tell(StoreNews::Failing(&error));
                    }
                }
            }
        }
    }

    /// Makes a batch durable, then visible.
    fn commit(&mut self, batch: &Batch) -> Result<Revision, CommitError> {
        let merged = merge(&batch.writes);
        if merged.is_empty() {
            return Ok(self.published.load().revision());
        }
        let transaction = self.seal(merged)?;
        let revision = self.store.transact(&transaction)?;
        if revision != batch.revision {
            // Somebody else writes to this store, and what they wrote is not in our snapshot.
            self.queue.close();
            return Err(CommitError::Diverged);
        }
        self.health.succeeded();
        self.published.store(Arc::clone(&batch.snapshot));
        Ok(revision)
    }

    fn seal(&mut self, merged: Vec<Merged>) -> Result<Transaction, CommitError> {
        let mut transaction = Transaction::default();
        for Merged {
            key,
            expected,
            entity,
        } in merged
        {
            let path = key.to_string();
            transaction.compare.push((path.clone(), expected));
            if let Some(entity) = entity {
                let aad = load::sealing_path(&self.deployment, &path);
                let plaintext = record::encode(&entity).map_err(|error| CommitError::Encode {
                    key: path.clone(),
                    reason: error.to_string(),
                })?;
                let sealed = self.kek.seal_value(&aad, &plaintext, &mut *self.rng);
                transaction.puts.push((path, sealed));
            } else if expected != Revision::NEW {
                transaction.deletes.push(path);
            }
        }
        Ok(transaction)
    }

    /// Tells a failed batch and everything decided on top of it, and starts again from what is durable.
    fn fail(&self, batch: Vec<Waiting>, error: CommitError) {
        let durable = self.published.load_full();
        if self
            .store
            .revision()
            .is_ok_and(|stored| stored != durable.revision())
        {
            // It was committed after all, or somebody else did: our snapshot is no longer the store's.
            self.queue.close();
        }
        let abandoned = self.queue.abandon(durable);
        complete(batch, &Err(error));
        complete(abandoned, &Err(CommitError::Abandoned));
    }
}

struct CloseOnExit(Arc<Queue>);

impl Drop for CloseOnExit {
    fn drop(&mut self) {
        self.0.close();
        let durable = Arc::clone(&self.0.state().head);
        drop(self.0.abandon(durable));
        self.0.state().telling = 0;
        self.0.told.notify_all();
    }
}

fn complete(writes: Vec<Waiting>, outcome: &Result<Revision, CommitError>) {
    for write in writes {
        // A callback that panics harms its own request, not everybody's writes.
        let _ = catch_unwind(AssertUnwindSafe(|| write.completion.complete(outcome.clone())));
    }
}

/// What a whole batch does to one key.
struct Merged {
    key: EntityKey,
    /// What the first write of the batch expects: what the store holds.
    expected: Revision,
    /// What the last write leaves; `None` for nothing.
    entity: Option<Entity>,
}

fn merge(writes: &[Waiting]) -> Vec<Merged> {
    let mut merged: Vec<Merged> = Vec::new();
    let mut places: HashMap<EntityKey, usize> = HashMap::new();
    for change in writes.iter().flat_map(|write| write.changes.iter()) {
        let key = change.key();
        let entity = match change {
            Change::Put(entity) => Some(entity.clone()),
            Change::Delete { .. } => None,
        };
        match places.get(&key).and_then(|place| merged.get_mut(*place)) {
            Some(earlier) => earlier.entity = entity,
            None => {
                places.insert(key.clone(), merged.len());
                merged.push(Merged {
                    key,
                    expected: change.expected(),
                    entity,
                });
            }
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use std::{convert::Infallible, thread};

    use super::*;
    use crate::AwsPolicies;

    #[test]
    fn a_panic_under_the_lock_ends_no_waiting() {
        let queue = Queue::new(Arc::new(Snapshot::empty(AwsPolicies::load().unwrap())));
        let panicking = || queue.write::<(), Infallible>(|_| panic!("on purpose"));
        assert!(catch_unwind(AssertUnwindSafe(panicking)).is_err());
        thread::scope(|scope| {
            let taking = scope.spawn(|| queue.take().map(|batch| batch.writes.len()));
            // Whoever writes wakes the writer after the queue is free again, when it may have taken the write already.
            for _ in 0..1_000 {
                queue.wake.notify_one();
                thread::yield_now();
            }
            let _pending = queue.write::<_, Infallible>(|_| Ok(())).unwrap();
            assert_eq!(taking.join().unwrap(), Some(1));
        });
    }
}
