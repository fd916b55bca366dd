//! `locum policy explain`: a decoded authorization message, told for a person.
//!
//! AWS's message says what was asked and which statements matched; locum's says besides which layer decided. What neither
//! says is not made up.

mod advice;
mod json;
mod message;

use std::{
    ffi::{OsStr, OsString},
    process::ExitCode,
};

use lexopt::{Arg, Parser};

pub(crate) use self::message::{Message, MessageError};
use super::{
    asks_for_help, print, refuse,
    source::{self, SourceError},
    text::escape,
};

/// The page of the command.
const HELP: &str = "\
locum policy explain: what a decoded authorization message says

USAGE
  locum policy explain [file]

  The file is what `sts decode-authorization-message` printed, locum's or AWS's: the whole answer or the message in it.
  Without a file, or with -, it is standard input. `locum decode` decodes and explains in one step.

EXIT STATUS
  0  It was explained.
  2  The command line was not understood, or what was read is no such message.
";

/// Why nothing was explained.
#[derive(Debug, thiserror::Error)]
enum ExplainError {
    #[error("{0}; run `locum policy explain --help`")]
    Words(#[from] lexopt::Error),
    #[error("one message can be explained at a time; run `locum policy explain --help`")]
    TwoFiles,
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error("{name}: {reason}")]
    Message { name: String, reason: MessageError },
}

/// Runs the command.
pub(super) fn run(words: Vec<OsString>) -> ExitCode {
    if asks_for_help(&words) {
        return print(HELP, ExitCode::SUCCESS);
    }
    match explain(words) {
        Ok(page) => print(&page, ExitCode::SUCCESS),
        Err(error) => refuse(&escape(&error.to_string())),
    }
}

fn explain(words: Vec<OsString>) -> Result<String, ExplainError> {
    let mut file: Option<OsString> = None;
    let mut parser = Parser::from_args(words);
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Value(value) if file.is_none() => file = Some(value),
            Arg::Value(_) => return Err(ExplainError::TwoFiles),
            other @ (Arg::Long(_) | Arg::Short(_)) => return Err(other.unexpected().into()),
        }
    }
    let source = source::read(file.as_deref().unwrap_or(OsStr::new("-")))?;
    let message = Message::read(&source.text).map_err(|reason| ExplainError::Message {
        name: source.name,
        reason,
    })?;
    Ok(message.page())
}

impl Message {
    /// Tells it to a person, control characters made harmless.
    pub(crate) fn page(&self) -> String {
        advice::page(self)
    }

    /// Tells it to a program.
    pub(crate) fn document(&self) -> serde_json::Value {
        json::document(self)
    }
}
