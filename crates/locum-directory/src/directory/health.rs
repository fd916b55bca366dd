//! What became of the writer's commits, for whoever watches the disk behind it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

/// Counted by the writer alone.
#[derive(Debug, Default)]
pub(super) struct Health {
    commits: AtomicU64,
    failures: AtomicU64,
    failing: AtomicBool,
}

/// Commits of a directory since it was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WriteCounts {
    /// Those that are on disk.
    pub commits: u64,
    /// Those that are not, or nobody can tell.
    pub failures: u64,
    /// Whether the last one failed, or no more are made.
    pub is_failing: bool,
}

impl Health {
    pub(super) fn succeeded(&self) {
        self.commits.fetch_add(1, Relaxed);
        self.failing.store(false, Relaxed);
    }

    pub(super) fn failed(&self) {
        self.failures.fetch_add(1, Relaxed);
        self.failing.store(true, Relaxed);
    }

    pub(super) fn counts(&self, is_closed: bool) -> WriteCounts {
        WriteCounts {
            commits: self.commits.load(Relaxed),
            failures: self.failures.load(Relaxed),
            is_failing: is_closed || self.failing.load(Relaxed),
        }
    }
}
