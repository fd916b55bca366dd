//! The audit log: JSON lines in a file of our own that rotates.
//!
//! Records go through a bounded queue to one thread, so a request never waits for a disk. What if the disk does not
//! keep up? A credential service must not hand out what it cannot account for, and must not hang for ever either: a
//! full queue makes [`AuditFile::record`] wait a moment, then refuse, and when the file is known to be failing it
//! refuses at once; so it does, after somebody waited in vain, until something is written. What was accepted is kept and written as soon as the file works again. A record is on disk for
//! certain (fsync) after a rotation and after [`AuditFile::close`].

use std::{
    io,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, atomic::Ordering::Relaxed},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use crate::{
    audit_queue::NotQueued,
    audit_writer::{Shared, Writer},
    exposition::single,
};

/// When to begin a new file, and what to keep.
#[derive(Debug, Clone)]
pub struct RotatePolicy {
    /// The size at which a file is put aside, in bytes.
    pub max_bytes: u64,
    /// How many files are kept beside the current one: `path.1` (the latest) to `path.N`.
    pub keep: u32,
    /// How many records may wait to be written.
    pub queue: usize,
    /// How long a caller waits for room in the queue.
    pub patience: Duration,
    /// How long whoever closes the log waits for a disk that takes nothing.
    pub grace: Duration,
}

impl Default for RotatePolicy {
    fn default() -> Self {
        Self {
            max_bytes: 64 * 1024 * 1024,
            keep: 10,
            queue: 16_384,
            patience: Duration::from_millis(250),
            grace: Duration::from_secs(10),
        }
    }
}

/// Why a record was not accepted, or the log cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The file cannot be opened, rotated or written.
    #[error("cannot write the audit log {}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file is failing, or the disk too slow and the queue full.
    #[error("the audit log cannot keep up")]
    Full,
    /// The log was closed.
    #[error("the audit log is closed")]
    Closed,
    /// The log was closed, and what it had accepted is not on the disk.
    #[error(
        "{records} records of answered calls may be missing at the end of the audit log {}: {source}",
        path.display()
    )]
    Unwritten {
        /// The file.
        path: PathBuf,
        /// How many are not on the disk for certain.
        records: usize,
        /// What the system said, or did not.
        source: io::Error,
    },
}

/// A rotating file of JSON lines.
#[derive(Debug)]
pub struct AuditFile {
    path: PathBuf,
    patience: Duration,
    grace: Duration,
    shared: Arc<Shared>,
    writer: Mutex<Option<JoinHandle<io::Result<()>>>>,
}

impl AuditFile {
    /// Opens the log at `path`, readable and writable by its owner only, and starts its writer.
    ///
    /// # Errors
    /// [`AuditError::File`] if the file cannot be opened or the system refuses a thread.
    pub fn open(path: impl Into<PathBuf>, policy: RotatePolicy) -> Result<Self, AuditError> {
        let path = path.into();
        let file = path.clone();
        let failed = |source| AuditError::File {
            path: file.clone(),
            source,
        };
        let shared = Arc::new(Shared::new(&policy));
        let (patience, grace) = (policy.patience, policy.grace);
        let writer = Writer::open(path.clone(), policy, Arc::clone(&shared)).map_err(failed)?;
        let thread = thread::Builder::new()
            .name("locum-audit".to_owned())
            .spawn(move || writer.run())
            .map_err(failed)?;
        Ok(Self {
            path,
            patience,
            grace,
            shared,
            writer: Mutex::new(Some(thread)),
        })
    }

    /// Hands over one record, without its line break.
    ///
    /// # Errors
    /// [`AuditError::Full`] or [`AuditError::Closed`]: the record is not in the log, and what it tells of must not
    /// be acknowledged.
    pub fn record(&self, line: &[u8]) -> Result<(), AuditError> {
        let queue = &self.shared.queue;
        let mut patient_until = None;
        // What the queue would take while the file is failing may never reach a disk.
        while !self.is_failing() {
            match queue.push(line) {
                Ok(()) => return Ok(()),
                Err(NotQueued::Closed) => return Err(AuditError::Closed),
                Err(NotQueued::Full) => {}
            }
            let end = *patient_until.get_or_insert_with(|| {
                self.shared.waited.fetch_add(1, Relaxed);
                Instant::now() + self.patience
            });
            if Instant::now() >= end && queue.stall(line.len()) {
                tracing::error!("the disk of the audit log does not keep up: no calls are answered");
                break;
            }
            thread::sleep(Duration::from_millis(1));
        }
        if queue.is_closed() {
            return Err(AuditError::Closed);
        }
        self.shared.refused.fetch_add(1, Relaxed);
        Err(AuditError::Full)
    }

    /// Has a record written when the file works again, if there is room for it. It is not accepted: what it tells of must not be
    /// acknowledged.
    pub fn keep(&self, line: &[u8]) {
        // A queue that is full or closed cannot even do that.
        let _ = self.shared.queue.push_late(line);
    }

    /// Opens the path anew, after something else has moved the file away.
    pub fn reopen(&self) {
        self.shared.queue.reopen();
    }

    /// Writes what is queued, makes it durable and ends the writer. Idempotent. A disk that takes nothing for as long as the policy's
    /// grace is not waited for any longer; what it took by then, and what it takes later, is in the log.
    ///
    /// # Errors
    /// [`AuditError::Unwritten`] if some of it is not on the disk, or may not be; [`AuditError::File`] if there was nothing to be lost.
    pub fn close(&self) -> Result<(), AuditError> {
        self.shared.queue.close();
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(writer) = writer else {
            return Ok(());
        };
        let unwritten = |source| {
            let path = self.path.clone();
            let records = self.shared.queue.waiting() + self.shared.unsynced.load(Relaxed);
            match records {
                0 => AuditError::File { path, source },
                1.. => AuditError::Unwritten {
                    path,
                    records,
                    source,
                },
            }
        };
        let (mut progress, mut since) = (self.shared.progress.load(Relaxed), Instant::now());
        while !writer.is_finished() {
            let now = self.shared.progress.load(Relaxed);
            if now != progress {
                (progress, since) = (now, Instant::now());
            } else if since.elapsed() >= self.grace {
                return Err(unwritten(io::Error::new(
                    io::ErrorKind::TimedOut,
                    format!("its disk has taken nothing for {} seconds", self.grace.as_secs()),
                )));
            }
            thread::sleep(Duration::from_millis(5));
        }
        writer
            .join()
            .unwrap_or_else(|_| Err(io::Error::other("its writer ended by a panic")))
            .map_err(unwritten)
    }

    /// Whether the last write failed, or hangs while no more records can wait; such a log accepts none until a write succeeds.
    #[must_use]
    pub fn is_failing(&self) -> bool {
        self.shared.failing.load(Relaxed) || self.shared.queue.is_stalled()
    }

    /// Appends the log's metrics in the Prometheus text format.
    pub fn write_metrics(&self, out: &mut String) {
        let shared = &self.shared;
        for (name, help, value) in [
            (
                "locum_audit_records_written_total",
                "Audit records written.",
                &shared.written,
            ),
            (
                "locum_audit_records_waited_total",
                "Audit records that found the queue full.",
                &shared.waited,
            ),
            (
                "locum_audit_records_refused_total",
                "Audit records refused, because the file fails or the queue stayed full.",
                &shared.refused,
            ),
            (
                "locum_audit_write_failures_total",
                "Failed attempts to write the audit log.",
                &shared.failures,
            ),
            (
                "locum_audit_rotations_total",
                "Rotations of the audit log.",
                &shared.rotations,
            ),
        ] {
            single(out, name, "counter", help, value.load(Relaxed));
        }
        single(
            out,
            "locum_audit_failing",
            "gauge",
            "Whether the last write of the audit log failed or hangs.",
            u64::from(self.is_failing()),
        );
    }
}

impl Drop for AuditFile {
    fn drop(&mut self) {
        if let Err(error) = self.close() {
            tracing::error!(%error, "audit records were lost");
        }
    }
}
