//! `locum serve`: a Security Token Service on this machine.
//!
//! The order of a start is: what was asked, the address and the certificate, then the data directory. So a start that
//! cannot succeed ends in one sentence before anything on disk is made or changed.

mod backup;
pub(crate) mod data_dir;
mod deployment;
mod descriptors;
pub(crate) mod memory;
mod options;
mod signals;
mod stop;
mod upkeep;

use std::{ffi::OsString, io, process::ExitCode};

use locum_crypto::KeyFileError;
use locum_directory::{BootstrapError, OpenError, RekeyError, StoreError};
use locum_names::{AccountId, Partition};
use locum_server::{AuditError, ServeError};
use locum_service::StartError;

use crate::{
    apply::{EngineError, FilesError},
    outcome::{FAILED, USAGE, asks_for_help, hint, write_out},
};

pub(crate) use deployment::Deployment;
pub(crate) use options::{Options, OptionsError};
use stop::StopError;

/// Why the service does not start, in one sentence.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// The command line.
    #[error(transparent)]
    Options(#[from] OptionsError),
    /// The address or the certificate.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// The store's file.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What is in the store.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The first start.
    #[error(transparent)]
    Bootstrap(#[from] BootstrapError),
    /// Files that describe accounts, and cannot be read.
    #[error("--apply: {0}")]
    Files(#[from] FilesError),
    /// Accounts that could not be made what files describe.
    #[error("--apply: {0}")]
    Apply(#[from] EngineError),
    /// The key rings.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The audit log.
    #[error(transparent)]
    Audit(#[from] AuditError),
    /// The end.
    #[error(transparent)]
    Stop(#[from] StopError),
    /// The key-encryption key.
    #[error("cannot use the key-encryption key in {place}: {reason}")]
    Key {
        /// The file or the variable.
        place: String,
        /// What is wrong with it.
        reason: KeyFileError,
    },
    /// A store without its key.
    #[error(
        "{data} holds a store but {key} is missing: give its key with --kek-file or LOCUM_KEK; a new key could not open it"
    )]
    KeyMissing {
        /// The data directory.
        data: String,
        /// Where the key would be.
        key: String,
    },
    /// What a store left behind, without the store.
    #[error(
        "{store} is missing, and {left} is of a store that was there: put a copy of that store in its place, or move {left} away to \
         begin anew with another account"
    )]
    StoreMissing {
        /// Where the store would be.
        store: String,
        /// What is there still.
        left: String,
    },
    /// No store whose key could be changed.
    #[error("{data} holds no store")]
    NoStore {
        /// The data directory.
        data: String,
    },
    /// A store that would be another user's afterwards.
    #[error("{path} belongs to another user: run this as the one that serves it")]
    Owner {
        /// The store.
        path: String,
    },
    /// The new key.
    #[error(
        "the key in use is not {data}'s own: make a new one where it is kept, and name it with --new-kek-file or LOCUM_NEW_KEK"
    )]
    NoNewKey {
        /// The data directory.
        data: String,
    },
    /// Another key for the store.
    #[error(transparent)]
    Rekey(#[from] RekeyError),
    /// Another key has the store, and not its name yet.
    #[error(
        "{store} is sealed under the new key, but the keys' files are not what they should be: {reason}; {next}"
    )]
    KeyNotNamed {
        /// The store.
        store: String,
        /// What failed.
        reason: Box<Refusal>,
        /// What ends it.
        next: &'static str,
    },
    /// A file that anyone may read.
    #[error("{path} can be read by others (mode {mode:o}): run `chmod 600 {path}`")]
    Exposed {
        /// The file.
        path: String,
        /// Its mode.
        mode: u32,
    },
    /// Another account than the first.
    #[error("{data} belongs to account {actual}, not {asked}: leave out --account, or use another directory")]
    Account {
        /// The data directory.
        data: String,
        /// Whose it is.
        actual: AccountId,
        /// What was asked for.
        asked: AccountId,
    },
    /// Another partition than that of the first start.
    #[error(
        "{data} is of the partition {actual}, not {asked}: leave out --partition, or use another directory"
    )]
    Partition {
        /// The data directory.
        data: String,
        /// What its ARNs have.
        actual: Partition,
        /// What was asked for.
        asked: Partition,
    },
    /// A file or directory.
    #[error("cannot {what} {path}: {source}")]
    File {
        /// What was tried.
        what: &'static str,
        /// With what.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// A thread or a signal.
    #[error("cannot {what}: {source}")]
    System {
        /// What was tried.
        what: &'static str,
        /// What the system said.
        source: io::Error,
    },
}

/// Runs `locum serve` to its end.
pub(crate) fn run(words: Vec<OsString>) -> ExitCode {
    if asks_for_help(&words) {
        return finish(write_out(options::HELP).map_err(stdout_failed));
    }
    finish(serve(words))
}

fn serve(words: Vec<OsString>) -> Result<(), Refusal> {
    let options = Options::parse(words)?;
    start_log();
    let signals = signals::hold()?;
    let mut deployment = Deployment::start(&options)?;
    let stopping = signals::watch(signals, &deployment)?;
    if let Some(admin) = deployment.admin_address() {
        tracing::info!(%admin, "health and metrics");
    }
    if options.tls.is_none() && !deployment.is_loopback() {
        hint("without TLS, whoever can see the network sees session tokens: give --tls-cert and --tls-key");
    }
    write_out(&format!("locum ready on {}\n", deployment.url())).map_err(stdout_failed)?;
    if deployment.is_new() {
        let credentials = deployment.credentials_file().display().to_string();
        hint(&format!(
            "the root user's access key is in {credentials} (profile default)"
        ));
    }
    let recorded = deployment.wait();
    drop(stopping);
    Ok(recorded?)
}

fn stdout_failed(source: io::Error) -> Refusal {
    Refusal::System {
        what: "write to standard output",
        source,
    }
}

/// The exit status, after telling a person why.
pub(crate) fn finish(outcome: Result<(), Refusal>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(refusal) => {
            hint(&refusal.to_string());
            ExitCode::from(match refusal {
                Refusal::Options(_) => USAGE,
                _ => FAILED,
            })
        }
    }
}

/// Tells whether every part of a filter names a level. A word that is none would be taken for a part of the program, the only one
/// to be told of, and a failure anywhere else would not be.
fn names_levels(filter: &str) -> bool {
    filter.split(',').all(|part| {
        let level = part.rsplit_once('=').map_or(part, |(_, level)| level);
        level
            .trim()
            .parse::<tracing_subscriber::filter::LevelFilter>()
            .is_ok()
    })
}

/// Sends the log to standard error: JSON, or plain text to a terminal. `LOCUM_LOG` chooses what is told (`warn`).
fn start_log() {
    use io::IsTerminal;
    use tracing_subscriber::EnvFilter;

    let asked = std::env::var("LOCUM_LOG").ok().filter(|text| !text.is_empty());
    let understood = asked
        .as_deref()
        .filter(|text| names_levels(text))
        .and_then(|text| EnvFilter::try_new(text).ok());
    if let (Some(text), None) = (&asked, &understood) {
        hint(&format!(
            "LOCUM_LOG is {text}, and goes for warn; it can be error, warn, info, debug or trace"
        ));
    }
    let filter = understood.unwrap_or_else(|| EnvFilter::new("warn"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        // What cannot be told must not end the service: telling of it in the same place would panic.
        .log_internal_errors(false)
        .with_writer(io::stderr);
    // A second log in one process is not an error worth ending for.
    let _ = if io::stderr().is_terminal() {
        builder.try_init()
    } else {
        builder.json().try_init()
    };
    // What panicked goes to the log with its place; the request that did it is answered by the edge.
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a request panicked");
    }));
}
