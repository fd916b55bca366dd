//! A copy of the store, made while the service runs.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, TryLockError, Weak,
        atomic::{
            AtomicBool, AtomicU64,
            Ordering::{Relaxed, SeqCst},
        },
    },
    time::UNIX_EPOCH,
};

use locum_directory::RedbStore;
use locum_server::exposition::{head, line, single};

/// Writes copies of the store, one at a time. It does not keep the store open.
#[derive(Clone)]
pub(crate) struct Backup {
    store: Weak<RedbStore>,
    path: PathBuf,
    alone: Arc<Mutex<()>>,
    /// Somebody asked since the last copy was begun.
    asked: Arc<AtomicBool>,
    told: Arc<Told>,
}

/// What the metrics tell of copies.
#[derive(Debug, Default)]
struct Told {
    /// When the last one was written, in seconds; 0 if there is none.
    written: AtomicU64,
    bytes: AtomicU64,
    succeeded: AtomicU64,
    failed: AtomicU64,
    failing: AtomicBool,
}

impl Told {
    /// Looks at the copy that there is, also that of an earlier process.
    fn look_at(&self, path: &Path) {
        let Ok(found) = fs::metadata(path) else {
            return;
        };
        let written = found.modified().ok();
        let seconds = written.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        self.written
            .store(seconds.map_or(0, |time| time.as_secs()), Relaxed);
        self.bytes.store(found.len(), Relaxed);
    }

    fn write(&self, out: &mut String) {
        let name = "locum_backups_total";
        let help = "Copies of the store that were asked for, by what became of them.";
        head(out, name, "counter", help);
        for (outcome, count) in [("ok", &self.succeeded), ("failed", &self.failed)] {
            line(out, name, &[("outcome", outcome)], count.load(Relaxed));
        }
        for (name, help, value) in [
            (
                "locum_backup_failing",
                "Whether the last one failed.",
                u64::from(self.failing.load(Relaxed)),
            ),
            (
                "locum_backup_last_timestamp_seconds",
                "When the last copy was written; 0 if there is none.",
                self.written.load(Relaxed),
            ),
            ("locum_backup_last_bytes", "Its size.", self.bytes.load(Relaxed)),
        ] {
            single(out, name, "gauge", help, value);
        }
    }

    fn failed(&self) {
        self.failed.fetch_add(1, Relaxed);
        self.failing.store(true, Relaxed);
    }
}

impl Backup {
    pub(super) fn of(store: &Arc<RedbStore>, path: PathBuf) -> Self {
        let told = Told::default();
        told.look_at(&path);
        Self {
            store: Arc::downgrade(store),
            path,
            alone: Arc::default(),
            asked: Arc::default(),
            told: Arc::new(told),
        }
    }

    /// Returns what writes the metrics of copies in the Prometheus text format.
    pub(super) fn metrics(&self) -> impl Fn(&mut String) + Send + Sync + use<> {
        let told = Arc::clone(&self.told);
        move |out| told.write(out)
    }

    /// Begins to write a copy, on a thread of its own. The log tells what became of it. Whoever asks while one is written gets another
    /// one afterwards: what was written in between may not be in the first.
    pub(super) fn begin(&self) {
        self.asked.store(true, SeqCst);
        let backup = self.clone();
        let thread = std::thread::Builder::new().name("locum-backup".to_owned());
        if let Err(error) = thread.spawn(move || backup.write_what_was_asked_for()) {
            self.told.failed();
            tracing::error!(%error, "no backup was written");
        }
    }

    fn write_what_was_asked_for(&self) {
        // Who asked after the last look of whoever writes, and found the lock taken, is seen by the look after it is given back.
        while self.asked.load(SeqCst) {
            let _alone = match self.alone.try_lock() {
                Ok(alone) => alone,
                Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
                Err(TryLockError::WouldBlock) => return,
            };
            while self.asked.swap(false, SeqCst) {
                self.write();
            }
        }
    }

    fn write(&self) {
        // The service ends, and its store is closed.
        let Some(store) = self.store.upgrade() else {
            return;
        };
        match store.back_up(&self.path) {
            Ok(revision) => {
                self.told.look_at(&self.path);
                self.told.succeeded.fetch_add(1, Relaxed);
                self.told.failing.store(false, Relaxed);
                tracing::info!(path = %self.path.display(), revision = revision.0, "backup written");
            }
            Err(error) => {
                self.told.failed();
                tracing::error!(%error, "no backup was written; the one before is as it was");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_while_a_copy_is_written_gets_another() {
        let place = tempfile::tempdir().unwrap();
        let store = Arc::new(RedbStore::open(&place.path().join("store")).unwrap());
        let path = place.path().join("copy");
        let backup = Backup::of(&store, path.clone());

        let writing = backup.alone.lock().unwrap();
        backup.asked.store(true, SeqCst);
        // Whoever asks does not wait, and is not forgotten.
        backup.write_what_was_asked_for();
        assert!(!path.exists() && backup.asked.load(SeqCst));
        drop(writing);
        // The look of whoever wrote, when that is done.
        backup.write_what_was_asked_for();
        assert!(path.exists() && !backup.asked.load(SeqCst));
        assert_eq!(backup.told.succeeded.load(Relaxed), 1);
        // Nobody asked again.
        backup.write_what_was_asked_for();
        assert_eq!(backup.told.succeeded.load(Relaxed), 1);
    }

    #[test]
    fn what_became_of_copies_is_told() {
        let told = Told::default();
        told.failed();
        told.bytes.store(7, Relaxed);
        let mut out = String::new();
        told.write(&mut out);
        for expected in [
            "# TYPE locum_backups_total counter\nlocum_backups_total{outcome=\"ok\"} 0\n",
            "locum_backups_total{outcome=\"failed\"} 1\n",
            "# TYPE locum_backup_failing gauge\nlocum_backup_failing 1\n",
            "# TYPE locum_backup_last_timestamp_seconds gauge\nlocum_backup_last_timestamp_seconds 0\n",
            "# TYPE locum_backup_last_bytes gauge\nlocum_backup_last_bytes 7\n",
        ] {
            assert!(out.contains(expected), "{expected} in {out}");
        }
    }
}
