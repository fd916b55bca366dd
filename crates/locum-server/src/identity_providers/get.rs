//! One document by one GET: connected to a checked address, never redirected, never larger than the cap.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use http::{
    HeaderValue, Request, StatusCode,
    header::{ACCEPT, ACCEPT_ENCODING, CONNECTION, CONTENT_ENCODING, HOST, USER_AGENT},
};
use http_body_util::{BodyExt, Empty, Limited};
use hyper::{body::Body as _, client::conn::http1};
use hyper_util::rt::TokioIo;
use locum_federation::oidc::{FetchProblem, Verification};
use rustls_pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::TlsConnector;

use super::{
    address::is_public,
    resolver::Resolver,
    trust::Trust,
    url::{Scheme, Url},
};

/// The largest document, in bytes (facts: security §1.6).
const MAX_BODY: usize = 256 * 1024;

/// Room for the head of a response, in bytes, and its lines at most.
const MAX_HEAD: usize = 16 * 1024;
const MAX_HEADERS: usize = 64;

/// How long one address may take to accept; many hosts have an IPv6 address and no way to it.
const CONNECT_LIMIT: Duration = Duration::from_millis(600);

/// Which addresses may be connected to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Those of the public internet, by HTTPS.
    Internet,
    /// All, and without TLS too if the issuer itself has none: the operator named it.
    Anywhere,
}

/// Why there is no document, with a word for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failed {
    pub(super) problem: FetchProblem,
    pub(super) reason: String,
}

impl Failed {
    pub(super) fn new(problem: FetchProblem, reason: impl Into<String>) -> Self {
        Self {
            problem,
            reason: reason.into(),
        }
    }

    fn unreachable(error: impl std::fmt::Display) -> Self {
        Self::new(FetchProblem::Unreachable, error.to_string())
    }
}

/// A document and what vouches for its server.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) body: Bytes,
    pub(super) verification: Verification,
}

/// Gets the document at `url`. The caller limits the time.
pub(super) async fn get(
    url: &Url,
    reach: Reach,
    trust: &Trust,
    resolver: &Resolver,
    thumbprints: &[[u8; 20]],
) -> Result<Document, Failed> {
    if url.scheme == Scheme::Http && reach == Reach::Internet {
        return Err(Failed::new(FetchProblem::Forbidden, "the URL is not https"));
    }
    let stream = connect(url, reach, resolver).await?;
    match url.scheme {
        Scheme::Http => Ok(Document {
            body: exchange(stream, url).await?,
            verification: Verification::TrustStore,
        }),
        Scheme::Https => {
            let (config, verdict) = trust.client(thumbprints).map_err(Failed::unreachable)?;
            let name = ServerName::try_from(url.host.clone())
                .map_err(|_| Failed::new(FetchProblem::Forbidden, "the host is not a name"))?;
            let handshake = TlsConnector::from(Arc::new(config)).connect(name, stream).await;
            let stream = handshake.map_err(|error| {
                if verdict.is_refused() {
                    Failed::new(FetchProblem::CertificateMismatch, error.to_string())
                } else {
                    Failed::unreachable(error)
                }
            })?;
            let verification = verdict
                .verification()
                .ok_or_else(|| Failed::new(FetchProblem::CertificateMismatch, "no certificate was shown"))?;
            Ok(Document {
                body: exchange(stream, url).await?,
                verification,
            })
        }
    }
}

/// Resolves the host and connects to one of its addresses that may be: to the address that was looked at, so that the
/// name cannot mean another one in between.
async fn connect(url: &Url, reach: Reach, resolver: &Resolver) -> Result<TcpStream, Failed> {
    let mut addresses: Vec<SocketAddr> = match url.host.parse::<IpAddr>() {
        Ok(address) => vec![SocketAddr::new(address, url.port)],
        Err(_) => resolver
            .addresses(&url.host, url.port)
            .await
            .map_err(Failed::unreachable)?,
    };
    let mut last = Failed::unreachable("the host has no address");
    if !addresses.is_empty() && reach == Reach::Internet {
        addresses.retain(|address| is_public(address.ip()));
        last = Failed::new(FetchProblem::Forbidden, "the host has no public address");
    }
    for address in addresses {
        match timeout(CONNECT_LIMIT, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => last = Failed::unreachable(error),
            Err(late) => last = Failed::unreachable(late),
        }
    }
    Err(last)
}

/// Asks on a new connection, and reads what 200 brings.
async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    url: &Url,
) -> Result<Bytes, Failed> {
    let (mut sender, connection) = http1::Builder::new()
        .max_buf_size(MAX_HEAD)
        .max_headers(MAX_HEADERS)
        .handshake::<_, Empty<Bytes>>(TokioIo::new(stream))
        .await
        .map_err(Failed::unreachable)?;
    let request = request(url).map_err(Failed::unreachable)?;
    let ask = async {
        let response = sender.send_request(request).await.map_err(Failed::unreachable)?;
        check_head(response.status(), response.headers().get(CONTENT_ENCODING))?;
        let too_large = || Failed::new(FetchProblem::BadDocument, "the document is larger than 256 KiB");
        if response.body().size_hint().lower() > MAX_BODY as u64 {
            return Err(too_large());
        }
        let body = Limited::new(response.into_body(), MAX_BODY).collect().await;
        body.map(http_body_util::Collected::to_bytes).map_err(|error| {
            if error.is::<http_body_util::LengthLimitError>() {
                too_large()
            } else {
                Failed::unreachable(error)
            }
        })
    };
    let drive = async {
        // What goes wrong here ends the question too, which says so.
        let _ = connection.await;
        std::future::pending().await
    };
    tokio::select! {
        outcome = ask => outcome,
        never = drive => never,
    }
}

fn request(url: &Url) -> Result<Request<Empty<Bytes>>, http::Error> {
    Request::get(url.target.as_str())
        .header(HOST, url.authority.as_str())
        .header(ACCEPT, "application/json")
        .header(ACCEPT_ENCODING, "identity")
        .header(USER_AGENT, concat!("locum/", env!("CARGO_PKG_VERSION")))
        .header(CONNECTION, "close")
        .body(Empty::new())
}

/// Takes 200 alone: a redirect would choose another host, and an encoding could be a bomb.
fn check_head(status: StatusCode, encoding: Option<&HeaderValue>) -> Result<(), Failed> {
    if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        return Err(Failed::unreachable(io::Error::other(format!("status {status}"))));
    }
    if status != StatusCode::OK {
        return Err(Failed::new(FetchProblem::BadDocument, format!("status {status}")));
    }
    if encoding.is_some_and(|encoding| encoding != "identity") {
        return Err(Failed::new(FetchProblem::BadDocument, "the document is encoded"));
    }
    Ok(())
}
