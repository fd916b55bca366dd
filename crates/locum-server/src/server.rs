//! Binding, starting and stopping.

use std::{
    net::{SocketAddr, TcpListener},
    sync::Arc,
    thread::{self, JoinHandle},
};

use crate::{
    Application, Config, ServeError, ShutdownHandle, TlsReload, admin,
    capacity::Capacity,
    listen,
    long::LongRequests,
    metrics::Metrics,
    stop::Stop,
    tls::TlsSource,
    worker::{self, Shared},
};

/// The server before it has its sockets.
#[derive(Debug, Clone, Copy)]
pub struct Server;

impl Server {
    /// Takes the addresses and reads the certificate.
    ///
    /// From here on clients can connect; they are answered once [`Bound::start`] is called.
    ///
    /// # Errors
    /// A [`ServeError`] that says in one sentence what is wrong.
    pub fn bind(config: Config) -> Result<Bound, ServeError> {
        let workers = config
            .workers
            .unwrap_or_else(|| thread::available_parallelism().map_or(1, usize::from))
            .max(1);
        let tls = config.tls.clone().map(TlsSource::open).transpose()?.map(Arc::new);

        if config.listen.is_empty() {
            return Err(ServeError::NoAddress);
        }
        let mut groups = Vec::with_capacity(config.listen.len());
        for address in &config.listen {
            groups.push(listen::group(*address, workers)?);
        }
        let admin = config.admin_listen.map(listen::admin).transpose()?;

        let (shutdown, stop) = ShutdownHandle::new();
        Ok(Bound {
            config,
            workers,
            tls,
            groups,
            admin,
            shutdown,
            stop,
            metrics: Arc::new(Metrics::new()),
        })
    }
}

/// The server with its sockets, not yet answering.
pub struct Bound {
    config: Config,
    workers: usize,
    tls: Option<Arc<TlsSource>>,
    /// One group of listeners for each address; each group has one for each worker.
    groups: Vec<listen::Group>,
    admin: Option<TcpListener>,
    shutdown: ShutdownHandle,
    stop: Stop,
    metrics: Arc<Metrics>,
}

impl Bound {
    /// The first address, with the port that was picked.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.groups
            .first()
            .map_or_else(|| SocketAddr::from(([0, 0, 0, 0], 0)), |group| group.address)
    }

    /// All addresses, with the ports that were picked.
    #[must_use]
    pub fn local_addrs(&self) -> Vec<SocketAddr> {
        self.groups.iter().map(|group| group.address).collect()
    }

    /// The address of health and metrics, with the port that was picked.
    #[must_use]
    pub fn admin_addr(&self) -> Option<SocketAddr> {
        self.admin
            .as_ref()
            .and_then(|listener| listener.local_addr().ok())
    }

    /// The switch that stops the server.
    #[must_use]
    pub fn shutdown_handle(&self) -> ShutdownHandle {
        self.shutdown.clone()
    }

    /// The switch that reads certificate and key again; `None` without TLS.
    #[must_use]
    pub fn tls_reload(&self) -> Option<TlsReload> {
        self.tls.clone().map(TlsReload::new)
    }

    /// Starts the workers; requests are answered from now on.
    ///
    /// # Errors
    /// [`ServeError::Worker`] if the system refuses a thread.
    pub fn start(self, application: Arc<dyn Application>) -> Result<Running, ServeError> {
        let shared = Arc::new(Shared {
            application,
            capacity: Arc::new(Capacity::new(
                self.config.limits.max_connections,
                self.config.limits.max_connections_per_peer,
            )),
            long: LongRequests::new(&self.config.limits),
            limits: self.config.limits,
            grace: self.config.shutdown_grace,
            metrics: self.metrics,
            stop: self.stop,
            tls: self.tls,
        });

        let mut running = Running {
            threads: Vec::with_capacity(self.workers + 1),
            shutdown: self.shutdown,
        };
        let mut seats: Vec<Vec<TcpListener>> = (0..self.workers).map(|_| Vec::new()).collect();
        for group in self.groups {
            for (seat, listener) in seats.iter_mut().zip(group.listeners) {
                seat.push(listener);
            }
        }
        // Runtimes and registrations can fail; they are made here so that a failure is an error, not a dead thread.
        for (index, listeners) in seats.into_iter().enumerate() {
            let shared = Arc::clone(&shared);
            running.spawn(format!("locum-worker-{index}"), move |ready| {
                worker::run(shared, listeners, ready);
            })?;
        }
        if let Some(listener) = self.admin {
            running.spawn("locum-admin".to_owned(), move |ready| {
                admin::run(shared, listener, ready)
            })?;
        }
        Ok(running)
    }

    /// Serves until the [`ShutdownHandle`] is used.
    ///
    /// # Errors
    /// [`ServeError::Worker`] if the system refuses a thread.
    pub fn run(self, application: Arc<dyn Application>) -> Result<(), ServeError> {
        self.start(application)?.wait();
        Ok(())
    }
}

/// What a thread reports once: that it serves, or why it cannot.
pub(crate) type Ready = std::sync::mpsc::SyncSender<std::io::Result<()>>;

/// The server at work.
pub struct Running {
    threads: Vec<JoinHandle<()>>,
    shutdown: ShutdownHandle,
}

impl Running {
    fn spawn(&mut self, name: String, body: impl FnOnce(Ready) + Send + 'static) -> Result<(), ServeError> {
        let (ready, report) = std::sync::mpsc::sync_channel(1);
        let started = thread::Builder::new()
            .name(name)
            .spawn(move || body(ready))
            .and_then(|thread| {
                self.threads.push(thread);
                report
                    .recv()
                    .unwrap_or_else(|_| Err(std::io::Error::other("the thread ended")))
            });
        started.map_err(|error| {
            self.shutdown.stop();
            ServeError::Worker(error)
        })
    }

    /// The switch that stops the server.
    #[must_use]
    pub fn shutdown_handle(&self) -> ShutdownHandle {
        self.shutdown.clone()
    }

    /// Returns when the server has stopped.
    pub fn wait(self) {
        for thread in self.threads {
            // A worker's tasks are isolated; if its thread still died, the others go on.
            if thread.join().is_err() {
                tracing::error!("a worker thread ended by a panic");
            }
        }
    }
}
