//! An issuer's keys: its discovery document, then the key set that the document names, in one span of time.

use std::time::Duration;

use locum_federation::oidc::{Discovery, FetchProblem, Fetched, KeySet, Source, Verification};
use tokio::time::timeout;

use super::{
    get::{Document, Failed, Reach, get},
    resolver::Resolver,
    trust::Trust,
    url::{Scheme, Url},
};

/// Fetches both documents within `limit`.
pub(super) async fn fetch(
    source: &Source,
    reach: Reach,
    trust: &Trust,
    resolver: &Resolver,
    limit: Duration,
) -> Result<Fetched, Failed> {
    timeout(limit, fetch_both(source, reach, trust, resolver))
        .await
        .unwrap_or_else(|_| Err(Failed::new(FetchProblem::Unreachable, "it took too long")))
}

async fn fetch_both(
    source: &Source,
    reach: Reach,
    trust: &Trust,
    resolver: &Resolver,
) -> Result<Fetched, Failed> {
    let url = Url::of_discovery(&source.issuer).map_err(|_| forbidden("the issuer is not a URL"))?;
    let document = get(&url, reach, trust, resolver, &source.thumbprints).await?;
    let discovery = Discovery::parse(&document.body, &source.issuer).map_err(bad_document)?;

    // Keys are vouched for by what vouches for both servers.
    let thumbprints = match &document.verification {
        Verification::TrustStore => source.thumbprints.as_slice(),
        Verification::Thumbprint(matching) => matching,
    };
    let Document { body, verification } = get_keys(
        discovery.jwks_uri(),
        url.scheme,
        reach,
        trust,
        resolver,
        thumbprints,
    )
    .await?;
    let keys = KeySet::parse(&body).map_err(bad_document)?;
    Ok(Fetched {
        keys: keys.limited_to(discovery.algorithms()),
        verification: match verification {
            Verification::TrustStore => document.verification,
            weaker @ Verification::Thumbprint(_) => weaker,
        },
    })
}

/// Gets the key set from where the issuer says it is, which is not where the issuer was registered to be.
async fn get_keys(
    jwks_uri: &str,
    of_issuer: Scheme,
    reach: Reach,
    trust: &Trust,
    resolver: &Resolver,
    thumbprints: &[[u8; 20]],
) -> Result<Document, Failed> {
    let url = Url::parse(jwks_uri).map_err(|_| forbidden("jwks_uri is not a URL"))?;
    if of_issuer == Scheme::Https && url.scheme == Scheme::Http {
        return Err(forbidden("jwks_uri gives up the issuer's TLS"));
    }
    get(&url, reach, trust, resolver, thumbprints).await
}

fn forbidden(reason: &str) -> Failed {
    Failed::new(FetchProblem::Forbidden, reason)
}

fn bad_document(error: impl std::error::Error) -> Failed {
    Failed::new(FetchProblem::BadDocument, error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where a listener waits that nobody may reach.
    async fn problem(jwks_uri: &str) -> Option<FetchProblem> {
        let (trust, resolver) = (Trust::new([]), Resolver::default());
        let got = get_keys(jwks_uri, Scheme::Https, Reach::Internet, &trust, &resolver, &[]).await;
        got.err().map(|failed| failed.problem)
    }

    #[tokio::test]
    async fn a_public_issuer_cannot_name_a_private_key_set() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        listener.set_nonblocking(true).unwrap();
        for host in [
            "127.0.0.1",
            "localhost",
            "127.1",
            "0x7f000001",
            "2130706433",
            "0",
            "0.0.0.0",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "169.254.169.254",
            "10.0.0.1",
            "192.168.0.1",
            "[fe80::1]",
            "[fd00:ec2::254]",
            "[64:ff9b::7f00:1]",
        ] {
            for scheme in ["https", "http"] {
                let found = problem(&format!("{scheme}://{host}:{port}/keys")).await;
                assert_eq!(found, Some(FetchProblem::Forbidden), "{scheme} {host}");
            }
        }
        assert!(listener.accept().is_err(), "somebody connected");
    }

    #[tokio::test]
    async fn a_key_set_has_a_url_by_https() {
        for uri in [
            "",
            "keys",
            "/keys",
            "file:///etc/passwd",
            "https://user@h/",
            "http://h/",
            "ftp://h/",
        ] {
            assert_eq!(problem(uri).await, Some(FetchProblem::Forbidden), "{uri}");
        }
    }
}
