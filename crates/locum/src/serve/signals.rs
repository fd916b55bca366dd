//! What the operating system tells a running service.

use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGTERM, SIGUSR1},
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
/// SIGTERM and SIGINT end it at once.
pub(super) fn hold() -> Result<Signals, Refusal> {
    Signals::new([SIGHUP, SIGUSR1]).map_err(failed)
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
        let mut stopping = false;
        for signal in signals.forever() {
            match signal {
                SIGHUP => {
                    audit.reopen();
                    if let Some(Err(error)) = tls.as_ref().map(locum_server::TlsReload::reload) {
                        tracing::error!(%error, "the certificate in use stays in use");
                    }
                }
                SIGUSR1 => backup.begin(),
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
