//! What `locum env` is told.

use std::ffi::OsString;

use lexopt::{Arg, Parser, ValueExt};

use crate::caller::CallerOptions;
use crate::handout::Format;

/// The page, but for the options that say who.
pub(super) const HELP: &str = "\
locum env: print credentials for a shell or a program

USAGE
  eval \"$(locum env [options])\"          bash, zsh, sh
  locum env [options] | source           fish
  locum env [options] | Out-String | Invoke-Expression    PowerShell

  What would contradict them, such as AWS_PROFILE, is removed; dotenv, json and process cannot remove anything, so the first
  two name on standard error what is set and stays.

OPTIONS
  --format <sh|fish|powershell|cmd|dotenv|json|process>
                         sh is for bash and zsh too, process for a credential_process. [the shell's, by SHELL]
  --unset                Print what removes the variables again.
";

/// The end of the page.
pub(super) const HELP_END: &str = "
EXIT STATUS
  0  They were printed.
  1  There are no credentials.
  2  The command line is wrong.
";

/// What is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Output {
    /// Variables.
    Variables(Format),
    /// What `credential_process` expects.
    Process,
}

#[derive(Debug)]
pub(super) struct Options {
    pub(super) output: Output,
    pub(super) unset: bool,
    pub(super) caller: CallerOptions,
}

/// Why the command line makes no sense.
#[derive(Debug, thiserror::Error)]
pub(super) enum OptionsError {
    #[error("{0}; run `locum env --help`")]
    Words(#[from] lexopt::Error),
    #[error("--format is sh, fish, powershell, cmd, dotenv, json or process, not {0}")]
    Format(String),
    #[error("what {0} reads is not known: say --format sh, fish, powershell, cmd, dotenv, json or process")]
    Shell(String),
    #[error("nothing can be removed in this format: leave out --unset, or choose a shell's")]
    Unset,
}

impl Options {
    /// Reads the words; `shell` is the value of `SHELL`.
    pub(super) fn parse(words: Vec<OsString>, shell: Option<&str>) -> Result<Self, OptionsError> {
        let (mut format, mut unset, mut caller) = (None, false, CallerOptions::default());
        let mut parser = Parser::from_args(words);
        while let Some(arg) = parser.next()? {
            match arg {
                Arg::Long("format") => format = Some(parser.value()?.string()?),
                Arg::Long("unset") => unset = true,
                Arg::Long(name) => {
                    let name = name.to_owned();
                    caller.accept(&name, &mut parser)?;
                }
                other @ (Arg::Short(_) | Arg::Value(_)) => return Err(other.unexpected().into()),
            }
        }
        let output = match format.as_deref() {
            Some("process" | "credential_process") => Output::Process,
            Some(name) => {
                Output::Variables(Format::named(name).ok_or_else(|| OptionsError::Format(name.to_owned()))?)
            }
            None => Output::Variables(
                Format::of_shell(shell)
                    .ok_or_else(|| OptionsError::Shell(shell.unwrap_or_default().to_owned()))?,
            ),
        };
        let removable = !matches!(
            output,
            Output::Process | Output::Variables(Format::Dotenv | Format::Json)
        );
        if unset && !removable {
            return Err(OptionsError::Unset);
        }
        Ok(Self {
            output,
            unset,
            caller,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str, shell: Option<&str>) -> Result<Options, OptionsError> {
        Options::parse(line.split_whitespace().map(Into::into).collect(), shell)
    }

    #[test]
    fn the_format_is_the_shell_s_unless_it_is_named() {
        let fish = Some("/usr/bin/fish");
        assert_eq!(parse("", fish).unwrap().output, Output::Variables(Format::Fish));
        let options = parse("--format bash --unset --profile p", fish).unwrap();
        assert_eq!(options.output, Output::Variables(Format::Sh));
        assert!(options.unset && options.caller.profile.as_deref() == Some("p"));
        assert_eq!(parse("--format process", fish).unwrap().output, Output::Process);
    }

    #[test]
    fn mistakes_are_told_in_one_line() {
        for (line, shell) in [
            ("--format yaml", None),
            ("", Some("/bin/tcsh")),
            ("--format json --unset", None),
            ("--format process --unset", None),
            ("surplus", None),
            ("-x", None),
            ("--frobnicate", None),
        ] {
            let error = parse(line, shell).unwrap_err().to_string();
            assert!(!error.is_empty() && !error.contains('\n'), "{error}");
        }
    }
}
