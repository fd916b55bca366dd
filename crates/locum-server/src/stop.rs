//! One signal to stop, seen by every thread and connection.
//!
//! A connection looks at the flag on every poll and registers with the channel only once: polling the channel each
//! time would take its lock on the way of every request.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::sync::watch;

/// Stops the server from anywhere; clones are the same switch.
#[derive(Debug, Clone)]
pub struct ShutdownHandle {
    flag: Arc<AtomicBool>,
    sender: Arc<watch::Sender<bool>>,
}

impl ShutdownHandle {
    pub(crate) fn new() -> (Self, Stop) {
        let (sender, receiver) = watch::channel(false);
        let flag = Arc::new(AtomicBool::new(false));
        let handle = Self {
            flag: Arc::clone(&flag),
            sender: Arc::new(sender),
        };
        (handle, Stop { flag, receiver })
    }

    /// Begins a graceful stop: no new connections, requests under way finish within the grace. Idempotent.
    pub fn stop(&self) {
        self.flag.store(true, Ordering::Release);
        self.sender.send_replace(true);
    }
}

/// The other end of a [`ShutdownHandle`].
#[derive(Debug, Clone)]
pub(crate) struct Stop {
    flag: Arc<AtomicBool>,
    receiver: watch::Receiver<bool>,
}

impl Stop {
    pub(crate) fn is_stopped(&self) -> bool {
        self.flag.load(Ordering::Acquire)
    }

    /// Returns when the stop has begun.
    pub(crate) async fn stopped(&self) {
        let mut receiver = self.receiver.clone();
        // An error means that every handle is gone; then nobody can stop the server but the process itself.
        if receiver.wait_for(|stopped| *stopped).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
