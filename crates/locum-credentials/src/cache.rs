//! A directory of JSON files that commands share, the original among them: `~/.aws/cli/cache` and `~/.aws/sso/cache`.
//!
//! The original neither locks nor replaces in one step, so ten commands at once ask for ten MFA codes. Here whoever
//! makes an entry holds a lock on it, and the others wait and find it made. A cache that cannot be written costs calls,
//! never a failure.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

use crate::outside::Clock;
use crate::state_file;

/// How long to wait for another command that makes the same entry: as long as somebody may look for their telephone.
const PATIENCE: Duration = Duration::from_secs(300);
const BETWEEN_LOOKS: Duration = Duration::from_millis(25);

/// A directory of entries; without one there is no cache.
#[derive(Debug, Clone, Default)]
pub struct Cache(Option<PathBuf>);

/// The right to make an entry; given back when it is dropped.
#[derive(Debug, Default)]
#[must_use = "dropping it gives the right back"]
pub struct Lock(#[expect(dead_code, reason = "closing it unlocks")] Option<File>);

impl Cache {
    /// The entries of a directory, which need not be there.
    #[must_use]
    pub fn new(directory: Option<PathBuf>) -> Self {
        Self(directory)
    }

    fn path(&self, key: &str, ending: &str) -> Option<PathBuf> {
        Some(self.0.as_ref()?.join(format!("{key}{ending}")))
    }

    /// Returns an entry; what cannot be read is not there.
    #[must_use]
    pub fn load(&self, key: &str) -> Option<Value> {
        let bytes = state_file::read(&self.path(key, ".json")?).ok()?;
        serde_json::from_slice(&bytes).ok().filter(Value::is_object)
    }

    /// Makes or replaces an entry, and tells whether it could.
    #[must_use = "it may not be writable"]
    pub fn store(&self, key: &str, entry: &Value, clock: &dyn Clock) -> bool {
        let (Some(directory), Some(path)) = (&self.0, self.path(key, ".json")) else {
            return false;
        };
        let stored = state_file::make_directory(directory)
            .and_then(|()| state_file::write(&path, entry.to_string().as_bytes(), clock.now()));
        stored.is_ok()
    }

    /// Forgets an entry, and tells whether it is gone.
    pub(crate) fn remove(&self, key: &str) -> bool {
        let removed = self.path(key, ".json").map(fs::remove_file);
        match removed {
            Some(Err(error)) => error.kind() == io::ErrorKind::NotFound,
            Some(Ok(())) | None => true,
        }
    }

    /// Waits for the right to make an entry. Where nothing can be locked, or nobody gives way, it is given without.
    pub fn lock(&self, key: &str, clock: &dyn Clock) -> Lock {
        let path = self.path(key, ".lock");
        path.map_or_else(Lock::default, |path| wait(&path, clock))
    }
}

/// Waits for the lock of a file, which is made if it is not there.
pub(crate) fn wait(path: &Path, clock: &dyn Clock) -> Lock {
    Lock(wait_for(path, clock))
}

fn wait_for(path: &Path, clock: &dyn Clock) -> Option<File> {
    state_file::make_directory(path.parent()?).ok()?;
    let file = state_file::open_lock(path).ok()?;
    let mut waited = Duration::ZERO;
    while waited < PATIENCE {
        match file.try_lock() {
            Ok(()) => return Some(file),
            Err(TryLockError::WouldBlock) => {
                clock.sleep(BETWEEN_LOOKS);
                waited += BETWEEN_LOOKS;
            }
            Err(TryLockError::Error(_)) => return None,
        }
    }
    None
}
