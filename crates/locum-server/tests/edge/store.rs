//! What the metrics tell of a store that takes no writes.

use std::sync::Arc;

use jiff::Timestamp;
use locum_crypto::SeededRandom;
use locum_directory::{Changes, FaultyStore, Store, Transaction, User};
use locum_server::{AuditFile, RotatePolicy, ServiceApplication};

use crate::{
    fixture::{Client, bind},
    real::{account, service},
};

#[test]
fn a_store_that_takes_no_writes_is_seen_until_it_takes_one() {
    let disk = Arc::new(FaultyStore::default());
    let now = Timestamp::UNIX_EPOCH;
    let files = tempfile::tempdir().unwrap();
    let audit = Arc::new(AuditFile::open(files.path().join("audit.jsonl"), RotatePolicy::default()).unwrap());
    let service = service(Arc::clone(&disk) as _, now, Arc::clone(&audit));
    let directory = Arc::clone(service.directory());
    let bound = bind(|_| {});
    let admin = bound.admin_addr().unwrap();
    let application = ServiceApplication::new(service, audit);
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
        let user = User::new(
            account(),
            "/",
            name,
            now,
            &mut SeededRandom::new(name.len() as u64),
        );
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
