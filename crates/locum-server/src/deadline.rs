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

use tokio::{
    task::coop::unconstrained,
    time::{Sleep, sleep_until},
};

/// A timer shared by whatever waits on one connection.
#[derive(Debug, Default)]
pub(crate) struct Deadline {
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Deadline {
    /// Whether `limit` has passed since `since`; if not, the task is woken by then at the latest. Always to be asked by
    /// the same task.
    pub(crate) fn has_passed(&mut self, cx: &mut Context<'_>, since: Instant, limit: Duration) -> bool {
        let end = since + limit;
        // A timer that is not due was polled when it was set, so it wakes the task without being polled again.
        if let Some(sleep) = &self.sleep
            && !sleep.is_elapsed()
            && sleep.deadline() <= end.into()
        {
            return false;
        }
        if end <= Instant::now() {
            return true;
        }
        let sleep = self
            .sleep
            .get_or_insert_with(|| Box::pin(sleep_until(end.into())));
        if sleep.deadline() > end.into() {
            sleep.as_mut().reset(end.into());
        }
        // A task whose budget is spent would be told to come back before the timer is set, and would not poll it again.
        while let Poll::Ready(()) = Pin::new(&mut unconstrained(sleep.as_mut())).poll(cx) {
            if end <= Instant::now() {
                return true;
            }
            sleep.as_mut().reset(end.into());
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use tokio::{sync::mpsc::unbounded_channel, time::timeout};

    use super::*;

    #[tokio::test]
    async fn fires_although_the_task_had_no_budget_left_when_it_was_set() {
        let (sender, mut receiver) = unbounded_channel();
        (0..1000).for_each(|number| sender.send(number).unwrap());
        let mut deadline = Deadline::default();
        let (since, limit) = (Instant::now(), Duration::from_millis(50));
        let mut drained = false;
        let passed = poll_fn(|cx| {
            // Until the task is asked to let others run.
            while !drained && receiver.poll_recv(cx).is_ready() {}
            drained = true;
            if deadline.has_passed(cx, since, limit) {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        });
        assert!(timeout(Duration::from_secs(60), passed).await.is_ok());
    }
}
