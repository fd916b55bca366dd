//! Files that are wrong: one clear sentence each, and nothing in them changed.

use std::{
    fs,
    io::Error as IoError,
    path::{Path, PathBuf},
    sync::Arc,
};

use locum_crypto::{KeyEncryptionKey, SeededRandom};
use locum_directory::{
    AccessKey, Directory, KeyOwner, ManagedPolicy, MemoryStore, OpenError, Organization, Parent, RedbStore,
    Revision, Store, StoreError, Transaction, User,
};
use locum_names::Partition;
use locum_policy::PolicyKind;
use tempfile::TempDir;

use crate::fixture::{account, in_memory, kek, now, open, policy, put, view};

fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("directory.redb");
    (folder, path)
}

/// A file with a few entities in it.
fn filled(path: &Path) -> std::collections::BTreeMap<String, String> {
    let directory = open(Arc::new(RedbStore::open(path).unwrap()));
    let mut rng = SeededRandom::new(5);
    for number in 0..40 {
        let user = User::new(account(), "/", &format!("user-{number}"), now(), &mut rng);
        let owner = KeyOwner::User(user.id);
        put(&directory, user);
        put(&directory, AccessKey::generate(account(), owner, now(), &mut rng));
    }
    view(&directory.snapshot())
}

fn attempt(path: &Path, kek: KeyEncryptionKey) -> Result<Directory, OpenError> {
    let store = RedbStore::open(path)?;
    Directory::open(Arc::new(store), kek, Box::new(SeededRandom::new(2)))
}

/// Opening fails, in one sentence, and the file is what it was.
fn fails(path: &Path, kek: KeyEncryptionKey) -> OpenError {
    let before = fs::read(path).unwrap();
    let error = attempt(path, kek).expect_err("it opened");
    assert!(fs::read(path).unwrap() == before, "the file was changed: {error}");
    assert!(!error.to_string().contains('\n'), "{error}");
    error
}

#[test]
fn what_was_acknowledged_is_there_after_reopening() {
    let (_folder, path) = place();
    let before = filled(&path);
    let again = attempt(&path, kek()).unwrap();
    assert_eq!(view(&again.snapshot()), before);
    assert_eq!(
        before.keys().filter(|place| place.starts_with("key ")).count(),
        41
    );
}

#[cfg(unix)]
#[test]
fn the_file_is_its_owners_alone_and_no_draft_stays() {
    use std::os::unix::fs::PermissionsExt as _;
    let (folder, path) = place();
    drop(RedbStore::open(&path).unwrap());
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[cfg(unix)]
#[test]
fn what_a_killed_process_left_goes_with_the_next_that_holds_the_store() {
    let (folder, path) = place();
    filled(&path);
    let linked = folder.path().join("linked");
    fs::create_dir(&linked).unwrap();
    let link = linked.join("directory.redb");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    let left = [
        // Of a compaction, of a first start, and of one that had given the store its name already.
        folder.path().join("directory.redb.new"),
        linked.join("directory.redb.0123456789abcdef.new"),
        folder.path().join("directory.redb.fedcba9876543210.new"),
    ];
    for draft in &left[..2] {
        fs::write(draft, "half").unwrap();
    }
    fs::hard_link(&path, &left[2]).unwrap();
    let backup = folder.path().join("directory.redb.backup");
    fs::write(&backup, "a copy").unwrap();
    let there = || left.iter().filter(|draft| draft.exists()).count();

    let held = RedbStore::open(&left[2]).unwrap();
    assert!(matches!(RedbStore::open(&link), Err(StoreError::Locked { .. })));
    assert_eq!(there(), 3, "who has it may be writing them");
    drop(held);
    let again = attempt(&link, kek()).unwrap();
    assert_eq!(there(), 0);
    assert!(backup.exists());
    assert_eq!(again.snapshot().users(account(), None, "/").count(), 40);
}

#[test]
fn a_wrong_key_is_told_from_damage() {
    let (_folder, path) = place();
    filled(&path);
    let other = KeyEncryptionKey::generate(&mut SeededRandom::new(99));
    let error = attempt(&path, other).expect_err("it opened");
    assert!(
        matches!(error, OpenError::WrongKey { needed } if needed == kek().id()),
        "{error}"
    );
    assert!(error.to_string().starts_with("wrong key"));
    attempt(&path, kek()).unwrap();
}

#[test]
fn a_file_in_use_is_refused() {
    let (_folder, path) = place();
    let _first = RedbStore::open(&path).unwrap();
    let error = RedbStore::open(&path).unwrap_err();
    assert!(matches!(error, StoreError::Locked { .. }), "{error}");
}

#[test]
fn an_empty_file_is_not_a_new_one_and_a_foreign_one_is_left_alone() {
    let (_folder, path) = place();
    fs::write(&path, b"").unwrap();
    assert!(matches!(
        fails(&path, kek()),
        OpenError::Store(StoreError::Corrupt { .. })
    ));
    for foreign in [b"SQLite format 3\0".as_slice(), b"redb", b"{}"] {
        fs::write(&path, foreign).unwrap();
        assert!(matches!(
            fails(&path, kek()),
            OpenError::Store(StoreError::Foreign { .. })
        ));
    }
}

#[test]
fn another_programs_redb_file_is_foreign() {
    let (_folder, path) = place();
    let database = redb::Database::create(&path).unwrap();
    let write = database.begin_write().unwrap();
    let table: redb::TableDefinition<'_, &str, &str> = redb::TableDefinition::new("songs");
    write.open_table(table).unwrap().insert("a", "b").unwrap();
    write.commit().unwrap();
    drop(database);
    let error = RedbStore::open(&path).unwrap_err();
    assert!(matches!(error, StoreError::Foreign { .. }), "{error}");
}

#[test]
fn a_truncated_file_is_damaged_at_every_length() {
    let (_folder, path) = place();
    filled(&path);
    let whole = fs::read(&path).unwrap();
    for keep in [
        1,
        8,
        9,
        64,
        511,
        4095,
        4096,
        4097,
        whole.len() / 2,
        whole.len() - 4096,
        whole.len() - 1,
    ] {
        fs::write(&path, &whole[..keep]).unwrap();
        let error = fails(&path, kek());
        let told = matches!(
            error,
            OpenError::Store(StoreError::Corrupt { .. } | StoreError::Foreign { .. })
        );
        assert!(told, "{keep} of {}: {error}", whole.len());
    }
    fs::write(&path, &whole).unwrap();
    attempt(&path, kek()).unwrap();
}

#[test]
fn no_altered_byte_ever_shows_other_content() {
    let (_folder, path) = place();
    let before = filled(&path);
    let whole = fs::read(&path).unwrap();
    let mut refused = 0;
    for at in (0..whole.len()).step_by(whole.len() / 97) {
        let mut altered = whole.clone();
        altered[at] ^= 0x10;
        fs::write(&path, &altered).unwrap();
        match attempt(&path, kek()) {
            Ok(directory) => assert_eq!(view(&directory.snapshot()), before, "byte {at}"),
            Err(_) => refused += 1,
        }
    }
    assert!(refused > 0, "some bytes matter");
}

#[test]
fn a_missing_folder_is_said() {
    let error = RedbStore::open(Path::new("/no/such/folder/directory.redb")).unwrap_err();
    assert!(matches!(error, StoreError::Unavailable { .. }), "{error}");
}

/// A store with one value changed behind the directory's back.
fn with(key: &str, value: Option<&[u8]>) -> OpenError {
    let store = Arc::new(MemoryStore::new());
    drop(open(Arc::clone(&store) as Arc<dyn Store>));
    let mut transaction = Transaction::default();
    match value {
        Some(value) => transaction.puts.push((key.into(), value.into())),
        None => transaction.deletes.push(key.into()),
    }
    store.transact(&transaction).unwrap();
    Directory::open(store, kek(), Box::new(SeededRandom::new(2))).expect_err("it opened")
}

#[test]
fn each_wrong_value_has_its_own_sentence() {
    let account_key = format!("/accounts/{}", account());
    let version =
        br#"{"format":"locum directory","version":7,"deployment":"00000000000000000000000000000000"}"#;
    let error = with("/stamp", Some(version));
    assert!(matches!(error, OpenError::Version { found: 7, .. }), "{error}");
    let error = with("/stamp", None);
    assert!(matches!(error, OpenError::Unstamped), "{error}");
    for (key, value) in [
        ("/stamp", Some(b"not json".as_slice())),
        ("/mark", None),
        ("/mark", Some(b"short")),
        (&account_key, Some(b"")),
    ] {
        let error = with(key, value);
        assert!(
            matches!(&error, OpenError::Damaged { key: told, .. } if told == key),
            "{key}: {error}"
        );
    }
    // What a newer program may have put there restricts nobody if it is passed over.
    for key in ["/resource-policies/x", "/", "/accountsx", "/zones/1", "x"] {
        let error = with(key, Some(b"not even sealed"));
        assert!(
            matches!(&error, OpenError::UnknownKind { key: told } if told == key),
            "{key}: {error}"
        );
    }
    let error = with("/organizations/1", Some(b"not even sealed"));
    assert!(matches!(error, OpenError::Damaged { .. }), "{error}");
    // The organization's management account, gone.
    let error = with(&account_key, None);
    assert!(matches!(error, OpenError::Inconsistent(_)), "{error}");
}

#[test]
fn a_value_moved_to_another_key_or_deployment_does_not_open() {
    let (mine, other) = (Arc::new(MemoryStore::new()), Arc::new(MemoryStore::new()));
    drop(open(Arc::clone(&mine) as Arc<dyn Store>));
    let random = Box::new(SeededRandom::new(77));
    drop(Directory::open(Arc::clone(&other) as Arc<dyn Store>, kek(), random).unwrap());
    let organization = mine.get("/organization").unwrap().unwrap();
    let moves: [(&MemoryStore, &str); 2] = [(&mine, "/rings/session-token"), (&other, "/organization")];
    for (store, key) in moves {
        let puts = vec![(key.to_owned(), organization.value.clone())];
        store
            .transact(&Transaction {
                puts,
                ..Transaction::default()
            })
            .unwrap();
    }
    for store in [mine, other] {
        let error = Directory::open(store, kek(), Box::new(SeededRandom::new(2))).expect_err("it opened");
        assert!(matches!(error, OpenError::Damaged { .. }), "{error}");
    }
}

#[test]
fn no_secret_and_no_name_reaches_the_file_in_clear() {
    let (_folder, path) = place();
    let directory = open(Arc::new(RedbStore::open(&path).unwrap()));
    let mut rng = SeededRandom::new(5);
    let key = AccessKey::generate(account(), KeyOwner::Root(account()), now(), &mut rng);
    let secret = key.secret.expose().to_owned();
    put(&directory, key);
    put(
        &directory,
        User::new(account(), "/", "a-name-to-look-for", now(), &mut rng),
    );
    let managed = policy(PolicyKind::Managed);
    put(
        &directory,
        ManagedPolicy::new(account(), "/", "read", managed, now(), &mut rng),
    );
    drop(directory);
    let file = fs::read(&path).unwrap();
    let holds = |text: &str| file.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(!holds(&secret) && !holds("a-name-to-look-for") && !holds("s3:Get"));
    assert!(
        holds("locum directory"),
        "the stamp is in clear, so the search can find"
    );
}

#[test]
fn the_first_start_is_made_once_and_its_key_is_handed_over_first() {
    let store = Arc::new(MemoryStore::new());
    let directory = Directory::open(
        Arc::clone(&store) as Arc<dyn Store>,
        kek(),
        Box::new(SeededRandom::new(2)),
    )
    .unwrap();
    let mut rng = SeededRandom::new(3);
    let failed = directory.bootstrap(None, Partition::Aws, now(), &mut rng, |_| {
        Err(IoError::other("disk full"))
    });
    assert_eq!(
        failed.unwrap_err().to_string(),
        "cannot keep the root user's key: disk full"
    );
    assert!(directory.snapshot().organization().is_none());

    let mut delivered = None;
    let deliver = |key: &AccessKey| {
        delivered = Some(key.clone());
        Ok(())
    };
    assert!(
        directory
            .bootstrap(None, Partition::Aws, now(), &mut rng, deliver)
            .unwrap()
    );
    let key = delivered.unwrap();
    let snapshot = directory.snapshot();
    let organization = snapshot.organization().unwrap();
    let management = snapshot.account(organization.management_account).unwrap();
    assert_eq!(key.owner, KeyOwner::Root(management.id));
    assert_eq!(key.id.account(), Some(management.id));
    assert!(
        snapshot
            .access_key(&key.id)
            .unwrap()
            .secret
            .matches(key.secret.expose())
    );
    assert_eq!(management.parent, Parent::Root);
    assert_eq!((organization.id.len(), organization.root_id.len()), (12, 6));

    let before = view(&snapshot);
    let again = directory.bootstrap(None, Partition::Aws, now(), &mut rng, |_| {
        Err(IoError::other("a second key"))
    });
    assert!(!again.unwrap());
    assert_eq!(view(&directory.snapshot()), before);
    assert!(in_memory().snapshot().revision() > Revision::NEW);
}

#[test]
fn the_partition_is_settled_once() {
    let store = Arc::new(MemoryStore::new());
    let open = || {
        let store = Arc::clone(&store) as Arc<dyn Store>;
        Directory::open(store, kek(), Box::new(SeededRandom::new(2))).unwrap()
    };
    let directory = open();
    // Before the first start there is nothing to settle it for.
    assert_eq!(
        directory.settle_partition(Partition::UsGov).unwrap(),
        Partition::UsGov
    );
    let mut rng = SeededRandom::new(3);
    let asked = Partition::China;
    assert!(
        directory
            .bootstrap(None, asked, now(), &mut rng, |_| Ok(()))
            .unwrap()
    );
    let first = directory.snapshot();
    assert_eq!(
        first.organization().unwrap().partition,
        Some(asked),
        "in one write"
    );
    for later in [Partition::Aws, asked] {
        assert!(
            !directory
                .bootstrap(None, later, now(), &mut rng, |_| Ok(()))
                .unwrap()
        );
        assert_eq!(directory.settle_partition(later).unwrap(), asked);
    }
    assert_eq!(
        directory.snapshot().revision(),
        first.revision(),
        "nothing was left to settle"
    );
    drop(directory);
    assert_eq!(open().settle_partition(Partition::Aws).unwrap(), Partition::China);
}

#[test]
fn an_organization_of_before_there_were_partitions_is_given_one() {
    let directory = in_memory();
    let organization = Organization {
        partition: None,
        ..Organization::clone(directory.snapshot().organization().unwrap())
    };
    put(&directory, organization);
    for asked in [Partition::UsGov, Partition::Aws] {
        assert_eq!(directory.settle_partition(asked).unwrap(), Partition::UsGov);
    }
}
