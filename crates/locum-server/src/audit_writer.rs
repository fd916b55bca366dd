//! The thread behind the audit log: gathers, writes, rotates, and keeps what a failing file would not take.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    mem,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    thread,
    time::Duration,
};

use crate::{
    RotatePolicy,
    audit_queue::{AuditQueue, Batch},
};

/// How long the writer lets records gather after a write. A record that comes to an idle writer is written at once; a
/// busy one is woken every half millisecond instead of for every record, which was a sixth of a request's CPU time. What
/// gathers for longer is written for longer, and whoever is served by the same processor waits for that.
const GATHER: Duration = Duration::from_micros(500);

/// How much is handed to the system at once: whoever waits for the writer is to see that it gets on.
const PIECE: usize = 1024 * 1024;

/// How long the writer leaves a failing file alone.
const RETRY: Duration = Duration::from_millis(500);

/// What writer and callers tell each other.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) queue: AuditQueue,
    pub(crate) failing: AtomicBool,
    pub(crate) written: AtomicU64,
    /// Records that were written, and that a disk which fails or loses power may still lose.
    pub(crate) unsynced: AtomicUsize,
    pub(crate) waited: AtomicU64,
    pub(crate) refused: AtomicU64,
    pub(crate) failures: AtomicU64,
    pub(crate) rotations: AtomicU64,
    /// Changes whenever the file has taken something.
    pub(crate) progress: AtomicU64,
}

impl Shared {
    pub(crate) fn new(policy: &RotatePolicy) -> Self {
        Self {
            queue: AuditQueue::new(policy.queue),
            failing: AtomicBool::default(),
            written: AtomicU64::default(),
            unsynced: AtomicUsize::default(),
            waited: AtomicU64::default(),
            refused: AtomicU64::default(),
            failures: AtomicU64::default(),
            rotations: AtomicU64::default(),
            progress: AtomicU64::default(),
        }
    }
}

/// The one who owns the file.
pub(crate) struct Writer {
    path: PathBuf,
    policy: RotatePolicy,
    file: File,
    size: u64,
    /// The size at which to rotate; put off after a rotation that failed.
    limit: u64,
    /// What was taken from the queue.
    batch: Batch,
    /// How many of its bytes belong into this file.
    due: usize,
    /// How many of them are written: a part may have been before a failure, and writing it again would tear a record.
    done: usize,
    /// Whether the file was to be opened anew and has not been yet: then what is open may be a file that nobody will look at.
    is_outdated: bool,
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
            batch: Batch::default(),
            due: 0,
            done: 0,
            is_outdated: false,
            shared,
        })
    }

    /// Writes what it is given until the queue is closed.
    pub(crate) fn run(mut self) -> io::Result<()> {
        let _end = End(Arc::clone(&self.shared));
        loop {
            let is_last = self.shared.queue.take(&mut self.batch);
            (self.done, self.due) = (0, 0);
            self.write();
            // While failing, the queue holds what comes, so that it can say that it is full.
            while self.is_failing() && !self.shared.queue.is_closed() {
                thread::sleep(RETRY);
                // Whoever put another file in the place of the failing one has said so behind what waits here.
                self.is_outdated |= self.shared.queue.is_to_reopen();
                self.attempt(Self::carry_on);
            }
            // Whoever closes is told of what the file does not take even now.
            self.attempt(Self::carry_on);
            if let Err(error) = self.flush() {
                // What the file took before is not to be feared for as well.
                if self.file.sync_all().is_ok() {
                    self.shared.unsynced.store(0, Relaxed);
                }
                return Err(error);
            }
            let count = self.batch.ends.len();
            self.shared.written.fetch_add(count as u64, Relaxed);
            self.shared.unsynced.fetch_add(count, Relaxed);
            self.shared.queue.settle();
            if is_last {
                return self.finish();
            }
            thread::sleep(GATHER);
        }
    }

    /// Writes the batch, beginning new files where the limit or somebody asks for it.
    fn write(&mut self) {
        let ends = mem::take(&mut self.batch.ends);
        let mut reopens = mem::take(&mut self.batch.reopen).into_iter().peekable();
        let mut start = 0;
        for (number, end) in ends.iter().enumerate() {
            while reopens.next_if(|before| *before <= number).is_some() {
                self.is_outdated = true;
                self.attempt(Self::carry_on);
            }
            let ahead = self.size + (start - self.done) as u64;
            if ahead > 0 && ahead + (end - start) as u64 > self.limit {
                self.turn(ahead);
            }
            start = *end;
            self.due = start;
        }
        self.is_outdated |= reopens.next().is_some();
        self.attempt(Self::carry_on);
        self.batch.ends = ends;
    }

    /// Begins a new file, of which `ahead` would be the size otherwise.
    fn turn(&mut self, ahead: u64) {
        self.attempt(Self::carry_on);
        self.limit = match self.rotate() {
            Ok(()) => self.policy.max_bytes,
            // A file that is too long is better than none; it is tried again when that much more is in it.
            Err(error) => {
                tracing::error!(path = %self.path.display(), %error, "cannot rotate the audit log");
                ahead.saturating_add(self.policy.max_bytes)
            }
        };
    }

    fn is_failing(&self) -> bool {
        self.shared.failing.load(Relaxed)
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
        loop {
            let rest = self.batch.bytes.get(self.done..self.due).unwrap_or_default();
            if rest.is_empty() {
                return Ok(());
            }
            let piece = rest.get(..PIECE).unwrap_or(rest);
            match self.file.write(piece) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(length) => {
                    self.done += length;
                    self.size += length as u64;
                    self.shared.progress.fetch_add(1, Relaxed);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Writes what is due and waits until the file is on disk.
    fn sync(&mut self) -> io::Result<()> {
        self.flush()?;
        self.file.sync_all()
    }

    fn rotate(&mut self) -> io::Result<()> {
        self.sync()?;
        let aside = |number: u32| {
            let mut name = self.path.clone().into_os_string();
            name.push(format!(".{number}"));
            PathBuf::from(name)
        };
        if self.policy.keep == 0 {
            match fs::remove_file(&self.path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                Ok(()) | Err(_) => {}
            }
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

    /// Writes what is due, into a new file if there is to be one.
    fn carry_on(&mut self) -> io::Result<()> {
        if self.is_outdated {
            self.reopen()?;
        }
        self.flush()
    }

    fn reopen(&mut self) -> io::Result<()> {
        let left = self.sync();
        (self.file, self.size) = open(&self.path)?;
        self.is_outdated = false;
        match left {
            Ok(()) => self.shared.unsynced.store(0, Relaxed),
            Err(error) => {
                tracing::error!(path = %self.path.display(), %error, "the end of the audit log that was left");
            }
        }
        // A record that was cut off there begins anew here.
        let written = self.batch.bytes.get(..self.done).unwrap_or_default();
        self.done = written
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |end| end + 1);
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        self.sync()?;
        sync_directory(&self.path)
    }
}

/// Closes the queue when its writer ends, whatever ended it: what is put there later would never be written.
struct End(Arc<Shared>);

impl Drop for End {
    fn drop(&mut self) {
        self.0.queue.close();
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
