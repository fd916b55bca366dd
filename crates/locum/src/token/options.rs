//! What `locum token` is told.

use std::ffi::OsString;

use lexopt::{Arg, Parser, ValueExt};

use crate::caller::{CALLER_HELP, CallerOptions};

/// The page of the command, but for the caller's options.
const HELP: &str = "\
locum token: prove to somebody else who you are

USAGE
  locum token [--kubernetes] <cluster> [options]
  locum token --vault <server-id> [options]
  locum token --url [options]

  A signed GetCallerIdentity that others may send for you: they learn who you are, and nothing else can be done with it.
  Making it asks STS nothing.

OPTIONS
  --kubernetes <cluster>        A token for a cluster, as `aws eks get-token` makes it.
  --output <exec-credential|token>
                                What kubectl reads, or the token alone. [exec-credential]
  --vault <server-id>           The parameters of a login to HashiCorp Vault's AWS method, as JSON. What the server has as
                                iam_server_id_header_value; an empty one if it has none.
  --vault-role <name>           The role of Vault to log in to.
  --url                         A URL to be fetched with GET.
  --expires-in <seconds>        How long the token or URL is good, 1 to 604800; AWS's STS makes 15 minutes of anything.
                                [60; with an endpoint of one's own 900]
";

const EXIT: &str = "
EXIT STATUS
  0  It was written to standard output.
  1  There are no credentials, or they could not be had.
  2  The command line was not understood.
";

/// The page of the command.
pub(super) fn help() -> String {
    format!("{HELP}{CALLER_HELP}{EXIT}")
}

/// Whom the token is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Audience {
    /// A cluster.
    Kubernetes {
        cluster: String,
        /// Without what kubectl reads around it.
        bare: bool,
    },
    /// A server of HashiCorp Vault.
    Vault { server: String, role: Option<String> },
    /// Whoever fetches a URL.
    Anybody,
}

/// What is wanted.
#[derive(Debug)]
pub(super) struct Options {
    pub(super) audience: Audience,
    /// In seconds.
    pub(super) expires_in: Option<u32>,
    pub(super) caller: CallerOptions,
}

/// Why the command line makes no sense.
#[derive(Debug, thiserror::Error)]
pub(super) enum OptionsError {
    #[error("{0}; run `locum token --help`")]
    Words(#[from] lexopt::Error),
    #[error(
        "say whom the token is for: --kubernetes <cluster>, --vault <server-id> or --url; run `locum token --help`"
    )]
    Nobody,
    #[error("--kubernetes, --vault and --url exclude each other")]
    Several,
    #[error("{option} goes with {with} only")]
    Without {
        option: &'static str,
        with: &'static str,
    },
    #[error("--output is exec-credential or token, not {0}")]
    Output(String),
    #[error("--expires-in is 1 to 604800 seconds")]
    Lifetime,
    #[error("{0} can not hold a line break or another control character")]
    Control(&'static str),
}

/// The words as they came.
#[derive(Debug, Default)]
struct Given {
    cluster: Option<String>,
    server: Option<String>,
    url: bool,
    output: Option<String>,
    role: Option<String>,
    expires_in: Option<u32>,
    caller: CallerOptions,
}

/// Reads the command line.
pub(super) fn parse(words: Vec<OsString>) -> Result<Options, OptionsError> {
    let mut given = Given::default();
    let mut parser = Parser::from_args(words);
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("kubernetes") if given.cluster.is_none() => {
                given.cluster = Some(parser.value()?.string()?);
            }
            Arg::Value(cluster) if given.cluster.is_none() => given.cluster = Some(cluster.string()?),
            Arg::Long("vault") => given.server = Some(parser.value()?.string()?),
            Arg::Long("vault-role") => given.role = Some(parser.value()?.string()?),
            Arg::Long("url") => given.url = true,
            Arg::Long("output") => given.output = Some(parser.value()?.string()?),
            Arg::Long("expires-in") => given.expires_in = Some(parser.value()?.parse()?),
            Arg::Long(name) => {
                let name = name.to_owned();
                given.caller.accept(&name, &mut parser)?;
            }
            other @ (Arg::Short(_) | Arg::Value(_)) => return Err(other.unexpected().into()),
        }
    }
    given.checked()
}

impl Given {
    fn checked(self) -> Result<Options, OptionsError> {
        let without = |option, with| Err(OptionsError::Without { option, with });
        let is_vault = self.server.is_some();
        if self.role.is_some() && !is_vault {
            return without("--vault-role", "--vault");
        }
        if self.output.is_some() && self.cluster.is_none() {
            return without("--output", "--kubernetes");
        }
        if self.expires_in.is_some() && is_vault {
            return without("--expires-in", "--kubernetes or --url");
        }
        if self
            .expires_in
            .is_some_and(|seconds| !(1..=604_800).contains(&seconds))
        {
            return Err(OptionsError::Lifetime);
        }
        let has_control = |text: &str| text.chars().any(char::is_control);
        let bare = match self.output.as_deref() {
            None | Some("exec-credential") => false,
            Some("token") => true,
            Some(other) => return Err(OptionsError::Output(other.to_owned())),
        };
        let audience = match (self.cluster, self.server, self.url) {
            // A variable that is not set names nobody.
            (Some(cluster), None, false) if cluster.is_empty() => return Err(OptionsError::Nobody),
            (Some(cluster), None, false) if has_control(&cluster) => {
                return Err(OptionsError::Control("a cluster's name"));
            }
            (Some(cluster), None, false) => Audience::Kubernetes { cluster, bare },
            (None, Some(server), false) if has_control(&server) => {
                return Err(OptionsError::Control("a server's id"));
            }
            (None, Some(server), false) => Audience::Vault {
                server,
                role: self.role,
            },
            (None, None, true) => Audience::Anybody,
            (None, None, false) => return Err(OptionsError::Nobody),
            _ => return Err(OptionsError::Several),
        };
        Ok(Options {
            audience,
            expires_in: self.expires_in,
            caller: self.caller,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Options, OptionsError> {
        parse(line.split_whitespace().map(Into::into).collect())
    }

    #[test]
    fn whom_it_is_for_is_told_apart() {
        let cluster = |bare| Audience::Kubernetes {
            cluster: "c".into(),
            bare,
        };
        let vault = |role: Option<&str>| Audience::Vault {
            server: "s".into(),
            role: role.map(str::to_owned),
        };
        for (line, expected) in [
            ("c", cluster(false)),
            ("--kubernetes c", cluster(false)),
            ("c --output token", cluster(true)),
            ("--vault s", vault(None)),
            ("--vault s --vault-role r", vault(Some("r"))),
            ("--url", Audience::Anybody),
        ] {
            assert_eq!(read(line).unwrap().audience, expected, "{line}");
        }
        let options = read("c --expires-in 90 --profile p").unwrap();
        assert_eq!(
            (options.expires_in, options.caller.profile.as_deref()),
            (Some(90), Some("p"))
        );
    }

    #[test]
    fn mistakes_are_told_in_one_line() {
        for line in [
            "",
            "a b",
            "--kubernetes a b",
            "c --url",
            "c --vault s",
            "--vault s --url",
            "--url --output token",
            "--vault s --output token",
            "c --vault-role r",
            "c --output xml",
            "c --expires-in 0",
            "c --expires-in 604801",
            "c --expires-in soon",
            "--vault s --expires-in 60",
            "--kubernetes=",
            "c --frobnicate",
            "c -k",
        ] {
            let error = read(line).unwrap_err().to_string();
            assert!(!error.is_empty() && !error.contains('\n'), "{line}: {error}");
        }
        assert!(parse(vec!["a\nb".into()]).is_err());
    }
}
