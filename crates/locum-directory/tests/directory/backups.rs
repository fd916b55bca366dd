//! Copies of a store that is in use.

use std::{
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use locum_crypto::SeededRandom;
use locum_directory::{RedbStore, Revision, Store, StoreError, Transaction, User};

use crate::fixture::{account, now, open, put, view};

fn both(value: u64) -> Transaction {
    let puts = ["/a", "/b"].map(|key| (key.to_owned(), value.to_be_bytes().to_vec()));
    Transaction {
        puts: puts.to_vec(),
        ..Transaction::default()
    }
}

#[test]
fn a_copy_opens_as_the_directory_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(RedbStore::open(&folder.path().join("directory.redb")).unwrap());
    let directory = open(Arc::clone(&store) as Arc<dyn Store>);
    let mut rng = SeededRandom::new(7);
    let mut add = |name: &str| put(&directory, User::new(account(), "/", name, now(), &mut rng));
    add("before");
    let before = view(&directory.snapshot());

    let copy = folder.path().join("copy");
    let revision = store.back_up(&copy).unwrap();
    assert_eq!(revision, directory.snapshot().revision());
    add("after");

    let restored = open(Arc::new(RedbStore::open(&copy).unwrap()));
    assert_eq!(view(&restored.snapshot()), before);
    assert_ne!(view(&directory.snapshot()), before);
}

#[test]
fn a_copy_is_one_commit_whatever_is_written_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let store = RedbStore::open(&folder.path().join("directory.redb")).unwrap();
    store.transact(&both(0)).unwrap();
    let copy = folder.path().join("copy");
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut value = 1;
            while !done.load(Ordering::Relaxed) {
                store.transact(&both(value)).unwrap();
                value += 1;
            }
        });
        for _ in 0..20 {
            // Each takes the place of the one before.
            let revision = store.back_up(&copy).unwrap();
            let copied = RedbStore::open(&copy).unwrap();
            assert_eq!(copied.revision(), Ok(revision));
            for key in ["/a", "/b"] {
                let item = copied.get(key).unwrap().unwrap();
                assert_eq!(item.revision, revision);
                assert_eq!(item.value, (revision.0 - 1).to_be_bytes());
            }
        }
        done.store(true, Ordering::Relaxed);
    });
    assert_eq!(names(folder.path()), ["copy", "directory.redb"]);
}

#[test]
fn a_copy_goes_on_where_it_was_made() {
    let folder = tempfile::tempdir().unwrap();
    let store = RedbStore::open(&folder.path().join("directory.redb")).unwrap();
    for value in 0..3 {
        store.transact(&both(value)).unwrap();
    }
    let copy = folder.path().join("copy");
    assert_eq!(store.back_up(&copy), Ok(Revision(3)));
    let copied = RedbStore::open(&copy).unwrap();
    assert_eq!(copied.transact(&both(3)), Ok(Revision(4)));
    assert_eq!(store.revision(), Ok(Revision(3)));
}

#[test]
fn what_cannot_be_copied_leaves_the_copy_before() {
    let folder = tempfile::tempdir().unwrap();
    let store = RedbStore::open(&folder.path().join("directory.redb")).unwrap();
    let copy = folder.path().join("copy");
    store.back_up(&copy).unwrap();
    let before = fs::read(&copy).unwrap();
    store.transact(&both(0)).unwrap();
    // Nothing can be written under this name.
    fs::create_dir(folder.path().join("copy.new")).unwrap();
    let error = store.back_up(&copy).expect_err("it was copied");
    assert!(matches!(error, StoreError::Unavailable { .. }), "{error}");
    assert!(!error.to_string().contains('\n'), "{error}");
    assert_eq!(fs::read(&copy).unwrap(), before);
    assert!(store.back_up(&folder.path().join("nowhere/copy")).is_err());
}

#[cfg(unix)]
#[test]
fn a_copy_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let store = RedbStore::open(&folder.path().join("directory.redb")).unwrap();
    let copy = folder.path().join("copy");
    // What an earlier one left, and anybody may read.
    fs::write(folder.path().join("copy.new"), "cut off").unwrap();
    fs::set_permissions(folder.path().join("copy.new"), fs::Permissions::from_mode(0o644)).unwrap();
    store.back_up(&copy).unwrap();
    assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort_unstable();
    names
}
