//! A copy of the embedded store, made while it is in use.

use std::{
    fs,
    path::{Path, PathBuf},
};

use redb::{ReadableDatabase, ReadableTable};

use super::{
    StoreError,
    redb::{
        ENTRIES, META, REVISION, RedbStore, corrupt, create_draft, failure, open_existing, sync_folder,
        unavailable,
    },
};
use crate::Revision;

impl RedbStore {
    /// Writes the last commit, whole, into another file (mode 0600), which may take the place of an older copy. Writers do not wait
    /// meanwhile. The copy is read again before it gets its name: until then it is called `<path>.new`, and what was there stays.
    ///
    /// # Errors
    /// `Unavailable` if the operating system refuses, `Corrupt` if a page of either file is damaged. What was at `path` is as it was.
    pub fn back_up(&self, path: &Path) -> Result<Revision, StoreError> {
        let mut draft = path.to_owned().into_os_string();
        draft.push(".new");
        let draft = PathBuf::from(draft);
        // What an earlier one left that was cut off.
        let _ = fs::remove_file(&draft);
        let copied = self.copy(&draft).and_then(|revision| {
            fs::rename(&draft, path).map_err(|error| unavailable(path, &error))?;
            sync_folder(path)?;
            Ok(revision)
        });
        if copied.is_err() {
            let _ = fs::remove_file(&draft);
        }
        copied
    }

    fn copy(&self, draft: &Path) -> Result<Revision, StoreError> {
        create_draft(draft)?;
        let copy = open_existing(draft)?;
        let failed = |error: redb::Error| failure(draft, &error);

        let read = self.database().begin_read().map_err(|e| self.failed(e))?;
        let meta = read.open_table(META).map_err(|e| self.failed(e))?;
        let revision = meta.get(REVISION).map_err(|e| self.failed(e))?;
        let revision = revision.map_or(Revision::NEW, |revision| Revision(revision.value()));
        let entries = read.open_table(ENTRIES).map_err(|e| self.failed(e))?;

        let write = copy.begin_write().map_err(|e| failed(e.into()))?;
        let mut copied = write.open_table(ENTRIES).map_err(|e| failed(e.into()))?;
        for entry in entries.iter().map_err(|e| self.failed(e))? {
            let (key, value) = entry.map_err(|e| self.failed(e))?;
            copied
                .insert(key.value(), value.value())
                .map_err(|e| failed(e.into()))?;
        }
        drop(copied);
        write
            .open_table(META)
            .map_err(|e| failed(e.into()))?
            .insert(REVISION, revision.0)
            .map_err(|e| failed(e.into()))?;
        write.commit().map_err(|e| failed(e.into()))?;
        copy.close().map_err(|e| failed(e.into()))?;

        // Opening reads every page and its checksum.
        let read_again = Self::open(draft)?.stored_revision()?;
        if read_again == revision {
            Ok(revision)
        } else {
            Err(corrupt(draft, "it is not what was written"))
        }
    }
}
