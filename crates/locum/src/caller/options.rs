//! The options by which every command of our own is told whose credentials it works with, and where.

use std::io;
use std::os::unix::fs::FileTypeExt as _;

use lexopt::{Arg, Parser, ValueExt};
use locum_credentials::{Codes, Given, quoted};
use locum_crypto::SecretString;

use crate::cli::errors::Failure;
use crate::cli::{endpoint, prompt, transport};

/// The rows of a help page for [`CallerOptions`].
pub(crate) const CALLER_HELP: &str = "  --profile <name>              Work as this profile, and not with the environment's credentials. Also AWS_PROFILE.
  --role <arn>                  Assume this role with those credentials, and work as it.
  --role-session-name <name>    What the role's session is called. [botocore-session- and the time, as with aws]
  --external-id <id>            What the role's trust policy asks for.
  --duration-seconds <seconds>  How long the role's session is to last, 900 to 43200. [3600]
  --serial-number <mfa>         The MFA device, if one is asked for. [the profile's mfa_serial]
  --token-code <code>           Its present code; - reads it from standard input. [the code is asked for]
  --mfa-process <command>       A program that prints the code. Also mfa_process of the profile.
  --region <name>               Sign for this region. Also AWS_REGION, or the profile. [us-east-1 with an endpoint]
  --endpoint-url <url>          Where STS is. Also AWS_ENDPOINT_URL_STS, AWS_ENDPOINT_URL, or the profile.
  --ca-bundle <file>            Trust the certificates of this file.
  --no-verify-ssl               Do not check the server's certificate.
  --debug                       Tell on standard error what is done; secrets are left out.
";

/// Whose credentials, and where.
#[derive(Debug, Default, Clone)]
pub(crate) struct CallerOptions {
    /// The profile.
    pub(crate) profile: Option<String>,
    /// A role to assume on top of what the profile gives.
    pub(crate) role: Option<String>,
    /// What the role's session is called.
    pub(crate) role_session_name: Option<String>,
    /// The external id for the role.
    pub(crate) external_id: Option<SecretString>,
    /// The life of the role's session, in seconds.
    pub(crate) duration_seconds: Option<i64>,
    /// The MFA device.
    pub(crate) serial_number: Option<String>,
    /// Its present code, or `-`.
    pub(crate) token_code: Option<SecretString>,
    /// The command line of a program that prints the code.
    pub(crate) mfa_process: Option<String>,
    /// The region.
    pub(crate) region: Option<String>,
    /// Where STS is.
    pub(crate) endpoint_url: Option<String>,
    /// The certificates to trust.
    pub(crate) ca_bundle: Option<String>,
    /// Whether to trust any certificate.
    pub(crate) no_verify_ssl: bool,
    /// Whether to tell what is done.
    pub(crate) debug: bool,
}

impl CallerOptions {
    /// Takes an option that must be one of these.
    pub(crate) fn accept(&mut self, name: &str, parser: &mut Parser) -> Result<(), lexopt::Error> {
        if self.take(name, parser)? {
            Ok(())
        } else {
            Err(Arg::Long(name).unexpected())
        }
    }

    /// Takes an option, if it is one of these.
    pub(crate) fn take(&mut self, name: &str, parser: &mut Parser) -> Result<bool, lexopt::Error> {
        let text = match name {
            "profile" => &mut self.profile,
            "role" => &mut self.role,
            "role-session-name" => &mut self.role_session_name,
            "serial-number" => &mut self.serial_number,
            "mfa-process" => &mut self.mfa_process,
            "region" => &mut self.region,
            "endpoint-url" => &mut self.endpoint_url,
            "ca-bundle" => &mut self.ca_bundle,
            "external-id" => {
                self.external_id = Some(SecretString::new(parser.value()?.string()?));
                return Ok(true);
            }
            "token-code" => {
                self.token_code = Some(SecretString::new(parser.value()?.string()?));
                return Ok(true);
            }
            "duration-seconds" => {
                self.duration_seconds = Some(parser.value()?.parse()?);
                return Ok(true);
            }
            "no-verify-ssl" => {
                self.no_verify_ssl = true;
                return Ok(true);
            }
            "debug" => {
                self.debug = true;
                return Ok(true);
            }
            _ => return Ok(false),
        };
        *text = Some(parser.value()?.string()?);
        Ok(true)
    }

    /// Returns the code of `--token-code`; standard input is read when the code is needed, and not before.
    pub(crate) fn code(&self) -> Result<Option<Given>, Failure> {
        match &self.token_code {
            None => Ok(None),
            Some(given) if given.matches("-") => Ok(Some(Given::Elsewhere(code_of_standard_input))),
            Some(given) if Codes::is_code(given.expose()) => Ok(Some(Given::Code(given.clone()))),
            Some(_) => Err(Failure::Usage("--token-code takes six digits".to_owned())),
        }
    }

    /// Refuses what no call could be made with, before anybody is asked for anything.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        if let Some(option) = self.without_role() {
            return Err(Failure::Usage(format!("{option} needs --role")));
        }
        if let Some(role) = self.role.as_deref().filter(|role| !role.starts_with("arn:")) {
            return Err(Failure::Usage(format!(
                "--role takes the ARN of a role, such as arn:aws:iam::123456789012:role/NAME, not {}",
                quoted(role)
            )));
        }
        if let Some(url) = &self.endpoint_url {
            endpoint::check_url(url, "--endpoint-url")?;
        }
        if let Some(region) = self
            .region
            .as_deref()
            .filter(|region| !endpoint::is_region(region))
        {
            return Err(Failure::Usage(format!(
                "Bad value for --region \"{region}\": it is no name of a region, such as eu-west-1"
            )));
        }
        if let Some(path) = self.ca_bundle.as_deref().filter(|path| !is_pipe(path)) {
            let read = transport::read_bundle(path);
            read.map_err(|failure| Failure::Usage(format!("Bad value for --ca-bundle: {failure}")))?;
        }
        Ok(())
    }

    /// Returns an option that needs `--role` and was given without it.
    fn without_role(&self) -> Option<&'static str> {
        let given = [
            ("--role-session-name", self.role_session_name.is_some()),
            ("--external-id", self.external_id.is_some()),
            ("--duration-seconds", self.duration_seconds.is_some()),
        ];
        let role = self.role.is_some();
        let found = given.into_iter().find(|(_, given)| *given && !role);
        found.map(|(name, _)| name)
    }
}

fn code_of_standard_input() -> Result<SecretString, String> {
    let line = prompt::read_line(io::stdin()).map_err(|error| error.to_string())?;
    let code = line.map(|line| SecretString::from(line.expose().trim()));
    code.filter(|code| Codes::is_code(code.expose()))
        .ok_or_else(|| "standard input has no six digits for --token-code".to_owned())
}

/// Tells whether a file is a pipe, as shells make of `<(cat a.pem b.pem)`: what is in it can be read once, and is left to whoever
/// needs it.
fn is_pipe(path: &str) -> bool {
    std::fs::metadata(path).is_ok_and(|metadata| metadata.file_type().is_fifo())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read as _, Write as _};
    use std::os::fd::AsRawFd as _;

    fn parse(line: &str) -> Result<CallerOptions, lexopt::Error> {
        let mut options = CallerOptions::default();
        let mut parser = Parser::from_args(line.split_whitespace());
        while let Some(arg) = parser.next()? {
            let lexopt::Arg::Long(name) = arg else {
                return Err(arg.unexpected());
            };
            let name = name.to_owned();
            assert!(options.take(&name, &mut parser)?, "{name}");
        }
        Ok(options)
    }

    #[test]
    fn every_option_of_the_help_is_taken() {
        for row in CALLER_HELP.lines() {
            let mut words = row.split_whitespace();
            let name = words.next().unwrap();
            let value = match words.next() {
                Some("<seconds>") => " 900",
                Some(word) if word.starts_with('<') => " x",
                _ => "",
            };
            parse(&format!("{name}{value}")).unwrap();
        }
        assert!(parse("--duration-seconds soon").is_err());
        assert!(parse("--region").is_err());
    }

    #[test]
    fn codes_are_six_digits() {
        let code = |line: &str| parse(line).unwrap().code();
        assert!(code("").unwrap().is_none());
        let given = code("--token-code 012345").unwrap();
        assert!(matches!(given, Some(Given::Code(code)) if code.matches("012345")));
        for wrong in ["12345", "1234567", "12345a", "१२३४५६"] {
            let failure = code(&format!("--token-code {wrong}")).map(drop).unwrap_err();
            assert_eq!(
                failure,
                Failure::Usage("--token-code takes six digits".to_owned())
            );
        }
    }

    #[test]
    fn what_is_about_a_role_needs_one() {
        assert_eq!(
            parse("--external-id x").unwrap().without_role(),
            Some("--external-id")
        );
        assert_eq!(parse("--external-id x --role r").unwrap().without_role(), None);
        assert_eq!(parse("--profile p").unwrap().without_role(), None);
    }

    #[test]
    fn what_no_call_could_be_made_with_is_refused() {
        for line in [
            "",
            "--region us-gov-west-1",
            "--region us-isob-east-1",
            "--region eusc-de-east-1",
            "--region cn-north-1",
            "--region aws-global",
            "--region RegionOne",
            "--region local",
        ] {
            parse(line).unwrap().check().unwrap();
        }
        for line in [
            "--region eu_west_1",
            "--region -x",
            "--region 12",
            "--ca-bundle /",
            "--ca-bundle /dev/null",
            "--ca-bundle /no/such/file",
            "--role r",
            "--external-id x",
        ] {
            let failure = parse(line).unwrap().check().unwrap_err();
            assert!(matches!(failure, Failure::Usage(_)), "{line}: {failure}");
        }
    }

    #[test]
    fn a_bundle_in_a_pipe_is_left_to_whoever_reads_it() {
        let (mut reader, mut writer) = io::pipe().unwrap();
        writer.write_all(b"certificates").unwrap();
        drop(writer);
        let line = format!("--ca-bundle /dev/fd/{}", reader.as_raw_fd());
        parse(&line).unwrap().check().unwrap();
        let mut left = String::new();
        reader.read_to_string(&mut left).unwrap();
        assert_eq!(left, "certificates");
    }
}
