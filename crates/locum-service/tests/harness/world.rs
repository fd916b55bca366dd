//! A service over a store in memory, with a clock, a randomness and audit records of the test's own.

use std::{
    cell::{Cell, RefCell},
    num::NonZeroU32,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use jiff::{SignedDuration, Timestamp};
use locum_crypto::{KeyEncryptionKey, RotationSchedule, SeededRandom};
use locum_directory::{Directory, KeyOwner, MemoryStore, Snapshot, Store};
use locum_federation::outbound::PublicUrl;
use locum_names::{AccountId, Partition};
use locum_service::{
    Regions, SamlRecipients, Service, Settings,
    audit::{AuditSink, Unrecorded},
};
use serde_json::Value;

use super::{ACCOUNT, ALLOWED_ISSUER, callers::Credentials};

/// Where every test begins.
const BEGIN: &str = "2026-11-22T12:00:00Z";

/// A service, its clock, and the root user of its management account.
pub struct World {
    pub service: Service,
    pub root: Credentials,
    pub account: AccountId,
    now: Cell<Timestamp>,
    pub(super) random: RefCell<SeededRandom>,
    records: Arc<Records>,
}

#[derive(Default)]
struct Records(Mutex<Vec<Vec<u8>>>, AtomicBool);

impl AuditSink for Records {
    fn record(&self, line: &[u8]) -> Result<(), Unrecorded> {
        if self.is_failing() {
            return Err(Unrecorded);
        }
        self.0.lock().unwrap().push(line.to_vec());
        Ok(())
    }

    fn is_failing(&self) -> bool {
        self.1.load(Relaxed)
    }
}

impl World {
    pub fn new() -> Self {
        Self::seeded(1)
    }

    /// A world whose keys differ from those of other seeds.
    pub fn seeded(seed: u64) -> Self {
        Self::over(Arc::new(MemoryStore::new()), seed)
    }

    /// A world over a store of its own, or once more over the store of another with the same seed: a restart.
    pub fn over(store: Arc<dyn Store>, seed: u64) -> Self {
        Self::set_up(store, seed, |_| ())
    }

    /// A world whose operator decided otherwise.
    pub fn with_settings(edit: impl FnOnce(&mut Settings)) -> Self {
        Self::set_up(Arc::new(MemoryStore::new()), 1, edit)
    }

    fn set_up(store: Arc<dyn Store>, seed: u64, edit: impl FnOnce(&mut Settings)) -> Self {
        let mut random = SeededRandom::new(seed);
        let now: Timestamp = BEGIN.parse().unwrap();
        let kek = KeyEncryptionKey::generate(&mut random);
        let directory = Directory::open(store, kek, Box::new(SeededRandom::new(seed + 1000))).unwrap();
        let account: AccountId = ACCOUNT.parse().unwrap();
        directory
            .bootstrap(Some(account), Partition::Aws, now, &mut random, |_| Ok(()))
            .unwrap();
        let snapshot = directory.snapshot();
        let root = snapshot.access_keys(KeyOwner::Root(account)).next();
        let mut settings = Settings {
            partition: Partition::Aws,
            deployment: *directory.deployment(),
            regions: Regions::Any,
            public_url: PublicUrl::parse("https://sts.example.com").unwrap(),
            password_iterations: NonZeroU32::new(2).unwrap(),
            saml_recipients: SamlRecipients::Aws,
            allowed_issuers: vec![ALLOWED_ISSUER.to_owned()],
        };
        edit(&mut settings);
        let records = Arc::new(Records::default());
        let schedule = RotationSchedule::default();
        let sink: Arc<dyn AuditSink> = Arc::clone(&records) as _;
        let directory = Arc::new(directory);
        let service = Service::new(settings, directory, sink, now, &schedule, &mut random).unwrap();
        Self {
            service,
            root: Credentials::of(root.unwrap()),
            account,
            now: Cell::new(now),
            random: RefCell::new(random),
            records,
        }
    }

    pub fn now(&self) -> Timestamp {
        self.now.get()
    }

    /// Lets time pass.
    pub fn advance(&self, seconds: i64) {
        self.now.set(self.now.get() + SignedDuration::from_secs(seconds));
    }

    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.service.directory().snapshot()
    }

    /// Lets the audit log fail, or work again.
    pub fn fail_audit(&self, failing: bool) {
        self.records.1.store(failing, Relaxed);
    }

    /// The audit records so far, oldest first.
    pub fn records(&self) -> Vec<Value> {
        let lines = self.records.0.lock().unwrap();
        lines
            .iter()
            .map(|line| serde_json::from_slice(line).unwrap())
            .collect()
    }

    /// The newest audit record.
    pub fn last_record(&self) -> Value {
        let lines = self.records.0.lock().unwrap();
        serde_json::from_slice(lines.last().unwrap()).unwrap()
    }
}
