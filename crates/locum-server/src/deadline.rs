//! A deadline that costs nothing while it is not near.
//!
//! Setting a timer for each request would touch the timer wheel twice a request. This one is set once and left
//! alone when the deadline moves back; when it fires early it is simply set again.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use tokio::time::{Sleep, sleep_until};

/// A timer shared by whatever waits on one connection.
#[derive(Debug, Default)]
pub(crate) struct Deadline {
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Deadline {
    /// Whether `limit` has passed since `since`; if not, the task is woken by then at the latest.
    ///
    /// `since` is set on the first call of a wait and kept by the caller until the wait is over.
    pub(crate) fn has_passed(
        &mut self,
        cx: &mut Context<'_>,
        since: &mut Option<Instant>,
        limit: Duration,
    ) -> bool {
        let now = Instant::now();
        let end = *since.get_or_insert(now) + limit;
        if end <= now {
            return true;
        }
        let sleep = self
            .sleep
            .get_or_insert_with(|| Box::pin(sleep_until(end.into())));
        if sleep.deadline() > end.into() {
            sleep.as_mut().reset(end.into());
        }
        while let Poll::Ready(()) = sleep.as_mut().poll(cx) {
            if end <= Instant::now() {
                return true;
            }
            sleep.as_mut().reset(end.into());
        }
        false
    }
}
