//! What became of the writer's commits, for whoever watches the disk behind it.

use std::{
    fmt,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
};

use super::CommitError;

/// Counted by the writer alone.
#[derive(Default)]
pub(super) struct Health {
    commits: AtomicU64,
    failures: AtomicU64,
    failing: AtomicBool,
    report: Mutex<Option<Report>>,
}

/// What is told of changes.
pub(super) type Report = Box<dyn Fn(StoreNews<'_>) + Send>;

/// A change in what becomes of commits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreNews<'e> {
    /// The first commit failed after ones that did not.
    Failing(&'e CommitError),
    /// A commit failed, and no more are made until the directory is opened again.
    Closed(&'e CommitError),
    /// A commit succeeded after one that did not.
    Working,
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
    /// Writes that wait for the next one, or for one that is being made: on a disk that hangs, they stay.
    pub waiting: usize,
}

impl Health {
    pub(super) fn succeeded(&self) {
        self.commits.fetch_add(1, Relaxed);
        if self.failing.swap(false, Relaxed) {
            self.tell(StoreNews::Working);
        }
    }

    /// Counts a failure; returns whether it is the first of a row.
    pub(super) fn failed(&self) -> bool {
        self.failures.fetch_add(1, Relaxed);
        !self.failing.swap(true, Relaxed)
    }

    pub(super) fn report_to(&self, report: Report) {
        *self.report.lock().unwrap_or_else(PoisonError::into_inner) = Some(report);
    }

    pub(super) fn tell(&self, news: StoreNews<'_>) {
        let report = self.report.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(report) = &*report {
            report(news);
        }
    }

    pub(super) fn counts(&self, is_closed: bool, waiting: usize) -> WriteCounts {
        WriteCounts {
            commits: self.commits.load(Relaxed),
            failures: self.failures.load(Relaxed),
            is_failing: is_closed || self.failing.load(Relaxed),
            waiting,
        }
    }
}

impl fmt::Debug for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.counts(false, 0).fmt(f)
    }
}
