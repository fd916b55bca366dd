//! Files that hold secrets between two commands: read with suspicion, written in one piece (facts: security §1.11).
//!
//! A file that is a link, somebody else's, or open to others' writing is not read. A file is written beside its place
//! with mode 0600, synced, and moved there, so that a reader sees the old one or the new one and nobody else sees either.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rustix::fs::OFlags;

/// The largest file that is read, in bytes: hundreds of times what a session takes.
const MAX_FILE: u64 = 1 << 20;

fn flags(flags: OFlags) -> i32 {
    flags.bits().cast_signed()
}

/// Tells whether somebody else owns a file or directory of this user's state, or can write it. Not even the group may: what
/// stands there is believed.
#[must_use]
pub fn others_write(metadata: &Metadata) -> bool {
    metadata.uid() != rustix::process::geteuid().as_raw() || metadata.mode() & 0o022 != 0
}

/// Tells whether somebody else can read a file.
#[must_use]
pub fn others_read(metadata: &Metadata) -> bool {
    metadata.mode() & 0o044 != 0
}

/// Reads a file of this user's own.
pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    limited(open(path)?.0, MAX_FILE)
}

/// Reads a file of this user's own that nobody else can read, in a directory in which nobody else can put another.
pub(crate) fn read_secret(path: &Path) -> io::Result<Vec<u8>> {
    let (file, metadata) = open(path)?;
    if others_read(&metadata) {
        return Err(refused("others can read it; if nobody did, run chmod 600 on it"));
    }
    let directory = path.parent().unwrap_or(Path::new("."));
    if others_write(&fs::metadata(directory)?) {
        return Err(refused(
            "others can write its directory; look what is in there, and run chmod 700 on it",
        ));
    }
    limited(file, MAX_FILE)
}

fn refused(reason: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, reason)
}

/// Opens a file that nobody else can write.
fn open(path: &Path) -> io::Result<(File, Metadata)> {
    // Not to be blocked by a pipe that stands in the place of the file.
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(flags(OFlags::NOFOLLOW | OFlags::NONBLOCK))
        .open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() || others_write(&metadata) {
        return Err(refused("not a file of one's own"));
    }
    Ok((file, metadata))
}

/// Reads a file that may be a link, such as the tokens that a platform mounts, up to a size.
pub(crate) fn read_any(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    limited(File::open(path)?, limit)
}

fn limited(file: File, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = file.take(limit + 1).read_to_end(&mut bytes)?;
    if read as u64 > limit {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            "larger than it may be",
        ));
    }
    Ok(bytes)
}

/// Makes a directory, and those above it, for nobody else.
pub(crate) fn make_directory(path: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Replaces a file in one step.
pub(crate) fn write(path: &Path, bytes: &[u8], now: Timestamp) -> io::Result<()> {
    let beside = draft(path, bytes, now)?;
    let renamed = fs::rename(&beside, path);
    if renamed.is_err() {
        let _ = fs::remove_file(&beside);
    }
    renamed
}

/// Writes what a file is to hold beside it, and returns where.
fn draft(path: &Path, bytes: &[u8], now: Timestamp) -> io::Result<PathBuf> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    // Two writers differ in their process, and one writer in the time.
    let beside = format!(".{name}.{}.{}.tmp", std::process::id(), now.as_nanosecond());
    let beside = path.with_file_name(beside);
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .custom_flags(flags(OFlags::NOFOLLOW))
        .open(&beside)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written.map(|()| beside)
}

/// Replaces a file, also one that is mounted by itself, as engines of containers do it: that keeps its name, so its contents are
/// written over. The draft stays until they are on disk, and is named if they are not.
fn put(path: &Path, bytes: &[u8], now: Timestamp, how: &How) -> io::Result<()> {
    let beside = draft(path, bytes, now)?;
    let outcome = match (how.rename)(&beside, path) {
        Err(error) if error.kind() == io::ErrorKind::ResourceBusy => match open_to_write_over(path) {
            Ok(file) => {
                (how.write_over)(file, bytes).map_err(|error| half_written(&beside, &error))?;
                let _ = fs::remove_file(&beside);
                return Ok(());
            }
            Err(error) => Err(error),
        },
        renamed => renamed,
    };
    if outcome.is_err() {
        let _ = fs::remove_file(&beside);
    }
    outcome
}

/// How a draft becomes the file.
struct How {
    rename: fn(&Path, &Path) -> io::Result<()>,
    write_over: fn(File, &[u8]) -> io::Result<()>,
}

const HOW: How = How {
    rename: |from, to| fs::rename(from, to),
    write_over,
};

fn open_to_write_over(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new()
        .write(true)
        .custom_flags(flags(OFlags::NOFOLLOW | OFlags::NONBLOCK))
        .open(path)?;
    file.set_permissions(fs::Permissions::from_mode(0o600))?;
    Ok(file)
}

/// Puts these contents in the place of those that a file has.
fn write_over(mut file: File, bytes: &[u8]) -> io::Result<()> {
    file.write_all(bytes)?;
    file.set_len(bytes.len() as u64)?;
    file.sync_all()
}

fn half_written(draft: &Path, error: &io::Error) -> io::Error {
    let reason = format!(
        "it is mounted by itself and may be half written ({error}); what it should hold is in {}",
        draft.display()
    );
    io::Error::new(error.kind(), reason)
}

/// Refuses what must not be [`replace`]d: a device (`AWS_CONFIG_FILE=/dev/null`), which would be gone for everybody, and a
/// file of another user, who could not read it afterwards.
///
/// # Errors
/// It cannot be looked at, or is such.
pub fn check_replaceable(path: &Path) -> io::Result<()> {
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
        Ok(metadata) if !metadata.is_file() => Err(refused("it is no file")),
        Ok(metadata) if metadata.uid() != rustix::process::geteuid().as_raw() => {
            let whose = metadata.uid();
            let reason =
                format!("it belongs to another user ({whose}); run this as that one, or change it by hand");
            Err(io::Error::new(io::ErrorKind::PermissionDenied, reason))
        }
        Ok(_) => Ok(()),
    }
}

/// Replaces a configuration file in one step, with mode 0600. Where it is a link, what it leads to is replaced; a directory
/// that is not there is made. Only one that is mounted by itself is written over.
///
/// # Errors
/// The file is as it was, unless the error says where its new contents are.
pub fn replace(path: &Path, text: &str, now: Timestamp) -> io::Result<()> {
    check_replaceable(path)?;
    if let Some(directory) = path.parent() {
        make_directory(directory)?;
    }
    let real = match fs::canonicalize(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => path.to_owned(),
        found => found?,
    };
    put(&real, text.as_bytes(), now, &HOW)
}

/// Opens a file to lock, which stays empty.
pub(crate) fn open_lock(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .custom_flags(flags(OFlags::NOFOLLOW | OFlags::NONBLOCK))
        .open(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::net::UnixListener;

    #[test]
    fn only_files_of_one_s_own_are_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let place = |name: &str| directory.path().join(name);
        let now = Timestamp::UNIX_EPOCH;
        replace(&place("new"), "a", now).unwrap();
        replace(&place("new"), "b", now).unwrap();
        std::os::unix::fs::symlink(place("new"), place("link")).unwrap();
        replace(&place("link"), "c", now).unwrap();
        assert_eq!(fs::read_to_string(place("new")).unwrap(), "c");
        let listener = UnixListener::bind(place("socket")).unwrap();
        std::os::unix::fs::symlink(place("socket"), place("to-socket")).unwrap();
        for name in ["socket", "to-socket", "."] {
            let error = replace(&place(name), "d", now).unwrap_err();
            assert_eq!(error.to_string(), "it is no file", "{name}");
        }
        assert!(place("link").is_symlink());
        drop(listener);
        // As in a container that runs as root, on the files of whoever started it; nobody else can make it so.
        let is_root = rustix::process::geteuid().is_root();
        if is_root && std::os::unix::fs::chown(place("new"), Some(1000), None).is_ok() {
            let error = replace(&place("link"), "d", now).unwrap_err();
            assert_eq!(
                error.to_string(),
                "it belongs to another user (1000); run this as that one, or change it by hand"
            );
            assert_eq!(fs::read_to_string(place("new")).unwrap(), "c");
        }
    }

    const BUSY: How = How {
        // What a rename over a file says that is mounted by itself.
        rename: |_, _| Err(io::ErrorKind::ResourceBusy.into()),
        ..HOW
    };

    fn names(directory: &Path) -> Vec<std::ffi::OsString> {
        let entries = fs::read_dir(directory).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn a_file_that_is_mounted_is_written_over() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("config");
        let now = Timestamp::UNIX_EPOCH;
        fs::write(&path, "what was longer before").unwrap();
        let inode = fs::metadata(&path).unwrap().ino();
        for text in ["new", "longer than new"] {
            put(&path, text.as_bytes(), now, &BUSY).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        let metadata = fs::metadata(&path).unwrap();
        assert_eq!((metadata.ino(), metadata.mode() & 0o777), (inode, 0o600));

        // Whatever else is wrong with a rename, the file is as it was.
        let denied = How {
            rename: |_, _| Err(io::ErrorKind::PermissionDenied.into()),
            ..HOW
        };
        let error = put(&path, b"denied", now, &denied).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
        assert_eq!(fs::read_to_string(&path).unwrap(), "longer than new");
        assert_eq!(names(directory.path()), ["config"]);

        let other = directory.path().join("folder");
        fs::create_dir(&other).unwrap();
        put(&other, b"into a folder", now, &BUSY).unwrap_err();
        assert_eq!(names(directory.path()), ["config", "folder"]);
    }

    #[test]
    fn what_a_half_written_file_should_hold_is_kept_and_named() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("config");
        fs::write(&path, "before").unwrap();
        let full = How {
            write_over: |mut file, _| file.write_all(b"aft").and(Err(io::ErrorKind::StorageFull.into())),
            ..BUSY
        };
        let error = put(&path, b"after", Timestamp::UNIX_EPOCH, &full).unwrap_err();
        let draft = directory.path().join(&names(directory.path())[0]);
        let text = error.to_string();
        assert!(
            text.contains("half written") && text.ends_with(draft.to_str().unwrap()),
            "{text}"
        );
        assert_eq!(fs::read_to_string(draft).unwrap(), "after");
    }
}
