//! Another key-encryption key, and a kill at any moment of the change.
//!
//! As in `crash`, the test executable runs itself: the ignored test below is the process that is killed.

use std::{
    collections::BTreeMap,
    env, fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use locum_crypto::{
    KeyEncryptionKey, Purpose, Random as _, SecretBytes, SeededRandom, SigningAlgorithm, SigningError,
    SigningKey, SystemRandom,
};
use locum_directory::{
    AccessKey, Directory, KeyOwner, OpenError, OutboundAlgorithm, OutboundFederation, OutboundKey, RedbStore,
    RekeyError, Revision, Sessions, SigningKeys, Snapshot, Store, StoreError, Transaction, User, opens,
    rekey,
};
use locum_names::Partition;

use crate::fixture::{account, kek, now, put, ring, view};

const FILE: &str = "LOCUM_TEST_REKEY_FILE";

fn other() -> KeyEncryptionKey {
    KeyEncryptionKey::generate(&mut SeededRandom::new(99))
}

fn open(path: &Path, key: KeyEncryptionKey) -> Result<Directory, OpenError> {
    let store = RedbStore::open_existing(path)?;
    Directory::open(Arc::new(store), key, Box::new(SystemRandom))
}

/// A store of some entities under the fixture's key.
fn filled(path: &Path) {
    drop(RedbStore::open(path).unwrap());
    let directory = open(path, kek()).unwrap();
    let mut rng = SeededRandom::new(5);
    directory
        .bootstrap(Some(account()), Partition::Aws, now(), &mut rng, |_| Ok(()))
        .unwrap();
    for number in 0..40 {
        let user = User::new(account(), "/", &format!("user-{number}"), now(), &mut rng);
        let owner = KeyOwner::User(user.id);
        put(&directory, user);
        put(&directory, AccessKey::generate(account(), owner, now(), &mut rng));
    }
    let mut issuer = OutboundFederation::new(account(), now(), &mut rng);
    issuer.keys.push(signing_key(0));
    put(&directory, issuer);
    for purpose in [Purpose::SessionToken, Purpose::Marker] {
        put(&directory, ring(purpose, Revision::NEW, b"a ring"));
    }
}

fn signing_key(number: u64) -> OutboundKey {
    OutboundKey {
        kid: format!("RSA_{number}").into(),
        algorithm: OutboundAlgorithm::Rs256,
        pkcs8: SecretBytes::new(format!("a key pair {number}").into_bytes()),
        created: now(),
        signs_from: now(),
        published_until: None,
    }
}

/// The number of the one key that an issuer has.
fn number(issuer: &OutboundFederation) -> u64 {
    let [key] = issuer.keys.as_slice() else {
        panic!("{} keys", issuer.keys.len());
    };
    let number = key.kid.strip_prefix("RSA_").unwrap().parse().unwrap();
    assert_eq!(key.pkcs8.expose(), signing_key(number).pkcs8.expose());
    number
}

/// All but the keys that sign tokens.
fn view_but_for_signing_keys(snapshot: &Snapshot) -> BTreeMap<String, String> {
    let mut seen = view(snapshot);
    seen.retain(|place, _| !place.starts_with("outbound"));
    let issuer = snapshot.outbound_federation(account()).unwrap();
    let kept = (&issuer.issuer_id, issuer.enabled, issuer.created, issuer.revision);
    seen.insert("issuer".to_owned(), format!("{kept:?}"));
    seen
}

/// Puts the next key in the place of the one that an issuer has.
fn next_key(issuer: &mut OutboundFederation) -> Result<(), SigningError> {
    issuer.keys = vec![signing_key(number(issuer) + 1)];
    Ok(())
}

fn change(path: &Path, sessions: Sessions) -> Result<RedbStore, RekeyError> {
    let store = RedbStore::open_existing(path)?;
    let rng = &mut SeededRandom::new(8);
    rekey(store, &kek(), &other(), sessions, SigningKeys::Keep, rng)
}

fn items(path: &Path) -> Vec<locum_directory::Item> {
    let store = RedbStore::open_existing(path).unwrap();
    store.range("", None, usize::MAX).unwrap()
}

#[test]
fn the_new_key_opens_the_same_and_the_old_one_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("directory.redb");
    filled(&path);
    let before = open(&path, kek()).unwrap();
    let (seen, deployment) = (view(&before.snapshot()), *before.deployment());
    let revision = before.snapshot().revision();
    drop(before);
    let sealed = items(&path);

    let held = change(&path, Sessions::Keep).unwrap();
    let error = RedbStore::open(&path).unwrap_err();
    assert!(
        matches!(error, StoreError::Locked { .. }),
        "held to the end: {error}"
    );
    assert!(error.to_string().starts_with(path.to_str().unwrap()));
    drop(held);

    let after = open(&path, other()).unwrap();
    assert_eq!(view(&after.snapshot()), seen);
    assert_eq!(*after.deployment(), deployment);
    assert_eq!(
        after.snapshot().revision(),
        revision.next(),
        "it counts as a commit"
    );
    let ring = after.snapshot().ring(Purpose::SessionToken).unwrap().clone();
    assert_eq!(ring.bytes.expose(), b"a ring");
    drop(after);
    assert!(matches!(open(&path, kek()), Err(OpenError::WrongKey { needed }) if needed == other().id()));

    // Whoever has the old key finds nothing in the new file that it opens.
    let file = fs::read(&path).unwrap();
    for item in sealed.iter().filter(|item| item.key != "/stamp") {
        let value = item.value.as_slice();
        assert!(
            !file.windows(value.len()).any(|window| window == value),
            "{}",
            item.key
        );
    }
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(names.len(), 1, "{names:?}");
}

#[test]
fn sessions_end_if_that_is_asked_for_and_nothing_else_does() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("directory.redb");
    filled(&path);
    let mut keys: Vec<String> = items(&path).into_iter().map(|item| item.key).collect();
    change(&path, Sessions::End).unwrap();
    let directory = open(&path, other()).unwrap();
    for purpose in Purpose::ALL {
        assert!(directory.snapshot().ring(purpose).is_none(), "{purpose:?}");
    }
    put(&directory, ring(Purpose::SessionToken, Revision::NEW, b"another"));
    drop(directory);
    keys.retain(|key| key != "/rings/marker");
    let after: Vec<String> = items(&path).into_iter().map(|item| item.key).collect();
    assert_eq!(after, keys);
}

#[test]
fn signing_keys_are_replaced_if_that_is_asked_for_and_nothing_else_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("directory.redb");
    filled(&path);
    let before = open(&path, kek()).unwrap();
    let seen = view_but_for_signing_keys(&before.snapshot());
    let revision = before.snapshot().outbound_federation(account()).unwrap().revision;
    drop(before);
    let store = RedbStore::open_existing(&path).unwrap();
    let mut next_key = next_key;
    let replace = SigningKeys::Replace(&mut next_key);
    drop(
        rekey(
            store,
            &kek(),
            &other(),
            Sessions::Keep,
            replace,
            &mut SystemRandom,
        )
        .unwrap(),
    );
    let after = open(&path, other()).unwrap();
    let snapshot = after.snapshot();
    let issuer = snapshot.outbound_federation(account()).unwrap();
    assert_eq!((number(issuer), issuer.revision), (1, revision));
    assert_eq!(view_but_for_signing_keys(&snapshot), seen);
}

#[test]
fn without_a_key_to_sign_with_the_store_is_left_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("directory.redb");
    filled(&path);
    let before = items(&path);
    let store = RedbStore::open_existing(&path).unwrap();
    let mut fails = |issuer: &mut OutboundFederation| {
        issuer.keys.clear();
        SigningKey::from_pkcs8(SigningAlgorithm::Rs256, b"none").map(|_| ())
    };
    let replace = SigningKeys::Replace(&mut fails);
    let error = rekey(store, &kek(), &other(), Sessions::End, replace, &mut SystemRandom).unwrap_err();
    assert!(matches!(error, RekeyError::SigningKey(_)), "{error}");
    assert!(!error.to_string().contains('\n'));
    assert!(items(&path) == before);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no draft stays");
}

#[test]
fn what_cannot_be_sealed_anew_is_left_as_it_was() {
    type Spoil = fn(&Path);
    fn put_raw(path: &Path, key: &str, value: Vec<u8>) {
        let transaction = Transaction {
            puts: vec![(key.to_owned(), value)],
            ..Transaction::default()
        };
        RedbStore::open(path).unwrap().transact(&transaction).unwrap();
    }
    fn moved(path: &Path) {
        let item = items(path)
            .into_iter()
            .find(|item| item.key.starts_with("/users/"));
        put_raw(
            path,
            "/users/123456789012/AIDAAAAAAAAAAAAAAAAAA",
            item.unwrap().value,
        );
    }
    let cases: [(&str, Spoil); 4] = [
        ("does not know", |path| {
            put_raw(path, "/of-a-newer-version/x", vec![1; 64])
        }),
        ("damaged", |path| put_raw(path, "/rings/marker", vec![9; 64])),
        ("damaged", |path| put_raw(path, "/rings/marker", Vec::new())),
        ("belongs somewhere else", moved),
    ];
    for (text, spoil) in cases {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("directory.redb");
        filled(&path);
        spoil(&path);
        let before = items(&path);
        let error = change(&path, Sessions::Keep).unwrap_err().to_string();
        assert!(error.contains(text), "{error}");
        assert!(!error.contains('\n'));
        assert!(items(&path) == before);
        assert!(opens(&RedbStore::open(&path).unwrap(), &kek()).unwrap());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no draft stays");
    }
}

#[test]
fn wrong_keys_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("directory.redb");
    let attempt = |old: KeyEncryptionKey, new: KeyEncryptionKey| {
        let store = RedbStore::open(&path).unwrap();
        rekey(
            store,
            &old,
            &new,
            Sessions::Keep,
            SigningKeys::Keep,
            &mut SystemRandom,
        )
        .unwrap_err()
    };
    assert!(matches!(attempt(kek(), other()), RekeyError::Empty));
    filled(&path);
    let before = items(&path);
    assert!(matches!(attempt(kek(), kek()), RekeyError::SameKey(_)));
    assert!(matches!(
        attempt(other(), kek()),
        RekeyError::Open(OpenError::WrongKey { .. })
    ));
    assert!(items(&path) == before);
    // In use.
    let serving = open(&path, kek()).unwrap();
    assert!(matches!(
        change(&path, Sessions::Keep),
        Err(RekeyError::Open(OpenError::Store(StoreError::Locked { .. })))
    ));
    drop(serving);
    change(&path, Sessions::Keep).unwrap();
}

#[cfg(unix)]
#[test]
fn a_linked_store_is_replaced_where_it_is() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let (path, link) = (
        folder.path().join("elsewhere"),
        folder.path().join("directory.redb"),
    );
    filled(&path);
    std::os::unix::fs::symlink(&path, &link).unwrap();
    change(&link, Sessions::Keep).unwrap();
    assert!(link.is_symlink());
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    open(&link, other()).unwrap();
}

#[test]
#[ignore = "the process that a_kill_leaves_one_key_that_opens starts and kills"]
fn changes_keys_until_killed() {
    let file = PathBuf::from(env::var_os(FILE).expect("started by the other test"));
    let started = Instant::now();
    println!("begun");
    // Were the parent to die first, nobody would kill this.
    while started.elapsed() < Duration::from_secs(60) {
        let store = RedbStore::open_existing(&file).unwrap();
        let (old, new) = if opens(&store, &kek()).unwrap() {
            (kek(), other())
        } else {
            (other(), kek())
        };
        let mut next_key = next_key;
        let signing_keys = SigningKeys::Replace(&mut next_key);
        rekey(store, &old, &new, Sessions::Keep, signing_keys, &mut SystemRandom).unwrap();
    }
}

#[test]
fn a_kill_leaves_one_key_that_opens() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("directory.redb");
    filled(&path);
    let seen = view_but_for_signing_keys(&open(&path, kek()).unwrap().snapshot());
    let mut moments = SeededRandom::new(42);
    let mut found = [0; 2];
    for round in 0..120 {
        // On a busy machine a change takes longer than the first moments are.
        if round >= 12 && found.iter().all(|times| *times > 0) {
            break;
        }
        let latest = 60_000 * (1 + round / 12);
        let mut child = Command::new(env::current_exe().unwrap())
            .args([
                "--exact",
                "rekeyed::changes_keys_until_killed",
                "--ignored",
                "--nocapture",
            ])
            .env(FILE, &path)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        while !lines.next().expect("it begins").unwrap().contains("begun") {}
        thread::sleep(Duration::from_micros(moments.next_u64() % latest));
        child.kill().unwrap();
        child.wait().unwrap();

        let store = RedbStore::open_existing(&path).unwrap();
        let by = [kek(), other()].map(|key| opens(&store, &key).unwrap());
        assert_ne!(by[0], by[1], "round {round}");
        drop(store);
        found[usize::from(by[1])] += 1;
        let key = if by[0] { kek() } else { other() };
        // Each change replaced the signing key, too: it is that of the store's own key, and all else is as it was.
        let directory = open(&path, key).unwrap();
        let snapshot = directory.snapshot();
        let issuer = snapshot.outbound_federation(account()).unwrap();
        assert_eq!(number(issuer) % 2 == 1, by[1], "round {round}");
        assert_eq!(view_but_for_signing_keys(&snapshot), seen, "round {round}");
        drop(directory);
        let names = fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(
            names, 1,
            "round {round}: what was cut off goes with the next start"
        );
    }
    assert!(found[0] > 0 && found[1] > 0, "{found:?}");
}
