//! The embedded store: one `redb` file, held by one process, every commit flushed before it is acknowledged.
//!
//! A new file is made whole under another name and only then given its own ([`NewFile`]), so the file is either absent or
//! complete: one that is empty, cut short or altered is never taken for a new one. Whatever is wrong with a file, opening it
//! changes nothing in it.
//!
//! A file that could not be written once, because the disk was full, is of no more use to the engine as it is open: it is opened
//! anew for the next write, and goes on if it holds what was acknowledged and nothing else.

use std::{
    fs::{self, File},
    io::{self, Read},
    ops::Bound,
    path::{Path, PathBuf},
    sync::{
        PoisonError, RwLock,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
};

use redb::{
    Database, DatabaseError, Durability, ReadTransaction, ReadableDatabase, ReadableTable, TableDefinition,
    TableError, WriteTransaction, backends::FileBackend,
};

use super::{Item, Store, StoreError, Transaction};
use crate::{NewFile, Revision, remove_drafts};

/// Key to (commit, sealed value).
pub(super) const ENTRIES: TableDefinition<'_, &str, (u64, &[u8])> = TableDefinition::new("locum.entries.1");
/// `revision` to the last commit.
pub(super) const META: TableDefinition<'_, &str, u64> = TableDefinition::new("locum.meta.1");
pub(super) const REVISION: &str = "revision";

/// What every redb file begins with.
const MAGIC: &[u8; 9] = b"redb\x1A\x0A\xA9\x0D\x0A";

/// The snapshot is in memory already; the file's pages need little room beside it.
const CACHE_BYTES: usize = 16 << 20;

/// The embedded store.
#[derive(Debug)]
pub struct RedbStore {
    path: PathBuf,
    /// `None` if it was to be opened anew and could not be.
    database: RwLock<Option<Database>>,
    /// Whether a write failed since it was opened.
    failed: AtomicBool,
    /// The last commit that somebody was told of.
    told: AtomicU64,
}

impl RedbStore {
    /// Opens the file, or makes it (mode 0600) if there is none.
    ///
    /// # Errors
    /// `Locked` if another process has it, `Foreign` if it is no directory file, `Corrupt` if it is empty, cut short or
    /// altered, `Unavailable` if the operating system refuses. Nothing is changed in any of these cases.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        if !path.try_exists().map_err(|error| unavailable(path, &error))? {
            create(path)?;
        }
        Self::open_existing(path)
    }

    /// Opens the file, which must be there.
    ///
    /// # Errors
    /// As those of [`open`](Self::open).
    pub fn open_existing(path: &Path) -> Result<Self, StoreError> {
        let store = Self::over(path, open_existing(path)?);
        let revision = store.stored_revision()?;
        store.told.store(revision.0, Relaxed);
        store.remove_drafts();
        Ok(store)
    }

    /// Removes what a start or a compaction left that was killed.
    fn remove_drafts(&self) {
        remove_drafts(&self.path);
        // A compaction works where the file is, not where a link to it is.
        if let Ok(path) = fs::canonicalize(&self.path)
            && path != self.path
        {
            remove_drafts(&path);
        }
    }

    fn over(path: &Path, database: Database) -> Self {
        Self {
            path: path.to_owned(),
            database: RwLock::new(Some(database)),
            failed: AtomicBool::default(),
            told: AtomicU64::new(Revision::NEW.0),
        }
    }

    pub(super) fn stored_revision(&self) -> Result<Revision, StoreError> {
        let read = self.begin_read()?;
        let meta = match read.open_table(META) {
            Ok(meta) => meta,
            Err(TableError::Storage(error)) => return Err(self.failed(error)),
            Err(_) => return Err(foreign(&self.path)),
        };
        if let Err(error) = read.open_table(ENTRIES) {
            return Err(match error {
                TableError::Storage(error) => self.failed(error),
                _ => foreign(&self.path),
            });
        }
        let revision = meta.get(REVISION).map_err(|e| self.failed(e))?;
        let revision = revision.ok_or_else(|| foreign(&self.path))?;
        Ok(Revision(revision.value()))
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The same store, after its file got another name.
    pub(super) fn renamed(self, path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            ..self
        }
    }

    pub(super) fn begin_read(&self) -> Result<ReadTransaction, StoreError> {
        let database = self.database.read().unwrap_or_else(PoisonError::into_inner);
        let database = database.as_ref().ok_or_else(|| self.closed())?;
        database.begin_read().map_err(|e| self.failed(e))
    }

    fn begin_write(&self) -> Result<WriteTransaction, StoreError> {
        if self.failed.load(Relaxed) {
            self.open_again()?;
        }
        let database = self.database.read().unwrap_or_else(PoisonError::into_inner);
        let database = database.as_ref().ok_or_else(|| self.closed())?;
        database.begin_write().map_err(|e| self.failed(e))
    }

    /// Opens the file anew. A commit that failed may be in it all the same, and while it was closed somebody else may have written:
    /// then what readers see is not what is stored, and nothing is written on top of it.
    fn open_again(&self) -> Result<(), StoreError> {
        let mut database = self.database.write().unwrap_or_else(PoisonError::into_inner);
        // Its lock goes with it.
        *database = None;
        *database = Some(open_existing(&self.path)?);
        drop(database);
        if self.stored_revision()?.0 != self.told.load(Relaxed) {
            return Err(StoreError::Unavailable {
                path: self.path.display().to_string(),
                reason: "it holds a commit that nobody was told of; start again".to_owned(),
            });
        }
        self.failed.store(false, Relaxed);
        Ok(())
    }

    fn closed(&self) -> StoreError {
        StoreError::Unavailable {
            path: self.path.display().to_string(),
            reason: "it could not be opened again".to_owned(),
        }
    }

    pub(super) fn failed(&self, error: impl Into<redb::Error>) -> StoreError {
        failure(&self.path, &error.into())
    }

    fn commit(&self, transaction: &Transaction) -> Result<Revision, StoreError> {
        let mut write = self.begin_write()?;
        write
            .set_durability(Durability::Immediate)
            .map_err(|e| self.failed(e))?;
        let revision = self.write(&write, transaction)?;
        write.commit().map_err(|e| self.failed(e))?;
        Ok(revision)
    }

    /// Writes into an open transaction; dropped without a commit, it leaves nothing.
    fn write(&self, write: &WriteTransaction, transaction: &Transaction) -> Result<Revision, StoreError> {
        let mut entries = write.open_table(ENTRIES).map_err(|e| self.failed(e))?;
        for (key, expected) in &transaction.compare {
            let found = entries.get(key.as_str()).map_err(|e| self.failed(e))?;
            let found = found.map_or(Revision::NEW, |item| Revision(item.value().0));
            if found != *expected {
                return Err(StoreError::Conflict { key: key.clone() });
            }
        }
        let mut meta = write.open_table(META).map_err(|e| self.failed(e))?;
        let last = meta
            .get(REVISION)
            .map_err(|e| self.failed(e))?
            .map_or(0, |r| r.value());
        let revision = Revision(last).next();
        meta.insert(REVISION, revision.0).map_err(|e| self.failed(e))?;
        for (key, value) in &transaction.puts {
            let item = (revision.0, value.as_slice());
            entries.insert(key.as_str(), item).map_err(|e| self.failed(e))?;
        }
        for key in &transaction.deletes {
            entries.remove(key.as_str()).map_err(|e| self.failed(e))?;
        }
        Ok(revision)
    }
}

impl Store for RedbStore {
    fn revision(&self) -> Result<Revision, StoreError> {
        self.stored_revision()
    }

    fn get(&self, key: &str) -> Result<Option<Item>, StoreError> {
        let read = self.begin_read()?;
        let entries = read.open_table(ENTRIES).map_err(|e| self.failed(e))?;
        let found = entries.get(key).map_err(|e| self.failed(e))?;
        Ok(found.map(|item| {
            let (revision, value) = item.value();
            Item {
                key: key.to_owned(),
                value: value.to_vec(),
                revision: Revision(revision),
            }
        }))
    }

    fn range(&self, prefix: &str, after: Option<&str>, limit: usize) -> Result<Vec<Item>, StoreError> {
        let from = match after {
            Some(after) if after >= prefix => Bound::Excluded(after),
            _ => Bound::Included(prefix),
        };
        let read = self.begin_read()?;
        let entries = read.open_table(ENTRIES).map_err(|e| self.failed(e))?;
        let range = entries
            .range::<&str>((from, Bound::Unbounded))
            .map_err(|e| self.failed(e))?;
        let mut items = Vec::new();
        for item in range.take(limit) {
            let (key, value) = item.map_err(|e| self.failed(e))?;
            if !key.value().starts_with(prefix) {
                break;
            }
            let (revision, value) = value.value();
            items.push(Item {
                key: key.value().to_owned(),
                value: value.to_vec(),
                revision: Revision(revision),
            });
        }
        Ok(items)
    }

    fn transact(&self, transaction: &Transaction) -> Result<Revision, StoreError> {
        let committed = self.commit(transaction);
        if !matches!(committed, Ok(_) | Err(StoreError::Conflict { .. })) {
            self.failed.store(true, Relaxed);
        }
        let revision = committed?;
        self.told.fetch_max(revision.0, Relaxed);
        Ok(revision)
    }
}

pub(super) fn open_existing(path: &Path) -> Result<Database, StoreError> {
    let mut head = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAGIC.len() as u64).read_to_end(&mut head))
        .map_err(|error| unavailable(path, &error))?;
    if head.is_empty() {
        return Err(corrupt(path, "the file is empty"));
    }
    if head != MAGIC {
        return Err(foreign(path));
    }
    let open = || {
        Database::builder()
            .set_cache_size(CACHE_BYTES)
            // Every page's checksum, at every start: the whole file is read into the snapshot anyway.
            .set_check_integrity_on_open(true)
            .open(path)
    };
    hold(path, open).map_err(|error| match error {
        DatabaseError::DatabaseAlreadyOpen | DatabaseError::LockProtocolMismatch => StoreError::Locked {
            path: path.display().to_string(),
        },
        error => failure(path, &error.into()),
    })
}

/// Opens the file that has the name when it is locked: a process that closes its store may have put a denser one in its place since it
/// was opened, and what is written to a file without a name is lost.
fn hold(path: &Path, open: impl Fn() -> Result<Database, DatabaseError>) -> Result<Database, DatabaseError> {
    loop {
        let before = identity(path)?;
        let database = open()?;
        // As long as it is open, no other file gets its number.
        if identity(path)? == before {
            return Ok(database);
        }
    }
}

/// What tells the file of this name from others.
#[cfg(unix)]
fn identity(path: &Path) -> io::Result<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    let file = fs::metadata(path)?;
    Ok((file.dev(), file.ino()))
}

#[cfg(not(unix))]
fn identity(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Makes an empty store. If somebody else makes one at the same moment, either is as good.
fn create(path: &Path) -> Result<(), StoreError> {
    let new = NewFile::beside(path);
    write_empty(&new)?;
    match new.place() {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        placed => placed.map_err(|error| unavailable(path, &error)),
    }
}

/// Writes an empty store into a file that does not have its name yet.
pub(super) fn write_empty(new: &NewFile) -> Result<(), StoreError> {
    let draft = new.draft();
    let file = new.create().map_err(|error| unavailable(draft, &error))?;
    let failed = |error: redb::Error| failure(draft, &error);
    let backend = FileBackend::new(file).map_err(|e| failed(e.into()))?;
    let database = Database::builder()
        .create_with_backend(backend)
        .map_err(|e| failed(e.into()))?;
    let write = database.begin_write().map_err(|e| failed(e.into()))?;
    write.open_table(ENTRIES).map_err(|e| failed(e.into()))?;
    write
        .open_table(META)
        .map_err(|e| failed(e.into()))?
        .insert(REVISION, 0)
        .map_err(|e| failed(e.into()))?;
    write.commit().map_err(|e| failed(e.into()))?;
    database.close().map_err(|e| failed(e.into()))
}

pub(super) fn failure(path: &Path, error: &redb::Error) -> StoreError {
    match error {
        redb::Error::Corrupted(reason) => corrupt(path, reason),
        redb::Error::UpgradeRequired(_) => foreign(path),
        redb::Error::Io(error) if error.kind() == io::ErrorKind::InvalidData => {
            corrupt(path, &error.to_string())
        }
        redb::Error::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            corrupt(path, "it is cut short")
        }
        redb::Error::Io(error) => unavailable(path, error),
        error => StoreError::Unavailable {
            path: path.display().to_string(),
            reason: error.to_string(),
        },
    }
}

pub(super) fn unavailable(path: &Path, error: &io::Error) -> StoreError {
    StoreError::Unavailable {
        path: path.display().to_string(),
        reason: error.to_string(),
    }
}

pub(super) fn corrupt(path: &Path, reason: &str) -> StoreError {
    StoreError::Corrupt {
        path: path.display().to_string(),
        reason: reason.to_owned(),
    }
}

pub(super) fn foreign(path: &Path) -> StoreError {
    StoreError::Foreign {
        path: path.display().to_string(),
    }
}

#[cfg(test)]
#[path = "redb_tests.rs"]
mod tests;
