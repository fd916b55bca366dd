//! Answers that go out together.
//!
//! Sending wakes whoever waits for the answer, which costs the sender more than the copying; and the system's code for
//! sending is found in the processor's caches when it ran a moment ago. So requests that came together are answered in a row, and
//! then their answers are sent in a row: a client with many connections is woken once for several of them.
//!
//! In a row means a few. Whoever is answered first waits for the others, and of sixteen that come at once to a worker that slept, all
//! would wait for the last.

use std::{
    cell::Cell,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use crate::worker::Worker;

/// How many answers wait to be sent at most, on one worker, and how long the longest of them is, in bytes: together
/// the memory that waiting takes up.
const MOST: usize = 1_024;
const LONGEST: u64 = 16 * 1_024;

/// How many events a worker takes from the system at a time, and so how many requests are answered in a row. With two, a client on the
/// same machine is woken nearly as often as without turns; with eight, the slowest of a hundred answers takes longer.
pub(crate) const IN_A_ROW: usize = 4;

/// Before an answer of so many bytes is sent, lets everybody come first who can run now. They are [few](IN_A_ROW), and
/// who gets ready meanwhile comes after, so that an answer waits for one turn of the worker at most.
pub(crate) async fn others_first(worker: &Worker, length: u64) {
    if worker.shared.capacity.open() > 1 && worker.waiting.get() < MOST && length <= LONGEST {
        AtTheEnd::new(&worker.waiting).await;
    }
}

/// Goes to the end of the queue of what can run.
struct AtTheEnd<'a> {
    waiting: &'a Cell<usize>,
    went: bool,
}

impl<'a> AtTheEnd<'a> {
    fn new(waiting: &'a Cell<usize>) -> Self {
        waiting.set(waiting.get() + 1);
        Self { waiting, went: false }
    }
}

impl Future for AtTheEnd<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.went {
            return Poll::Ready(());
        }
        self.went = true;
        // The runtime's own `yield_now` would ask the system for events first.
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

impl Drop for AtTheEnd<'_> {
    fn drop(&mut self) {
        self.waiting.set(self.waiting.get() - 1);
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, rc::Rc};

    use tokio::{runtime::Builder, task::LocalSet};

    use super::*;

    #[test]
    fn all_answer_before_any_sends() {
        let waiting = Rc::new(Cell::new(0));
        let seen = Rc::new(RefCell::new(Vec::new()));
        let runtime = Builder::new_current_thread().build().unwrap();
        LocalSet::new().block_on(&runtime, async {
            let tasks = [1, 2, 3].map(|number| {
                let (waiting, seen) = (Rc::clone(&waiting), Rc::clone(&seen));
                tokio::task::spawn_local(async move {
                    seen.borrow_mut().push(("answers", number));
                    AtTheEnd::new(&waiting).await;
                    seen.borrow_mut().push(("sends", number));
                })
            });
            for task in tasks {
                task.await.unwrap();
            }
        });
        let expected: Vec<_> = ["answers", "sends"]
            .into_iter()
            .flat_map(|what| [1, 2, 3].map(|number| (what, number)))
            .collect();
        assert_eq!(*seen.borrow(), expected);
    }

    #[test]
    fn whoever_leaves_waits_no_longer() {
        let waiting = Cell::new(0);
        let mut one = Box::pin(AtTheEnd::new(&waiting));
        let two = AtTheEnd::new(&waiting);
        let mut cx = Context::from_waker(std::task::Waker::noop());
        assert!(one.as_mut().poll(&mut cx).is_pending());
        assert_eq!(waiting.get(), 2);
        drop(one);
        drop(two);
        assert_eq!(waiting.get(), 0);
    }
}
