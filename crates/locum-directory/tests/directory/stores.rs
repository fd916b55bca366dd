//! Both stores keep the same promises.

use locum_directory::{Commit, Item, MemoryStore, RedbStore, Revision, Store, StoreError, Transaction};

fn each_store(check: impl Fn(&dyn Store)) {
    check(&MemoryStore::new());
    let folder = tempfile::tempdir().unwrap();
    check(&RedbStore::open(&folder.path().join("directory.redb")).unwrap());
}

fn put(key: &str, expected: u64, value: &[u8]) -> Transaction {
    Transaction {
        compare: vec![(key.into(), Revision(expected))],
        puts: vec![(key.into(), value.into())],
        deletes: Vec::new(),
    }
}

fn delete(key: &str, expected: u64) -> Transaction {
    Transaction {
        compare: vec![(key.into(), Revision(expected))],
        puts: Vec::new(),
        deletes: vec![key.into()],
    }
}

#[test]
fn a_transaction_compares_before_it_writes_anything() {
    each_store(|store| {
        assert_eq!(store.revision(), Ok(Revision::NEW));
        assert_eq!(store.transact(&put("/a", 0, b"1")), Ok(Revision(1)));
        assert_eq!(store.transact(&put("/b", 0, b"2")), Ok(Revision(2)));
        let mut both = put("/b", 2, b"3");
        both.compare.push(("/a".into(), Revision(7)));
        assert_eq!(
            store.transact(&both),
            Err(StoreError::Conflict { key: "/a".into() })
        );
        assert_eq!(
            store.transact(&put("/a", 0, b"x")),
            Err(StoreError::Conflict { key: "/a".into() })
        );
        assert_eq!(
            store.transact(&delete("/c", 1)),
            Err(StoreError::Conflict { key: "/c".into() })
        );
        assert_eq!(store.revision(), Ok(Revision(2)));
        let item = Item {
            key: "/b".into(),
            value: b"2".into(),
            revision: Revision(2),
        };
        assert_eq!(store.get("/b"), Ok(Some(item)));
        assert_eq!(store.transact(&delete("/a", 1)), Ok(Revision(3)));
        assert_eq!(store.get("/a"), Ok(None));
    });
}

#[test]
fn a_range_pages_within_its_prefix() {
    each_store(|store| {
        let keys = ["/a/1", "/a/2", "/a/3", "/ab", "/b/1"];
        for key in keys {
            store.transact(&put(key, 0, key.as_bytes())).unwrap();
        }
        let page = |prefix, after, limit| -> Vec<String> {
            let items = store.range(prefix, after, limit).unwrap();
            assert!(items.iter().all(|item| item.value == item.key.as_bytes()));
            items.into_iter().map(|item| item.key).collect()
        };
        assert_eq!(page("/a/", None, 10), ["/a/1", "/a/2", "/a/3"]);
        assert_eq!(page("/a/", None, 2), ["/a/1", "/a/2"]);
        assert_eq!(page("/a/", Some("/a/2"), 2), ["/a/3"]);
        assert_eq!(page("/a/", Some("/a/3"), 2), Vec::<String>::new());
        assert_eq!(page("/c", None, 2), Vec::<String>::new());
        assert_eq!(page("", None, 10), keys);
    });
}

#[test]
fn a_watch_replays_and_then_follows() {
    each_store(|store| {
        store.transact(&put("/a", 0, b"1")).unwrap();
        store.transact(&put("/a", 1, b"2")).unwrap();
        let watch = store.watch(Revision(1)).unwrap();
        store.transact(&delete("/a", 2)).unwrap();
        let commit = |revision, puts: &[(&str, &[u8])], deletes: &[&str]| Commit {
            revision: Revision(revision),
            puts: puts.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect(),
            deletes: deletes.iter().map(|k| (*k).into()).collect(),
        };
        assert_eq!(watch.try_recv(), Ok(commit(2, &[("/a", b"2")], &[])));
        assert_eq!(watch.try_recv(), Ok(commit(3, &[], &["/a"])));
        assert!(watch.try_recv().is_err());
    });
}

#[test]
fn a_watcher_that_falls_behind_is_cut_off_and_old_commits_are_forgotten() {
    let store = MemoryStore::new();
    let slow = store.watch(Revision::NEW).unwrap();
    for revision in 0..5000 {
        store.transact(&put("/a", revision, b"")).unwrap();
    }
    let received: Vec<_> = slow.iter().map(|commit| commit.revision.0).collect();
    assert!(received.len() < 5000, "it ends instead of growing without bound");
    assert!(
        received.iter().copied().eq(1..=received.len() as u64),
        "and has no gap"
    );
    let from = Revision(10);
    assert_eq!(store.watch(from).unwrap_err(), StoreError::Compacted { from });
    assert!(store.watch(Revision(4990)).is_ok());
}
