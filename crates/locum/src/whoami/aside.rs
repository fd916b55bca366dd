//! Work side by side, each piece within a time: one that never ends holds up nobody else.
//!
//! A piece whose time is over is given up, and the next takes its place. Its thread cannot be stopped, so it is left to the
//! end of the process; what it may still find out is not heard.

use std::{
    sync::{
        Arc,
        mpsc::{self, RecvTimeoutError},
    },
    time::{Duration, Instant},
};

/// Does `count` pieces of work, `most` at a time, and returns what each came to: nothing for one that took longer than
/// `limit`. `told` hears how many are over.
pub(super) fn side_by_side<T: Send + 'static>(
    count: usize,
    most: usize,
    limit: Duration,
    work: impl Fn(usize) -> T + Send + Sync + 'static,
    told: &mut dyn FnMut(usize),
) -> Vec<Option<T>> {
    let work = Arc::new(work);
    let (done, heard) = mpsc::channel();
    let mut found: Vec<Option<T>> = std::iter::repeat_with(|| None).take(count).collect();
    let mut waiting = 0..count;
    let mut running: Vec<(usize, Instant)> = Vec::new();
    let mut over = 0;
    while over < count {
        while running.len() < most
            && let Some(index) = waiting.next()
        {
            let (work, done) = (Arc::clone(&work), done.clone());
            running.push((index, Instant::now() + limit));
            // Nobody hears of what comes too late.
            std::thread::spawn(move || drop(done.send((index, work(index)))));
        }
        let next = running.iter().map(|(_, end)| *end).min();
        let left = next.map_or(limit, |end| end.saturating_duration_since(Instant::now()));
        match heard.recv_timeout(left) {
            Ok((index, value)) => {
                // One that was given up before is not taken after all: its end was told.
                if let Some(at) = running.iter().position(|(other, _)| *other == index) {
                    running.remove(at);
                    over += 1;
                    if let Some(place) = found.get_mut(index) {
                        *place = Some(value);
                    }
                }
            }
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                let now = Instant::now();
                let before = running.len();
                running.retain(|(_, end)| *end > now);
                over += before - running.len();
            }
        }
        told(over);
    }
    found
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn what_never_ends_holds_up_nobody() {
        let (stop, stopped) = mpsc::channel::<()>();
        let stopped = Mutex::new(stopped);
        let work = move |index: usize| {
            if index.is_multiple_of(3) {
                // For as long as the test runs.
                let _ = stopped.lock().map(|stopped| stopped.recv());
            }
            index * 10
        };
        let mut counts = Vec::new();
        let limit = Duration::from_secs(2);
        let found = side_by_side(7, 3, limit, work, &mut |over| counts.push(over));
        assert_eq!(found, [None, Some(10), Some(20), None, Some(40), Some(50), None]);
        assert_eq!(counts.last(), Some(&7));
        drop(stop);
    }

    #[test]
    fn everything_in_time_is_heard_in_order() {
        let found = side_by_side(50, 8, Duration::from_secs(600), |index| index, &mut |_| ());
        let found: Vec<usize> = found.into_iter().flatten().collect();
        assert_eq!(found, (0..50).collect::<Vec<_>>());
        assert!(side_by_side(0, 8, Duration::ZERO, |index| index, &mut |_| ()).is_empty());
    }
}
