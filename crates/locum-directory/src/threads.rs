//! Work that several threads share: what a start does a million times.

use std::{num::NonZeroUsize, panic::resume_unwind, thread};

/// More threads than this wait for one another.
const MOST: usize = 4;

/// Does `work` on this thread and beside it on as many others as there are processors for, and returns what each made.
///
/// `work` takes what is to be done from a place that all of them share, until nothing is left: so a thread that the system
/// does not give is not missed.
pub(crate) fn together<R: Send>(work: impl Fn() -> R + Sync) -> Vec<R> {
    let threads = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let work = &work;
    thread::scope(|scope| {
        let other = |_| {
            let builder = thread::Builder::new().name("locum-loader".to_owned());
            builder.spawn_scoped(scope, work).ok()
        };
        let others: Vec<_> = (1..threads.min(MOST)).filter_map(other).collect();
        let mut made = vec![work()];
        let joined = others.into_iter().map(|thread| thread.join());
        made.extend(joined.map(|outcome| outcome.unwrap_or_else(|panic| resume_unwind(panic))));
        made
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn everything_is_done_once() {
        let left = Mutex::new(0..1000);
        let next = || left.lock().unwrap().next();
        let mut done: Vec<i32> = together(|| std::iter::from_fn(next).collect::<Vec<_>>()).concat();
        done.sort_unstable();
        assert!(done.into_iter().eq(0..1000));
    }
}
