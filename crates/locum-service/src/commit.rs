//! A write between its decision and its answer.
//!
//! What is recorded of a write depends on its fate, not on whether anybody waits for the answer: so a commit that is let go,
//! because its client is gone or an edge gave up, records all the same.

use std::sync::Arc;

use locum_directory::Pending;

use crate::{
    audit::{AuditSink, Lines, Unrecorded},
    incoming::Reply,
};

/// A write on its way to the disk, with what is recorded and answered once its fate is known. Dropped, it records.
pub struct Commit {
    record: Record,
    instead: Reply,
}

impl Commit {
    pub(crate) fn new(
        pending: Pending,
        sink: Arc<dyn AuditSink>,
        done: Lines,
        failed: Lines,
        instead: Reply,
    ) -> Self {
        let record = Record {
            pending: Some(pending),
            sink,
            done,
            failed,
        };
        Self { record, instead }
    }

    /// Calls `then` once, on any thread: with nothing if the write is durable, else with the reply to send instead.
    pub fn settle(self, then: impl FnOnce(Result<(), Reply>) + Send + 'static) {
        let Self { mut record, instead } = self;
        record.settle(move |kept| then(if kept { Ok(()) } else { Err(instead) }));
    }

    /// Blocks until the write's fate is known; for tests and tools, not for an edge.
    ///
    /// # Errors
    /// The reply to send instead.
    pub fn wait(self) -> Result<(), Reply> {
        let (sender, receiver) = std::sync::mpsc::sync_channel(1);
        let Self { mut record, instead } = self;
        record.settle(move |kept| {
            let _ = sender.send(kept);
        });
        match receiver.recv() {
            Ok(true) => Ok(()),
            Ok(false) | Err(_) => Err(instead),
        }
    }
}

/// What the audit log is told of a write.
struct Record {
    /// Taken by whoever settles it first.
    pending: Option<Pending>,
    sink: Arc<dyn AuditSink>,
    done: Lines,
    failed: Lines,
}

impl Record {
    /// Records when the write's fate is known, and then tells whether both it and its records are kept.
    fn settle(&mut self, then: impl FnOnce(bool) + Send + 'static) {
        let Some(pending) = self.pending.take() else {
            return;
        };
        let sink = Arc::clone(&self.sink);
        let done = std::mem::replace(&mut self.done, Lines::none());
        let failed = std::mem::replace(&mut self.failed, Lines::none());
        pending.on_durable(move |outcome| {
            let kept = match outcome {
                Ok(_) => record_done(&*sink, &done),
                Err(_) => {
                    let _ = record_all(&*sink, &failed);
                    false
                }
            };
            then(kept);
        });
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        self.settle(|_| ());
    }
}

/// How many lines may be lost before the rest is given up: each may wait for the disk, and the writer waits with it.
const MOST_LOST: usize = 4;

/// Records every line, those after a lost one too: what happened is told as far as it can be. Any that is lost decides.
pub(crate) fn record_all(sink: &dyn AuditSink, lines: &Lines) -> Result<(), Unrecorded> {
    let lost = lines.iter().filter_map(|line| sink.record(line).err());
    lost.take(MOST_LOST).last().map_or(Ok(()), Err)
}

/// Records what has been done. Where the log began to fail meanwhile, it is told as soon as that is possible; returns whether all is
/// told now.
fn record_done(sink: &dyn AuditSink, lines: &Lines) -> bool {
    let mut lost = 0;
    for line in lines.iter() {
        if lost >= MOST_LOST || sink.record(line).is_err() {
            lost += 1;
            sink.keep(line);
        }
    }
    lost == 0
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// Loses the lines that are empty.
    struct Torn(Mutex<Vec<Vec<u8>>>);

    /// Fails, and keeps what it is asked to.
    #[derive(Default)]
    struct Failing {
        tried: Mutex<usize>,
        kept: Mutex<Vec<Vec<u8>>>,
    }

    impl AuditSink for Failing {
        fn record(&self, _: &[u8]) -> Result<(), Unrecorded> {
            *self.tried.lock().unwrap() += 1;
            Err(Unrecorded)
        }

        fn keep(&self, line: &[u8]) {
            self.kept.lock().unwrap().push(line.to_vec());
        }
    }

    #[test]
    fn what_is_done_already_is_told_later() {
        let sink = Failing::default();
        let lines = ["a", "b", "c", "d", "e", "f"];
        assert!(!record_done(&sink, &Lines::from(lines)));
        assert_eq!(
            *sink.kept.lock().unwrap(),
            lines.map(|line| line.as_bytes().to_vec())
        );
        assert_eq!(*sink.tried.lock().unwrap(), MOST_LOST, "no more are waited for");
    }

    impl AuditSink for Torn {
        fn record(&self, line: &[u8]) -> Result<(), Unrecorded> {
            if line.is_empty() {
                return Err(Unrecorded);
            }
            self.0.lock().unwrap().push(line.to_vec());
            Ok(())
        }
    }

    #[test]
    fn a_line_that_is_lost_takes_no_other_with_it() {
        let sink = Torn(Mutex::default());
        let lines = Lines::from(["own", "", "part"]);
        assert_eq!(record_all(&sink, &lines), Err(Unrecorded));
        assert_eq!(*sink.0.lock().unwrap(), [b"own".to_vec(), b"part".to_vec()]);
        assert_eq!(record_all(&sink, &Lines::from(["next"])), Ok(()));
        let mut lines = Lines::from([""; MOST_LOST]);
        lines.append(&Lines::from(["given up"]));
        assert_eq!(record_all(&sink, &lines), Err(Unrecorded));
        assert_eq!(sink.0.lock().unwrap().len(), 3);
    }
}
