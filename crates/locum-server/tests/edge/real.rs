//! The real service, with one account.

use std::{num::NonZeroU32, sync::Arc};

use jiff::Timestamp;
use locum_crypto::{KeyEncryptionKey, RotationSchedule, SeededRandom};
use locum_directory::{Directory, Store};
use locum_federation::outbound::PublicUrl;
use locum_names::{AccountId, Partition};
use locum_server::AuditFile;
use locum_service::{Regions, SamlRecipients, Service, Settings};

/// Its account.
pub(crate) fn account() -> AccountId {
    "111122223333".parse().unwrap()
}

/// One over `store`, which is empty.
pub(crate) fn service(store: Arc<dyn Store>, now: Timestamp, audit: Arc<AuditFile>) -> Arc<Service> {
    let random = &mut SeededRandom::new(1);
    let kek = KeyEncryptionKey::generate(random);
    let directory = Directory::open(store, kek, Box::new(SeededRandom::new(2))).unwrap();
    directory
        .bootstrap(Some(account()), Partition::Aws, now, random, |_| Ok(()))
        .unwrap();
    let settings = Settings {
        partition: Partition::Aws,
        deployment: *directory.deployment(),
        regions: Regions::Any,
        public_url: PublicUrl::parse("https://sts.example.com").unwrap(),
        password_iterations: NonZeroU32::new(2).unwrap(),
        saml_recipients: SamlRecipients::Aws,
        allowed_issuers: Vec::new(),
    };
    let schedule = RotationSchedule::default();
    let service = Service::new(settings, Arc::new(directory), audit, now, &schedule, random);
    Arc::new(service.unwrap())
}
