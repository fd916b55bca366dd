//! What `locum serve-credentials` is told.

use std::ffi::OsString;
use std::path::PathBuf;

use lexopt::{Arg, Parser, ValueExt};

use crate::caller::CallerOptions;
use crate::handout::Format;

/// The page, but for the options that say who.
pub(super) const HELP: &str = "\
locum serve-credentials: give out credentials on this machine, as containers and instances get them

USAGE
  locum serve-credentials [options]

  Listens on 127.0.0.1, prints the variables that lead there, and renews the credentials until it is interrupted.

OPTIONS
  --ecs                  Like the endpoint of a container's platform: only who knows its token is answered. [this]
  --imds                 Like the metadata service of an instance (IMDSv2). Anybody can get its token, so only processes
                         of this user and root are answered.
  --any-user             With --imds: answer processes of every user. They all become you.
  --port <port>          The port. [any free one]
  --format <sh|fish|powershell|cmd|dotenv|json>
                         How to print the variables; sh is for bash and zsh too. [the shell's, by SHELL]
  --env-file <file>      Write them there instead, readable by you alone; the file is removed at the end. What is there
                         stays, unless it is empty or this command left it.
  --unset                Print what removes the variables again, and end.
";

/// The end of the page.
pub(super) const HELP_END: &str = "
EXIT STATUS
  0  It was interrupted.
  1  Something failed.
  2  The command line is wrong.
";

#[derive(Debug)]
pub(super) struct Options {
    pub(super) imds: bool,
    pub(super) any_user: bool,
    pub(super) port: u16,
    pub(super) format: Format,
    pub(super) env_file: Option<PathBuf>,
    pub(super) unset: bool,
    pub(super) caller: CallerOptions,
}

/// Why the command line makes no sense.
#[derive(Debug, thiserror::Error)]
pub(super) enum OptionsError {
    #[error("{0}; run `locum serve-credentials --help`")]
    Words(#[from] lexopt::Error),
    #[error("--format is sh, fish, powershell, cmd, dotenv or json, not {0}")]
    Format(String),
    #[error("--port is a number from 0 to 65535, and 0 any free one, not {0}")]
    Port(String),
    #[error("--ecs and --imds exclude each other")]
    Shape,
    #[error("--any-user is for --imds: with --ecs, whoever knows the token is answered")]
    AnyUser,
    #[error("nothing can be removed in this format: leave out --unset, or choose a shell's")]
    Unset,
}

impl Options {
    /// Reads the words; `shell` is the value of `SHELL`.
    pub(super) fn parse(words: Vec<OsString>, shell: Option<&str>) -> Result<Self, OptionsError> {
        // A shell that is not known reads files of variables somehow.
        let mut options = Self {
            imds: false,
            any_user: false,
            port: 0,
            format: Format::of_shell(shell).unwrap_or(Format::Dotenv),
            env_file: None,
            unset: false,
            caller: CallerOptions::default(),
        };
        let mut ecs = false;
        let mut parser = Parser::from_args(words);
        while let Some(arg) = parser.next()? {
            match arg {
                Arg::Long("ecs") => ecs = true,
                Arg::Long("imds") => options.imds = true,
                Arg::Long("any-user") => options.any_user = true,
                Arg::Long("unset") => options.unset = true,
                Arg::Long("port") => {
                    let port = parser.value()?.string()?;
                    options.port = port.parse().map_err(|_| OptionsError::Port(port))?;
                }
                Arg::Long("env-file") => options.env_file = Some(parser.value()?.into()),
                Arg::Long("format") => {
                    let name = parser.value()?.string()?;
                    options.format = Format::named(&name).ok_or(OptionsError::Format(name))?;
                }
                Arg::Long(name) => {
                    let name = name.to_owned();
                    options.caller.accept(&name, &mut parser)?;
                }
                other @ (Arg::Short(_) | Arg::Value(_)) => return Err(other.unexpected().into()),
            }
        }
        if ecs && options.imds {
            return Err(OptionsError::Shape);
        }
        if options.unset && matches!(options.format, Format::Dotenv | Format::Json) {
            return Err(OptionsError::Unset);
        }
        if options.any_user && !options.imds {
            return Err(OptionsError::AnyUser);
        }
        Ok(options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options, OptionsError> {
        Options::parse(
            line.split_whitespace().map(Into::into).collect(),
            Some("/bin/bash"),
        )
    }

    #[test]
    fn what_is_given_is_taken() {
        let options = parse("--imds --any-user --port 99 --format json --env-file f --role r").unwrap();
        assert!(options.imds && options.any_user && options.port == 99);
        assert_eq!(options.format, Format::Json);
        assert_eq!(options.env_file, Some("f".into()));
        assert_eq!(options.caller.role.as_deref(), Some("r"));
        let options = parse("--ecs").unwrap();
        assert!(!options.imds && options.port == 0 && options.format == Format::Sh);
    }

    #[test]
    fn mistakes_are_told_in_one_line() {
        for line in [
            "--ecs --imds",
            "--unset --format json",
            "--any-user",
            "--port 65536",
            "--port x",
            "--format yaml",
            "--bind 0.0.0.0",
            "surplus",
        ] {
            let error = parse(line).unwrap_err().to_string();
            assert!(!error.is_empty() && !error.contains('\n'), "{error}");
        }
    }
}
