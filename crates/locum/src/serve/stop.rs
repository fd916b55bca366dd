//! The end of a service: how long its disk is waited for, and what is said if that is in vain.
//!
//! A disk that hangs takes nothing and refuses nothing, and whoever waits for it waits for ever. So everything that a stop asks of the
//! store is done on threads of their own, and those are waited for as long as they get on.

use std::{
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use locum_server::AuditError;

/// How long a stop waits for a disk that takes nothing.
pub(super) const GRACE: Duration = Duration::from_secs(10);

/// How long a stop waits until the store is closed, and compacted if it is worth it: nobody sees how that gets on, and nothing is lost
/// if it is cut short.
pub(super) const CLOSING: Duration = Duration::from_secs(60);

/// How often a thread is looked at.
const LOOK: Duration = Duration::from_millis(5);

/// Why not everything is on disk after a stop.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StopError {
    /// The audit log.
    #[error(transparent)]
    Audit(#[from] AuditError),
    /// The store.
    #[error(
        "the disk of {store} has taken nothing for {seconds} seconds: every write that was answered with success is on it; whether \
         others are, the next start tells, and the audit log has no record of them"
    )]
    Store {
        /// The store.
        store: String,
        /// For how long.
        seconds: u64,
    },
    /// The two together.
    #[error("{store}; {audit}")]
    Both {
        /// The store.
        store: Box<Self>,
        /// The audit log.
        audit: AuditError,
    },
}

/// Waits for a thread until it ends, or until `progress` has not changed for as long as `grace`. Returns whether it has ended.
///
/// A thread that ended by a panic has ended: it was logged, and there is nothing to take back.
pub(super) fn patiently(thread: &JoinHandle<()>, grace: Duration, progress: impl Fn() -> u64) -> bool {
    let (mut last, mut since) = (progress(), Instant::now());
    while !thread.is_finished() {
        let now = progress();
        if now != last {
            (last, since) = (now, Instant::now());
        } else if since.elapsed() >= grace {
            return false;
        }
        thread::sleep(LOOK);
    }
    true
}

#[cfg(test)]
mod tests {
    use std::{
        cell::Cell,
        sync::mpsc::{Receiver, channel},
    };

    use super::*;

    fn until_told(told: Receiver<()>) -> JoinHandle<()> {
        // It ends when the sender is gone as well.
        thread::spawn(move || {
            let _ = told.recv();
        })
    }

    #[test]
    fn a_thread_is_waited_for_as_long_as_it_gets_on() {
        let (tell, told) = channel();
        let thread = until_told(told);
        assert!(!patiently(&thread, Duration::ZERO, || 7), "it stands still");

        // Without any patience, what counts is that it moves.
        let (looks, tell) = (Cell::new(0), Cell::new(Some(tell)));
        let moving = || {
            looks.set(looks.get() + 1);
            if looks.get() == 20 {
                tell.take();
            }
            looks.get()
        };
        assert!(patiently(&thread, Duration::ZERO, moving));
        assert!(looks.get() >= 20);
    }
}
