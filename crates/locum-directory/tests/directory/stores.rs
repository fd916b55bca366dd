//! Both stores keep the same promises.

use locum_directory::{Item, MemoryStore, RedbStore, Revision, Store, StoreError, Transaction};

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
