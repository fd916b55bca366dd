//! Files that are whole or not there.
//!
//! Whoever is cut off while writing, or finds no room, must leave the next one nothing to stumble over. So a file is written under
//! another name beside its own, and gets that when it is on disk.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use locum_crypto::{Random as _, SystemRandom};

/// What the name of a draft ends with.
const DRAFT: &str = ".new";
/// The digits that keep drafts of several processes apart.
const DIGITS: usize = 16;

/// A file that does not have its name yet. Dropped before it got it, it is gone.
#[derive(Debug)]
pub struct NewFile {
    draft: PathBuf,
    path: PathBuf,
}

impl NewFile {
    /// A file that several processes may be making at the same moment: each has a draft of its own. A process number would not tell
    /// them apart, since those of two containers may be the same.
    #[must_use]
    pub fn beside(path: &Path) -> Self {
        let number = SystemRandom.next_u64();
        Self::drafted(path, &format!(".{number:016x}{DRAFT}"))
    }

    /// A file that nobody else may be making. Its draft is `<path>.new`; what an earlier process left there is removed.
    #[must_use]
    pub fn alone(path: &Path) -> Self {
        let new = Self::drafted(path, DRAFT);
        let _ = fs::remove_file(&new.draft);
        new
    }

    fn drafted(path: &Path, ending: &str) -> Self {
        let mut draft = path.to_owned().into_os_string();
        draft.push(ending);
        Self {
            draft: PathBuf::from(draft),
            path: path.to_owned(),
        }
    }

    /// Where it is until it gets its name.
    #[must_use]
    pub fn draft(&self) -> &Path {
        &self.draft
    }

    /// Makes the draft, for its owner only.
    ///
    /// # Errors
    /// What the operating system says; above all if something is in the way.
    pub fn create(&self) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        options.open(&self.draft)
    }

    /// Makes the draft of these contents and waits until it is on disk.
    ///
    /// # Errors
    /// As those of [`create`](Self::create).
    pub fn write(&self, contents: &[u8]) -> io::Result<()> {
        let mut file = self.create()?;
        file.write_all(contents)?;
        file.sync_all()
    }

    /// Gives it its name, which nothing may have yet.
    ///
    /// # Errors
    /// `AlreadyExists`, or what else the operating system says.
    pub fn place(self) -> io::Result<()> {
        // A hard link, unlike a rename, cannot replace a file that another process made at the same moment.
        if fs::hard_link(&self.draft, &self.path).is_err() {
            // Who made it may have removed the draft as well.
            if self.path.try_exists()? {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            // Some file systems have no links.
            fs::rename(&self.draft, &self.path)?;
        }
        sync_folder(&self.path)
    }

    /// Gives it its name, in place of what has it.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn replace(self) -> io::Result<()> {
        fs::rename(&self.draft, &self.path)?;
        sync_folder(&self.path)
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        // After a link both names are there, after a failure the draft is of no use; an error here harms nothing.
        let _ = fs::remove_file(&self.draft);
    }
}

/// Removes what processes that were killed left of drafts of this file, and of those whose names begin with its name and a dot.
///
/// It is for whoever holds the store: nobody else writes a draft then but a start that will find it held, and end.
pub fn remove_drafts(path: &Path) {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
        return;
    };
    let is_draft = |found: &str| {
        let between = found.strip_prefix(name).and_then(|rest| rest.strip_suffix(DRAFT));
        let number = |text: &str| text.len() == DIGITS && text.bytes().all(|b| b.is_ascii_hexdigit());
        between.is_some_and(|between| {
            between.is_empty() || between.starts_with('.') && between.rsplit('.').next().is_some_and(number)
        })
    };
    // What cannot be removed is of no use, and in nobody's way.
    for entry in fs::read_dir(folder(path)).into_iter().flatten().flatten() {
        if entry.file_name().to_str().is_some_and(is_draft) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Waits until the names in the folder of this file are on disk: they must survive a crash as well as what they name.
///
/// # Errors
/// What the operating system says.
pub fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(folder(path))?.sync_all()
}

fn folder(path: &Path) -> &Path {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn a_file_is_placed_once_and_replaced_at_will() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kek");
        let (first, second) = (NewFile::beside(&path), NewFile::beside(&path));
        first.write(b"first").unwrap();
        second.write(b"second").unwrap();
        assert!(!path.exists());
        first.place().unwrap();
        let error = second.place().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"first");
        assert_eq!(names(folder.path()), ["kek"]);

        let third = NewFile::alone(&path);
        third.write(b"third").unwrap();
        third.replace().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"third");
        assert_eq!(names(folder.path()), ["kek"]);
    }

    /// As a start finds it that lost the race of two.
    #[test]
    fn a_file_that_another_process_made_is_there_whatever_became_of_the_draft() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kek");
        let (first, second) = (NewFile::beside(&path), NewFile::beside(&path));
        first.write(b"first").unwrap();
        second.write(b"second").unwrap();
        first.place().unwrap();
        remove_drafts(&path);
        let error = second.place().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"first");
    }

    #[test]
    fn what_is_given_up_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kek");
        let new = NewFile::beside(&path);
        new.write(b"half").unwrap();
        assert!(new.write(b"again").is_err(), "a draft is written once");
        drop(new);
        assert!(names(folder.path()).is_empty());
    }

    #[test]
    fn drafts_alone_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        for (name, stays) in [
            ("kek", true),
            ("kek.new", false),
            ("kek.0123456789abcdef.new", false),
            ("kek.01234567.0123456789abcdef.new", false),
            ("kek0123456789abcdef.new", true),
            ("kek.next", true),
            ("kek.01234567", true),
            ("kek.0123456789abcde.new", true),
            ("kek.0123456789abcdeg.new", true),
            ("kek.backup.new", true),
            ("akek.new", true),
            ("kek.new.old", true),
        ] {
            let path = folder.path().join(name);
            fs::write(&path, name).unwrap();
            remove_drafts(&folder.path().join("kek"));
            assert_eq!(path.exists(), stays, "{name}");
        }
        // A folder in the way is nobody's draft.
        fs::create_dir(folder.path().join("kek.new")).unwrap();
        remove_drafts(&folder.path().join("kek"));
        assert!(folder.path().join("kek.new").exists());
    }
}
