//! What `locum serve` is told.

use std::{
    ffi::OsString,
    net::SocketAddr,
    num::{NonZeroU32, NonZeroUsize},
    path::PathBuf,
    str::FromStr,
};

use lexopt::{Arg, Parser, ValueExt};
use locum_federation::outbound::{PublicUrl, PublicUrlError};
use locum_names::{AccountId, Partition};
use locum_server::{AllowedIssuers, NotAnIssuer, RotatePolicy, TlsFiles};
use locum_service::{Regions, SamlRecipients};

/// The page of the command.
pub(crate) const HELP: &str = "\
locum serve: a Security Token Service on this machine

USAGE
  locum serve --data <dir> [options]

OPTIONS
  --data <dir>             Where everything is kept. Made on first start, with a random account and its root key
                           in <dir>/credentials.
  --listen <address:port>  Where STS, IAM and Organizations answer; port 0 picks one. [127.0.0.1:4566]
  --admin-listen <address:port>
                           The loopback address of /healthz, /readyz and /metrics. [none]
  --account <id>           The twelve digits of the first account, on first start. [random]
  --partition <name>       The partition in every ARN, on first start. [aws]
  --region <name>          A region it answers for; may be repeated. [every one that is named as AWS names regions]
  --saml-recipient <url>   An address that SAML responses may be made for; may be repeated. [AWS's own]
  --public-url <url>       Where the world reaches it, such as https://sts.example.com: what the issuer of web identity
                           tokens is called, and where their keys are. Keep it. [the address it listens on]
  --allow-issuer <url>     An OpenID Connect issuer, exactly as it calls itself, that may have a private address or http://,
                           such as a cluster's own; may be repeated. [only public addresses, by HTTPS]
  --apply <file>           Make accounts what the file describes before anything is served, as `locum apply` would; may be
                           repeated, and files are read as one. [nothing]
  --kek-file <file>        The key that seals the store: 32 bytes, raw, hex or base64. Also LOCUM_KEK.
                           [<dir>/kek, made on first start]
  --tls-cert <file>        The certificate chain (PEM); with --tls-key, serves HTTPS.
  --tls-key <file>         The certificate's private key (PEM).
  --workers <n>            Threads that serve. [one a core]
  --audit-size <MiB>       The size at which the audit log is put aside. [64]
  --audit-keep <n>         How many audit logs are kept beside the current one. [10]

SIGTERM and SIGINT stop it after the requests under way, a second one at once. SIGHUP reads the certificate anew and
reopens the audit log, <dir>/audit.jsonl. SIGUSR1 writes a whole copy of the store, <dir>/directory.redb.backup.
LOCUM_LOG=info tells more on standard error.
";

const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 4566);

/// The parsed command line.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    pub(crate) data: PathBuf,
    pub(crate) listen: SocketAddr,
    pub(crate) admin_listen: Option<SocketAddr>,
    pub(crate) account: Option<AccountId>,
    pub(crate) partition: Option<Partition>,
    pub(crate) regions: Regions,
    pub(crate) saml_recipients: SamlRecipients,
    pub(crate) public_url: Option<PublicUrl>,
    pub(crate) allowed_issuers: AllowedIssuers,
    pub(crate) kek_file: Option<PathBuf>,
    pub(crate) tls: Option<TlsFiles>,
    pub(crate) workers: Option<usize>,
    pub(crate) audit: RotatePolicy,
    /// Files that describe accounts.
    pub(crate) apply: Vec<OsString>,
}

/// A command line that is not one.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OptionsError {
    /// An option or value that does not belong.
    #[error("{0}; run `locum serve --help`")]
    Usage(#[from] lexopt::Error),
    /// A value of the wrong form.
    #[error("{option} must be {wanted}")]
    Value {
        option: &'static str,
        wanted: &'static str,
    },
    /// No directory.
    #[error("--data <dir> is required: the directory where everything is kept")]
    NoData,
    /// A URL that tokens cannot name.
    #[error("--public-url: {0}")]
    PublicUrl(#[from] PublicUrlError),
    /// An issuer that nothing could be fetched from.
    #[error("--allow-issuer: {0}")]
    Issuer(#[from] NotAnIssuer),
    /// Half of a certificate.
    #[error("--tls-cert and --tls-key go together: give both or neither")]
    HalfOfTls,
    /// An address that no browser could send a response to.
    #[error(
        "--saml-recipient must be an address such as https://sts.example.com/saml, without braces or white space"
    )]
    SamlRecipient,
    /// Metrics for the world.
    #[error(
        "--admin-listen must be a loopback address such as 127.0.0.1:9090, since its pages ask for no credentials"
    )]
    AdminNotLoopback,
}

impl Options {
    /// The options of a deployment in `data` with every default.
    pub(crate) fn new(data: PathBuf) -> Self {
        Self {
            data,
            listen: DEFAULT_LISTEN,
            admin_listen: None,
            account: None,
            partition: None,
            regions: Regions::default(),
            saml_recipients: SamlRecipients::default(),
            public_url: None,
            allowed_issuers: AllowedIssuers::default(),
            kek_file: None,
            tls: None,
            workers: None,
            audit: RotatePolicy::default(),
            apply: Vec::new(),
        }
    }

    /// Reads the words after `serve`.
    ///
    /// # Errors
    /// `OptionsError`, one sentence.
    pub(crate) fn parse(words: Vec<OsString>) -> Result<Self, OptionsError> {
        let mut options = Self::new(PathBuf::new());
        let (mut regions, mut recipients) = (Vec::new(), Vec::new());
        let (mut cert, mut key) = (None, None);
        let mut parser = Parser::from_args(words);
        while let Some(argument) = parser.next()? {
            match argument {
                Arg::Long("data") => options.data = parser.value()?.into(),
                Arg::Long("listen") => options.listen = value(&mut parser, "--listen", ADDRESS)?,
                Arg::Long("admin-listen") => {
                    options.admin_listen = Some(value(&mut parser, "--admin-listen", ADDRESS)?);
                }
                Arg::Long("account") => options.account = Some(parser.value()?.parse()?),
                Arg::Long("partition") => options.partition = Some(parser.value()?.parse()?),
                Arg::Long("region") => regions.push(region(parser.value()?.string()?)?),
                Arg::Long("saml-recipient") => recipients.push(recipient(parser.value()?.string()?)?),
                Arg::Long("public-url") => {
                    options.public_url = Some(PublicUrl::parse(&parser.value()?.string()?)?);
                }
                Arg::Long("allow-issuer") => options.allowed_issuers.allow(&parser.value()?.string()?)?,
                Arg::Long("apply") => options.apply.push(parser.value()?),
                Arg::Long("kek-file") => options.kek_file = Some(parser.value()?.into()),
                Arg::Long("tls-cert") => cert = Some(parser.value()?.into()),
                Arg::Long("tls-key") => key = Some(parser.value()?.into()),
                Arg::Long("audit-size") => {
                    let mebibytes: NonZeroU32 = value(&mut parser, "--audit-size", MEBIBYTES)?;
                    options.audit.max_bytes = u64::from(mebibytes.get()) << 20;
                }
                Arg::Long("audit-keep") => {
                    options.audit.keep = value(&mut parser, "--audit-keep", "a whole number")?;
                }
                Arg::Long("workers") => {
                    let workers: NonZeroUsize = value(&mut parser, "--workers", COUNT)?;
                    options.workers = Some(workers.get());
                }
                other @ (Arg::Long(_) | Arg::Short(_) | Arg::Value(_)) => {
                    return Err(other.unexpected().into());
                }
            }
        }
        if options.data.as_os_str().is_empty() {
            return Err(OptionsError::NoData);
        }
        if options
            .admin_listen
            .is_some_and(|admin| !admin.ip().is_loopback())
        {
            return Err(OptionsError::AdminNotLoopback);
        }
        options.tls = match (cert, key) {
            (Some(cert), Some(key)) => Some(TlsFiles { cert, key }),
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => return Err(OptionsError::HalfOfTls),
        };
        if !regions.is_empty() {
            options.regions = Regions::Only(regions);
        }
        if !recipients.is_empty() {
            options.saml_recipients = SamlRecipients::Only(recipients);
        }
        Ok(options)
    }
}

const ADDRESS: &str = "an IP address and a port, such as 127.0.0.1:4566";
const MEBIBYTES: &str = "a whole number of MiB above zero, without the unit";
const COUNT: &str = "a whole number above zero";

/// The value of an option.
fn value<T: FromStr>(
    parser: &mut Parser,
    option: &'static str,
    wanted: &'static str,
) -> Result<T, OptionsError> {
    let text = parser.value()?.string()?;
    text.parse().map_err(|_| OptionsError::Value { option, wanted })
}

/// A region by its name, which need not be one of AWS's; nobody signs for one with other characters.
fn region(name: String) -> Result<String, OptionsError> {
    let wanted = "the name of a region: lower-case letters, digits and dashes, as in us-east-1";
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (!name.is_empty() && name.bytes().all(fits))
        .then_some(name)
        .ok_or(OptionsError::Value {
            option: "--region",
            wanted,
        })
}

/// An address of SAML responses. Braces would mean something to those who compare it.
fn recipient(url: String) -> Result<String, OptionsError> {
    let host = ["https://", "http://"]
        .into_iter()
        .find_map(|scheme| url.strip_prefix(scheme));
    let plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'{' | b'}');
    if host.is_some_and(|host| !host.is_empty()) && url.bytes().all(plain) {
        Ok(url)
    } else {
        Err(OptionsError::SamlRecipient)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<Options, OptionsError> {
        Options::parse(words.iter().map(Into::into).collect())
    }

    #[test]
    fn what_is_given_is_taken() {
        let words = [
            "--data",
            "d",
            "--listen=0.0.0.0:0",
            "--account",
            "111122223333",
            "--region",
            "eu-west-1",
            "--saml-recipient",
            "https://a.example/saml",
            "--saml-recipient=http://b.example/acs",
            "--public-url=https://sts.example.com/",
            "--apply=a.yaml",
            "--apply",
            "b.toml",
        ];
        let options = parse(&words).unwrap();
        assert_eq!(options.listen.to_string(), "0.0.0.0:0");
        assert_eq!(options.apply, ["a.yaml", "b.toml"]);
        assert_eq!(options.account.unwrap().to_string(), "111122223333");
        assert_eq!(options.public_url.unwrap().as_str(), "https://sts.example.com");
        assert!(matches!(options.regions, Regions::Only(regions) if regions == ["eu-west-1"]));
        assert!(matches!(
            options.saml_recipients,
            SamlRecipients::Only(urls) if urls == ["https://a.example/saml", "http://b.example/acs"]
        ));
    }

    #[test]
    fn mistakes_are_told_in_one_line() {
        for words in [
            &[][..],
            &["--data"],
            &["--data", "d", "surplus"],
            &["--data", "d", "--listen", "here"],
            &["--data", "d", "--region", "US EAST"],
            &["--data", "d", "--workers", "0"],
            &["--data", "d", "--audit-size", "0"],
            &["--data", "d", "--audit-size", "64M"],
            &["--data", "d", "--account", "12"],
            &["--data", "d", "--public-url", "sts.example.com"],
            &["--data", "d", "--public-url", "https://sts.example.com/sts"],
            &["--data", "d", "--tls-cert", "c"],
            &["--data", "d", "--admin-listen", "0.0.0.0:1"],
            &["--data", "d", "--saml-recipient", "sts.example.com"],
            &["--data", "d", "--saml-recipient", "https://"],
            &[
                "--data",
                "d",
                "--saml-recipient",
                "https://{region}.example.com/saml",
            ],
            &["--data", "d", "--allow-issuer", "kubernetes.default.svc"],
            &["--data", "d", "--frobnicate"],
        ] {
            let text = parse(words).unwrap_err().to_string();
            assert!(!text.contains('\n') && !text.is_empty(), "{text}");
        }
    }
}
