//! The last commits of an embedded store, for watchers in the same process.
//!
//! An embedded store has one process, so a watch need not survive it: the log is in memory, bounded, and begins at the
//! revision the store was opened at.

use std::{
    collections::VecDeque,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
};

use super::{Commit, StoreError};
use crate::Revision;

/// How many commits are remembered, and how far a watcher may fall behind.
const DEPTH: usize = 1024;

#[derive(Debug)]
pub(super) struct ChangeLog {
    /// The commit before the first one remembered.
    before: Revision,
    commits: VecDeque<Commit>,
    watchers: Vec<SyncSender<Commit>>,
}

impl ChangeLog {
    pub(super) const fn from(revision: Revision) -> Self {
        Self {
            before: revision,
            commits: VecDeque::new(),
            watchers: Vec::new(),
        }
    }

    pub(super) fn record(&mut self, commit: Commit) {
        // A watcher that is full or gone is forgotten; it notices by its channel's end.
        self.watchers
            .retain(|watcher| watcher.try_send(commit.clone()).is_ok());
        self.commits.push_back(commit);
        if self.commits.len() > DEPTH
            && let Some(oldest) = self.commits.pop_front()
        {
            self.before = oldest.revision;
        }
    }

    /// The last commit that was recorded.
    pub(super) fn last(&self) -> Revision {
        self.commits.back().map_or(self.before, |commit| commit.revision)
    }

    pub(super) fn watch(&mut self, from: Revision) -> Result<Receiver<Commit>, StoreError> {
        if from < self.before {
            return Err(StoreError::Compacted { from });
        }
        let (sender, receiver) = sync_channel(2 * DEPTH);
        for commit in self.commits.iter().filter(|c| c.revision > from) {
            // INVARIANT: at most DEPTH are remembered, so there is room.
            let _ = sender.try_send(commit.clone());
        }
        self.watchers.push(sender);
        Ok(receiver)
    }
}
