//! The command line for a service's operations: `locum sts …`, at the parity of `aws sts …`.
//!
//! ```text
//! words ─▶ args, options ─▶ parameters (shorthand, paramfile) ─▶ wire ─▶ client (transport) ─▶ wire ─▶ query ─▶ output
//!                 config ─▶ credentials, endpoint ──────────────────────┘
//! ```
//!
//! Nothing here knows an operation: flags, checks, bodies, the order of a result and the help all come from the
//! declarations in `locum_api`. What a script can see — standard output, exit codes, sentences — is that of AWS CLI v2;
//! where it is not, `docs/compatibility.md` says so.

mod args;
mod call;
pub(crate) mod client;
pub(crate) mod config;
pub(crate) mod credentials;
mod debug;
pub(crate) mod endpoint;
pub(crate) mod errors;
mod help;
mod options;
mod output;
pub(crate) mod outside;
mod parameters;
mod paramfile;
pub(crate) mod prompt;
mod python;
mod query;
mod shorthand;
mod similar;
mod skeleton;
pub(crate) mod stream;
pub(crate) mod timestamp;
pub(crate) mod transport;
pub(crate) mod wire;

use std::ffi::OsString;
use std::process::ExitCode;

use locum_api::model::{Service, operations};

use self::args::{Split, invalid_choice, split};
use self::call::Session;
use self::config::Environment;
use self::errors::Failure;
use self::options::Options;
use self::parameters::kebab;

/// The services that have a command, by their name on the command line.
const SERVICES: [Service; 1] = [Service::Sts];

/// Runs a command line, its first word the one after the program's name. `commands` are the program's commands and
/// their one line of help.
pub(crate) fn run(words: Vec<OsString>, commands: &[(&str, &str)]) -> ExitCode {
    stream::watch_interrupts();
    let done = config::environment().and_then(|environment| execute(words, commands, &environment));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            stream::print_error(&failure.report(stream::stderr_is_terminal()));
            ExitCode::from(failure.exit_code())
        }
    }
}

fn execute(
    words: Vec<OsString>,
    commands: &[(&str, &str)],
    environment: &Environment,
) -> Result<(), Failure> {
    let words = words
        .into_iter()
        .map(|word| {
            word.into_string()
                .map_err(|word| Failure::Usage(format!("{} is not UTF-8", word.display())))
        })
        .collect::<Result<Vec<String>, _>>()?;
    if matches!(words.as_slice(), [word] if asks_for_help(word)) {
        return stream::print(&help::program(commands), None);
    }
    if words.iter().any(|word| word == "--version") {
        return stream::print(&version(), None);
    }
    let Split {
        values,
        positional,
        rest,
    } = split(&words, &options::flags(), Some("command"))?;
    let options = Options::of(&values);
    let command = positional.unwrap_or_default();
    let Some(service) = SERVICES.into_iter().find(|service| service.cli_name() == command) else {
        let names: Vec<&str> = commands.iter().map(|(name, _)| *name).collect();
        return match command.as_str() {
            "help" => stream::print(&help::program(commands), None),
            _ => Err(invalid_choice("command", &command, &names)),
        };
    };
    let session = Session::open(&options, environment)?;
    if matches!(rest.as_slice(), [word] if asks_for_help(word)) {
        return session.print(&help::service(service));
    }
    let Split { positional, rest, .. } = split(&rest, &[], Some("operation"))?;
    let name = positional.unwrap_or_default();
    let Some(operation) = operations(service)
        .iter()
        .find(|operation| kebab(operation.name) == name)
    else {
        let names: Vec<String> = operations(service)
            .iter()
            .map(|operation| kebab(operation.name))
            .collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        return Err(invalid_choice("operation", &name, &names));
    };
    if rest.iter().any(|word| word == "--help" || word == "-h")
        || matches!(rest.as_slice(), [word] if word == "help")
    {
        return session.print(&help::operation(operation));
    }
    session.run(operation, &rest)
}

fn asks_for_help(word: &str) -> bool {
    matches!(word, "help" | "--help" | "-h")
}

fn version() -> String {
    let (version, system, machine) = (
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH,
    );
    format!("locum/{version} {system}/{machine}\n")
}
