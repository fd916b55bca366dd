//! Copies of the embedded store: a backup, made while it is in use, a denser one of itself, made when it is closed, and one
//! whose values are sealed under another key.

use std::{borrow::Cow, fs, path::Path};

use redb::{ReadableTable, ReadableTableMetadata};

use super::{
    StoreError,
    redb::{
        ENTRIES, META, REVISION, RedbStore, corrupt, failure, foreign, open_existing, unavailable,
        write_empty,
    },
};
use crate::{NewFile, Revision};

/// A store with less unused room in its pages than this is not worth compacting, in bytes: a start reads it in tenths of a second.
const LITTLE: u64 = 32 << 20;

impl RedbStore {
    /// Writes the last commit, whole, into another file (mode 0600), which may take the place of an older copy. Writers do not wait
    /// meanwhile. The copy is read again before it gets its name: until then it is called `<path>.new`, and what was there stays.
    ///
    /// # Errors
    /// `Unavailable` if the operating system refuses, `Corrupt` if a page of either file is damaged. What was at `path` is as it was.
    pub fn back_up(&self, path: &Path) -> Result<Revision, StoreError> {
        let new = NewFile::alone(path);
        let same = |revision| revision;
        let copy = self.copy(&new, same, |_, value| {
            Ok::<_, StoreError>(Some(Cow::Borrowed(value)))
        })?;
        let revision = copy.stored_revision()?;
        drop(copy);
        new.replace().map_err(|error| unavailable(path, &error))?;
        Ok(revision)
    }

    /// Closes the store; if more than a quarter of a large one is unused room, which writes in no order leave in its pages, puts a copy
    /// without it in its place. A start reads every page, so the next one is faster. Returns whether it did.
    ///
    /// # Errors
    /// As those of [`back_up`](Self::back_up): the store is as it was.
    pub fn close(self) -> Result<bool, StoreError> {
        self.close_with(LITTLE)
    }

    fn close_with(self, little: u64) -> Result<bool, StoreError> {
        let read = self.begin_read()?;
        let entries = read.open_table(ENTRIES).map_err(|e| self.failed(e))?;
        let stats = entries.stats().map_err(|e| self.failed(e))?;
        let (used, unused) = (
            stats.stored_bytes() + stats.metadata_bytes(),
            stats.fragmented_bytes(),
        );
        let is_loose = unused >= little && unused > used / 3;
        if is_loose {
            // A link stays one, and a file is replaced on its own file system only.
            let path = fs::canonicalize(self.path()).map_err(|error| unavailable(self.path(), &error))?;
            self.back_up(&path)?;
        }
        Ok(is_loose)
    }

    /// Puts a copy in the place of this store, with every value as `change` makes it, or without it; `check` is asked about the copy before.
    /// Nobody else can open the store in between: this one is held until the copy, which is returned, has its name.
    ///
    /// It counts as a commit, though no entry tells of it: a process that had the store before, lost hold of it and opens it again
    /// tells by the count that it is no longer what that process knows.
    pub(crate) fn rewrite<E: From<StoreError>>(
        self,
        change: impl for<'a> FnMut(&str, &'a [u8]) -> Result<Option<Cow<'a, [u8]>>, E>,
        check: impl FnOnce(&Self) -> Result<(), E>,
    ) -> Result<Self, E> {
        let failed = |error| unavailable(self.path(), &error);
        let path = fs::canonicalize(self.path()).map_err(failed)?;
        let new = NewFile::alone(&path);
        let copy = self.copy(&new, Revision::next, change)?;
        check(&copy)?;
        new.replace().map_err(failed)?;
        Ok(copy.renamed(self.path()))
    }

    fn copy<E: From<StoreError>>(
        &self,
        new: &NewFile,
        revision: impl FnOnce(Revision) -> Revision,
        mut change: impl for<'a> FnMut(&str, &'a [u8]) -> Result<Option<Cow<'a, [u8]>>, E>,
    ) -> Result<Self, E> {
        write_empty(new)?;
        let draft = new.draft();
        let copy = open_existing(draft)?;
        let failed = |error: redb::Error| failure(draft, &error);

        let read = self.begin_read()?;
        let meta = read.open_table(META).map_err(|e| self.failed(e))?;
        let last = meta.get(REVISION).map_err(|e| self.failed(e))?;
        let revision = revision(Revision(last.ok_or_else(|| foreign(self.path()))?.value()));
        let entries = read.open_table(ENTRIES).map_err(|e| self.failed(e))?;

        let write = copy.begin_write().map_err(|e| failed(e.into()))?;
        let mut copied = write.open_table(ENTRIES).map_err(|e| failed(e.into()))?;
        let mut left_out = 0;
        for entry in entries.iter().map_err(|e| self.failed(e))? {
            let (key, value) = entry.map_err(|e| self.failed(e))?;
            let (written, value) = value.value();
            let Some(value) = change(key.value(), value)? else {
                left_out += 1;
                continue;
            };
            copied
                .insert(key.value(), (written, &*value))
                .map_err(|e| failed(e.into()))?;
        }
        let is_whole = copied.len().map_err(|e| failed(e.into()))? + left_out
            == entries.len().map_err(|e| self.failed(e))?;
        drop(copied);
        write
            .open_table(META)
            .map_err(|e| failed(e.into()))?
            .insert(REVISION, revision.0)
            .map_err(|e| failed(e.into()))?;
        write.commit().map_err(|e| failed(e.into()))?;
        copy.close().map_err(|e| failed(e.into()))?;

        // Opening reads every page and its checksum.
        let copy = Self::open_existing(draft)?;
        if is_whole && copy.stored_revision()? == revision {
            Ok(copy)
        } else {
            Err(corrupt(draft, "it is not what was written").into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Store, Transaction};

    fn put(store: &RedbStore, numbers: impl Iterator<Item = u32>) {
        // The digits from the last to the first: keys in no order.
        let key = |number: u32| format!("/{}", format!("{number:05}").chars().rev().collect::<String>());
        let puts = numbers.map(|number| (key(number), vec![7; 300])).collect();
        let transaction = Transaction {
            puts,
            ..Transaction::default()
        };
        store.transact(&transaction).unwrap();
    }

    fn all(store: &RedbStore) -> (Revision, Vec<crate::Item>) {
        let items = store.range("", None, usize::MAX).unwrap();
        (store.revision().unwrap(), items)
    }

    #[test]
    fn a_loose_store_is_closed_denser_and_holds_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("directory.redb");
        let store = RedbStore::open(&path).unwrap();
        for step in 0..200 {
            put(&store, (step * 10)..(step * 10 + 10));
        }
        let before = all(&store);
        assert_eq!(store.close(), Ok(false), "a small store stays");

        let unused = |path: &Path| {
            let store = RedbStore::open(path).unwrap();
            let read = store.begin_read().unwrap();
            read.open_table(ENTRIES)
                .unwrap()
                .stats()
                .unwrap()
                .fragmented_bytes()
        };
        let loose = unused(&path);
        assert_eq!(RedbStore::open(&path).unwrap().close_with(1 << 12), Ok(true));
        assert!(unused(&path) * 2 < loose, "{loose}");
        // What is dense stays, and goes on as it was.
        assert_eq!(RedbStore::open(&path).unwrap().close_with(1 << 12), Ok(false));
        let store = RedbStore::open(&path).unwrap();
        assert!(all(&store) == before);
        put(&store, 0..1);
        assert_eq!(store.revision(), Ok(before.0.next()));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_a_store_stays_one() {
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (
            folder.path().join("elsewhere"),
            folder.path().join("directory.redb"),
        );
        let store = RedbStore::open(&path).unwrap();
        for step in 0..200 {
            put(&store, (step * 10)..(step * 10 + 10));
        }
        drop(store);
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert_eq!(RedbStore::open(&link).unwrap().close_with(1 << 12), Ok(true));
        assert!(link.is_symlink());
        assert_eq!(RedbStore::open(&link).unwrap().revision(), Ok(Revision(200)));
    }
}
