//! What `locum login` and `locum logout` are told.

use std::ffi::OsString;
use std::time::Duration;

use lexopt::{Arg, Parser, ValueExt as _};

use super::values::{self, BadValue, Callback, Flow};
use crate::secure_url::{InsecureUrl, SecureUrl};

/// The page of `locum login`.
pub(super) const LOGIN_HELP: &str = "\
locum login: sign in with a browser and keep the credentials

USAGE
  locum login [--profile <name>] [options]

  Signs in at the identity provider that the profile names, by OpenID Connect or SAML, and keeps the temporary
  credentials of the role for the profile. Every setting stands in ~/.aws/config as locum_<name>, or is given as an
  option. For `aws` and the SDKs, the profile says:

    credential_process = locum login --profile <name> --credential-process

OPTIONS
  --profile <name>            The profile. Also AWS_PROFILE. [default]
  --force                     Sign in even if the session kept is still good.
  --no-browser                Print the address instead of opening it.
  --wait <seconds>            How long to wait for the browser. [300]
  --credential-process        Print the credentials kept as JSON, renewed if that needs no browser; never sign in.
  --role-arn <arn>            The role. Also locum_role_arn, or role_arn.
  --role-session-name <name>  The name of the session. [who signed in]
  --duration-seconds <n>      How long it should last, 900 to 43200. [as the role and the service have it]
  --endpoint-url <url>, --region <name>, --ca-bundle <file>
                              The service that gives the credentials. Also the profile and the usual variables.

OPENID CONNECT
  --oidc-issuer <url>         The issuer, whose discovery document is asked.
  --oidc-client-id <id>       The client that locum is there; a public one for native programs.
  --oidc-scopes <scopes>      What to ask for; with offline_access the session renews itself. [openid profile email]
  --oidc-flow <browser|device>
                              device is for machines without a browser. [browser]
  --oidc-redirect-url <url>   Where the browser comes back to, on this machine. [http://127.0.0.1/callback, any port]

SAML
  --saml-url <url>            The page of the identity provider that starts a sign-in by itself, or:
  --saml-sso-url <url>        The page that takes a request (HTTP-Redirect).
  --saml-entity-id <id>       Who the request is from. [urn:amazon:webservices]
  --saml-acs-url <url>        Where the browser brings the response, on this machine. [http://127.0.0.1:8377/saml]
  --saml-provider-arn <arn>   The provider as IAM knows it. [as the response says]
  --saml-response <file>      Redeem a response (base64) from a file, or - for standard input; nothing is opened.

IAM IDENTITY CENTER
  A profile with sso_session or sso_start_url signs in there as with `aws sso login`, and the token is left for `aws`
  and the SDKs in ~/.aws/sso/cache. With --oidc-flow device a code is shown.

EXIT STATUS
  0  There is a session.
  1  There is none.
  2  The command line is wrong.
";

/// The page of `locum logout`.
pub(super) const LOGOUT_HELP: &str = "\
locum logout: forget the credentials that locum login keeps

USAGE
  locum logout [--profile <name> | --all]

OPTIONS
  --profile <name>  The profile. Also AWS_PROFILE. [default]
  --all             Those of every profile.

What they allow is not ended by this; it ends by itself at its time.
";

/// The settings that may stand in a profile, by the name of their option.
const SETTINGS: [&str; 15] = [
    "role-arn",
    "role-session-name",
    "duration-seconds",
    "endpoint-url",
    "region",
    "oidc-issuer",
    "oidc-client-id",
    "oidc-scopes",
    "oidc-flow",
    "oidc-redirect-url",
    "saml-url",
    "saml-sso-url",
    "saml-entity-id",
    "saml-acs-url",
    "saml-provider-arn",
];

/// How long to wait for a browser unless told otherwise.
const WAIT: Duration = Duration::from_secs(300);

/// What the command line of `locum login` says.
#[derive(Debug, Default)]
pub(super) struct LoginOptions {
    pub(super) help: bool,
    pub(super) profile: Option<String>,
    pub(super) force: bool,
    pub(super) no_browser: bool,
    pub(super) credential_process: bool,
    pub(super) ca_bundle: Option<String>,
    pub(super) saml_response: Option<OsString>,
    wait: Option<Duration>,
    settings: Vec<(&'static str, String)>,
}

/// What the command line of `locum logout` says.
#[derive(Debug, Default)]
pub(super) struct LogoutOptions {
    pub(super) help: bool,
    pub(super) profile: Option<String>,
    pub(super) all: bool,
}

/// Why the command line makes no sense.
#[derive(Debug, thiserror::Error)]
pub(super) enum OptionsError {
    #[error("{0}; run `locum {1} --help`")]
    Words(lexopt::Error, &'static str),
    #[error("--wait is a number of seconds from 1 to 3600, not {0}")]
    Wait(String),
    #[error("--profile and --all exclude each other")]
    OneOrAll,
    #[error(transparent)]
    Insecure(#[from] InsecureUrl),
    #[error(transparent)]
    Value(#[from] BadValue),
}

impl LoginOptions {
    pub(super) fn parse(words: Vec<OsString>) -> Result<Self, OptionsError> {
        let mut options = Self::default();
        let mut wait = None;
        let read = options.read(words, &mut wait);
        read.map_err(|error| OptionsError::Words(error, "login"))?;
        if let Some(text) = wait {
            let seconds = text.parse().ok().filter(|seconds| (1..=3600).contains(seconds));
            options.wait = Some(Duration::from_secs(seconds.ok_or(OptionsError::Wait(text))?));
        }
        options.check()?;
        Ok(options)
    }

    /// Refuses values that are none, before a file is read or anybody is asked. An empty one says that there is none.
    fn check(&self) -> Result<(), OptionsError> {
        let given = |name| self.setting(name).filter(|value| !value.is_empty());
        if let Some(role) = self.setting("role-arn") {
            values::role("--role-arn", role)?;
        }
        if let Some(text) = self.setting("duration-seconds") {
            values::seconds("--duration-seconds", text)?;
        }
        if let Some(flow) = given("oidc-flow") {
            Flow::parse("--oidc-flow", flow)?;
        }
        for (name, option) in [
            ("oidc-issuer", "--oidc-issuer"),
            ("saml-url", "--saml-url"),
            ("saml-sso-url", "--saml-sso-url"),
        ] {
            given(name).map(|url| SecureUrl::parse(option, url)).transpose()?;
        }
        for (name, option) in [
            ("oidc-redirect-url", "--oidc-redirect-url"),
            ("saml-acs-url", "--saml-acs-url"),
        ] {
            given(name).map(|url| Callback::parse(option, url)).transpose()?;
        }
        Ok(())
    }

    /// The setting that was given as an option, by the option's name.
    pub(super) fn setting(&self, name: &str) -> Option<&str> {
        let mut given = self.settings.iter().rev();
        given
            .find(|(other, _)| *other == name)
            .map(|(_, value)| value.as_str())
    }

    pub(super) fn wait(&self) -> Duration {
        self.wait.unwrap_or(WAIT)
    }

    fn read(&mut self, words: Vec<OsString>, wait: &mut Option<String>) -> Result<(), lexopt::Error> {
        let mut parser = Parser::from_args(words);
        while let Some(arg) = parser.next()? {
            match arg {
                Arg::Long("help") | Arg::Short('h') => self.help = true,
                Arg::Value(word) if word == "help" => self.help = true,
                Arg::Long("profile") => self.profile = Some(parser.value()?.string()?),
                Arg::Long("force") => self.force = true,
                Arg::Long("no-browser") => self.no_browser = true,
                Arg::Long("credential-process") => self.credential_process = true,
                Arg::Long("wait") => *wait = Some(parser.value()?.string()?),
                Arg::Long("ca-bundle") => self.ca_bundle = Some(parser.value()?.string()?),
                Arg::Long("saml-response") => self.saml_response = Some(parser.value()?),
                Arg::Long(name) => match SETTINGS.into_iter().find(|known| *known == name) {
                    Some(known) => self.settings.push((known, parser.value()?.string()?)),
                    None => return Err(arg.unexpected()),
                },
                other @ (Arg::Short(_) | Arg::Value(_)) => return Err(other.unexpected()),
            }
        }
        Ok(())
    }
}

impl LogoutOptions {
    pub(super) fn parse(words: Vec<OsString>) -> Result<Self, OptionsError> {
        let mut options = Self::default();
        let read = options.read(words);
        read.map_err(|error| OptionsError::Words(error, "logout"))?;
        if options.all && options.profile.is_some() {
            return Err(OptionsError::OneOrAll);
        }
        Ok(options)
    }

    fn read(&mut self, words: Vec<OsString>) -> Result<(), lexopt::Error> {
        let mut parser = Parser::from_args(words);
        while let Some(arg) = parser.next()? {
            match arg {
                Arg::Long("help") | Arg::Short('h') => self.help = true,
                Arg::Value(word) if word == "help" => self.help = true,
                Arg::Long("profile") => self.profile = Some(parser.value()?.string()?),
                Arg::Long("all") => self.all = true,
                other => return Err(other.unexpected()),
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
        let line = "--profile p --force --no-browser --wait 5 --oidc-issuer=https://a --oidc-issuer https://b --role-arn arn:r";
        let options = LoginOptions::parse(words(line)).unwrap();
        assert_eq!(options.profile.as_deref(), Some("p"));
        assert!(options.force && options.no_browser && !options.credential_process && !options.help);
        assert_eq!(options.wait(), Duration::from_secs(5));
        assert_eq!(options.setting("oidc-issuer"), Some("https://b"));
        assert_eq!(
            (options.setting("role-arn"), options.setting("saml-url")),
            (Some("arn:r"), None)
        );
        assert_eq!(LoginOptions::parse(vec![]).unwrap().wait(), WAIT);
        assert!(LogoutOptions::parse(words("--all")).unwrap().all);
        for line in ["--help", "help", "-h"] {
            assert!(LoginOptions::parse(words(line)).unwrap().help);
            assert!(LogoutOptions::parse(words(line)).unwrap().help);
        }
    }

    #[test]
    fn every_setting_is_on_the_page() {
        for setting in SETTINGS {
            assert!(LOGIN_HELP.contains(&format!("--{setting} ")), "{setting}");
        }
    }

    #[test]
    fn mistakes_are_told_in_one_line() {
        for line in [
            "--wait 0",
            "--wait x",
            "--wait 3601",
            "--frobnicate",
            "surplus",
            "-x",
            "--role-arn",
            "--role-arn admin",
            "--role-arn=",
            "--duration-seconds 1",
            "--duration-seconds=",
            "--oidc-flow magic",
            "--oidc-issuer http://idp.example.com",
            "--saml-url file:///etc/passwd",
            "--saml-sso-url x",
            "--oidc-redirect-url https://127.0.0.1/",
            "--saml-acs-url http://idp.example.com/",
        ] {
            let error = LoginOptions::parse(words(line)).unwrap_err().to_string();
            assert!(!error.contains('\n') && !error.is_empty(), "{error}");
        }
        for line in ["--all --profile x", "--force", "x"] {
            let error = LogoutOptions::parse(words(line)).unwrap_err().to_string();
            assert!(!error.contains('\n') && !error.is_empty(), "{error}");
        }
    }
}
