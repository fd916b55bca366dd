//! What the operating system tells a running service.

use std::sync::{Arc, Mutex, PoisonError};

use locum_server::TlsReload;
use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGXFSZ},
    iterator::{Handle, Signals},
};

use super::{Deployment, Refusal};

/// The exit status of a stop that did not wait.
const IMPATIENT: i32 = 130;

/// Stops listening for signals when dropped.
pub(super) struct Watch(Handle);

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// Keeps what a running service is told until there is one: without this, a rotation of logs in the middle of a start would end it.
/// SIGTERM and SIGINT end it at once. A file that reaches the limit there is of files' sizes ends nothing: the write that would go
/// beyond it fails, as on a full disk.
pub(super) fn hold() -> Result<Signals, Refusal> {
    Signals::new([SIGHUP, SIGUSR1, SIGXFSZ]).map_err(failed)
}

fn failed(source: std::io::Error) -> Refusal {
    Refusal::System {
        what: "listen for signals",
        source,
    }
}

/// Listens for signals on a thread of its own: the first SIGTERM or SIGINT stops gracefully, the second at once, SIGHUP
/// reads the certificate anew and reopens the audit log, SIGUSR1 writes a copy of the store.
pub(super) fn watch(mut signals: Signals, deployment: &Deployment) -> Result<Watch, Refusal> {
    for signal in [SIGTERM, SIGINT] {
        signals.add_signal(signal).map_err(failed)?;
    }
    let watch = Watch(signals.handle());
    let (shutdown, tls, audit, backup) = (
        deployment.shutdown_handle(),
        deployment.tls_reload(),
        deployment.audit(),
        deployment.backup(),
    );
    let listen = move || {
        let (mut stopping, turn) = (false, Arc::default());
        for signal in signals.forever() {
            match signal {
                SIGHUP => {
                    audit.reopen();
                    if let Some(tls) = &tls {
                        renew(tls.clone(), Arc::clone(&turn));
                    }
                }
                SIGUSR1 => backup.begin(),
                SIGXFSZ => {}
                _ if stopping => std::process::exit(IMPATIENT),
                _ => {
                    stopping = true;
                    if let Some(shutdown) = &shutdown {
                        shutdown.stop();
                    }
                }
            }
        }
    };
    std::thread::Builder::new()
        .name("locum-signals".to_owned())
        .spawn(listen)
        .map_err(failed)?;
    Ok(watch)
}

/// Reads certificate and key anew, on a thread of its own: where a disk hangs, or a pipe is in a file's place, the next signal must not
/// wait for that. They are read in turn, so what was read last is in use.
fn renew(tls: TlsReload, turn: Arc<Mutex<()>>) {
    let read = move || {
        let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = tls.reload() {
            tracing::error!(%error, "the certificate in use stays in use");
        }
    };
    let thread = std::thread::Builder::new().name("locum-certificate".to_owned());
    if let Err(error) = thread.spawn(read) {
        tracing::error!(%error, "the certificate in use stays in use");
    }
}
