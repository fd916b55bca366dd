//! A running service: store, directory, service and edge, from bottom to top.

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use jiff::Timestamp;
use locum_crypto::{PasswordScheme, RotationSchedule, SystemRandom};
use locum_directory::{Directory, RedbStore, Store, StoreNews};
use locum_federation::outbound::PublicUrl;
use locum_names::Partition;
use locum_server::{
    AuditFile, Config, FetchConfig, IdentityProviders, Running, Server, ServiceApplication, ShutdownHandle,
    TlsReload,
};
use locum_service::{Service, Settings};

use crate::apply;

use super::{
    Options, OptionsError, Refusal,
    backup::Backup,
    data_dir::DataDir,
    descriptors, memory,
    stop::{CLOSING, GRACE, StopError, patiently},
    upkeep::Upkeep,
};

/// A service that answers.
pub(crate) struct Deployment {
    data: DataDir,
    address: SocketAddr,
    admin: Option<SocketAddr>,
    tls: Option<TlsReload>,
    encrypted: bool,
    new: bool,
    running: Option<Running>,
    audit: Arc<AuditFile>,
    backup: Backup,
    store: Option<Arc<RedbStore>>,
    upkeep: Option<Upkeep>,
    providers: Option<IdentityProviders>,
}

impl Deployment {
    /// Starts a service. Until the address is bound and the certificate read, nothing on disk is made or changed.
    pub(crate) fn start(options: &Options) -> Result<Self, Refusal> {
        memory::keep_private()?;
        let config = Config {
            admin_listen: options.admin_listen,
            workers: options.workers,
            tls: options.tls.clone(),
            limits: descriptors::limits(options.workers),
            ..Config::new(options.listen)
        };
        // A wrong file is told before anything is made.
        let described = apply::described(&options.apply)?;
        let bound = Server::bind(config)?;
        let (address, admin, tls) = (bound.local_addr(), bound.admin_addr(), bound.tls_reload());

        let data = DataDir::open(&options.data)?;
        data.check_not_bereft()?;
        let key = data.key_encryption_key(options.kek_file.as_deref(), &mut SystemRandom)?;
        let store = Arc::new(RedbStore::open(&data.store())?);
        data.remove_drafts();
        let key = data.settled_key(key, &*store)?;
        let backup = Backup::of(&store, data.backup());
        let kept = Arc::clone(&store) as Arc<dyn Store>;
        let directory = Arc::new(Directory::open(kept, key, Box::new(SystemRandom))?);
        directory.report_to(tell_of_store);
        let new = first_start(&directory, &data, options)?;
        let partition = partition(&directory, &data, options)?;

        let audit = Arc::new(AuditFile::open(data.audit(), options.audit.clone())?);
        let settings = Settings {
            partition,
            deployment: *directory.deployment(),
            regions: options.regions.clone(),
            public_url: public_url(options, address, tls.is_some())?,
            password_iterations: PasswordScheme::ITERATIONS,
            saml_recipients: options.saml_recipients.clone(),
            allowed_issuers: options.allowed_issuers.iter().map(Into::into).collect(),
        };
        let schedule = RotationSchedule::default();
        let sink = Arc::clone(&audit);
        let service = Service::new(
            settings,
            directory,
            sink,
            Timestamp::now(),
            &schedule,
            &mut SystemRandom,
        )?;
        let service = Arc::new(service);
        // The address is bound, but nobody is answered yet.
        if !options.apply.is_empty() {
            apply::apply_in_process(&service, &described)?;
        }
        let upkeep = Upkeep::start(Arc::clone(&service), schedule)?;
        let providers = IdentityProviders::start(
            Arc::clone(service.directory()),
            Arc::clone(service.identity_keys()),
            FetchConfig::new(options.allowed_issuers.clone()),
        )?;
        let application = ServiceApplication::new(service, Arc::clone(&audit))
            .with_metrics(providers.metrics())
            .with_metrics(backup.metrics());
        let running = bound.start(Arc::new(application))?;
        Ok(Self {
            data,
            address,
            admin,
            encrypted: tls.is_some(),
            tls,
            new,
            running: Some(running),
            audit,
            backup,
            store: Some(store),
            upkeep: Some(upkeep),
            providers: Some(providers),
        })
    }

    /// Where it answers, as a client names it.
    pub(crate) fn url(&self) -> String {
        url(self.address, self.encrypted)
    }

    /// Whether only this machine can reach it.
    pub(crate) const fn is_loopback(&self) -> bool {
        self.address.ip().is_loopback()
    }

    /// Where health and metrics answer.
    pub(crate) const fn admin_address(&self) -> Option<SocketAddr> {
        self.admin
    }

    /// Whether this is the first start of its directory.
    pub(crate) const fn is_new(&self) -> bool {
        self.new
    }

    /// The file with the root user's key, as the first start wrote it.
    pub(crate) fn credentials_file(&self) -> PathBuf {
        self.data.credentials()
    }

    /// What stops it.
    pub(crate) fn shutdown_handle(&self) -> Option<ShutdownHandle> {
        self.running.as_ref().map(Running::shutdown_handle)
    }

    /// What reads certificate and key anew.
    pub(crate) fn tls_reload(&self) -> Option<TlsReload> {
        self.tls.clone()
    }

    /// The audit log.
    pub(crate) fn audit(&self) -> Arc<AuditFile> {
        Arc::clone(&self.audit)
    }

    /// What writes a copy of the store.
    pub(crate) fn backup(&self) -> Backup {
        self.backup.clone()
    }

    /// Waits until it is stopped and everything is on disk. A disk that hangs is not waited for for ever.
    ///
    /// # Errors
    /// What it answered is not all in the audit log, or the store is not closed.
    pub(crate) fn wait(&mut self) -> Result<(), StopError> {
        if let Some(running) = self.running.take() {
            running.wait();
        }
        drop(self.providers.take());
        let settled = self.upkeep.take().is_none_or(|upkeep| upkeep.end(GRACE));
        // After the fate of the last write: it is recorded, too.
        let recorded = self.audit.close();
        let store = self.store.take();
        if settled {
            self.close(store);
            return Ok(recorded?);
        }
        // Whoever drops it last waits for its disk.
        std::mem::forget(store);
        let store = StopError::Store {
            store: self.data.store().display().to_string(),
            seconds: GRACE.as_secs(),
        };
        Err(match recorded {
            Ok(()) => store,
            Err(audit) => StopError::Both {
                store: Box::new(store),
                audit,
            },
        })
    }

    /// Closes the store, unless somebody else, who may write to it, still has it.
    fn close(&self, store: Option<Arc<RedbStore>>) {
        let Some(store) = store else {
            return;
        };
        let Some(store) = Arc::into_inner(store) else {
            tracing::warn!("the backup that is being written is cut off; the one before is as it was");
            return;
        };
        let close = move || {
            if let Err(error) = store.close() {
                tracing::warn!(%error, "the store was not compacted");
            }
        };
        let thread = std::thread::Builder::new().name("locum-closing".to_owned());
        let closed = thread
            .spawn(close)
            .map(|thread| patiently(&thread, CLOSING, || 0));
        match closed {
            Ok(true) => {}
            Ok(false) => tracing::warn!(
                store = %self.data.store().display(),
                "the store was not closed within a minute; all that was answered is in it"
            ),
            Err(error) => tracing::warn!(%error, "the store was not compacted"),
        }
    }

    /// Stops it and waits.
    ///
    /// # Errors
    /// As those of [`wait`](Self::wait).
    pub(crate) fn stop(&mut self) -> Result<(), StopError> {
        if let Some(handle) = self.shutdown_handle() {
            handle.stop();
        }
        self.wait()
    }
}

/// Says when the store begins to refuse writes, and when it no longer does: those who write are only told to come back.
fn tell_of_store(news: StoreNews<'_>) {
    match news {
        StoreNews::Failing(error) => {
            tracing::error!(%error, "the store cannot be written; what would change something is refused until it can");
        }
        StoreNews::Closed(error) => {
            tracing::error!(%error, "the store takes no more writes until the next start");
        }
        StoreNews::Working => tracing::info!("the store can be written again"),
    }
}

fn url(address: SocketAddr, encrypted: bool) -> String {
    let scheme = if encrypted { "https" } else { "http" };
    format!("{scheme}://{address}")
}

/// The URL that tokens name: what was asked for, or else where this process listens.
fn public_url(options: &Options, address: SocketAddr, encrypted: bool) -> Result<PublicUrl, Refusal> {
    let listening = || PublicUrl::parse(&url(address, encrypted)).map_err(OptionsError::from);
    Ok(options.public_url.clone().map_or_else(listening, Ok)?)
}

/// Makes the first account unless there is one; returns whether it did.
fn first_start(directory: &Directory, data: &DataDir, options: &Options) -> Result<bool, Refusal> {
    let deliver = |key: &_| data.write_credentials(key);
    let new = directory.bootstrap(
        options.account,
        options.partition.unwrap_or_default(),
        Timestamp::now(),
        &mut SystemRandom,
        deliver,
    )?;
    let snapshot = directory.snapshot();
    let actual = snapshot
        .organization()
        .map(|organization| organization.management_account);
    match (options.account, actual) {
        (Some(asked), Some(actual)) if asked != actual => Err(Refusal::Account {
            data: data.path().display().to_string(),
            actual,
            asked,
        }),
        _ => Ok(new),
    }
}

/// The partition of the directory, which the first start decides.
fn partition(directory: &Directory, data: &DataDir, options: &Options) -> Result<Partition, Refusal> {
    let actual = directory.settle_partition(options.partition.unwrap_or_default())?;
    match options.partition {
        Some(asked) if asked != actual => Err(Refusal::Partition {
            data: data.path().display().to_string(),
            actual,
            asked,
        }),
        _ => Ok(actual),
    }
}
