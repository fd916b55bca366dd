//! Why the edge cannot start, one sentence each.

use std::{io, net::SocketAddr, path::PathBuf};

/// Why the server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Somebody else has the port.
    #[error("cannot listen on {0}: the port is in use by another process")]
    PortInUse(SocketAddr),
    /// The address cannot be bound.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The admin address can be reached from elsewhere.
    #[error("the admin address {0} is not a loopback address: health and metrics carry no authentication")]
    AdminNotLoopback(SocketAddr),
    /// A certificate or key file cannot be read.
    #[error("cannot read the {what} file {}: {source}", path.display())]
    TlsFile {
        /// `certificate` or `key`.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A certificate or key file holds something else.
    #[error("the {what} file {} {reason}", path.display())]
    TlsContent {
        /// `certificate` or `key`.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// What is wrong, as the rest of the sentence.
        reason: String,
    },
    /// Certificate and key are not a pair.
    #[error("the key file {} does not belong to the certificate in {}", key.display(), cert.display())]
    TlsMismatch {
        /// The certificate file.
        cert: PathBuf,
        /// The key file.
        key: PathBuf,
    },
    /// The system refuses a thread or a runtime.
    #[error("cannot start a worker: {0}")]
    Worker(#[source] io::Error),
}
