//! A bound on the work of one decision.
//!
//! Matching is quadratic at worst: a policy of 10 kB against a resource of 2 kB takes some 20 million steps, and many
//! policies may be attached (`facts: policy §5.2`). So one decision has a number of steps, which take it a few
//! milliseconds. Two thirds of them are enough for the most policies there may be, full of ordinary wildcards. A
//! comparison that begins without any left is `Unclear`: it never allows.

use std::cell::Cell;

use crate::Context;

const STEPS: usize = 500_000;

/// The steps that are left.
#[derive(Debug)]
pub(crate) struct Work(Cell<usize>);

impl Work {
    pub(crate) const fn new() -> Self {
        Self(Cell::new(STEPS))
    }

    /// Takes some of what is left; false when that is not enough, and from then on.
    pub(crate) fn spend(&self, steps: usize) -> bool {
        let left = self.0.get().checked_sub(steps);
        self.0.set(left.unwrap_or_default());
        left.is_some()
    }

    /// The steps that were taken.
    pub(crate) const fn spent(&self) -> usize {
        STEPS.saturating_sub(self.0.get())
    }

    pub(crate) const fn is_spent(&self) -> bool {
        self.0.get() == 0
    }
}

/// What a comparison looks at besides its two sides.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope<'a> {
    pub(crate) context: &'a Context<'a>,
    pub(crate) work: &'a Work,
}
