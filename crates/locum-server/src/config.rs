//! What the edge is told at start.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

/// Where and how to serve.
#[derive(Debug, Clone)]
pub struct Config {
    /// The address requests come in at; port 0 picks one.
    pub listen: SocketAddr,
    /// The loopback address of `/healthz`, `/readyz` and `/metrics`.
    pub admin_listen: Option<SocketAddr>,
    /// How many worker threads; `None` is one per core.
    pub workers: Option<usize>,
    /// Certificate and key; `None` serves cleartext.
    pub tls: Option<TlsFiles>,
    /// What a peer may take.
    pub limits: Limits,
    /// How long requests under way may take to finish after a stop.
    pub shutdown_grace: Duration,
}

impl Config {
    /// A cleartext server at `listen` with default limits and no admin listener.
    #[must_use]
    pub fn new(listen: SocketAddr) -> Self {
        Self {
            listen,
            admin_listen: None,
            workers: None,
            tls: None,
            limits: Limits::default(),
            shutdown_grace: Duration::from_secs(10),
        }
    }
}

/// The PEM files of the server's identity.
#[derive(Debug, Clone)]
pub struct TlsFiles {
    /// The certificate chain, leaf first.
    pub cert: PathBuf,
    /// The private key: PKCS #8, SEC 1 or PKCS #1.
    pub key: PathBuf,
}

/// What one peer, and all together, may take of the server.
#[derive(Debug, Clone)]
pub struct Limits {
    /// From the first byte of a request head (or from the connection) to its last; also for a TLS handshake.
    pub header_timeout: Duration,
    /// From the end of the head to the end of the body.
    pub body_timeout: Duration,
    /// Between two requests on one connection.
    pub idle_timeout: Duration,
    /// Without the peer taking a byte of its answer.
    pub write_timeout: Duration,
    /// For a write to become durable.
    pub durable_timeout: Duration,
    /// The largest body, in bytes; more is 413.
    pub max_body: usize,
    /// The largest body of a long request (see `Application::is_long`), in bytes; more is 413.
    pub max_long_body: usize,
    /// Long requests at one time: as many with a body over `max_body`, more get 503, and as many being answered, more wait.
    /// A quarter of the former at most wait for bodies of one IPv4 address or IPv6 /64, but one always may.
    /// Times three of `max_long_body` it bounds the memory that reading them takes.
    pub max_long_requests: usize,
    /// The largest request head, in bytes; more is 400.
    pub max_head: usize,
    /// Connections at one time; more are closed at once.
    pub max_connections: usize,
    /// Connections at one time from one IPv4 address or IPv6 /64; more are closed at once.
    pub max_connections_per_peer: usize,
    /// Requests at one time over all connections; more get 503. Times `max_body` it bounds the memory for bodies. A quarter of
    /// them at most wait for bodies of one IPv4 address or IPv6 /64.
    pub max_requests_in_flight: usize,
    /// Requests at one time on one HTTP/2 connection.
    pub max_streams: u32,
}

impl Limits {
    /// For how many bodies of one peer the server waits.
    pub(crate) fn awaited_of_one_peer(&self) -> usize {
        (self.max_requests_in_flight / 4).max(1)
    }

    /// For how many long bodies of one peer the server waits.
    pub(crate) fn long_of_one_peer(&self) -> usize {
        (self.max_long_requests / 4).max(1)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            header_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(20),
            idle_timeout: Duration::from_secs(75),
            write_timeout: Duration::from_secs(20),
            durable_timeout: Duration::from_secs(30),
            max_body: 256 * 1024,
            max_long_body: 8 * 1024 * 1024,
            max_long_requests: 4,
            max_head: 16 * 1024,
            max_connections: 16_384,
            max_connections_per_peer: 4_096,
            max_requests_in_flight: 2_048,
            max_streams: 64,
        }
    }
}
