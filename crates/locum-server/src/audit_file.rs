//! The audit log: JSON lines in a file of our own that rotates.
//!
//! Records go through a bounded queue to one thread, so a request never waits for a disk. What if the disk does not
//! keep up? A credential service must not hand out what it cannot account for, and must not hang for ever either: a
//! full queue makes [`AuditFile::record`] wait a moment, then refuse, and when the file is known to be failing it
//! refuses at once. What was accepted is kept and written as soon as the file works again. A record is on disk for
//! certain (fsync) after a rotation and after [`AuditFile::close`].

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
        mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// How much is gathered into one write.
const BATCH: usize = 256 * 1024;

/// How long the writer leaves a failing file alone.
const RETRY: Duration = Duration::from_millis(500);

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
}

impl Default for RotatePolicy {
    fn default() -> Self {
        Self {
            max_bytes: 64 * 1024 * 1024,
            keep: 10,
            queue: 16_384,
            patience: Duration::from_millis(250),
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
    /// The file is failing, or the disk too slow, and the queue is full.
    #[error("the audit log cannot keep up")]
    Full,
    /// The log was closed.
    #[error("the audit log is closed")]
    Closed,
}

/// A rotating file of JSON lines.
#[derive(Debug)]
pub struct AuditFile {
    patience: Duration,
    sender: SyncSender<Command>,
    shared: Arc<Shared>,
    writer: Mutex<Option<JoinHandle<Result<(), AuditError>>>>,
}

#[derive(Debug, Default)]
struct Shared {
    failing: AtomicBool,
    closed: AtomicBool,
    written: AtomicU64,
    waited: AtomicU64,
    refused: AtomicU64,
    failures: AtomicU64,
    rotations: AtomicU64,
}

#[derive(Debug)]
enum Command {
    Line(Vec<u8>),
    Reopen,
    Close,
}

impl AuditFile {
    /// Opens the log at `path`, readable and writable by its owner only, and starts its writer.
    ///
    /// # Errors
    /// [`AuditError::File`] if the file cannot be opened or the system refuses a thread.
    pub fn open(path: impl Into<PathBuf>, policy: RotatePolicy) -> Result<Self, AuditError> {
        let path = path.into();
        let failed = |source| AuditError::File {
            path: path.clone(),
            source,
        };
        let (file, size) = open(&path).map_err(failed)?;
        let shared = Arc::new(Shared::default());
        let (sender, receiver) = sync_channel(policy.queue.max(1));
        let patience = policy.patience;
        let writer = Writer {
            path: path.clone(),
            file,
            size,
            limit: policy.max_bytes,
            policy,
            pending: Vec::with_capacity(BATCH),
            shared: Arc::clone(&shared),
        };
        let thread = thread::Builder::new()
            .name("locum-audit".to_owned())
            .spawn(move || writer.run(&receiver))
            .map_err(failed)?;
        Ok(Self {
            patience,
            sender,
            shared,
            writer: Mutex::new(Some(thread)),
        })
    }

    /// Hands over one record, without its line break.
    ///
    /// # Errors
    /// [`AuditError::Full`] or [`AuditError::Closed`]: the record is not in the log, and what it tells of must not
    /// be acknowledged.
    pub fn record(&self, line: Vec<u8>) -> Result<(), AuditError> {
        if self.shared.closed.load(Relaxed) {
            return Err(AuditError::Closed);
        }
        let mut command = match self.sender.try_send(Command::Line(line)) {
            Ok(()) => return Ok(()),
            Err(TrySendError::Disconnected(_)) => return Err(AuditError::Closed),
            Err(TrySendError::Full(command)) => command,
        };
        self.shared.waited.fetch_add(1, Relaxed);
        let end = Instant::now() + self.patience;
        while !self.shared.failing.load(Relaxed) && Instant::now() < end {
            thread::sleep(Duration::from_millis(1));
            command = match self.sender.try_send(command) {
                Ok(()) => return Ok(()),
                Err(TrySendError::Disconnected(_)) => return Err(AuditError::Closed),
                Err(TrySendError::Full(command)) => command,
            };
        }
        self.shared.refused.fetch_add(1, Relaxed);
        Err(AuditError::Full)
    }

    /// Opens the path anew, after something else has moved the file away.
    pub fn reopen(&self) {
        // A closed log has nothing to open.
        let _ = self.sender.send(Command::Reopen);
    }

    /// Writes what is queued, makes it durable and ends the writer. Idempotent.
    ///
    /// # Errors
    /// [`AuditError::File`] if some of it could not be written.
    pub fn close(&self) -> Result<(), AuditError> {
        self.shared.closed.store(true, Relaxed);
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(writer) = writer else {
            return Ok(());
        };
        let _ = self.sender.send(Command::Close);
        writer.join().unwrap_or(Err(AuditError::Closed))
    }

    /// Whether the last write failed; such a log accepts records only while its queue has room.
    #[must_use]
    pub fn is_failing(&self) -> bool {
        self.shared.failing.load(Relaxed)
    }

    /// Appends the log's metrics in the Prometheus text format.
    pub fn write_metrics(&self, out: &mut String) {
        use std::fmt::Write as _;

        let shared = &self.shared;
        for (name, help, value) in [
            ("records_written_total", "Audit records written.", &shared.written),
            (
                "records_waited_total",
                "Audit records that found the queue full.",
                &shared.waited,
            ),
            (
                "records_refused_total",
                "Audit records refused because the queue stayed full.",
                &shared.refused,
            ),
            (
                "write_failures_total",
                "Failed attempts to write the audit log.",
                &shared.failures,
            ),
            (
                "rotations_total",
                "Rotations of the audit log.",
                &shared.rotations,
            ),
        ] {
            let _ = writeln!(
                out,
                "# HELP locum_audit_{name} {help}\n# TYPE locum_audit_{name} counter\nlocum_audit_{name} {}",
                value.load(Relaxed)
            );
        }
        let _ = writeln!(
            out,
            "# HELP locum_audit_failing Whether the last write of the audit log failed.\n\
             # TYPE locum_audit_failing gauge\nlocum_audit_failing {}",
            u8::from(self.is_failing())
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

struct Writer {
    path: PathBuf,
    policy: RotatePolicy,
    file: File,
    size: u64,
    /// The size at which to rotate; put off after a rotation that failed.
    limit: u64,
    /// Bytes accepted and not yet written; the front of it is removed as the file takes it.
    pending: Vec<u8>,
    shared: Arc<Shared>,
}

impl Writer {
    fn run(mut self, receiver: &Receiver<Command>) -> Result<(), AuditError> {
        loop {
            // With something left over from a failure, waiting for the next record must end.
            let wait = if self.pending.is_empty() {
                Duration::MAX
            } else {
                RETRY
            };
            let mut next = match receiver.recv_timeout(wait) {
                Ok(command) => Some(command),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return self.finish(),
            };
            while let Some(command) = next {
                match command {
                    Command::Line(line) => self.add(&line),
                    Command::Reopen => self.attempt(Self::reopen),
                    Command::Close => {
                        while let Ok(Command::Line(line)) = receiver.try_recv() {
                            self.add(&line);
                        }
                        return self.finish();
                    }
                }
                // While failing, the queue holds the records, so that it can say that it is full.
                next = if self.pending.len() < BATCH && !self.shared.failing.load(Relaxed) {
                    receiver.try_recv().ok()
                } else {
                    None
                };
            }
            self.attempt(Self::flush);
            while self.shared.failing.load(Relaxed) && !self.shared.closed.load(Relaxed) {
                thread::sleep(RETRY);
                self.attempt(Self::flush);
            }
        }
    }

    fn add(&mut self, line: &[u8]) {
        let length = line.len() as u64 + 1;
        let ahead = self.size + self.pending.len() as u64;
        if ahead > 0 && ahead + length > self.limit {
            self.attempt(Self::flush);
            self.limit = match self.rotate() {
                Ok(()) => self.policy.max_bytes,
                // A file that is too long is better than none; it is tried again when that much more is in it.
                Err(error) => {
                    tracing::error!(path = %self.path.display(), %error, "cannot rotate the audit log");
                    ahead.saturating_add(self.policy.max_bytes)
                }
            };
        }
        self.pending.extend_from_slice(line);
        self.pending.push(b'\n');
        self.shared.written.fetch_add(1, Relaxed);
    }

    /// Does `work` and keeps the state of the file up to date.
    fn attempt(&mut self, work: fn(&mut Self) -> io::Result<()>) {
        let outcome = work(self);
        let failed = outcome.is_err();
        let before = self.shared.failing.swap(failed, Relaxed);
        if let Err(error) = outcome {
            self.shared.failures.fetch_add(1, Relaxed);
            if !before {
                tracing::error!(path = %self.path.display(), %error, "cannot write the audit log");
            }
        } else if before {
            tracing::info!(path = %self.path.display(), "the audit log can be written again");
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        let mut done = 0;
        let outcome = loop {
            let rest = self.pending.get(done..).unwrap_or_default();
            if rest.is_empty() {
                break Ok(());
            }
            match self.file.write(rest) {
                Ok(0) => break Err(io::ErrorKind::WriteZero.into()),
                Ok(length) => done += length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => break Err(error),
            }
        };
        // A part may have been written; writing it again would tear a record.
        self.pending.drain(..done);
        self.size += done as u64;
        outcome
    }

    fn rotate(&mut self) -> io::Result<()> {
        self.flush()?;
        self.file.sync_all()?;
        let aside = |number: u32| {
            let mut name = self.path.clone().into_os_string();
            name.push(format!(".{number}"));
            PathBuf::from(name)
        };
        if self.policy.keep == 0 {
            fs::remove_file(&self.path)?;
        } else {
            // Renaming replaces, so the oldest goes without being asked.
            for number in (1..self.policy.keep).rev() {
                match fs::rename(aside(number), aside(number + 1)) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                    Ok(()) | Err(_) => {}
                }
            }
            match fs::rename(&self.path, aside(1)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                Ok(()) | Err(_) => {}
            }
        }
        self.reopen()?;
        self.shared.rotations.fetch_add(1, Relaxed);
        sync_directory(&self.path)
    }

    fn reopen(&mut self) -> io::Result<()> {
        self.flush()?;
        self.file.sync_all()?;
        (self.file, self.size) = open(&self.path)?;
        Ok(())
    }

    fn finish(mut self) -> Result<(), AuditError> {
        self.flush()
            .and_then(|()| self.file.sync_all())
            .and_then(|()| sync_directory(&self.path))
            .map_err(|source| AuditError::File {
                path: self.path.clone(),
                source,
            })
    }
}

/// Opens the file for appending, and ends a line that a crash left open.
fn open(path: &Path) -> io::Result<(File, u64)> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    let metadata = file.metadata()?;
    // The mode above is for a new file only; a pipe or a device is not ours to change.
    #[cfg(unix)]
    if metadata.is_file() {
        file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    }

    let mut size = metadata.len();
    if size > 0 {
        let mut last = [0];
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
        if last != *b"\n" {
            file.write_all(b"\n")?;
            size += 1;
        }
    }
    Ok((file, size))
}

fn sync_directory(path: &Path) -> io::Result<()> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    if cfg!(unix) {
        File::open(directory.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    Ok(())
}
