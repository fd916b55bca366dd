//! What `locum console` is told.

use std::ffi::OsString;

use lexopt::{Arg, Parser, ValueExt as _};
use locum_credentials::plain;

use crate::caller::CallerOptions;

/// The page of `locum console`, before the rows about the caller.
pub(super) const HELP: &str = "\
locum console: open the web console with the credentials at hand

USAGE
  locum console [options]

  Changes the credentials for a sign-in URL, which is good for 15 minutes and must be treated as a secret, and opens it.
  Temporary credentials of a role or of GetFederationToken can sign in. A user's own keys become a session of
  GetFederationToken first, and --policy or --policy-arn say what it may do.

OPTIONS
  --print                       Print the URL instead of opening it.
  --service <name>              The page of a service, such as ec2.
  --destination <url>           Any page. [the console's home]
  --issuer <url>                Where the console sends somebody whose session is over.
  --session-duration <seconds>  How long the console's session may last, 900 to 43200; for a role that was assumed
                                with a user's own keys. [as long as the credentials]
  --logout-first                Leave the session that the browser has. AWS only.
  --policy <json>, --policy-arn <arn>
                                What the session of a user's own keys may do; --policy takes file://<path>, --policy-arn
                                may be repeated.
  --name <name>                 What that session is called. [locum]
  --federation-url <url>        Where sign-in URLs are made, for what is not AWS. Also locum_federation_url in the
                                profile.
";

/// What the command line says.
#[derive(Debug, Default)]
pub(super) struct Options {
    pub(super) print: bool,
    pub(super) logout_first: bool,
    pub(super) service: Option<String>,
    pub(super) destination: Option<String>,
    pub(super) issuer: Option<String>,
    pub(super) session_duration: Option<u32>,
    pub(super) policy: Option<String>,
    pub(super) policy_arns: Vec<String>,
    pub(super) name: Option<String>,
    pub(super) federation_url: Option<String>,
    pub(super) caller: CallerOptions,
}

/// Why the command line makes no sense.
#[derive(Debug, thiserror::Error)]
pub(super) enum OptionsError {
    #[error("{0}; run `locum console --help`")]
    Words(#[from] lexopt::Error),
    #[error("--session-duration is a number of seconds from 900 to 43200, not {}", plain(.0))]
    SessionDuration(String),
    #[error("--service is a name such as ec2, not {}", plain(.0))]
    Service(String),
    #[error("--service and --destination exclude each other")]
    OnePage,
}

impl Options {
    pub(super) fn parse(words: Vec<OsString>) -> Result<Self, OptionsError> {
        let mut options = Self::default();
        options.read(words)?;
        if let Some(service) = &options.service {
            let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
            if service.is_empty() || !service.bytes().all(plain) {
                return Err(OptionsError::Service(service.clone()));
            }
            if options.destination.is_some() {
                return Err(OptionsError::OnePage);
            }
        }
        Ok(options)
    }
}

impl Options {
    fn read(&mut self, words: Vec<OsString>) -> Result<(), OptionsError> {
        let mut parser = Parser::from_args(words);
        while let Some(arg) = parser.next()? {
            let text = match &arg {
                Arg::Long("print") => {
                    self.print = true;
                    continue;
                }
                Arg::Long("logout-first") => {
                    self.logout_first = true;
                    continue;
                }
                Arg::Long("session-duration") => {
                    let text = parser.value()?.string()?;
                    let seconds = text
                        .parse()
                        .ok()
                        .filter(|seconds| (900..=43_200).contains(seconds));
                    self.session_duration = Some(seconds.ok_or(OptionsError::SessionDuration(text))?);
                    continue;
                }
                Arg::Long("policy-arn") => {
                    self.policy_arns.push(parser.value()?.string()?);
                    continue;
                }
                Arg::Long("service") => &mut self.service,
                Arg::Long("destination") => &mut self.destination,
                Arg::Long("issuer") => &mut self.issuer,
                Arg::Long("policy") => &mut self.policy,
                Arg::Long("name") => &mut self.name,
                Arg::Long("federation-url") => &mut self.federation_url,
                Arg::Long(name) => {
                    let name = (*name).to_owned();
                    self.caller.accept(&name, &mut parser)?;
                    continue;
                }
                Arg::Short(_) | Arg::Value(_) => return Err(arg.unexpected().into()),
            };
            *text = Some(parser.value()?.string()?);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options, OptionsError> {
        Options::parse(line.split_whitespace().map(Into::into).collect())
    }

    #[test]
    fn what_is_given_is_taken() {
        let options = parse(
            "--print --service ec2 --issuer https://i --session-duration 900 --policy-arn a --policy-arn b --profile p \
             --role r --logout-first",
        )
        .unwrap();
        assert!(options.print && options.logout_first);
        assert_eq!(options.service.as_deref(), Some("ec2"));
        assert_eq!(options.session_duration, Some(900));
        assert_eq!(options.policy_arns, ["a", "b"]);
        assert_eq!(options.caller.profile.as_deref(), Some("p"));
        assert_eq!(options.caller.role.as_deref(), Some("r"));
    }

    #[test]
    fn mistakes_are_told_in_one_line() {
        for line in [
            "--session-duration 899",
            "--session-duration x",
            "--service ../x",
            "--service ec2 --destination https://a",
            "--frobnicate",
            "surplus",
            "-x",
            "--issuer",
        ] {
            let error = parse(line).unwrap_err().to_string();
            assert!(!error.contains('\n') && !error.is_empty(), "{error}");
        }
    }
}
