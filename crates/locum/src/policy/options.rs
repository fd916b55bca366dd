//! What `locum policy validate` is told.

use std::ffi::OsString;

use lexopt::{Arg, Parser, ValueExt};
use locum_policy::FindingsKind;

/// The page of the command.
pub(super) const HELP: &str = "\
locum policy validate: the errors, warnings and suggestions about policies

USAGE
  locum policy validate <file>... [options]

  A file is a policy in JSON; - is standard input. The findings have the codes of IAM Access Analyzer's ValidatePolicy.
  Whether actions, resources and condition keys exist in their service is not looked at.

OPTIONS
  --type <identity|resource|trust|scp|rcp>
                     What the policies are. [trust if a statement has a principal and no resource, otherwise identity]
  --format <text|json|sarif>
                     For people, in the shape of the API, or SARIF 2.1.0 for code hosts and editors. [text]
  --strict           Let warnings and security warnings count as errors do.

EXIT STATUS
  0  No errors.
  1  A policy has errors.
  2  The command line was not understood, or a file could not be read.
";

/// How findings are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Text,
    Json,
    Sarif,
}

#[derive(Debug)]
pub(super) struct Options {
    /// At least one; `-` is standard input.
    pub(super) files: Vec<OsString>,
    /// What every file is; guessed for each where nobody says.
    pub(super) kind: Option<FindingsKind>,
    pub(super) format: Format,
    pub(super) strict: bool,
}

/// Why the command line makes no sense.
#[derive(Debug, thiserror::Error)]
pub(super) enum OptionsError {
    #[error("{0}; run `locum policy validate --help`")]
    Words(#[from] lexopt::Error),
    #[error("say which files, or - for standard input; run `locum policy validate --help`")]
    NoFiles,
    #[error("--type is identity, resource, trust, scp or rcp, not {0}")]
    Type(String),
    #[error("--format is text, json or sarif, not {0}")]
    Format(String),
    #[error("standard input can be read once only")]
    StandardInputTwice,
}

impl Options {
    pub(super) fn parse(words: Vec<OsString>) -> Result<Self, OptionsError> {
        let mut options = Self {
            files: Vec::new(),
            kind: None,
            format: Format::Text,
            strict: false,
        };
        let mut parser = Parser::from_args(words);
        while let Some(arg) = parser.next()? {
            match arg {
                Arg::Long("type") => options.kind = Some(kind(parser.value()?.string()?)?),
                Arg::Long("format") => options.format = format(parser.value()?.string()?)?,
                Arg::Long("strict") => options.strict = true,
                Arg::Value(file) => options.files.push(file),
                other @ (Arg::Long(_) | Arg::Short(_)) => return Err(other.unexpected().into()),
            }
        }
        match options.files.iter().filter(|file| *file == "-").count() {
            _ if options.files.is_empty() => Err(OptionsError::NoFiles),
            0 | 1 => Ok(options),
            _ => Err(OptionsError::StandardInputTwice),
        }
    }
}

fn kind(name: String) -> Result<FindingsKind, OptionsError> {
    match &*name {
        "identity" => Ok(FindingsKind::Identity),
        "resource" => Ok(FindingsKind::Resource),
        "trust" => Ok(FindingsKind::Trust),
        "scp" => Ok(FindingsKind::ServiceControl),
        "rcp" => Ok(FindingsKind::ResourceControl),
        _ => Err(OptionsError::Type(name)),
    }
}

fn format(name: String) -> Result<Format, OptionsError> {
    match &*name {
        "text" => Ok(Format::Text),
        "json" => Ok(Format::Json),
        "sarif" => Ok(Format::Sarif),
        _ => Err(OptionsError::Format(name)),
    }
}
