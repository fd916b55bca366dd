//! What a service does by itself every minute, on a thread of its own, and once more when it stops.

use std::{
    sync::{
        Arc, Weak,
        mpsc::{self, RecvTimeoutError, Sender},
    },
    thread::JoinHandle,
    time::Duration,
};

use jiff::Timestamp;
use locum_crypto::{RotationSchedule, SystemRandom};
use locum_directory::Directory;
use locum_service::Service;

use super::{Refusal, stop::patiently};

/// How often the keys are looked at; far more often than they change.
const INTERVAL: Duration = Duration::from_secs(60);

/// Tells of a clock that is behind, or was ahead, once.
#[derive(Default)]
struct Clock {
    is_told: bool,
}

impl Clock {
    fn look(&mut self, service: &Service, now: Timestamp) {
        let later = service.later_time(now);
        if let Some(later) = later.filter(|_| !self.is_told) {
            tracing::warn!(
                %now,
                %later,
                "the clock is behind a time that is known to have been: if it is wrong, stop and set it before sessions end for that; \
                 if it was wrong then, what was revoked by it stays so until that time"
            );
        }
        self.is_told = later.is_some();
    }
}

/// Rotates keys, and stores when keys and roles were last used.
pub(super) struct Upkeep {
    stop: Sender<()>,
    thread: JoinHandle<()>,
    directory: Weak<Directory>,
}

impl Upkeep {
    /// Begins.
    pub(super) fn start(service: Arc<Service>, schedule: RotationSchedule) -> Result<Self, Refusal> {
        let directory = Arc::downgrade(service.directory());
        let (stop, stopped) = mpsc::channel::<()>();
        let work = move || {
            let mut clock = Clock::default();
            clock.look(&service, Timestamp::now());
            service.warm_up();
            while stopped.recv_timeout(INTERVAL) == Err(RecvTimeoutError::Timeout) {
                clock.look(&service, Timestamp::now());
                if let Err(error) = service.rotate(Timestamp::now(), &schedule, &mut SystemRandom) {
                    tracing::error!(%error, "upkeep; it is tried again in a minute, and the keys in use stay in use");
                }
            }
            if let Err(error) = service.finish() {
                tracing::error!(%error, "the last uses of keys and roles");
            }
        };
        let thread = std::thread::Builder::new().name("locum-rotation".to_owned());
        let thread = thread.spawn(work).map_err(|source| Refusal::System {
            what: "start the rotation of keys",
            source,
        })?;
        Ok(Self {
            stop,
            thread,
            directory,
        })
    }

    /// Ends it, and waits until the fate of every write is known and recorded, and the service is gone: as long as the store's disk
    /// takes any within `grace`. Returns whether that came about.
    pub(super) fn end(self, grace: Duration) -> bool {
        drop(self.stop);
        let commits = || {
            let directory = self.directory.upgrade();
            directory.map_or(0, |directory| {
                let counts = directory.write_counts();
                counts.commits.saturating_add(counts.failures)
            })
        };
        patiently(&self.thread, grace, commits)
    }
}

#[cfg(test)]
mod tests {
    use locum_crypto::{KeyEncryptionKey, PasswordScheme, SeededRandom};
    use locum_directory::{Changes, FaultyStore, Store, User};
    use locum_federation::outbound::PublicUrl;
    use locum_names::{AccountId, Partition};
    use locum_server::{AuditFile, RotatePolicy};
    use locum_service::{Regions, SamlRecipients, Settings};

    use super::*;

    fn scene(disk: &Arc<FaultyStore>, files: &std::path::Path) -> (Arc<Directory>, Upkeep) {
        let (random, now) = (&mut SeededRandom::new(1), Timestamp::UNIX_EPOCH);
        let kek = KeyEncryptionKey::generate(random);
        let store = Arc::clone(disk) as Arc<dyn Store>;
        let directory = Arc::new(Directory::open(store, kek, Box::new(SeededRandom::new(2))).unwrap());
        directory
            .bootstrap(Some(account()), Partition::Aws, now, random, |_| Ok(()))
            .unwrap();
        let settings = Settings {
            partition: Partition::Aws,
            deployment: *directory.deployment(),
            regions: Regions::Any,
            public_url: PublicUrl::parse("https://sts.example.com").unwrap(),
            password_iterations: PasswordScheme::ITERATIONS,
            saml_recipients: SamlRecipients::Aws,
            allowed_issuers: Vec::new(),
        };
        let audit = Arc::new(AuditFile::open(files.join("audit.jsonl"), RotatePolicy::default()).unwrap());
        let schedule = RotationSchedule::default();
        let service = Service::new(settings, Arc::clone(&directory), audit, now, &schedule, random);
        let upkeep = Upkeep::start(Arc::new(service.unwrap()), schedule).unwrap();
        (directory, upkeep)
    }

    fn account() -> AccountId {
        "111122223333".parse().unwrap()
    }

    #[test]
    fn a_disk_that_hangs_holds_up_no_stop_for_ever() {
        let files = tempfile::tempdir().unwrap();
        let write = |directory: &Directory| {
            let user = User::new(account(), "/", "alice", Timestamp::UNIX_EPOCH, &mut SystemRandom);
            let mut changes = Changes::new();
            changes.put(user);
            directory.write(|_| Ok::<_, String>(((), changes))).unwrap().1
        };
        let (directory, upkeep) = scene(&Arc::default(), files.path());
        write(&directory).wait().unwrap();
        assert!(upkeep.end(Duration::MAX), "a disk that works");

        let disk = Arc::new(FaultyStore::default());
        let (directory, upkeep) = scene(&disk, files.path());
        disk.set_hanging(true);
        let pending = write(&directory);
        assert!(!upkeep.end(Duration::from_millis(100)));
        // It was not acknowledged, and may come about all the same.
        disk.set_hanging(false);
        pending.wait().unwrap();
    }
}
