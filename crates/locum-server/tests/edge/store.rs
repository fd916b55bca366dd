//! What the metrics tell of a store that takes no writes.

use std::{num::NonZeroU32, sync::Arc};

use jiff::Timestamp;
use locum_crypto::{KeyEncryptionKey, RotationSchedule, SeededRandom};
use locum_directory::{Changes, Directory, FaultyStore, Store, Transaction, User};
use locum_names::{AccountId, Partition};
use locum_server::{AuditFile, RotatePolicy, ServiceApplication};
use locum_service::{Regions, SamlRecipients, Service, Settings};

use crate::fixture::{Client, bind};

#[test]
fn a_store_that_takes_no_writes_is_seen_until_it_takes_one() {
    let (random, now) = (&mut SeededRandom::new(1), Timestamp::UNIX_EPOCH);
    let disk = Arc::new(FaultyStore::default());
    let store = Arc::clone(&disk) as Arc<dyn Store>;
    let kek = KeyEncryptionKey::generate(random);
    let directory = Arc::new(Directory::open(store, kek, Box::new(SeededRandom::new(2))).unwrap());
    let account: AccountId = "111122223333".parse().unwrap();
    directory
        .bootstrap(Some(account), Partition::Aws, now, random, |_| Ok(()))
        .unwrap();
    let settings = Settings {
        partition: Partition::Aws,
        deployment: *directory.deployment(),
        regions: Regions::Any,
        public_url: locum_federation::outbound::PublicUrl::parse("https://sts.example.com").unwrap(),
        password_iterations: NonZeroU32::new(2).unwrap(),
        saml_recipients: SamlRecipients::Aws,
        allowed_issuers: Vec::new(),
    };
    let files = tempfile::tempdir().unwrap();
    let audit = Arc::new(AuditFile::open(files.path().join("audit.jsonl"), RotatePolicy::default()).unwrap());
    let service = Service::new(
        settings,
        Arc::clone(&directory),
        Arc::clone(&audit) as _,
        now,
        &RotationSchedule::default(),
        random,
    );
    let bound = bind(|_| {});
    let admin = bound.admin_addr().unwrap();
    let application = ServiceApplication::new(Arc::new(service.unwrap()), audit);
    let running = bound.start(Arc::new(application)).unwrap();
    let shown = || {
        let text = Client::connect(admin)
            .ask("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n")
            .body;
        let value = |name: &str| {
            let line = text
                .lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
            line.unwrap_or_else(|| panic!("{name} in {text}"))
                .parse::<u64>()
                .unwrap()
        };
        (
            value("locum_store_commits_total"),
            value("locum_store_write_failures_total"),
            value("locum_store_failing"),
        )
    };
    let write = |name: &str| {
        let user = User::new(account, "/", name, now, &mut SeededRandom::new(name.len() as u64));
        let mut changes = Changes::new();
        changes.put(user);
        let (_, pending) = directory.write(|_| Ok::<_, String>(((), changes))).unwrap();
        pending.wait()
    };
    let (before, failures, failing) = shown();
    assert_eq!((failures, failing), (0, 0));
    disk.set_full(true);
    for failures in 1..3 {
        assert!(write("a").is_err());
        assert_eq!(shown(), (before, failures, 1));
    }
    disk.set_full(false);
    write("ab").unwrap();
    assert_eq!(shown(), (before + 1, 2, 0));

    // Somebody else writes: it is over until the next start.
    disk.transact(&Transaction::default()).unwrap();
    assert!(write("abc").is_err());
    assert_eq!(shown(), (before + 1, 3, 1));
    running.shutdown_handle().stop();
    running.wait();
}
