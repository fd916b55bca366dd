//! The thread behind the audit log: gathers, writes, rotates, and keeps what a failing file would not take.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
        mpsc::{Receiver, RecvTimeoutError},
    },
    thread,
    time::Duration,
};

use crate::{AuditError, RotatePolicy};

/// How much is gathered into one write.
const BATCH: usize = 256 * 1024;

/// How long the writer lets records gather after a write. A record that comes to an idle writer is written at once; a
/// busy one is woken every two milliseconds instead of for every record, which was a sixth of a request's CPU time.
const GATHER: Duration = Duration::from_millis(2);

/// How long the writer leaves a failing file alone.
const RETRY: Duration = Duration::from_millis(500);

/// What writer and callers tell each other.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    pub(crate) failing: AtomicBool,
    pub(crate) closed: AtomicBool,
    pub(crate) written: AtomicU64,
    pub(crate) waited: AtomicU64,
    pub(crate) refused: AtomicU64,
    pub(crate) failures: AtomicU64,
    pub(crate) rotations: AtomicU64,
}

/// What the writer is asked to do.
#[derive(Debug)]
pub(crate) enum Command {
    Line(Vec<u8>),
    Reopen,
    Close,
}

/// The one who owns the file.
pub(crate) struct Writer {
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
    /// Opens the file at `path`.
    pub(crate) fn open(path: PathBuf, policy: RotatePolicy, shared: Arc<Shared>) -> io::Result<Self> {
        let (file, size) = open(&path)?;
        Ok(Self {
            path,
            file,
            size,
            limit: policy.max_bytes,
            policy,
            pending: Vec::with_capacity(BATCH),
            shared,
        })
    }

    /// Writes what it is given until told to close.
    pub(crate) fn run(mut self, receiver: &Receiver<Command>) -> Result<(), AuditError> {
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
            thread::sleep(GATHER);
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
