//! `locum policy validate`: the findings of files, and an exit status for pipelines.

use std::{ffi::OsString, process::ExitCode};

use locum_policy::{Finding, FindingKind, FindingsKind, findings};

use super::{
    asks_for_help, json,
    options::{Format, HELP, Options},
    print, refuse, sarif,
    source::{self, Source},
    text,
};

/// A policy that was looked at.
#[derive(Debug)]
pub(super) struct Validated {
    pub(super) source: Source,
    pub(super) kind: FindingsKind,
    pub(super) findings: Vec<Finding>,
}

/// Runs the command. All files are read before anything is printed, so that a half of a result is never taken for it.
pub(super) fn run(words: Vec<OsString>) -> ExitCode {
    if asks_for_help(&words) {
        return print(HELP, ExitCode::SUCCESS);
    }
    let options = match Options::parse(words) {
        Ok(options) => options,
        Err(error) => return refuse(&text::escape(&error.to_string())),
    };
    let mut all = Vec::new();
    for file in &options.files {
        match source::read(file) {
            Ok(source) => all.push(validate(source, options.kind)),
            Err(error) => return refuse(&text::escape(&error.to_string())),
        }
    }
    let page = match options.format {
        Format::Text => text::page(&all),
        Format::Json => json::page(&all),
        Format::Sarif => sarif::page(&all),
    };
    let fails = |finding: &Finding| match finding.kind {
        FindingKind::Error => true,
        FindingKind::SecurityWarning | FindingKind::Warning => options.strict,
        FindingKind::Suggestion => false,
    };
    let failed = all.iter().flat_map(|file| &file.findings).any(fails);
    print(
        &page,
        if failed {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        },
    )
}

fn validate(source: Source, kind: Option<FindingsKind>) -> Validated {
    let kind = kind.unwrap_or_else(|| FindingsKind::guess(&source.text));
    Validated {
        findings: findings(&source.text, kind),
        source,
        kind,
    }
}
