//! The options that every command takes (`facts: cli §1.4`).

use std::time::Duration;

use super::args::{Arity, Flag};
use super::error_format::ErrorFormat;
use super::errors::Failure;
use super::output::Format;
use super::python;

/// One row of the table: name, arity, choices, a line of help.
pub(super) type Row = (&'static str, Arity, &'static [&'static str], &'static str);

/// The table. The rows that change nothing here are those of `aws` that scripts pass anyway.
const ROWS: [Row; 19] = [
    (
        "debug",
        Arity::Switch,
        &[],
        "Tell on standard error what is done; secrets are left out.",
    ),
    ("endpoint-url", Arity::One, &[], "Send the call to this URL."),
    (
        "no-verify-ssl",
        Arity::Switch,
        &[],
        "Do not check the server's certificate.",
    ),
    (
        "no-paginate",
        Arity::Switch,
        &[],
        "Accepted; nothing here comes in pages.",
    ),
    ("output", Arity::One, &Format::NAMES, "The format of the result."),
    (
        "query",
        Arity::One,
        &[],
        "A JMESPath expression to apply to the result.",
    ),
    (
        "profile",
        Arity::One,
        &[],
        "Use this profile, and not the environment's credentials.",
    ),
    ("region", Arity::One, &[], "Use this region."),
    ("version", Arity::Switch, &[], "Print the version."),
    (
        "color",
        Arity::One,
        &["on", "off", "auto"],
        "Whether tables are coloured.",
    ),
    (
        "no-sign-request",
        Arity::Switch,
        &[],
        "Do not sign; no credentials are looked for.",
    ),
    (
        "ca-bundle",
        Arity::One,
        &[],
        "Trust the certificates of this file.",
    ),
    (
        "cli-read-timeout",
        Arity::One,
        &[],
        "Seconds to wait for an answer, 0 for ever; 60 by default.",
    ),
    (
        "cli-connect-timeout",
        Arity::One,
        &[],
        "Seconds to wait for a connection, 0 for ever; 60 by default.",
    ),
    (
        "cli-binary-format",
        Arity::One,
        &["base64", "raw-in-base64-out"],
        "Accepted; no parameter here is binary.",
    ),
    (
        "cli-error-format",
        Arity::One,
        &ErrorFormat::NAMES,
        "The format of failures, on standard error.",
    ),
    ("no-cli-pager", Arity::Switch, &[], "Do not page long output."),
    (
        "cli-auto-prompt",
        Arity::Switch,
        &[],
        "Accepted; there is no prompt, and the command says so.",
    ),
    (
        "no-cli-auto-prompt",
        Arity::Switch,
        &[],
        "Accepted; there is no prompt.",
    ),
];

/// What they were set to.
#[derive(Debug, Default)]
pub(crate) struct Options {
    pub(crate) debug: bool,
    pub(crate) endpoint_url: Option<String>,
    pub(crate) no_verify_ssl: bool,
    pub(crate) output: Option<String>,
    pub(crate) query: Option<String>,
    pub(crate) profile: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) version: bool,
    pub(crate) color: Option<String>,
    pub(crate) no_sign_request: bool,
    pub(crate) ca_bundle: Option<String>,
    pub(crate) read_timeout: Option<String>,
    pub(crate) connect_timeout: Option<String>,
    pub(crate) error_format: Option<String>,
    pub(crate) no_cli_pager: bool,
    pub(crate) auto_prompt: bool,
    pub(crate) no_auto_prompt: bool,
}

/// Returns the table for the parser.
pub(crate) fn flags() -> Vec<Flag> {
    ROWS.iter()
        .map(|(name, arity, choices, _)| Flag {
            name: (*name).to_owned(),
            arity: *arity,
            choices,
        })
        .collect()
}

/// Returns name, whether it takes a value, and help of each option.
pub(crate) fn help() -> impl Iterator<Item = (&'static str, bool, &'static str)> {
    ROWS.iter()
        .map(|(name, arity, _, help)| (*name, *arity == Arity::One, *help))
}

impl Options {
    /// Takes the options from what the parser found, which runs parallel to the table.
    pub(crate) fn of(values: &[Option<Vec<String>>]) -> Self {
        let find = |name: &str| {
            let position = ROWS.iter().position(|row| row.0 == name)?;
            values.get(position)?.as_ref()
        };
        let text = |name: &str| find(name).and_then(|words| words.first().cloned());
        let set = |name: &str| find(name).is_some();
        Self {
            debug: set("debug"),
            endpoint_url: text("endpoint-url"),
            no_verify_ssl: set("no-verify-ssl"),
            output: text("output"),
            query: text("query"),
            profile: text("profile"),
            region: text("region"),
            version: set("version"),
            color: text("color"),
            no_sign_request: set("no-sign-request"),
            ca_bundle: text("ca-bundle"),
            read_timeout: text("cli-read-timeout"),
            connect_timeout: text("cli-connect-timeout"),
            error_format: text("cli-error-format"),
            no_cli_pager: set("no-cli-pager"),
            auto_prompt: set("cli-auto-prompt"),
            no_auto_prompt: set("no-cli-auto-prompt"),
        }
    }
}

/// Reads a number of seconds; 60 when not given, `None` for 0, which waits for ever.
pub(crate) fn seconds(what: &str, given: Option<&str>) -> Result<Option<Duration>, Failure> {
    const USUAL: Duration = Duration::from_secs(60);
    let Some(text) = given else { return Ok(Some(USUAL)) };
    let invalid = || {
        Failure::General(format!(
            "invalid literal for int() with base 10: {}",
            python::repr(text)
        ))
    };
    let number = python::int(text).ok_or_else(invalid)?;
    if number.starts_with('-') {
        return Err(Failure::General(format!(
            "Attempted to set {what} timeout to {number}, but the timeout cannot be set to a value less than or equal to 0."
        )));
    }
    let seconds: u64 = number.parse().map_err(|_| invalid())?;
    Ok((seconds > 0).then(|| Duration::from_secs(seconds)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_seconds_is_for_ever() {
        assert_eq!(seconds("read", None).unwrap(), Some(Duration::from_secs(60)));
        assert_eq!(seconds("read", Some("0")).unwrap(), None);
        assert_eq!(seconds("read", Some("5")).unwrap(), Some(Duration::from_secs(5)));
        assert!(seconds("read", Some("abc")).is_err());
        assert!(seconds("read", Some("-1")).is_err());
    }
}
