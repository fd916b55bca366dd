//! A file of variables, whole or not there, readable by its owner alone.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A file that this process has written.
#[derive(Debug)]
pub(super) struct EnvFile(PathBuf);

/// The place of such a file: written by one thread, and emptied for good by another, whichever comes first.
#[derive(Debug, Default)]
pub(super) struct Place(Mutex<Option<EnvFile>>);

impl Place {
    /// Writes the file. Whoever empties the place meanwhile waits until it is whole.
    pub(super) fn write(&self, path: PathBuf, text: &str) -> io::Result<()> {
        let mut place = self.lock();
        *place = Some(EnvFile::write(path, text)?);
        Ok(())
    }

    /// Removes the file, if there is one; none can be written while what is returned lives.
    pub(super) fn empty(&self) -> impl Drop {
        let mut place = self.lock();
        if let Some(file) = place.take() {
            file.remove();
        }
        place
    }

    fn lock(&self) -> MutexGuard<'_, Option<EnvFile>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl EnvFile {
    /// Writes it beside its place and moves it there: whoever waits for it never sees a part, and a link in its place is
    /// replaced, not followed.
    fn write(path: PathBuf, text: &str) -> io::Result<Self> {
        let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        let mut beside = name.to_os_string();
        beside.push(format!(".{}", std::process::id()));
        let beside = path.with_file_name(beside);
        let written = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&beside)
            .and_then(|mut file| {
                file.write_all(text.as_bytes())?;
                fs::rename(&beside, &path)
            });
        if let Err(error) = written {
            if error.kind() != io::ErrorKind::AlreadyExists {
                let _ = fs::remove_file(&beside);
            }
            return Err(error);
        }
        Ok(Self(path))
    }

    /// Removes it: what it leads to is gone.
    fn remove(self) {
        // Somebody else may have removed it.
        let _ = fs::remove_file(self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn none_stays_behind_whoever_comes_first() {
        let directory = tempfile::tempdir().unwrap();
        for _ in 0..200 {
            let place = Place::default();
            std::thread::scope(|scope| {
                let path = directory.path().join("env");
                let write = scope.spawn(|| place.write(path, "A=b\n").unwrap());
                let emptied = place.empty();
                assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
                drop(emptied);
                write.join().unwrap();
            });
            drop(place.empty());
        }
    }

    #[test]
    fn it_is_whole_private_and_no_link() {
        let directory = tempfile::tempdir().unwrap();
        let (path, other) = (directory.path().join("env"), directory.path().join("other"));
        fs::write(&other, "untouched").unwrap();
        std::os::unix::fs::symlink(&other, &path).unwrap();
        let file = EnvFile::write(path.clone(), "A=b\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "A=b\n");
        assert_eq!(
            fs::symlink_metadata(&path).unwrap().permissions().mode() & 0o7777,
            0o600
        );
        assert_eq!(fs::read_to_string(&other).unwrap(), "untouched");
        file.remove();
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
        assert!(EnvFile::write(directory.path().join("no/env"), "").is_err());
        assert!(EnvFile::write("/".into(), "").is_err());
    }
}
