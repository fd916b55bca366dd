//! A directory with providers, and the fetcher behind it.

use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use locum_crypto::{KeyEncryptionKey, SeededRandom};
use locum_directory::{Changes, Directory, IssuerScheme, MemoryStore, OidcProvider};
use locum_federation::oidc::{FetchProblem, KeyCache, Keys};
use locum_names::{AccountId, Partition};
use locum_server::{AllowedIssuers, FetchConfig, IdentityProviders};
use rustls_pki_types::CertificateDer;

pub(crate) struct Fixture {
    pub(crate) directory: Arc<Directory>,
    pub(crate) cache: Arc<KeyCache>,
    pub(crate) providers: IdentityProviders,
}

impl Fixture {
    /// Starts with these issuers allowed and these roots.
    pub(crate) fn start(allowed: &[&str], roots: &[&CertificateDer<'static>]) -> Self {
        Self::with_timeout(allowed, roots, Duration::from_secs(2))
    }

    pub(crate) fn with_timeout(
        allowed: &[&str],
        roots: &[&CertificateDer<'static>],
        timeout: Duration,
    ) -> Self {
        let kek = KeyEncryptionKey::generate(&mut SeededRandom::new(1));
        let store = Arc::new(MemoryStore::new());
        let directory = Directory::open(store, kek, Box::new(SeededRandom::new(2))).unwrap();
        directory
            .bootstrap(
                Some(account()),
                Partition::Aws,
                Timestamp::now(),
                &mut SeededRandom::new(3),
                |_| Ok(()),
            )
            .unwrap();
        let directory = Arc::new(directory);
        let cache = Arc::new(KeyCache::new());
        let mut issuers = AllowedIssuers::default();
        for issuer in allowed {
            issuers.allow(issuer).unwrap();
        }
        let config = FetchConfig {
            allowed: issuers,
            roots: roots.iter().map(|root| (*root).clone()).collect(),
            timeout,
        };
        let providers = IdentityProviders::start(Arc::clone(&directory), Arc::clone(&cache), config).unwrap();
        Self {
            directory,
            cache,
            providers,
        }
    }

    /// Registers a provider with these thumbprints.
    pub(crate) fn register(&self, issuer: &str, thumbprints: &[&[u8; 20]]) {
        let (scheme, url) = issuer.split_once("://").unwrap();
        let mut provider = OidcProvider::new(account(), url, Timestamp::now());
        if scheme == "http" {
            provider.scheme = IssuerScheme::Http;
        }
        provider.thumbprints = thumbprints
            .iter()
            .map(|thumbprint| locum_crypto::hex(*thumbprint).into())
            .collect();
        let mut changes = Changes::new();
        changes.put(provider);
        self.write(changes);
    }

    pub(crate) fn delete(&self, issuer: &str) {
        let (_, url) = issuer.split_once("://").unwrap();
        let snapshot = self.directory.snapshot();
        let mut changes = Changes::new();
        changes.delete(&**snapshot.oidc_provider(account(), url).unwrap());
        self.write(changes);
    }

    fn write(&self, changes: Changes) {
        let written = self.directory.write(|_| Ok::<_, String>(((), changes)));
        written.unwrap().1.wait().unwrap();
    }

    pub(crate) fn look_up(&self, issuer: &str, thumbprints: &[[u8; 20]]) -> Keys {
        self.cache.look_up(issuer, thumbprints, Timestamp::now())
    }

    /// What comes of a registered issuer, once something has.
    pub(crate) fn outcome(
        &self,
        issuer: &str,
        thumbprints: &[[u8; 20]],
    ) -> Result<&'static str, FetchProblem> {
        let mut outcome = None;
        eventually(|| {
            outcome = match self.look_up(issuer, thumbprints) {
                Keys::Pending => None,
                Keys::Failed(problem) => Some(Err(problem)),
                Keys::Ready(ready) => Some(Ok(ready.verification().name())),
            };
            outcome.is_some()
        });
        outcome.unwrap()
    }

    /// Registers an issuer without thumbprints and waits for what comes of it.
    pub(crate) fn fetch(&self, issuer: &str) -> Result<&'static str, FetchProblem> {
        self.register(issuer, &[]);
        self.outcome(issuer, &[])
    }

    pub(crate) fn metrics(&self) -> String {
        let mut out = String::new();
        self.providers.metrics()(&mut out);
        out
    }
}

fn account() -> AccountId {
    "123456789012".parse().unwrap()
}

/// Waits until it holds, or fails.
pub(crate) fn eventually(mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(20), "it never came to be");
        thread::sleep(Duration::from_millis(10));
    }
}
