use std::{
    borrow::Cow,
    cell::Cell,
    fs::OpenOptions,
    sync::{Arc, atomic::AtomicU8},
};

use redb::StorageBackend;

use super::*;

const WELL: u8 = 0;
/// Nothing can be written.
const FULL: u8 = 1;
/// What is flushed is on disk, and the system says that it is not.
const LYING: u8 = 2;

/// A file on a disk that fails when it is told to.
#[derive(Debug)]
struct Disk {
    file: FileBackend,
    state: Arc<AtomicU8>,
}

impl Disk {
    fn refuse_if(&self, state: u8) -> io::Result<()> {
        if self.state.load(Relaxed) == state {
            Err(io::ErrorKind::StorageFull.into())
        } else {
            Ok(())
        }
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        self.file.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.file.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.refuse_if(FULL)?;
        self.file.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.file.sync_data()?;
        self.refuse_if(LYING)
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.refuse_if(FULL)?;
        self.file.write(offset, data)
    }
}

fn put(key: &str) -> Transaction {
    Transaction {
        puts: vec![(key.to_owned(), vec![7; 300])],
        ..Transaction::default()
    }
}

/// A store with one entry, on a disk of ours until it is opened again.
fn on_a_disk(path: &Path) -> (RedbStore, Arc<AtomicU8>) {
    create(path).unwrap();
    let state = Arc::new(AtomicU8::new(WELL));
    let file = OpenOptions::new().read(true).write(true).open(path).unwrap();
    let disk = Disk {
        file: FileBackend::new(file).unwrap(),
        state: Arc::clone(&state),
    };
    let store = RedbStore::over(path, Database::builder().create_with_backend(disk).unwrap());
    assert_eq!(store.transact(&put("/first")), Ok(Revision(1)));
    (store, state)
}

#[test]
fn a_disk_that_was_full_is_written_to_when_it_has_room() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("directory.redb");
    let (store, disk) = on_a_disk(&path);
    disk.store(FULL, Relaxed);
    assert!(matches!(
        store.transact(&put("/lost")),
        Err(StoreError::Unavailable { .. })
    ));
    disk.store(WELL, Relaxed);

    assert_eq!(store.transact(&put("/second")), Ok(Revision(2)));
    assert_eq!(store.revision(), Ok(Revision(2)));
    let conflicting = Transaction {
        compare: vec![("/second".to_owned(), Revision::NEW)],
        ..put("/second")
    };
    assert!(matches!(
        store.transact(&conflicting),
        Err(StoreError::Conflict { .. })
    ));
    assert_eq!(store.transact(&put("/third")), Ok(Revision(3)));
    assert!(
        matches!(RedbStore::open(&path), Err(StoreError::Locked { .. })),
        "it is still held"
    );
    drop(store);
    let keys = |store: &RedbStore| -> Vec<String> {
        let items = store.range("", None, usize::MAX).unwrap();
        items.into_iter().map(|item| item.key).collect()
    };
    assert_eq!(
        keys(&RedbStore::open(&path).unwrap()),
        ["/first", "/second", "/third"]
    );
}

#[test]
fn nothing_is_written_on_top_of_a_commit_that_nobody_was_told_of() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("directory.redb");
    let (store, disk) = on_a_disk(&path);
    disk.store(LYING, Relaxed);
    assert!(store.transact(&put("/unknown")).is_err());
    disk.store(WELL, Relaxed);

    for _ in 0..2 {
        assert!(matches!(
            store.transact(&put("/second")),
            Err(StoreError::Unavailable { .. })
        ));
        assert_eq!(
            store.revision(),
            Ok(Revision(2)),
            "whoever asks can see that it went on"
        );
    }
    drop(store);
    let store = RedbStore::open(&path).unwrap();
    assert!(store.get("/unknown").unwrap().is_some());
    assert_eq!(store.transact(&put("/second")), Ok(Revision(3)));
}

#[test]
fn a_store_that_somebody_else_took_meanwhile_is_left_to_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("directory.redb");
    let (store, disk) = on_a_disk(&path);
    disk.store(FULL, Relaxed);
    assert!(store.transact(&put("/lost")).is_err());
    // It cannot be opened again at once.
    let aside = folder.path().join("aside");
    fs::rename(&path, &aside).unwrap();
    assert!(store.transact(&put("/lost")).is_err());
    fs::rename(&aside, &path).unwrap();
    let other = RedbStore::open(&path).unwrap();
    assert!(matches!(
        store.transact(&put("/mine")),
        Err(StoreError::Locked { .. })
    ));
    assert_eq!(other.transact(&put("/theirs")), Ok(Revision(2)));
    drop(other);
    assert!(matches!(
        store.transact(&put("/mine")),
        Err(StoreError::Unavailable { .. })
    ));
    assert_eq!(store.revision(), Ok(Revision(2)));
}

#[test]
fn a_store_that_was_sealed_under_another_key_meanwhile_is_not_written_under_the_old_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("directory.redb");
    let (store, disk) = on_a_disk(&path);
    disk.store(FULL, Relaxed);
    assert!(store.transact(&put("/lost")).is_err());
    let aside = folder.path().join("aside");
    fs::rename(&path, &aside).unwrap();
    assert!(store.transact(&put("/lost")).is_err());
    fs::rename(&aside, &path).unwrap();

    let other = RedbStore::open(&path).unwrap();
    let rewritten = other.rewrite(
        |_, value| Ok::<_, StoreError>(Some(Cow::Owned(vec![8; value.len()]))),
        |_| Ok(()),
    );
    let other = rewritten.unwrap();
    assert_eq!(other.revision(), Ok(Revision(2)), "it counts as a commit");
    assert_eq!(other.get("/first").unwrap().unwrap().revision, Revision(1));
    drop(other);
    for _ in 0..2 {
        assert!(matches!(
            store.transact(&put("/mine")),
            Err(StoreError::Unavailable { .. })
        ));
    }
    drop(store);
    let store = RedbStore::open(&path).unwrap();
    assert_eq!(store.get("/mine"), Ok(None));
    assert_eq!(store.transact(&put("/second")), Ok(Revision(3)));
}

#[cfg(unix)]
#[test]
fn a_file_that_was_replaced_while_it_was_opened_is_let_go() {
    let folder = tempfile::tempdir().unwrap();
    let (path, denser) = (folder.path().join("directory.redb"), folder.path().join("denser"));
    drop(RedbStore::open(&path).unwrap());
    drop(RedbStore::open(&denser).unwrap());
    let opened = Cell::new(0);
    let held = hold(&path, || {
        let database = Database::open(&path);
        // Before the first one is locked, its owner puts another in its place and goes.
        if opened.replace(opened.get() + 1) == 0 {
            fs::rename(&denser, &path).unwrap();
        }
        database
    });
    assert!(held.is_ok());
    assert_eq!(opened.get(), 2);
    assert!(matches!(RedbStore::open(&path), Err(StoreError::Locked { .. })));
}
