use std::sync::Arc;

use locum_directory::Pending;

use crate::{
    audit::{AuditSink, Unrecorded},
    incoming::Reply,
};

/// A write on its way to the disk, with what is recorded and answered once its fate is known.
pub struct Commit {
    pending: Pending,
    sink: Arc<dyn AuditSink>,
    done: Vec<Vec<u8>>,
    failed: Vec<Vec<u8>>,
    instead: Reply,
}

impl Commit {
    pub(crate) fn new(
        pending: Pending,
        sink: Arc<dyn AuditSink>,
        done: Vec<Vec<u8>>,
        failed: Vec<Vec<u8>>,
        instead: Reply,
    ) -> Self {
        Self {
            pending,
            sink,
            done,
            failed,
            instead,
        }
    }

    /// Calls `then` once, on any thread: with nothing if the write is durable, else with the reply to send instead.
    pub fn settle(self, then: impl FnOnce(Result<(), Reply>) + Send + 'static) {
        let Self {
            pending,
            sink,
            done,
            failed,
            instead,
        } = self;
        pending.on_durable(move |outcome| {
            let lines = if outcome.is_ok() { done } else { failed };
            let recorded = record_all(&*sink, lines);
            then(if outcome.is_ok() && recorded.is_ok() {
                Ok(())
            } else {
                Err(instead)
            });
        });
    }

    /// Blocks until the write's fate is known; for tests and tools, not for an edge.
    ///
    /// # Errors
    /// The reply to send instead.
    pub fn wait(self) -> Result<(), Reply> {
        let (sender, receiver) = std::sync::mpsc::sync_channel(1);
        let Self { instead, .. } = &self;
        let lost = Reply {
            headers: instead.headers.clone(),
            body: instead.body.clone(),
            ..*instead
        };
        self.settle(move |outcome| {
            let _ = sender.send(outcome);
        });
        receiver.recv().unwrap_or(Err(lost))
    }
}

/// Records every line; the first that is lost decides.
pub(crate) fn record_all(sink: &dyn AuditSink, lines: Vec<Vec<u8>>) -> Result<(), Unrecorded> {
    lines.into_iter().try_for_each(|line| sink.record(line))
}
