//! `locum serve-credentials`: credentials for programs of this machine, by the endpoints that SDKs know.
//!
//! The listener is on 127.0.0.1, and there is no option for another address: SDKs ask nowhere else without TLS, and on a
//! network these endpoints would need more than they have.

mod env_file;
mod options;

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use jiff::Timestamp;
use locum_crypto::SystemRandom;
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;

use self::env_file::Place;
use self::options::{HELP, HELP_END, Options};
use crate::caller::CALLER_HELP;
use crate::cli::{config, errors::Failure, prompt};
use crate::handout::{Container, Endpoint, Instance, Renewal, Unquotable, Variables, Whose, rivals, serve};
use crate::ignored_signals::heeded;
use crate::loopback::{Loopback, tells_users};
use crate::outcome::{FAILED, USAGE, asks_for_help, hint, print, refuse, status, write_out};

/// Why nothing is given out.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error("{}", .0.sentence())]
    Credentials(#[from] Failure),
    #[error("cannot listen on port {port} of 127.0.0.1: {source}")]
    Listen { port: u16, source: io::Error },
    #[error(
        "this system does not say whose a connection is, so other users could become you: take --ecs, or say --any-user \
         if there are none"
    )]
    NoUsers,
    #[error("{0}")]
    Unquotable(String),
    #[error("cannot write the variables to {to}: {source}")]
    Write { to: String, source: io::Error },
    #[error("cannot wait for signals: {0}")]
    Signals(io::Error),
}

impl Refusal {
    fn unwritten(path: &Path, source: io::Error) -> Self {
        Self::Write {
            to: path.display().to_string(),
            source,
        }
    }

    fn unprinted(source: io::Error) -> Self {
        Self::Write {
            to: "standard output".to_owned(),
            source,
        }
    }
}

/// Runs `locum serve-credentials …`.
pub(crate) fn run(words: Vec<OsString>) -> ExitCode {
    if asks_for_help(&words) {
        return print(
            &format!("{HELP}\nWHOSE CREDENTIALS, AND WHERE\n{CALLER_HELP}{HELP_END}"),
            ExitCode::SUCCESS,
        );
    }
    let shell = std::env::var("SHELL").ok();
    let options = match Options::parse(words, shell.as_deref()) {
        Ok(options) => options,
        Err(error) => return refuse(&error.to_string(), USAGE),
    };
    match give_out(options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(refusal) => {
            let code = match &refusal {
                Refusal::Credentials(failure) => status(failure),
                _ => FAILED,
            };
            refuse(&refusal.to_string(), code)
        }
    }
}

fn give_out(options: Options) -> Result<(), Refusal> {
    if options.unset {
        let removal = options.format.removal(&config::environment()?, true);
        return write_out(&removal).map_err(Refusal::unprinted);
    }
    if options.imds && !options.any_user && !tells_users() {
        return Err(Refusal::NoUsers);
    }
    // From here on: an interrupted prompt must let the terminal echo again, and a file must not stay behind.
    let watched = heeded([SIGINT, SIGTERM, SIGHUP, SIGQUIT]);
    let mut signals = Signals::new(watched).map_err(Refusal::Signals)?;
    let place = Arc::new(Place::default());
    let watched_place = Arc::clone(&place);
    let waiting = std::thread::Builder::new()
        .name("locum-signals".to_owned())
        .spawn(move || {
            let ended = signals.forever().next().is_some();
            prompt::show_again();
            let _emptied = watched_place.empty();
            if ended {
                std::process::exit(0);
            }
        })
        .map_err(Refusal::Signals)?;

    // What cannot be had is told before a code is asked for: it is good once.
    if let Some(path) = &options.env_file {
        env_file::check(path)
            .and_then(|()| env_file::try_writing(path))
            .map_err(|source| Refusal::unwritten(path, source))?;
    }
    let whose = Whose::new(options.caller, config::environment()?);
    let around = whose.surroundings()?;
    let unquotable = |error: Unquotable| Refusal::Unquotable(error.to_string());
    options.format.check(&around).map_err(unquotable)?;
    let listen = |port| Loopback::bind(port, 0).map_err(|source| Refusal::Listen { port, source });
    let listener = listen(options.port)?;
    let keeper = whose.keep(Renewal::Asking)?;
    // Some SDKs append to it without a slash of their own.
    let base = format!("http://127.0.0.1:{}/", listener.port());
    let (endpoint, variables) = if options.imds {
        let instance = Instance::new(keeper, around.region.clone(), Timestamp::now, &mut SystemRandom);
        let endpoint = Endpoint::Instance {
            instance,
            any_user: options.any_user,
        };
        (endpoint, Variables::of_instance(&base, &around))
    } else {
        let container = Container::new(keeper, &mut SystemRandom);
        let variables = Variables::of_container(&base, container.token(), &around);
        (Endpoint::Container(container), variables)
    };
    let text = options.format.write(&variables).map_err(unquotable)?;
    serve(listener, endpoint).map_err(|source| Refusal::Listen {
        port: options.port,
        source,
    })?;
    options.format.tell_what_stays(&variables, whose.environment());
    tell_of_rivals(&variables);
    match options.env_file {
        Some(path) => {
            let unwritten = |source| Refusal::unwritten(&path, source);
            place.write(path.clone(), &text).map_err(unwritten)?;
        }
        None => write_out(&text).map_err(Refusal::unprinted)?,
    }
    let _ = waiting.join();
    Ok(())
}

/// A program that is told no profile asks the default one first.
fn tell_of_rivals(variables: &Variables) {
    let files = rivals::files_to_hide(variables);
    if !files.is_empty() {
        let set: Vec<String> = files
            .iter()
            .map(|file| format!("{file}={}", rivals::NOTHING))
            .collect();
        hint(&format!(
            "the default profile has credentials of its own, which programs take before these: for those that should not, \
             set {}",
            set.join(" and ")
        ));
    }
}
