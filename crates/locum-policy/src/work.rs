//! A bound on the work of one decision.
//!
//! Matching is quadratic at worst: a policy of 10 kB against a resource of 2 kB takes some 20 million steps, and many
//! policies may be attached (`facts: policy §5.2`). So one decision has a number of steps, which take it a few
//! milliseconds. Two thirds of them are enough for the most policies there may be, full of ordinary wildcards. A
//! comparison that begins without any left is `Unclear`: it never allows.
//!
//! What is linear in the policies costs a decision no steps: what is attached has quotas. A simulation is asked about
//! documents a hundred times as long, and thousands of times; it counts that too, and there is an end to it.

use std::cell::Cell;

use crate::{ConditionKeys, Context};

const STEPS: usize = 500_000;
/// What a simulation may scan. All policies that a user can have take an eighth of it.
const SCANNED: usize = 8_000_000;

/// The steps that are left, and those that only a simulation counts.
#[derive(Debug)]
pub(crate) struct Work {
    left: Cell<usize>,
    scanned: Cell<usize>,
    most_scanned: usize,
}

impl Work {
    /// The work of a decision: it may scan whatever there is.
    pub(crate) const fn new() -> Self {
        Self::scanning(usize::MAX)
    }

    /// The work of a simulation.
    pub(crate) const fn of_simulation() -> Self {
        Self::scanning(SCANNED)
    }

    const fn scanning(most_scanned: usize) -> Self {
        Self {
            left: Cell::new(STEPS),
            scanned: Cell::new(0),
            most_scanned,
        }
    }

    /// Takes some of what is left; false when that is not enough, and from then on.
    pub(crate) fn spend(&self, steps: usize) -> bool {
        let left = self.left.get().checked_sub(steps);
        self.left.set(left.unwrap_or_default());
        left.is_some()
    }

    /// Counts steps of scanning. False when a simulation has scanned too much; then nothing is left either.
    pub(crate) fn scan(&self, steps: usize) -> bool {
        let scanned = self.scanned.get().saturating_add(steps);
        self.scanned.set(scanned);
        let enough = scanned <= self.most_scanned;
        if !enough {
            self.left.set(0);
        }
        enough
    }

    /// The steps that were taken of those there are.
    pub(crate) const fn spent(&self) -> usize {
        STEPS.saturating_sub(self.left.get())
    }

    /// All steps that were taken, of scanning too.
    pub(crate) const fn taken(&self) -> usize {
        self.spent().saturating_add(self.scanned.get())
    }

    pub(crate) const fn is_spent(&self) -> bool {
        self.left.get() == 0
    }
}

/// What a comparison looks at besides its two sides.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope<'a> {
    pub(crate) keys: &'a dyn ConditionKeys,
    pub(crate) work: &'a Work,
}

impl<'a> Scope<'a> {
    /// The condition keys, which may be gathered now: only what needs one asks.
    pub(crate) fn context(&self) -> &'a Context<'a> {
        self.keys.context()
    }
}
