//! HTTP and TLS under a call: deadlines, proxies of the environment, the certificates to trust.

use std::io::{self, BufReader};
use std::sync::Arc;
use std::time::Duration;

use locum_credentials::{HttpRequest, Reach};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use ureq::config::Config;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, AsSendBody, Proxy, Timeout, http};

use super::config::{Environment, Profile};
use super::errors::Failure;
use super::proxy::{Proxies, without_password};
use super::wire::MAX_RESPONSE;

/// How to reach a service.
#[derive(Debug)]
pub(crate) struct Settings {
    /// How long to wait for a connection; `None` for ever.
    pub(crate) connect_timeout: Option<Duration>,
    /// How long to wait for an answer; `None` for ever.
    pub(crate) read_timeout: Option<Duration>,
    /// Whether to check the server's certificate.
    pub(crate) verify: bool,
    /// A file of certificates to trust instead of those of the system.
    pub(crate) ca_bundle: Option<String>,
    /// Whether the endpoint is HTTPS; certificates are not loaded without need.
    pub(crate) tls: bool,
}

/// A client with its settings.
pub(crate) struct Transport {
    agent: Agent,
    proxies: Proxies,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    /// The status.
    pub(crate) status: u16,
    /// The usual phrase for the status.
    pub(crate) reason: String,
    /// Headers whose values are text, names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    /// The body; bytes that are not UTF-8 are replaced.
    pub(crate) body: String,
}

/// Why nothing came back.
#[derive(Debug)]
pub(crate) enum SendError {
    /// No connection.
    Connect,
    /// No connection in time.
    ConnectTimeout,
    /// A connection, but no answer in time.
    ReadTimeout,
    /// The server's certificate is not to be trusted, or TLS failed.
    Tls(String),
    /// The proxy refused or cannot be reached.
    Proxy(String),
    /// The answer broke off or was no HTTP.
    Closed,
    /// An answer larger than any result.
    TooLarge,
    /// Anything else.
    Other(String),
}

impl SendError {
    /// Returns the sentence for the user, the URL without a password.
    pub(crate) fn describe(&self, url: &str) -> String {
        let url = without_password(url);
        match self {
            Self::Connect => format!("Could not connect to the endpoint URL: \"{url}\""),
            Self::ConnectTimeout => format!("Connect timeout on endpoint URL: \"{url}\""),
            Self::ReadTimeout => format!("Read timeout on endpoint URL: \"{url}\""),
            Self::Tls(reason) => format!("SSL validation failed for {url} {reason}"),
            Self::Proxy(reason) => format!("Failed to connect to proxy URL: {reason}"),
            Self::Closed => {
                // What speaks TLS closes a connection on which it is asked without.
                let plain = url
                    .get(..7)
                    .is_some_and(|scheme| scheme.eq_ignore_ascii_case("http://"));
                let way = if plain { " See whether it is https://." } else { "" };
                format!(
                    "Connection was closed before we received a valid response from endpoint URL: \"{url}\".{way}"
                )
            }
            Self::TooLarge => format!("The answer of {url} is larger than {MAX_RESPONSE} bytes."),
            Self::Other(reason) => format!("The request to {url} failed: {reason}"),
        }
    }

    /// Tells whether another attempt may do better.
    pub(crate) const fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Connect | Self::ConnectTimeout | Self::ReadTimeout | Self::Closed
        )
    }
}

/// Returns the certificates to trust that environment or profile name.
pub(crate) fn configured_bundle(environment: &Environment, profile: &Profile) -> Option<String> {
    environment
        .non_empty("AWS_CA_BUNDLE")
        .or_else(|| profile.get("ca_bundle").map(str::to_owned))
        .or_else(|| environment.non_empty("REQUESTS_CA_BUNDLE"))
}

/// Tells whether a URL is HTTPS, its scheme in whatever case.
pub(crate) fn is_tls(url: &str) -> bool {
    url.split_once("://")
        .is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case("https"))
}

impl Transport {
    /// Prepares a client.
    pub(crate) fn new(settings: &Settings) -> Result<Self, Failure> {
        Self::reaching(settings, Reach::Usual)
    }

    /// Prepares a client for requests that may not travel everywhere.
    pub(crate) fn reaching(settings: &Settings, reach: Reach) -> Result<Self, Failure> {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_connect(settings.connect_timeout)
            .timeout_recv_response(settings.read_timeout)
            .timeout_recv_body(settings.read_timeout)
            .accept("")
            .accept_encoding("identity")
            .proxy(None);
        let config = if settings.tls {
            config.tls_config(tls(settings)?)
        } else {
            config
        };
        let config = config.build();
        let agent = match reach {
            Reach::Usual | Reach::Direct => config.new_agent(),
            Reach::Loopback => Agent::with_parts(config, DefaultConnector::default(), ThisMachine::default()),
        };
        let proxies = match reach {
            Reach::Usual => Proxies::of_process(),
            Reach::Direct | Reach::Loopback => Proxies::default(),
        };
        Ok(Self { agent, proxies })
    }

    /// Sends a request through the proxy for its URL, if there is one.
    fn run<B: AsSendBody>(&self, request: http::Request<B>) -> Result<http::Response<ureq::Body>, SendError> {
        let Some(named) = self.proxies.choose(&request.uri().to_string()).map(str::to_owned) else {
            return self.agent.run(request).map_err(classify);
        };
        let proxy =
            Proxy::new(&named).map_err(|_| SendError::Proxy(format!("\"{}\"", without_password(&named))))?;
        let request = self.agent.configure_request(request).proxy(Some(proxy)).build();
        self.agent.run(request).map_err(classify)
    }

    /// Sends a request of the chain of credentials.
    pub(crate) fn exchange(&self, request: &HttpRequest<'_>) -> Result<Reply, SendError> {
        let mut builder = http::Request::builder().method(request.method).uri(request.url);
        for (name, value) in request.headers {
            let mut value = http::HeaderValue::from_str(value.expose())
                .map_err(|_| SendError::Other(format!("the value of {name} is no header")))?;
            value.set_sensitive(true);
            builder = builder.header(*name, value);
        }
        let whole = |error: http::Error| SendError::Other(error.to_string());
        read(match (&request.body, request.method) {
            (Some(body), _) => self.run(builder.body(body.expose()).map_err(whole)?),
            (None, "GET") => self.run(builder.body(()).map_err(whole)?),
            (None, _) => self.run(builder.body("").map_err(whole)?),
        }?)
    }

    /// Posts a body.
    pub(crate) fn post(
        &self,
        url: &str,
        headers: &[(&'static str, String)],
        body: &str,
    ) -> Result<Reply, SendError> {
        let mut request = http::Request::post(url);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let request = request
            .body(body)
            .map_err(|error| SendError::Other(error.to_string()))?;
        read(self.run(request)?)
    }
}

fn read(mut response: http::Response<ureq::Body>) -> Result<Reply, SendError> {
    let status = response.status();
    let headers = response
        .headers()
        .iter()
        .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
        .collect();
    let body = response
        .body_mut()
        .with_config()
        .limit(MAX_RESPONSE)
        .read_to_vec()
        .map_err(classify)?;
    Ok(Reply {
        status: status.as_u16(),
        reason: status.canonical_reason().unwrap_or_default().to_owned(),
        headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    })
}

/// A resolver for names that must be this machine: an address elsewhere is none, whoever says so.
#[derive(Debug, Default)]
struct ThisMachine(DefaultResolver);

impl Resolver for ThisMachine {
    fn resolve(
        &self,
        uri: &http::Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.0.resolve(uri, config, timeout)?;
        if found.iter().all(|address| address.ip().is_loopback()) {
            Ok(found)
        } else {
            Err(ureq::Error::HostNotFound)
        }
    }
}

/// What the TLS library says, and what to do about what happens often.
fn with_the_way_out(said: &str) -> String {
    let ways = [
        (
            "UnknownIssuer",
            "name the certificate of its authority, or its own, with --ca-bundle or AWS_CA_BUNDLE",
        ),
        (
            "CaUsedAsEndEntity",
            "the server shows the certificate of an authority; make it one with basicConstraints CA:FALSE",
        ),
        (
            "InvalidContentType",
            "what answers there does not speak TLS; see whether it is http://",
        ),
    ];
    let way = ways.iter().find(|(mark, _)| said.contains(mark));
    way.map_or_else(|| said.to_owned(), |(_, way)| format!("{said}: {way}"))
}

fn classify(error: ureq::Error) -> SendError {
    match error {
        ureq::Error::HostNotFound | ureq::Error::ConnectionFailed => SendError::Connect,
        ureq::Error::Timeout(Timeout::Connect | Timeout::Resolve) => SendError::ConnectTimeout,
        ureq::Error::Timeout(_) => SendError::ReadTimeout,
        ureq::Error::Tls(reason) => SendError::Tls(reason.to_owned()),
        ureq::Error::Rustls(error) => SendError::Tls(with_the_way_out(&error.to_string())),
        ureq::Error::ConnectProxyFailed(reason) => SendError::Proxy(reason),
        ureq::Error::BodyExceedsLimit(_) => SendError::TooLarge,
        ureq::Error::Io(error) if error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>()) => {
            SendError::Tls(with_the_way_out(&error.to_string()))
        }
        // The resolver's failure has no kind of its own.
        ureq::Error::Io(error) if error.to_string().starts_with("failed to lookup address") => {
            SendError::Connect
        }
        ureq::Error::Io(error) => match error.kind() {
            io::ErrorKind::ConnectionRefused
            | io::ErrorKind::HostUnreachable
            | io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::AddrNotAvailable
            | io::ErrorKind::NotFound => SendError::Connect,
            io::ErrorKind::TimedOut => SendError::ConnectTimeout,
            _ => SendError::Closed,
        },
        ureq::Error::Protocol(_) => SendError::Closed,
        other => SendError::Other(other.to_string()),
    }
}

fn tls(settings: &Settings) -> Result<TlsConfig, Failure> {
    // Named here rather than installed for the process, so that nothing depends on who came first.
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = TlsConfig::builder().unversioned_rustls_crypto_provider(provider);
    if !settings.verify {
        return Ok(builder.disable_verification(true).build());
    }
    let certificates = match &settings.ca_bundle {
        Some(path) => read_bundle(path)?,
        None => rustls_native_certs::load_native_certs().certs,
    };
    if certificates.is_empty() {
        return Err(Failure::General(
            "No certificates to trust were found on this system; name a file of them with --ca-bundle."
                .to_owned(),
        ));
    }
    let roots: Vec<_> = certificates
        .iter()
        .map(|der| Certificate::from_der(der).to_owned())
        .collect();
    Ok(builder.root_certs(RootCerts::new_with_certs(&roots)).build())
}

/// Reads the certificates of a file.
pub(crate) fn read_bundle(path: &str) -> Result<Vec<CertificateDer<'static>>, Failure> {
    let unreadable = |why: &dyn std::fmt::Display| {
        Failure::General(format!("The CA bundle \"{path}\" cannot be read: {why}"))
    };
    let file = std::fs::File::open(path).map_err(|error| unreadable(&error))?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_reader_iter(BufReader::new(file)).collect();
    match found {
        Ok(certificates) if certificates.is_empty() => Err(unreadable(&"it holds no certificate")),
        Ok(certificates) => Ok(certificates),
        Err(error) => Err(unreadable(&error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_often_keeps_tls_from_working_is_told_with_the_way_out() {
        for (said, way) in [
            (
                "invalid peer certificate: UnknownIssuer",
                "--ca-bundle or AWS_CA_BUNDLE",
            ),
            (
                "invalid peer certificate: Other(OtherError(CaUsedAsEndEntity))",
                "basicConstraints CA:FALSE",
            ),
            (
                "received corrupt message of type InvalidContentType",
                "does not speak TLS",
            ),
        ] {
            let told = with_the_way_out(said);
            assert!(told.starts_with(said) && told.contains(way), "{told}");
        }
        assert_eq!(with_the_way_out("else"), "else");
    }

    #[test]
    fn a_closed_connection_without_tls_is_told_with_the_way_out() {
        for (url, told) in [
            ("http://h:1/", true),
            ("HTTP://h:1/", true),
            ("https://h:1/", false),
            ("h", false),
        ] {
            let sentence = SendError::Closed.describe(url);
            assert_eq!(
                sentence.ends_with("See whether it is https://."),
                told,
                "{sentence}"
            );
        }
    }

    #[test]
    fn a_scheme_may_be_in_any_case() {
        for (url, tls) in [
            ("https://h/", true),
            ("HTTPS://h/", true),
            ("Https://h", true),
            ("http://h/?https://", false),
            ("HTTP://h/", false),
            ("https:/h", false),
        ] {
            assert_eq!(is_tls(url), tls, "{url}");
        }
    }
}
