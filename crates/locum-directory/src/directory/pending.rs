use std::{
    fmt,
    sync::{Arc, Condvar, Mutex, PoisonError},
};

use super::CommitError;
use crate::Revision;

type Outcome = Result<Revision, CommitError>;
type Callback = Box<dyn FnOnce(Outcome) + Send>;

/// A write on its way to the disk. Only when it is durable may its caller be told that it happened.
#[must_use = "a write is not done until it is durable"]
pub struct Pending(Arc<Slot>);

/// The writer's end of a [`Pending`]; dropped without an outcome, it says `Closed`.
pub(super) struct Completion(Arc<Slot>);

struct Slot {
    state: Mutex<State>,
    done: Condvar,
}

enum State {
    Waiting(Option<Callback>),
    Done(Outcome),
}

/// The two ends of a new write.
pub(super) fn pending() -> (Pending, Completion) {
    let slot = Arc::new(Slot {
        state: Mutex::new(State::Waiting(None)),
        done: Condvar::new(),
    });
    (Pending(Arc::clone(&slot)), Completion(slot))
}

impl Pending {
    /// Calls back once, with the commit's revision or why there is none: at once if that is known, else on the writer's
    /// thread, where it must not take long.
    pub fn on_durable(self, callback: impl FnOnce(Outcome) + Send + 'static) {
        let mut state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *state {
            State::Waiting(waiting) => *waiting = Some(Box::new(callback)),
            State::Done(outcome) => {
                let outcome = outcome.clone();
                drop(state);
                callback(outcome);
            }
        }
    }

    /// Blocks until the write is durable and returns the commit's revision.
    ///
    /// # Errors
    /// [`CommitError`] if it is not.
    pub fn wait(self) -> Outcome {
        let state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        let done = self.0.done.wait_while(state, |s| matches!(s, State::Waiting(_)));
        match &*done.unwrap_or_else(PoisonError::into_inner) {
            State::Done(outcome) => outcome.clone(),
            State::Waiting(_) => Err(CommitError::Closed),
        }
    }
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pending")
    }
}

impl Completion {
    pub(super) fn complete(self, outcome: Outcome) {
        self.settle(outcome);
    }

    /// Sets the outcome unless there is one.
    fn settle(&self, outcome: Outcome) {
        let mut state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        let State::Waiting(callback) = &mut *state else {
            return;
        };
        let callback = callback.take();
        *state = State::Done(outcome.clone());
        drop(state);
        self.0.done.notify_all();
        if let Some(callback) = callback {
            callback(outcome);
        }
    }
}

impl Drop for Completion {
    fn drop(&mut self) {
        self.settle(Err(CommitError::Closed));
    }
}
