//! `locum doctor`: which source of credentials wins and why, and what is wrong with the rest.
//!
//! Everything is looked at as it is, and every fault gets one sentence that says how to mend it. Faults of profiles other
//! than the one in force count too: somebody will use them. No secret is read further than to see that it is there.

mod caches;
mod clock;
mod files;
mod machine;
mod named;
mod options;
mod places;
mod profiles;
mod report;
mod settings;
mod sources;
mod variables;

use std::ffi::OsString;
use std::process::ExitCode;

use self::options::{Options, OptionsError, parse};
use self::report::Report;
use crate::caller::Caller;
use crate::cli::{config, errors::Failure};
use crate::outcome::{FAILED, Printed, Refusal, USAGE, answer};

/// Why nothing was looked at.
#[derive(Debug, thiserror::Error)]
enum DoctorError {
    #[error(transparent)]
    Options(#[from] OptionsError),
    #[error("{}", .0.sentence())]
    Words(Box<Failure>),
}

impl Refusal for DoctorError {
    fn exit_code(&self) -> u8 {
        USAGE
    }
}

/// Runs the command.
pub(crate) fn run(words: Vec<OsString>) -> ExitCode {
    answer(words, options::help, tell)
}

fn tell(words: Vec<OsString>) -> Result<Printed, DoctorError> {
    let options = parse(words)?;
    let report = examine(&options)?;
    let text = if options.json {
        format!("{:#}\n", report.document())
    } else {
        report.page()
    };
    let code = ExitCode::from(if report.findings.is_empty() { 0 } else { FAILED });
    Ok(Printed { text, code })
}

fn examine(options: &Options) -> Result<Report, DoctorError> {
    let mut report = Report::default();
    let environment = match config::environment() {
        Ok(environment) => environment,
        Err(failure) => {
            report.find(
                "environment",
                format!("{failure}: set it again, or unset it, before anything else can be said."),
            );
            return Ok(report);
        }
    };
    variables::look(&environment, &mut report);
    let files = files::look(&environment, &mut report);
    profiles::look(&files, &environment, &mut report);
    named::look(&files, &mut report);
    match Caller::open(&options.caller, &environment) {
        Ok(caller) => {
            sources::look(&caller, &options.caller, &environment, &mut report);
            places::look(&caller, &options.caller, &environment, &mut report);
            machine::vault(&environment, caller.profile(), &mut report);
            if options.online {
                clock::compare(&caller, &mut report);
            }
        }
        Err(failure) if failure.is_mistyped() => {
            return Err(DoctorError::Words(Box::new(failure)));
        }
        // What is wrong with a file was told when it was read.
        Err(failure) if report.findings.iter().all(|finding| finding.code != "unreadable") => {
            report.find("profile", sources::lacking(&failure, &files));
        }
        Err(_) => {}
    }
    caches::look(&environment, &mut report);
    machine::program(&environment, &mut report);
    Ok(report)
}
