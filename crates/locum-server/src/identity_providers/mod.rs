//! The keys of registered OpenID Connect issuers, fetched behind the requests' backs.
//!
//! A thread with a runtime of its own follows the directory, asks the [`KeyCache`] what is due, and fetches. No request
//! waits for it and none chooses what it fetches: issuers are registered by whoever may, and still only reached by
//! HTTPS at public addresses, within a span of time and a size, without redirects (facts: security §1.6).

mod address;
mod allowed;
mod counters;
mod get;
mod issuer;
mod resolver;
mod trust;
mod url;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
    thread::{self, JoinHandle},
    time::Duration,
};

use jiff::Timestamp;
use locum_directory::{Directory, Snapshot};
use locum_federation::oidc::{Fetched, KeyCache, Source};
use rustls_pki_types::CertificateDer;
use tokio::{
    runtime::{Builder, Runtime},
    sync::{Notify, watch},
    task::JoinSet,
};

pub use allowed::{AllowedIssuers, NotAnIssuer};

use crate::ServeError;

use counters::Counters;
use get::Failed;
use resolver::{MAX_LOOK_UPS, Resolver};
use trust::Trust;

/// How often the directory is looked at: a new provider is asked for its keys within this time.
const LOOK_INTERVAL: Duration = Duration::from_millis(250);

/// How issuers are reached.
#[derive(Debug, Clone)]
pub struct FetchConfig {
    /// Issuers that the operator vouches for.
    pub allowed: AllowedIssuers,
    /// The certificates that TLS servers must lead to, unless a provider registers a thumbprint.
    pub roots: Vec<CertificateDer<'static>>,
    /// The longest that the two documents of an issuer may take together.
    pub timeout: Duration,
}

impl FetchConfig {
    /// The system's certificates, two seconds, and these allowed issuers.
    #[must_use]
    pub fn new(allowed: AllowedIssuers) -> Self {
        let loaded = rustls_native_certs::load_native_certs();
        for error in &loaded.errors {
            tracing::warn!(%error, "a certificate of the system's trust store");
        }
        Self {
            allowed,
            roots: loaded.certs,
            timeout: Duration::from_secs(2),
        }
    }
}

/// The fetcher at work. It stops when dropped.
pub struct IdentityProviders {
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
    counters: Arc<Counters>,
}

impl IdentityProviders {
    /// Starts to fetch the keys of the providers in `directory`, now and later, into `cache`.
    ///
    /// # Errors
    /// [`ServeError::Worker`] if the system refuses a thread or a runtime.
    pub fn start(
        directory: Arc<Directory>,
        cache: Arc<KeyCache>,
        config: FetchConfig,
    ) -> Result<Self, ServeError> {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .max_blocking_threads(MAX_LOOK_UPS)
            .build()
            .map_err(ServeError::Worker)?;
        let trust = Trust::new(config.roots);
        if !trust.has_roots() {
            tracing::warn!(
                "the system has no trusted certificates; OpenID Connect issuers need a thumbprint"
            );
        }
        let (stop, stopped) = watch::channel(false);
        let counters = Arc::new(Counters::default());
        let fetcher = Fetcher {
            directory,
            cache,
            allowed: config.allowed,
            trust: Arc::new(trust),
            resolver: Resolver::default(),
            timeout: config.timeout,
            counters: Arc::clone(&counters),
        };
        let thread = thread::Builder::new()
            .name("locum-identity-providers".to_owned())
            .spawn(move || run(runtime, fetcher, stopped))
            .map_err(ServeError::Worker)?;
        Ok(Self {
            stop,
            thread: Some(thread),
            counters,
        })
    }

    /// Returns what writes the counters of fetches in the Prometheus text format.
    pub fn metrics(&self) -> impl Fn(&mut String) + Send + Sync + use<> {
        let counters = Arc::clone(&self.counters);
        move |out| counters.write(out)
    }
}

impl Drop for IdentityProviders {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the fetcher of identity providers' keys ended by a panic");
        }
    }
}

impl fmt::Debug for IdentityProviders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdentityProviders").finish_non_exhaustive()
    }
}

struct Fetcher {
    directory: Arc<Directory>,
    cache: Arc<KeyCache>,
    allowed: AllowedIssuers,
    trust: Arc<Trust>,
    resolver: Resolver,
    timeout: Duration,
    counters: Arc<Counters>,
}

fn run(runtime: Runtime, fetcher: Fetcher, mut stopped: watch::Receiver<bool>) {
    runtime.block_on(async {
        tokio::select! {
            () = fetcher.follow() => {}
            // An error means that whoever could stop it is gone.
            _ = stopped.wait_for(|stopped| *stopped) => {}
        }
    });
    // A name that is being resolved would keep the process waiting for the resolver's own timeout.
    runtime.shutdown_background();
}

impl Fetcher {
    async fn follow(&self) {
        let asked = Arc::new(Notify::new());
        let waker = Arc::clone(&asked);
        self.cache.set_waker(move || waker.notify_one());
        let mut fetches = JoinSet::new();
        let mut seen: Option<Arc<Snapshot>> = None;
        loop {
            let snapshot = self.directory.snapshot();
            if !seen.as_ref().is_some_and(|seen| Arc::ptr_eq(seen, &snapshot)) {
                let sources = sources(&snapshot);
                self.counters.set_issuers(sources.len());
                self.cache.register(&sources);
                seen = Some(snapshot);
            }
            let room = self.resolver.room(fetches.len());
            for source in self.cache.due(Timestamp::now(), room) {
                fetches.spawn(self.fetch(source));
            }
            tokio::select! {
                () = asked.notified() => {}
                () = tokio::time::sleep(LOOK_INTERVAL) => {}
                Some(ended) = fetches.join_next() => {
                    if let Err(error) = ended {
                        tracing::error!(%error, "a fetch of keys");
                    }
                }
            }
        }
    }

    /// One fetch.
    fn fetch(&self, source: Source) -> impl Future<Output = ()> + Send + 'static {
        let (cache, counters) = (Arc::clone(&self.cache), Arc::clone(&self.counters));
        let (trust, resolver) = (Arc::clone(&self.trust), self.resolver.clone());
        let (reach, timeout) = (self.allowed.reach(&source.issuer), self.timeout);
        async move {
            let outcome = issuer::fetch(&source, reach, &trust, &resolver, timeout).await;
            report(&source.issuer, &outcome, &counters);
            cache.put(
                &source.issuer,
                outcome.map_err(|failed| failed.problem),
                Timestamp::now(),
            );
        }
    }
}

fn report(issuer: &str, outcome: &Result<Fetched, Failed>, counters: &Counters) {
    match outcome {
        Ok(fetched) => {
            let (keys, by) = (fetched.keys.len(), fetched.verification.name());
            tracing::info!(issuer, keys, by, "fetched the keys of an OpenID Connect issuer");
            counters.count(Ok(&fetched.verification));
        }
        Err(Failed { problem, reason }) => {
            tracing::warn!(issuer, ?problem, %reason, "no keys of an OpenID Connect issuer");
            counters.count(Err(*problem));
        }
    }
}

/// The registered issuers, each once, with the thumbprints of all accounts.
fn sources(snapshot: &Snapshot) -> Vec<Source> {
    let mut issuers: BTreeMap<String, BTreeSet<[u8; 20]>> = BTreeMap::new();
    for provider in snapshot.all_oidc_providers() {
        issuers
            .entry(provider.issuer())
            .or_default()
            .extend(provider.thumbprints.iter().filter_map(|text| thumbprint(text)));
    }
    let source = |(issuer, thumbprints): (String, BTreeSet<_>)| Source {
        issuer: issuer.into(),
        thumbprints: thumbprints.into_iter().collect(),
    };
    issuers.into_iter().map(source).collect()
}

/// The octets of forty hexadecimal digits.
fn thumbprint(text: &str) -> Option<[u8; 20]> {
    if text.len() != 40 || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let mut octets = [0; 20];
    for (index, octet) in octets.iter_mut().enumerate() {
        *octet = u8::from_str_radix(text.get(2 * index..2 * index + 2)?, 16).ok()?;
    }
    Some(octets)
}
