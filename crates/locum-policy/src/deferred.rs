//! Condition keys that are gathered when something first asks for one.
//!
//! Most decisions meet neither a condition nor a variable, and the keys of a request cost more than all else that is decided
//! about it. What a decision sees is the same either way: the keys are gathered whole or not at all.

use std::{cell::OnceCell, fmt};

use crate::Context;

/// What has the condition keys of a request, or can gather them.
pub trait ConditionKeys: fmt::Debug {
    /// All of them.
    fn context(&self) -> &Context<'_>;
}

impl ConditionKeys for Context<'_> {
    fn context(&self) -> &Context<'_> {
        self
    }
}

/// Condition keys that are gathered at the first question, once.
pub struct Deferred<'a, F> {
    gather: F,
    gathered: OnceCell<Context<'a>>,
}

impl<'a, F: Fn() -> Context<'a>> Deferred<'a, F> {
    /// Keys as `gather` gives them.
    pub const fn new(gather: F) -> Self {
        Self {
            gather,
            gathered: OnceCell::new(),
        }
    }
}

impl<'a, F: Fn() -> Context<'a>> ConditionKeys for Deferred<'a, F> {
    fn context(&self) -> &Context<'_> {
        self.gathered.get_or_init(&self.gather)
    }
}

impl<F> fmt::Debug for Deferred<'_, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Deferred").field(&self.gathered.get()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn keys_are_gathered_once_and_only_when_asked_for() {
        let times = Cell::new(0);
        let deferred = Deferred::new(|| {
            times.set(times.get() + 1);
            let mut context = Context::new();
            context.set("aws:username", "alice");
            context
        });
        assert_eq!(times.get(), 0);
        for _ in 0..2 {
            assert!(deferred.context().get("aws:UserName").is_some());
        }
        assert_eq!(times.get(), 1);
    }
}
