//! `locum exec`: a command with credentials in its environment.
//!
//! ```text
//! Whose ─▶ Variables ─▶ execve: the command takes this process's place
//!   └─▶ Keeper ─▶ Endpoint ─▶ Variables that lead to it ─▶ Watch: the command as a child, in this process group
//! ```
//!
//! Nothing secret is an argument: those of a process can be read by every user of the machine.

mod options;
mod program;
mod watch;

use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode};

use locum_credentials::quoted;
use locum_crypto::SystemRandom;

use self::options::{HELP, HELP_END, Options};
use crate::caller::CALLER_HELP;
use crate::cli::{config, errors::Failure, stream};
use crate::handout::{Container, Endpoint, Renewal, Variables, Whose, rivals, serve};
use crate::loopback::Loopback;
use crate::outcome::{asks_for_help, hint, print, refuse};

/// Names whom a command runs as, for prompts, and to notice one inside of another.
const MARK: &str = "LOCUM_EXEC";
/// There was no command to blame.
const OWN_FAULT: u8 = 125;
const CANNOT_RUN: u8 = 126;
const NOT_FOUND: u8 = 127;

/// Why the command does not run.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error("this is inside of another `locum exec` already: leave it first, or say --nested")]
    Nested,
    #[error("{}", .0.sentence())]
    Credentials(#[from] Failure),
    #[error("cannot open an endpoint for the credentials: {0}")]
    Endpoint(io::Error),
    #[error("cannot run {}: {source}", quoted(&name.to_string_lossy()))]
    Run { name: OsString, source: io::Error },
    #[error("cannot watch over the command: {0}")]
    Watch(io::Error),
}

impl Refusal {
    fn code(&self) -> u8 {
        match self {
            Self::Run { source, .. } => match source.kind() {
                io::ErrorKind::NotFound => NOT_FOUND,
                // A NUL among the words or the variables: nothing was tried.
                io::ErrorKind::InvalidInput => OWN_FAULT,
                _ => CANNOT_RUN,
            },
            Self::Nested | Self::Credentials(_) | Self::Endpoint(_) | Self::Watch(_) => OWN_FAULT,
        }
    }
}

/// Runs `locum exec …`.
pub(crate) fn run(words: Vec<OsString>) -> ExitCode {
    let (own, command) = Options::split(words);
    if asks_for_help(&own) {
        return print(
            &format!("{HELP}\nWHOSE CREDENTIALS, AND WHERE\n{CALLER_HELP}{HELP_END}"),
            ExitCode::SUCCESS,
        );
    }
    let options = match Options::parse(own, command) {
        Ok(options) => options,
        Err(error) => return refuse(&error.to_string(), OWN_FAULT),
    };
    match execute(options) {
        Ok(code) => code,
        Err(refusal) => refuse(&refusal.to_string(), refusal.code()),
    }
}

fn execute(options: Options) -> Result<ExitCode, Refusal> {
    if !options.nested && std::env::var_os(MARK).is_some_and(|mark| !mark.is_empty()) {
        return Err(Refusal::Nested);
    }
    // A prompt that is interrupted must let the terminal echo again.
    stream::watch_interrupts();
    let whose = Whose::new(options.caller, config::environment()?);
    let is_shell = options.command.is_empty();
    let (name, arguments) = words_or_shell(options.command);
    // When there are credentials, and not before: without them nothing starts.
    let tell = || {
        if is_shell {
            hint(&format!("starting {}; `exit` leaves it", name.display()));
        }
    };
    let mut command = Command::new(&name);
    command.args(arguments).env(MARK, whose.name()?);
    // Before a code is asked for, which is good once.
    if let Err(source) = program::look_for(&name, std::env::var_os("PATH").as_deref()) {
        return Err(Refusal::Run { name, source });
    }
    if options.refresh {
        let variables = open_endpoint(&whose)?;
        give(&mut command, &variables);
        hide_rivals(&mut command, &variables);
        tell();
        return watch::run(command).map_err(|error| match error {
            watch::WatchError::Run(source) => Refusal::Run { name, source },
            watch::WatchError::Watch(error) => Refusal::Watch(error),
        });
    }
    // Before a code is asked for, which is good once.
    let around = whose.surroundings()?;
    give(
        &mut command,
        &Variables::of_credentials(&whose.credentials()?, &around),
    );
    tell();
    let source = command.exec();
    Err(Refusal::Run { name, source })
}

/// The command, or the user's shell.
fn words_or_shell(mut command: Vec<OsString>) -> (OsString, Vec<OsString>) {
    if command.is_empty() {
        let shell = std::env::var_os("SHELL").filter(|shell| !shell.is_empty());
        return (shell.unwrap_or_else(|| "/bin/sh".into()), command);
    }
    let name = command.remove(0);
    (name, command)
}

fn open_endpoint(whose: &Whose) -> Result<Variables, Refusal> {
    // Before a code is asked for, which is good once.
    let around = whose.surroundings()?;
    let listener = Loopback::bind(0, 0).map_err(Refusal::Endpoint)?;
    let container = Container::new(whose.keep(Renewal::Silent)?, &mut SystemRandom);
    let url = format!("http://127.0.0.1:{}/", listener.port());
    let variables = Variables::of_container(&url, container.token(), &around);
    serve(listener, Endpoint::Container(container)).map_err(Refusal::Endpoint)?;
    Ok(variables)
}

/// Lets the command see no file whose default profile would win.
fn hide_rivals(command: &mut Command, variables: &Variables) {
    let hidden = rivals::files_to_hide(variables);
    if !hidden.is_empty() {
        hint(&format!(
            "the default profile has credentials of its own, which would win: the command sees no {}",
            rivals::called(&hidden)
        ));
    }
    for file in hidden {
        command.env(file, rivals::NOTHING);
    }
}

fn give(command: &mut Command, variables: &Variables) {
    for name in variables.to_remove() {
        command.env_remove(name);
    }
    for (name, value) in variables.to_set() {
        command.env(&**name, value.expose());
    }
}
