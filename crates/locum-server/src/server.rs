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
    /// Takes the address and reads the certificate.
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
        let group = listen::group(config.listen, workers)?;
        let admin = config.admin_listen.map(listen::admin).transpose()?;

        let (shutdown, stop) = ShutdownHandle::new();
        Ok(Bound {
            config,
            tls,
            group,
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
    tls: Option<Arc<TlsSource>>,
    group: listen::Group,
    admin: Option<TcpListener>,
    shutdown: ShutdownHandle,
    stop: Stop,
    metrics: Arc<Metrics>,
}

impl Bound {
    /// The address, with the port that was picked.
    #[must_use]
    pub const fn local_addr(&self) -> SocketAddr {
        self.group.address
    }

    /// The address of health and metrics, with the port that was picked.
    #[must_use]
    pub fn admin_addr(&self) -> Option<SocketAddr> {
        self.admin
            .as_ref()
            .and_then(|listener| listener.local_addr().ok())
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
            threads: Vec::with_capacity(self.group.listeners.len() + 1),
            shutdown: self.shutdown,
        };
        // Runtimes and registrations can fail; they are made here so that a failure is an error, not a dead thread.
        for (index, listener) in self.group.listeners.into_iter().enumerate() {
            let shared = Arc::clone(&shared);
            running.spawn(format!("locum-worker-{index}"), move |ready| {
                worker::run(shared, listener, ready);
            })?;
        }
        if let Some(listener) = self.admin {
            running.spawn("locum-admin".to_owned(), move |ready| {
                admin::run(shared, listener, ready)
            })?;
        }
        Ok(running)
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
