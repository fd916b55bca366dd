//! What `locum doctor` is told.

use std::ffi::OsString;

use lexopt::{Arg, Parser, ValueExt};

use crate::caller::{CALLER_HELP, CallerOptions};

/// The page of the command, but for the caller's options.
const HELP: &str = "\
locum doctor: which credentials win and why, and what is wrong

USAGE
  locum doctor [options]

  Looks at environment, files, caches and settings, and says of whatever is wrong how to mend it. It asks no service and
  runs no program unless it is told to, and shows no secret.

OPTIONS
  --online                      Ask STS for the time as well, and compare the clocks.
  --output <text|json>          For people, or for programs. [text]
";

const EXIT: &str = "
EXIT STATUS
  0  Nothing is wrong.
  1  Something is; every finding is a sentence.
  2  The command line was not understood.
";

/// The page of the command.
pub(super) fn help() -> String {
    format!("{HELP}{CALLER_HELP}{EXIT}")
}

/// What is wanted.
#[derive(Debug, Default)]
pub(super) struct Options {
    pub(super) online: bool,
    pub(super) json: bool,
    pub(super) caller: CallerOptions,
}

/// Why the command line makes no sense.
#[derive(Debug, thiserror::Error)]
pub(super) enum OptionsError {
    #[error("{0}; run `locum doctor --help`")]
    Words(#[from] lexopt::Error),
    #[error("--output is text or json, not {0}")]
    Output(String),
}

/// Reads the command line.
pub(super) fn parse(words: Vec<OsString>) -> Result<Options, OptionsError> {
    let mut options = Options::default();
    let mut parser = Parser::from_args(words);
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("online") => options.online = true,
            Arg::Long("output") => {
                options.json = match parser.value()?.string()?.as_str() {
                    "text" => false,
                    "json" => true,
                    other => return Err(OptionsError::Output(other.to_owned())),
                };
            }
            Arg::Long(name) => {
                let name = name.to_owned();
                options.caller.accept(&name, &mut parser)?;
            }
            other @ (Arg::Short(_) | Arg::Value(_)) => return Err(other.unexpected().into()),
        }
    }
    Ok(options)
}
