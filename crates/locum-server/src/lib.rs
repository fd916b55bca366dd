//! The HTTP edge: listeners, TLS, limits, health, metrics.
//!
//! Bytes come in, an [`Application`] answers, bytes go out. Everything that can go wrong before a request has a
//! meaning (ambiguous framing, slow or greedy peers, broken certificates, a busy port) ends here, so that what is
//! behind the [`Application`] sees one whole, unambiguous request at a time and never a socket.
//!
//! One single-threaded runtime per core, each with its own listener in one `SO_REUSEPORT` group: a connection is
//! born, served and closed on one thread, so nothing on the way of a request is shared or locked but counters.

#![forbid(unsafe_code)]

mod admin;
mod application;
mod audit_file;
mod audit_queue;
mod audit_writer;
mod body;
mod capacity;
mod chunks;
mod config;
mod connection;
mod date;
mod deadline;
mod error;
mod exchange;
pub mod exposition;
mod guard;
mod head;
mod http2;
mod identity_providers;
mod listen;
mod long;
mod metrics;
mod plain_head;
mod refusal;
mod response;
mod server;
mod service;
mod state;
mod stop;
mod store_metrics;
mod tls;
mod turn;
mod unsent;
mod whole;
mod worker;

pub use application::{Answer, Application, Done, HttpVersion, Incoming, Label, Pending, TlsFacts};
pub use audit_file::{AuditError, AuditFile, RotatePolicy};
pub use config::{Config, Limits, TlsFiles};
pub use error::ServeError;
pub use identity_providers::{AllowedIssuers, FetchConfig, IdentityProviders, NotAnIssuer};
pub use server::{Bound, Running, Server};
pub use service::ServiceApplication;
pub use stop::ShutdownHandle;
pub use tls::TlsReload;
