//! What `locum whoami` is told.

use std::ffi::OsString;
use std::ops::RangeInclusive;
use std::time::Duration;

use lexopt::{Arg, Parser, ValueExt};

use super::format::{Template, TemplateError};
use crate::caller::{CALLER_HELP, CallerOptions};

/// The page of the command, but for the caller's options.
const HELP: &str = "\
locum whoami: who you are, in which account, for how much longer

USAGE
  locum whoami [options]

  Asks STS; it needs no permission.

OPTIONS
  --alias                       Tell the account's alias too; needs iam:ListAccountAliases.
  --all                         Every profile of the files, side by side. Nobody is asked for MFA codes.
  --timeout <seconds>           With --all: how long to wait for each profile, 1 to 3600. [20]
  --offline                     Tell what environment, files and caches say, and ask nobody: no network, no programs.
  --output <text|json>          For people, or for programs. [text]
  --format <template>           One line, such as '{profile}@{account} {left}'. {{ and }} are braces.
";

const FIELDS: &str = "
FIELDS OF --format
  {profile} {account} {alias} {arn} {user_id} {region} {source} {key}
  {name}        The user or role.              {session}     The name of a role's session.
  {left}        The time left, as 42m or 1h05m: nothing if there is no end, or the state if there are no credentials.
  {seconds}     The same as a number.          {expiration}  The end, as 2027-01-31T12:00:00Z.
  {state}       valid, ready (the next command gets them by itself), mfa, login, expired, unknown (only asking can tell).

EXIT STATUS
  0  There are credentials, or the next command gets them by itself; with --all, for every profile.
  1  There are none, they are over, or somebody has to help: with an MFA code, or a login.
  2  The command line was not understood.
";

/// The page of the command.
pub(super) fn help() -> String {
    format!("{HELP}\n{CALLER_HELP}{FIELDS}")
}

/// How many seconds a profile may be given.
const LIMITS: RangeInclusive<u64> = 1..=3600;

/// How it is told.
#[derive(Debug, Default)]
pub(super) enum Style {
    #[default]
    Text,
    Json,
    Template(Template),
}

/// What is asked.
#[derive(Debug, Default)]
pub(super) struct Options {
    pub(super) alias: bool,
    pub(super) all: bool,
    pub(super) offline: bool,
    /// How long each profile may take, if somebody said so.
    pub(super) timeout: Option<Duration>,
    pub(super) style: Style,
    pub(super) caller: CallerOptions,
}

/// Why the command line makes no sense.
#[derive(Debug, thiserror::Error)]
pub(super) enum OptionsError {
    #[error("{0}; run `locum whoami --help`")]
    Words(#[from] lexopt::Error),
    #[error("--output is text or json, not {0}")]
    Output(String),
    #[error("--timeout is a number of seconds from 1 to 3600, not {0}")]
    Timeout(String),
    #[error("--timeout is for --all")]
    TimeoutOfOne,
    #[error("--format: {0}; run `locum whoami --help`")]
    Template(#[from] TemplateError),
    #[error("{0} and {1} exclude each other")]
    Both(&'static str, &'static str),
}

/// Reads the command line.
pub(super) fn parse(words: Vec<OsString>) -> Result<Options, OptionsError> {
    let mut options = Options::default();
    let (mut output, mut template) = (None, None);
    let mut parser = Parser::from_args(words);
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("alias") => options.alias = true,
            Arg::Long("all") => options.all = true,
            Arg::Long("offline") => options.offline = true,
            Arg::Long("timeout") => options.timeout = Some(seconds(&parser.value()?.string()?)?),
            Arg::Long("output") => output = Some(parser.value()?.string()?),
            Arg::Long("format") => template = Some(parser.value()?.string()?),
            Arg::Long(name) => {
                let name = name.to_owned();
                options.caller.accept(&name, &mut parser)?;
            }
            other @ (Arg::Short(_) | Arg::Value(_)) => return Err(other.unexpected().into()),
        }
    }
    for (first, second, both) in [
        (
            "--all",
            "--profile",
            options.all && options.caller.profile.is_some(),
        ),
        (
            "--all",
            "--token-code",
            options.all && options.caller.token_code.is_some(),
        ),
        ("--offline", "--alias", options.offline && options.alias),
        ("--output", "--format", output.is_some() && template.is_some()),
    ] {
        if both {
            return Err(OptionsError::Both(first, second));
        }
    }
    if options.timeout.is_some() && !options.all {
        return Err(OptionsError::TimeoutOfOne);
    }
    options.style = match (output.as_deref(), template) {
        (_, Some(template)) => Style::Template(template.parse()?),
        (None | Some("text"), None) => Style::Text,
        (Some("json"), None) => Style::Json,
        (Some(other), None) => return Err(OptionsError::Output(other.to_owned())),
    };
    Ok(options)
}

/// Reads a limit.
fn seconds(text: &str) -> Result<Duration, OptionsError> {
    let number = text.parse::<u64>().ok().filter(|number| LIMITS.contains(number));
    let number = number.filter(|_| text.bytes().all(|b| b.is_ascii_digit()));
    number
        .map(Duration::from_secs)
        .ok_or_else(|| OptionsError::Timeout(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Options, OptionsError> {
        parse(line.split_whitespace().map(Into::into).collect())
    }

    #[test]
    fn what_is_given_is_taken() {
        let options = read("--all --timeout 3600").unwrap();
        assert_eq!(options.timeout, Some(Duration::from_secs(3600)));
        let options = read("--all --offline --output json --region r-1").unwrap();
        assert_eq!(options.timeout, None);
        assert!(options.all && options.offline && !options.alias);
        assert!(matches!(options.style, Style::Json));
        assert_eq!(options.caller.region.as_deref(), Some("r-1"));
        assert!(matches!(
            read("--format {left}").unwrap().style,
            Style::Template(_)
        ));
    }

    #[test]
    fn every_field_of_the_help_is_known() {
        let fields = FIELDS.split("EXIT").next().unwrap().split('{').skip(1);
        let fields: Vec<&str> = fields
            .filter_map(|field| Some(field.split_once('}')?.0))
            .collect();
        assert!(fields.len() > 10, "{fields:?}");
        for field in fields {
            format!("{{{field}}}").parse::<Template>().unwrap();
        }
    }

    #[test]
    fn mistakes_are_told_in_one_line() {
        for line in [
            "--all --profile p",
            "--all --token-code 123456",
            "--offline --alias",
            "--timeout 5",
            "--all --timeout 0",
            "--all --timeout 3601",
            "--all --timeout +5",
            "--all --timeout 1.5",
            "--output xml",
            "--output json --format x",
            "--format {nothing}",
            "--format {left",
            "--format left}",
            "me",
            "-x",
            "--frob",
        ] {
            let error = read(line).unwrap_err().to_string();
            assert!(!error.is_empty() && !error.contains('\n'), "{error}");
        }
    }
}
