//! What `locum apply` and `locum export` are told.

use std::ffi::OsString;

use lexopt::{Arg, Parser, ValueExt};
use locum_apply::Format;

use crate::caller::CallerOptions;

/// The role by which a management account reaches the others unless somebody chose another.
pub(super) const ACCESS_ROLE: &str = locum_apply::AccountState::ACCESS_ROLE;

/// The page of `locum apply`.
pub(super) const APPLY_HELP: &str = "\
locum apply: make accounts what files describe

USAGE
  locum apply <file>... [options]

  Files are YAML, JSON or TOML, by their names; - is standard input. Several are read as one. What they do not mention is
  left alone. The plan is shown first; each account is then changed in one transaction, with the caller's own rights.

OPTIONS
  --yes                  Do not ask.
  --dry-run              Show the plan and ask the service whether it would be allowed; change nothing.
  --prune                Remove what a described section (users, roles ...) of an account does not mention, unless
                         something described refers to it.
  --output <text|json>   For people, or for programs. [text]
  --role-name <name>     The role by which other accounts of the organization are reached, and with which new ones are
                         made. [OrganizationAccountAccessRole]
  --schema               Print the JSON Schema of the files.

EXIT STATUS
  0  Everything is as described: it was, or it was made so.
  1  Something failed. Every account is either as before or as described.
  2  The command line or a file is wrong; nothing was looked at or changed.
  3  There is something to do, and it was not done: --dry-run, or the answer was not yes.
";

/// The page of `locum export`.
pub(super) const EXPORT_HELP: &str = "\
locum export: write what there is as a file for locum apply

USAGE
  locum export [options]

OPTIONS
  --account <name or number>  Another account of the organization. [the caller's own]
  --all                  The organization and all of its accounts.
  --format <yaml|json|toml>
                         How to write it. [yaml]
  --role-name <name>     The role by which other accounts are reached. [OrganizationAccountAccessRole]

Passwords, access keys, MFA devices and other secrets are never in it.

EXIT STATUS
  0  It was written to standard output.
  1  Something failed.
  2  The command line is wrong.
";

/// How a service is reached.
#[derive(Debug, Default)]
pub(super) struct Connection {
    pub(super) caller: CallerOptions,
    pub(super) role_name: Option<String>,
}

#[derive(Debug, Default)]
pub(super) struct ApplyOptions {
    /// At least one, unless the schema is asked for; `-` is standard input.
    pub(super) files: Vec<OsString>,
    pub(super) yes: bool,
    pub(super) dry_run: bool,
    pub(super) prune: bool,
    pub(super) json: bool,
    pub(super) schema: bool,
    pub(super) connection: Connection,
}

#[derive(Debug)]
pub(super) struct ExportOptions {
    pub(super) account: Option<String>,
    pub(super) all: bool,
    pub(super) format: Format,
    pub(super) connection: Connection,
}

/// Why the command line makes no sense.
#[derive(Debug, thiserror::Error)]
pub(super) enum OptionsError {
    #[error("{0}; run `locum {1} --help`")]
    Words(lexopt::Error, &'static str),
    #[error("say which files, or - for standard input; run `locum apply --help`")]
    NoFiles,
    #[error("--output is text or json, not {0}")]
    Output(String),
    #[error("--format is yaml, json or toml, not {0}")]
    Format(String),
    #[error(
        "a program that reads --output json cannot be asked: give --yes to apply, or --dry-run to see the plan"
    )]
    Unasked,
    #[error("standard input can be read once only")]
    StandardInputTwice,
    #[error("--account and --all exclude each other")]
    OneOrAll,
}

impl Connection {
    /// Takes an option that must be one of these.
    fn accept(&mut self, name: &str, parser: &mut Parser) -> Result<(), lexopt::Error> {
        if name == "role-name" {
            self.role_name = Some(parser.value()?.string()?);
            return Ok(());
        }
        self.caller.accept(name, parser)
    }

    pub(super) fn access_role(&self) -> &str {
        self.role_name.as_deref().unwrap_or(ACCESS_ROLE)
    }
}

impl ApplyOptions {
    pub(super) fn parse(words: Vec<OsString>) -> Result<Self, OptionsError> {
        let mut options = Self::default();
        let mut output = None;
        options
            .read(words, &mut output)
            .map_err(|error| OptionsError::Words(error, "apply"))?;
        options.json = match output.as_deref() {
            None | Some("text") => false,
            Some("json") => true,
            Some(other) => return Err(OptionsError::Output(other.to_owned())),
        };
        match options.files.iter().filter(|file| *file == "-").count() {
            _ if options.schema => Ok(options),
            _ if options.files.is_empty() => Err(OptionsError::NoFiles),
            _ if options.json && !options.yes && !options.dry_run => Err(OptionsError::Unasked),
            0 | 1 => Ok(options),
            _ => Err(OptionsError::StandardInputTwice),
        }
    }

    fn read(&mut self, words: Vec<OsString>, output: &mut Option<String>) -> Result<(), lexopt::Error> {
        let mut parser = Parser::from_args(words);
        while let Some(arg) = parser.next()? {
            match arg {
                Arg::Value(file) => self.files.push(file),
                Arg::Long("yes") => self.yes = true,
                Arg::Long("dry-run") => self.dry_run = true,
                Arg::Long("prune") => self.prune = true,
                Arg::Long("schema") => self.schema = true,
                Arg::Long("output") => *output = Some(parser.value()?.string()?),
                Arg::Long(name) => {
                    let name = name.to_owned();
                    self.connection.accept(&name, &mut parser)?;
                }
                other @ Arg::Short(_) => return Err(other.unexpected()),
            }
        }
        Ok(())
    }
}

impl ExportOptions {
    pub(super) fn parse(words: Vec<OsString>) -> Result<Self, OptionsError> {
        let mut options = Self {
            account: None,
            all: false,
            format: Format::Yaml,
            connection: Connection::default(),
        };
        let mut format = None;
        options
            .read(words, &mut format)
            .map_err(|error| OptionsError::Words(error, "export"))?;
        options.format = match format.as_deref() {
            None | Some("yaml") => Format::Yaml,
            Some("json") => Format::Json,
            Some("toml") => Format::Toml,
            Some(other) => return Err(OptionsError::Format(other.to_owned())),
        };
        if options.all && options.account.is_some() {
            return Err(OptionsError::OneOrAll);
        }
        Ok(options)
    }

    fn read(&mut self, words: Vec<OsString>, format: &mut Option<String>) -> Result<(), lexopt::Error> {
        let mut parser = Parser::from_args(words);
        while let Some(arg) = parser.next()? {
            match arg {
                Arg::Long("all") => self.all = true,
                Arg::Long("account") => self.account = Some(parser.value()?.string()?),
                Arg::Long("format") => *format = Some(parser.value()?.string()?),
                Arg::Long(name) => {
                    let name = name.to_owned();
                    self.connection.accept(&name, &mut parser)?;
                }
                other @ (Arg::Short(_) | Arg::Value(_)) => return Err(other.unexpected()),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<OsString> {
        line.split_whitespace().map(Into::into).collect()
    }

    #[test]
    fn what_is_given_is_taken() {
        let options = ApplyOptions::parse(words(
            "a.yaml - --yes --prune --output=json --role-name r --region x",
        ))
        .unwrap();
        assert_eq!(options.files, ["a.yaml", "-"]);
        assert!(options.yes && options.prune && options.json && !options.dry_run);
        assert_eq!(options.connection.access_role(), "r");
        assert_eq!(options.connection.caller.region.as_deref(), Some("x"));
        let options = ExportOptions::parse(words("--all --format toml")).unwrap();
        assert!(options.all && options.format == Format::Toml);
        assert_eq!(options.connection.access_role(), ACCESS_ROLE);
    }

    #[test]
    fn mistakes_are_told_in_one_line() {
        for line in [
            "",
            "- -",
            "a --output xml",
            // Nobody agrees to a plan that is not shown.
            "a --output json",
            "a --frobnicate",
            "a -y",
            "a --region",
        ] {
            let error = ApplyOptions::parse(words(line)).unwrap_err().to_string();
            assert!(!error.contains('\n') && !error.is_empty(), "{error}");
        }
        for line in ["--all --account x", "--format xml", "surplus", "--yes"] {
            let error = ExportOptions::parse(words(line)).unwrap_err().to_string();
            assert!(!error.contains('\n') && !error.is_empty(), "{error}");
        }
    }
}
