//! A state that is being worked out: changes made one after another, to be committed together.
//!
//! Each step is applied as a commit would apply it, so the next one sees all of it: names that were freed, entities that
//! are there now, counts. What a step leaves carries the revision that the commit will have; so a later step may change
//! it once more, and its expectation is right.

use std::sync::Arc;

use crate::{ChangeError, Changes, Revision, Snapshot};

/// A snapshot with changes on top of it that nobody else sees yet.
#[derive(Debug)]
pub struct Draft {
    base: Arc<Snapshot>,
    state: Arc<Snapshot>,
    /// The revision that the commit will have.
    revision: Revision,
    changes: Changes,
}

impl Draft {
    pub(super) fn new(base: Arc<Snapshot>, revision: Revision) -> Self {
        Self {
            state: Arc::clone(&base),
            base,
            revision,
            changes: Changes::new(),
        }
    }

    /// The state after the steps so far.
    #[must_use]
    pub fn snapshot(&self) -> &Arc<Snapshot> {
        &self.state
    }

    /// Makes one more step.
    ///
    /// # Errors
    /// [`ChangeError`] for the first change that cannot be made; then none of the step is.
    pub fn step(&mut self, changes: Changes) -> Result<(), ChangeError> {
        if !changes.is_empty() {
            self.state = Arc::new(self.state.apply(&changes, self.revision)?);
            self.changes.append(changes);
        }
        Ok(())
    }

    /// Whether it would still be right on this state, in the batch of this revision.
    pub(super) fn stands_on(&self, head: &Arc<Snapshot>, open: Revision) -> bool {
        Arc::ptr_eq(&self.base, head) && self.revision == open
    }

    /// What is to be committed, and the state after it.
    pub(super) fn finish(self) -> (Arc<Snapshot>, Changes) {
        (self.state, self.changes)
    }
}
