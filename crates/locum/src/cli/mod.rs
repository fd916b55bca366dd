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

mod alias;
mod args;
mod call;
pub(crate) mod client;
pub(crate) mod complete;
mod completion;
pub(crate) mod config;
pub(crate) mod credentials;
mod debug;
pub(crate) mod endpoint;
mod error_format;
pub(crate) mod errors;
mod forward;
mod help;
mod inputs;
mod options;
mod output;
pub(crate) mod outside;
mod parameters;
mod paramfile;
mod program;
pub(crate) mod prompt;
pub(crate) mod proxy;
pub(crate) mod python;
mod query;
mod shorthand;
pub(crate) mod similar;
mod skeleton;
pub(crate) mod stream;
pub(crate) mod timestamp;
pub(crate) mod transport;
pub(crate) mod wire;

use std::ffi::OsString;
use std::process::ExitCode;

use locum_api::model::{Service, operations};

use self::alias::{Line, Way};
use self::args::invalid_choice;
use self::call::{Session, Words};
pub(crate) use self::completion::run as completion;
use self::config::{Environment, Files, Profile};
use self::error_format::Manner;
use self::errors::Failure;
use self::options::Options;
use self::parameters::kebab;
pub(crate) use self::program::{Name, Program};

/// The services that have a command, by their name on the command line.
const SERVICES: [Service; 1] = [Service::Sts];
/// The version of AWS's command whose `sts` this is, for scripts that ask for it where there is no other `aws`.
const COUNTERPART: &str = "aws-cli/2.36.7";

/// Runs a command line, its first word the one after the program's name.
pub(crate) fn run(words: &[OsString], program: &Program<'_>) -> ExitCode {
    let environment = config::environment();
    let texts: Option<Vec<String>> = words
        .iter()
        .map(|word| word.to_str().map(str::to_owned))
        .collect();
    let done = match (&environment, &texts) {
        (Err(failure), _) => Err(failure.clone()),
        (Ok(environment), Some(texts)) => Invocation {
            program,
            words,
            texts,
            environment,
        }
        .execute(),
        (Ok(environment), None) => {
            let handed = match program.name {
                Name::Aws => forward::hand_on(words, environment),
                Name::Locum => Ok(()),
            };
            handed.and_then(|()| Err(Failure::Usage("a word is not UTF-8".to_owned())))
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let manner = Manner::of(
                program.name,
                &texts.unwrap_or_default(),
                environment.as_ref().ok(),
            );
            stream::print_error(&manner.tell(&failure));
            ExitCode::from(failure.exit_code())
        }
    }
}

/// A command line and its surroundings.
struct Invocation<'a> {
    program: &'a Program<'a>,
    /// The words as they came, to be handed on.
    words: &'a [OsString],
    /// The same as text.
    texts: &'a [String],
    environment: &'a Environment,
}

impl Invocation<'_> {
    fn execute(&self) -> Result<(), Failure> {
        let name = &self.program.name;
        if self.asks_for_version() {
            self.hand_on()?;
            return stream::print(&version(*name), None);
        }
        if matches!(self.texts, [word] if asks_for_help(word)) {
            self.hand_on()?;
            return self.page(&self.whole_page());
        }
        if self.texts.is_empty() && *name == Name::Locum {
            return Err(Failure::Usage(format!(
                "the following arguments are required: command\n\n{}",
                self.named_commands()
            )));
        }
        let aliases = alias::load(self.environment)?;
        let line = self.or_next(Line::read(self.texts))?;
        let line = match line.follow(&aliases, None)? {
            Way::Script(script) => return Err(alias::become_script(&script)),
            Way::Command(line) => line,
        };
        let Some(service) = SERVICES
            .into_iter()
            .find(|service| service.cli_name() == line.command)
        else {
            self.hand_on()?;
            return match (line.command.as_str(), line.rest.first()) {
                ("help", Some(word)) if *name == Name::Locum && !word.starts_with('-') && word != "help" => {
                    Err(self.no_such_command(word))
                }
                ("help", _) => self.page(&self.whole_page()),
                _ => Err(self.no_such_command(&line.command)),
            };
        };
        if matches!(line.rest.as_slice(), [word] if asks_for_help(word)) {
            return self.page(&help::service(*name, service));
        }
        let line = match self
            .or_next(line.operation())?
            .follow(&aliases, Some(service.cli_name()))?
        {
            Way::Script(script) => return Err(alias::become_script(&script)),
            Way::Command(line) => line,
        };
        let declared = operations(service);
        let Some(operation) = declared
            .iter()
            .find(|operation| kebab(operation.name) == line.command)
        else {
            self.hand_on()?;
            let names: Vec<String> = declared.iter().map(|operation| kebab(operation.name)).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            return Err(invalid_choice("operation", &line.command, &names));
        };
        stream::watch_interrupts();
        let options = Options::of(&line.values);
        let opened = Session::open(&options, self.environment, || Words::read(operation, &line.rest));
        let (session, words) = match opened {
            unread @ Err(Failure::UnknownOptions(_)) => self.or_next(unread)?,
            opened => opened?,
        };
        session.run(*name, operation, &words)
    }

    /// Whether the option is there, and not the same word as some option's value.
    fn asks_for_version(&self) -> bool {
        let split = args::split(self.texts, &options::flags(), None);
        split.is_ok_and(|found| Options::of(&found.values).version)
    }

    /// Under the name `aws`, becomes the next `aws`; returns if there is none, or under another name.
    fn hand_on(&self) -> Result<(), Failure> {
        match self.program.name {
            Name::Aws => forward::hand_on(self.words, self.environment),
            Name::Locum => Ok(()),
        }
    }

    /// A line that cannot be read here may be one that the next `aws` can read.
    fn or_next<T>(&self, read: Result<T, Failure>) -> Result<T, Failure> {
        if read.is_err() {
            self.hand_on()?;
        }
        read
    }

    /// Prints a text by the pager, whatever is wrong with the configuration.
    fn page(&self, text: &str) -> Result<(), Failure> {
        let profile = Files::load(self.environment)
            .and_then(|files| Profile::choose(files, None, self.environment))
            .unwrap_or_default();
        let pager = stream::pager(!stream::stdout_is_terminal(), self.environment, &profile);
        stream::print(text, pager.unwrap_or_default().as_deref())
    }

    fn no_such_command(&self, given: &str) -> Failure {
        if self.program.name == Name::Aws {
            return Failure::General(format!(
                "Only `aws sts` is served here, and there is no other aws on the PATH that could run `aws {given}`."
            ));
        }
        let names: Vec<&str> = self.program.commands.iter().map(|(name, _)| *name).collect();
        if names.contains(&given) {
            return Failure::Usage(format!(
                "the options of {given} stand after it: locum {given} [options]"
            ));
        }
        let Failure::Usage(mut text) = invalid_choice("command", given, &names) else {
            return Failure::Usage(given.to_owned());
        };
        text.push_str(&format!("\n\n{}", self.named_commands()));
        Failure::Usage(text)
    }

    fn named_commands(&self) -> String {
        let names: Vec<&str> = self.program.commands.iter().map(|(name, _)| *name).collect();
        format!("The commands are: {}.", names.join(", "))
    }

    /// The page of all that there is; under the name `aws` that is one service.
    fn whole_page(&self) -> String {
        match self.program.name {
            Name::Locum => help::program(self.program.commands),
            Name::Aws => help::service(Name::Aws, Service::Sts),
        }
    }
}

fn asks_for_help(word: &str) -> bool {
    matches!(word, "help" | "--help" | "-h")
}

fn version(name: Name) -> String {
    let (version, system, machine) = (
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH,
    );
    match name {
        Name::Locum => format!("locum/{version} {system}/{machine}\n"),
        Name::Aws => format!("{COUNTERPART} locum/{version} {system}/{machine}\n"),
    }
}
