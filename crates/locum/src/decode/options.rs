//! What `locum decode` is told. A message may start with a dash, so it is told from an option before `lexopt` sees it.

use std::ffi::{OsStr, OsString};

use lexopt::{Arg, Parser, ValueExt};

use crate::caller::{CALLER_HELP, CallerOptions};

/// The page of the command, but for the caller's options.
const HELP: &str = "\
locum decode: why a request was denied

USAGE
  locum decode [<message>|-] [options]

  The message is the encoded one of a denial, AWS's or locum's, or the error text that it stands in: it is found there,
  also if a terminal broke its lines or a mail quoted them. Without it, or with -, it is read from standard input. A message
  that is decoded already is explained without asking anybody.

  It is decoded by DecodeAuthorizationMessage, for which the caller needs sts:DecodeAuthorizationMessage in the account of
  whoever was denied.

OPTIONS
  --output <text|json>          For people, or for programs. [text]
";

const EXIT: &str = "
EXIT STATUS
  0  It was explained.
  1  It was not decoded: not allowed, not a message of this service, or no longer.
  2  The command line was not understood, or there was no message in what was given.
";

/// The page of the command.
pub(super) fn help() -> String {
    format!("{HELP}{CALLER_HELP}{EXIT}")
}

/// What is to be decoded, and how it is told.
#[derive(Debug, Default)]
pub(super) struct Options {
    /// The words of the message; none for standard input.
    pub(super) words: Vec<String>,
    /// Whether a program reads it.
    pub(super) json: bool,
    /// Who asks.
    pub(super) caller: CallerOptions,
}

/// Why the command line makes no sense.
#[derive(Debug, thiserror::Error)]
pub(super) enum OptionsError {
    #[error("{0}; run `locum decode --help`")]
    Words(#[from] lexopt::Error),
    #[error("--output is text or json, not {0}")]
    Output(String),
}

/// Reads the command line.
pub(super) fn parse(words: Vec<OsString>) -> Result<Options, OptionsError> {
    let mut options = Options::default();
    let mut parser = Parser::from_args(words);
    loop {
        if let Some(mut raw) = parser.try_raw_args()
            && let Some(word) = raw.next_if(is_message)
        {
            options.words.push(word.to_string_lossy().into_owned());
            continue;
        }
        match parser.next()? {
            None => return Ok(options),
            Some(Arg::Value(word)) => options.words.push(word.string()?),
            Some(Arg::Long("output")) => {
                options.json = match parser.value()?.string()?.as_str() {
                    "json" => true,
                    "text" => false,
                    other => return Err(OptionsError::Output(other.to_owned())),
                };
            }
            Some(Arg::Long(name)) => {
                let name = name.to_owned();
                options.caller.accept(&name, &mut parser)?;
            }
            Some(other @ Arg::Short(_)) => return Err(other.unexpected().into()),
        }
    }
}

/// Tells a message that starts with a dash from an option: there are no options of one dash and several letters, and none
/// as long as a message.
fn is_message(word: &OsStr) -> bool {
    let Some(word) = word.to_str() else { return false };
    let letters = word
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    letters && word.starts_with('-') && word.len() > if word.starts_with("--") { 40 } else { 3 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str]) -> Result<Options, OptionsError> {
        parse(words.iter().map(Into::into).collect())
    }

    #[test]
    fn a_message_may_start_with_dashes() {
        let long = format!("--{}", "aZ9_".repeat(12));
        for message in ["-7i6c", "-Output", long.as_str(), "AQ"] {
            let options = read(&[message, "--output", "json", "--profile=p"]).unwrap();
            assert_eq!(options.words, [message]);
            assert!(options.json);
            assert_eq!(options.caller.profile.as_deref(), Some("p"));
            assert_eq!(read(&["--region", "r-1", message]).unwrap().words, [message]);
            assert_eq!(read(&["--", message]).unwrap().words, [message]);
        }
        assert_eq!(read(&["-"]).unwrap().words, ["-"]);
        assert_eq!(read(&["a", "b"]).unwrap().words, ["a", "b"]);
    }

    #[test]
    fn mistakes_are_told_in_one_line() {
        for words in [&["--output", "xml"][..], &["--outputs"], &["-x"], &["--region"]] {
            let error = read(words).unwrap_err().to_string();
            assert!(!error.is_empty() && !error.contains('\n'), "{error}");
        }
    }
}
