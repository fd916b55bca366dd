//! `locum policy simulate`: what policies in files would make of a request, before anything is stored.
//!
//! The engine is the one that decides in the service. Nothing is implied: a condition key that no option gives is not
//! there, and the answer tells which ones it lacked.

mod answer;
mod cases;
mod context;
mod json;
mod options;
mod principal;
mod setup;
mod text;

use std::{ffi::OsString, process::ExitCode};

use self::{
    answer::{Answer, answer},
    cases::{Case, CasesError},
    context::ContextError,
    options::{Format, HELP, Options, OptionsError},
    principal::PrincipalError,
    setup::{Setup, SetupError},
};
use super::{asks_for_help, print, refuse, source::SourceError, text::escape};

/// Why nothing was simulated.
#[derive(Debug, thiserror::Error)]
enum SimulateError {
    #[error(transparent)]
    Options(#[from] OptionsError),
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error(transparent)]
    Setup(#[from] SetupError),
    #[error(transparent)]
    Context(#[from] ContextError),
    #[error(transparent)]
    Cases(#[from] CasesError),
    #[error(transparent)]
    Principal(#[from] PrincipalError),
}

/// Runs the command.
pub(super) fn run(words: Vec<OsString>) -> ExitCode {
    if asks_for_help(&words) {
        return print(HELP, ExitCode::SUCCESS);
    }
    match simulate(words) {
        Ok((page, code)) => print(&page, code),
        Err(error) => refuse(&escape(&error.to_string())),
    }
}

/// Everything is read and answered before anything is printed.
fn simulate(words: Vec<OsString>) -> Result<(String, ExitCode), SimulateError> {
    let options = Options::parse(words)?;
    let setup = Setup::read(&options.files)?;
    let cases = Case::of(&options)?;
    let answers: Vec<Answer> = cases
        .iter()
        .map(|case| answer(&setup, case))
        .collect::<Result<_, _>>()?;
    let page = match options.format {
        Format::Text => text::page(&answers),
        Format::Json => json::page(&answers),
    };
    let missed = answers.iter().any(Answer::is_missed);
    let code = if missed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    };
    Ok((page, code))
}
