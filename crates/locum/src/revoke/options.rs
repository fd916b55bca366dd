//! What `locum revoke` is told.

use std::ffi::OsString;

use jiff::Timestamp;
use lexopt::{Arg, Parser, ValueExt};

use super::principal::{Principal, PrincipalError};
use crate::caller::{CALLER_HELP, CallerOptions};

/// The page of the command, but for the caller's options.
const HELP: &str = "\
locum revoke: end sessions before they run out

USAGE
  locum revoke <principal> [options]

  The principal is the ARN of a user, a role, an account's root user, a SAML provider or an OpenID Connect provider. In the
  caller's own account user/NAME, role/NAME, root, saml-provider/NAME and oidc-provider/HOST will do, with the path if
  there is one.

  What was issued for it up to now is refused from the next request on; what is issued later is not, and long-term keys are
  not. Of a provider, that is every session that it vouched for, and every assertion and token of before. It cannot be taken
  back. A session that was obtained with an ended one is its own role's: revoke that role as well.

  It needs locum:RevokeSessions on the ARN, in the same account.

OPTIONS
  --issued-before <time>        Spare what was issued after this second, such as 2027-01-31T12:00:00Z. [now]
  --output <text|json>          For people, or for programs. [text]
";

const EXIT: &str = "
EXIT STATUS
  0  They are revoked.
  1  They are not: not allowed, nothing of that name, or no answer.
  2  The command line was not understood.
";

/// The page of the command.
pub(super) fn help() -> String {
    format!("{HELP}{CALLER_HELP}{EXIT}")
}

/// What is to be revoked.
#[derive(Debug)]
pub(super) struct Options {
    pub(super) principal: Principal,
    pub(super) issued_before: Option<Timestamp>,
    /// Whether a program reads what is told.
    pub(super) json: bool,
    pub(super) caller: CallerOptions,
}

/// Why the command line makes no sense.
#[derive(Debug, thiserror::Error)]
pub(super) enum OptionsError {
    #[error("{0}; run `locum revoke --help`")]
    Words(#[from] lexopt::Error),
    #[error("say whose sessions, by an ARN or as role/NAME; run `locum revoke --help`")]
    Nobody,
    #[error(transparent)]
    Principal(#[from] PrincipalError),
    #[error("--issued-before is a time such as 2027-01-31T12:00:00Z, not {0}")]
    Time(String),
    #[error("--output is text or json, not {0}")]
    Output(String),
}

/// Reads the command line.
pub(super) fn parse(words: Vec<OsString>) -> Result<Options, OptionsError> {
    let (mut principal, mut issued_before, mut json) = (None, None, false);
    let mut caller = CallerOptions::default();
    let mut parser = Parser::from_args(words);
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Value(word) if principal.is_none() => principal = Some(word.string()?),
            Arg::Long("issued-before") => issued_before = Some(time(parser.value()?.string()?)?),
            Arg::Long("output") => {
                json = match parser.value()?.string()?.as_str() {
                    "text" => false,
                    "json" => true,
                    other => return Err(OptionsError::Output(other.to_owned())),
                };
            }
            Arg::Long(name) => {
                let name = name.to_owned();
                caller.accept(&name, &mut parser)?;
            }
            other @ (Arg::Short(_) | Arg::Value(_)) => return Err(other.unexpected().into()),
        }
    }
    Ok(Options {
        principal: principal.ok_or(OptionsError::Nobody)?.parse()?,
        issued_before,
        json,
        caller,
    })
}

fn time(text: String) -> Result<Timestamp, OptionsError> {
    text.parse().map_err(|_| OptionsError::Time(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Options, OptionsError> {
        parse(line.split_whitespace().map(Into::into).collect())
    }

    #[test]
    fn every_option_of_the_page_is_taken() {
        let page = help();
        let rows = page
            .lines()
            .filter_map(|line| line.trim_start().strip_prefix("--"));
        for row in rows {
            let mut words = row.split_whitespace();
            let name = words.next().unwrap();
            let value = match words.next() {
                Some("<seconds>") => "=900",
                Some("<time>") => "=2027-01-31T12:00:00Z",
                Some("<text|json>") => "=json",
                Some(word) if word.starts_with('<') => "=x",
                _ => "",
            };
            parsed(&format!("--{name}{value} root")).unwrap();
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for (line, text) in [
            ("", "say whose sessions"),
            ("--issued-before 2027-01-31T12:00:00Z", "say whose sessions"),
            ("role/a role/b", "unexpected argument"),
            ("role/a -x", "invalid option"),
            ("role/a --unknown", "invalid option"),
            ("role/a --issued-before", "missing argument"),
            ("role/a --issued-before yesterday", "--issued-before is a time"),
            ("role/a --issued-before 2027-01-31", "--issued-before is a time"),
            // Whose noon it is must be said.
            (
                "role/a --issued-before 2027-01-31T12:00:00",
                "--issued-before is a time",
            ),
            ("worker", "worker is neither"),
            ("role/a --output", "missing argument"),
            ("role/a --output xml", "--output is text or json, not xml"),
        ] {
            let error = parsed(line).map(drop).unwrap_err().to_string();
            assert!(error.starts_with(text), "{line}: {error}");
        }
    }

    #[test]
    fn a_time_may_have_an_offset() {
        let options = parsed("role/a --issued-before 2027-01-31T13:00:00+01:00").unwrap();
        assert_eq!(options.issued_before.unwrap().to_string(), "2027-01-31T12:00:00Z");
        assert_eq!(parsed("role/a").unwrap().issued_before, None);
    }

    #[test]
    fn people_are_told_unless_a_program_asks() {
        for (line, json) in [
            ("root", false),
            ("root --output text", false),
            ("--output json root", true),
            ("root --output=json --output text", false),
        ] {
            assert_eq!(parsed(line).unwrap().json, json, "{line}");
        }
    }
}
