//! A file of variables, whole or not there, readable by its owner alone.

use std::fs::{self, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Variables that lead to an endpoint of ours: a file without them is none that this command left behind.
const LEADS: [&str; 2] = [
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
];
/// More than such a file holds.
const MOST: u64 = 64 << 10;

/// A file that this process has written.
#[derive(Debug)]
pub(super) struct EnvFile {
    path: PathBuf,
    /// What tells it from another in its place.
    inode: u64,
}

/// Refuses a place where something is that this command did not leave: it would be gone, and at the end its successor too.
pub(super) fn check(path: &Path) -> io::Result<()> {
    let taken = || {
        io::Error::new(
            io::ErrorKind::AlreadyExists,
            "something else is there; remove it, or name another file",
        )
    };
    if let Some(directory) = path.parent().filter(|path| !path.as_os_str().is_empty()) {
        fs::metadata(directory)?;
    }
    let file = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
        Ok(metadata) if !metadata.is_file() => return Err(taken()),
        Ok(_) => fs::File::open(path)?,
    };
    let mut text = Vec::new();
    file.take(MOST).read_to_end(&mut text)?;
    let text = String::from_utf8_lossy(&text);
    // A project's own file may have such a variable among others.
    let is_ours_alone = |line: &str| line.contains("AWS_") || matches!(line.trim(), "" | "{" | "}");
    let leads = || LEADS.iter().any(|name| text.contains(name));
    let is_ours = text.is_empty() || (text.lines().all(is_ours_alone) && leads());
    if is_ours { Ok(()) } else { Err(taken()) }
}

/// Refuses a place where this user can write nothing.
pub(super) fn try_writing(path: &Path) -> io::Result<()> {
    let beside = beside(path)?;
    open_new(&beside)?;
    fs::remove_file(beside)
}

/// Returns where a file is written before it is moved to its place.
fn beside(path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let mut beside = name.to_os_string();
    beside.push(format!(".{}", std::process::id()));
    Ok(path.with_file_name(beside))
}

fn open_new(path: &Path) -> io::Result<fs::File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600).open(path)
}

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
    /// Writes it beside its place and moves it there: whoever waits for it never sees a part.
    fn write(path: PathBuf, text: &str) -> io::Result<Self> {
        check(&path)?;
        let beside = beside(&path)?;
        let written = open_new(&beside).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            fs::rename(&beside, &path)?;
            file.metadata()
        });
        match written {
            Ok(metadata) => Ok(Self {
                path,
                inode: metadata.ino(),
            }),
            Err(error) => {
                if error.kind() != io::ErrorKind::AlreadyExists {
                    let _ = fs::remove_file(&beside);
                }
                Err(error)
            }
        }
    }

    /// Removes it: what it leads to is gone. Somebody else may have removed it, or another process of this command replaced it.
    fn remove(self) {
        if fs::symlink_metadata(&self.path).is_ok_and(|metadata| metadata.ino() == self.inode) {
            let _ = fs::remove_file(self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handout::{Format, Surroundings, Variables};
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
    fn what_was_left_is_known_in_every_format() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("env");
        let around = Surroundings {
            region: Some("eu-west-1".into()),
            ca_bundle: Some("/my ca".into()),
            ..Surroundings::default()
        };
        let token = "t".into();
        for variables in [
            Variables::of_container("http://127.0.0.1:1/", &token, &around),
            Variables::of_instance("http://127.0.0.1:1/", &around),
        ] {
            for (name, format) in Format::NAMES {
                fs::write(&path, format.write(&variables).unwrap()).unwrap();
                assert!(check(&path).is_ok(), "{name}");
            }
        }
    }

    #[test]
    fn it_is_whole_private_and_no_link() {
        let directory = tempfile::tempdir().unwrap();
        let (path, link) = (directory.path().join("env"), directory.path().join("link"));
        let old = "export AWS_CONTAINER_CREDENTIALS_FULL_URI='http://127.0.0.1:1/'\n";
        for before in ["", old] {
            fs::write(&path, before).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
            let file = EnvFile::write(path.clone(), "A=b\n").unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), "A=b\n");
            assert_eq!(
                fs::symlink_metadata(&path).unwrap().permissions().mode() & 0o7777,
                0o600
            );
            file.remove();
            assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
        }
        let first = EnvFile::write(path.clone(), old).unwrap();
        let second = EnvFile::write(path.clone(), old).unwrap();
        first.remove();
        assert!(path.exists(), "it is the second's");
        second.remove();
        let pasted = format!("DATABASE_URL=x\n{old}");
        for mine in ["AWS_REGION=x\n", "\u{0}", &pasted] {
            fs::write(&path, mine).unwrap();
            assert!(EnvFile::write(path.clone(), old).is_err());
            assert_eq!(fs::read_to_string(&path).unwrap(), mine);
        }
        fs::write(&path, old).unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert!(EnvFile::write(link.clone(), old).is_err());
        let socket = directory.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        assert!(EnvFile::write(socket, old).is_err());
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 3);
        assert!(EnvFile::write(directory.path().join("no/env"), "").is_err());
        assert!(EnvFile::write("/".into(), "").is_err());
    }
}
