//! `locum whoami`: who somebody is, by what STS says or by what files and caches say.
//!
//! ```text
//! Caller::plan ─▶ offline: files, environment, caches ─▶ Identity ─▶ text, JSON, a line of one's own
//!              └▶ online: credentials, GetCallerIdentity ──▲
//! ```

mod alias;
mod all;
mod aside;
pub(crate) mod chain;
mod format;
mod identity;
mod look;
mod options;

use std::ffi::OsString;
use std::process::ExitCode;

use serde_json::Value;

use self::identity::Identity;
use self::look::{offline, online};
use self::options::{Options, OptionsError, Style, parse};
use crate::caller::Caller;
use crate::cli::config::{self, Environment};
use crate::cli::errors::Failure;
use crate::cli::prompt::Terminal;
use crate::outcome::{FAILED, Printed, Refusal, USAGE, answer, hint, status};

/// Why nothing was told.
#[derive(Debug, thiserror::Error)]
enum WhoamiError {
    #[error(transparent)]
    Options(#[from] OptionsError),
    #[error("{}", .0.sentence())]
    Call(Box<Failure>),
    #[error("there are no profiles; `aws configure` makes one")]
    NoProfiles,
}

impl From<Failure> for WhoamiError {
    fn from(failure: Failure) -> Self {
        Self::Call(Box::new(failure))
    }
}

impl Refusal for WhoamiError {
    fn exit_code(&self) -> u8 {
        match self {
            Self::Options(_) => USAGE,
            Self::Call(failure) => status(failure),
            _ => FAILED,
        }
    }
}

/// Runs the command.
pub(crate) fn run(words: Vec<OsString>) -> ExitCode {
    answer(words, options::help, tell)
}

fn tell(words: Vec<OsString>) -> Result<Printed, WhoamiError> {
    let options = parse(words)?;
    let environment = config::environment()?;
    if options.all {
        let rows = all::rows(&options, &environment)?;
        let is_good = rows.iter().all(Identity::is_good);
        let text = match &options.style {
            Style::Text => all::table(&rows),
            Style::Json => format!("{:#}\n", Value::from_iter(rows.iter().map(Identity::document))),
            Style::Template(template) => rows
                .iter()
                .map(|who| format!("{}\n", template.fill(who)))
                .collect(),
        };
        return Ok(printed(text, is_good));
    }
    let who = one(&options, &environment)?;
    if who.hops.is_empty() {
        return Err(Failure::NoCredentials.into());
    }
    let text = match &options.style {
        Style::Text => who.page(),
        Style::Json => format!("{:#}\n", who.document()),
        Style::Template(template) => format!("{}\n", template.fill(&who)),
    };
    Ok(printed(text, who.is_good()))
}

fn printed(text: String, is_good: bool) -> Printed {
    let code = if is_good { 0 } else { FAILED };
    Printed {
        text,
        code: ExitCode::from(code),
    }
}

fn one(options: &Options, environment: &Environment) -> Result<Identity, WhoamiError> {
    let caller = Caller::open(&options.caller, environment)?;
    if options.offline {
        return Ok(offline(&caller, &options.caller, environment)?);
    }
    let (mut who, credentials) = online(&caller, &options.caller, environment, &Terminal)?;
    if options.alias {
        match alias::find(&caller, &credentials, who.arn.as_deref()) {
            Ok(found) => who.alias = found,
            Err(failure) => hint(&format!("the account's alias was not told: {failure}")),
        }
    }
    Ok(who)
}
