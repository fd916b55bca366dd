//! What `locum exec` is told.

use std::ffi::OsString;

use lexopt::{Arg, Parser};
use locum_credentials::quoted;

use crate::caller::CallerOptions;

/// The page, but for the options that say who.
pub(super) const HELP: &str = "\
locum exec: run a command with credentials

USAGE
  locum exec [options] -- <command> [arguments]
  locum exec [options]                             starts SHELL

  The command gets the credentials in its environment, never among its arguments, and nothing there that contradicts them.
  It takes this program's place; with --refresh this program stays behind it.

OPTIONS
  --refresh              For commands that outlive a session: give the credentials out by an endpoint like a container's,
                         with a token that only the command knows, and renew them while it runs. Also --server.
  --nested               Run inside of another locum exec all the same.
";

/// The end of the page.
pub(super) const HELP_END: &str = "
EXIT STATUS
  That of the command; 128 and its number if a signal ended it.
  125  There are no credentials, or the command line is wrong.
  126  The command cannot be run.
  127  The command is not found.
";

#[derive(Debug)]
pub(super) struct Options {
    pub(super) refresh: bool,
    pub(super) nested: bool,
    pub(super) caller: CallerOptions,
    /// The command with its arguments; empty for a shell.
    pub(super) command: Vec<OsString>,
}

/// Why the command line makes no sense.
#[derive(Debug, thiserror::Error)]
pub(super) enum OptionsError {
    #[error("{0}; run `locum exec --help`")]
    Words(#[from] lexopt::Error),
    #[error("put -- before the command: locum exec [options] -- {}", quoted(&.0.to_string_lossy()))]
    NoDashes(OsString),
    #[error("put -- before the command, and name a profile by --profile: locum exec --profile {} -- ...", quoted(&.0.to_string_lossy()))]
    Surplus(OsString),
}

impl Options {
    /// Splits the words at the first `--`: those of the program's own options, and those of the command.
    pub(super) fn split(mut words: Vec<OsString>) -> (Vec<OsString>, Option<Vec<OsString>>) {
        match words.iter().position(|word| word == "--") {
            None => (words, None),
            Some(place) => {
                let command = words.split_off(place).into_iter().skip(1).collect();
                (words, Some(command))
            }
        }
    }

    pub(super) fn parse(own: Vec<OsString>, command: Option<Vec<OsString>>) -> Result<Self, OptionsError> {
        let mut options = Self {
            refresh: false,
            nested: false,
            caller: CallerOptions::default(),
            command: Vec::new(),
        };
        let mut parser = Parser::from_args(own);
        while let Some(arg) = parser.next()? {
            match arg {
                Arg::Long("refresh" | "server") => options.refresh = true,
                Arg::Long("nested") => options.nested = true,
                Arg::Long(name) => {
                    let name = name.to_owned();
                    options.caller.accept(&name, &mut parser)?;
                }
                Arg::Value(word) if command.is_some() => return Err(OptionsError::Surplus(word)),
                Arg::Value(word) => return Err(OptionsError::NoDashes(word)),
                other @ Arg::Short(_) => return Err(other.unexpected().into()),
            }
        }
        options.command = command.unwrap_or_default();
        Ok(options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options, OptionsError> {
        let (own, command) = Options::split(line.split_whitespace().map(Into::into).collect());
        Options::parse(own, command)
    }

    #[test]
    fn what_follows_the_dashes_is_the_command_s() {
        let options = parse("--profile p --refresh -- aws --profile q -- --help").unwrap();
        assert_eq!(options.command, ["aws", "--profile", "q", "--", "--help"]);
        assert!(options.refresh && !options.nested && options.caller.profile.as_deref() == Some("p"));
        let shell = parse("--role r --server --nested").unwrap();
        assert!(shell.command.is_empty() && shell.refresh && shell.nested);
    }

    #[test]
    fn mistakes_are_told_with_the_way_out() {
        for (line, told) in [
            (
                "aws s3 ls",
                "put -- before the command: locum exec [options] -- aws",
            ),
            (
                "--profile p aws s3 ls",
                "put -- before the command: locum exec [options] -- aws",
            ),
            ("dev -- aws", "locum exec --profile dev -- ..."),
            ("--frobnicate -- aws", "run `locum exec --help`"),
            ("-x", "run `locum exec --help`"),
            ("--profile", "run `locum exec --help`"),
        ] {
            let error = parse(line).unwrap_err().to_string();
            assert!(error.contains(told) && !error.contains('\n'), "{error}");
        }
    }
}
