//! The URLs that are fetched: a scheme, a host, perhaps a port, a path. Nothing else that a URL may have.

use std::fmt;

use http::Uri;

/// How a document is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scheme {
    Http,
    Https,
}

/// A URL to fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Url {
    pub(super) scheme: Scheme,
    /// A name or an address, without the brackets of IPv6.
    pub(super) host: String,
    pub(super) port: u16,
    /// Host and port as they were written: the `Host` header.
    pub(super) authority: String,
    /// Path and query.
    pub(super) target: String,
}

/// A URL that is not fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BadUrl;

impl Url {
    /// Reads a URL of ASCII without user, password or fragment.
    pub(super) fn parse(text: &str) -> Result<Self, BadUrl> {
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) || text.contains(['#', '\\', '"', '<', '>']) {
            return Err(BadUrl);
        }
        let uri: Uri = text.parse().map_err(|_| BadUrl)?;
        let scheme = match uri.scheme_str() {
            Some("https") => Scheme::Https,
            Some("http") => Scheme::Http,
            _ => return Err(BadUrl),
        };
        let authority = uri.authority().ok_or(BadUrl)?;
        let host = authority.host();
        let port = match authority.as_str().strip_prefix(host).ok_or(BadUrl)? {
            "" if scheme == Scheme::Https => 443,
            "" => 80,
            port => port
                .strip_prefix(':')
                .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()))
                .and_then(|digits| digits.parse().ok())
                .filter(|port| *port != 0)
                .ok_or(BadUrl)?,
        };
        let host = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .unwrap_or(host);
        if host.is_empty() {
            return Err(BadUrl);
        }
        Ok(Self {
            scheme,
            host: host.to_owned(),
            port,
            authority: authority.as_str().to_owned(),
            target: uri
                .path_and_query()
                .map_or("/", |target| target.as_str())
                .to_owned(),
        })
    }

    /// The URL of an issuer's discovery document (OpenID Connect Discovery §4.1).
    pub(super) fn of_discovery(issuer: &str) -> Result<Self, BadUrl> {
        Self::parse(issuer)?;
        if issuer.contains('?') {
            return Err(BadUrl);
        }
        let base = issuer.strip_suffix('/').unwrap_or(issuer);
        Self::parse(&format!("{base}/.well-known/openid-configuration"))
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.scheme {
            Scheme::Http => "http",
            Scheme::Https => "https",
        };
        write!(f, "{scheme}://{}{}", self.authority, self.target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_scheme_host_port_and_path() {
        let url = Url::parse("https://idp.example.com:8443/keys?v=1").unwrap();
        assert_eq!(
            (url.scheme, url.host.as_str(), url.port),
            (Scheme::Https, "idp.example.com", 8443)
        );
        assert_eq!(
            (url.authority.as_str(), url.target.as_str()),
            ("idp.example.com:8443", "/keys?v=1")
        );
        assert_eq!(url.to_string(), "https://idp.example.com:8443/keys?v=1");
        let url = Url::parse("http://[::1]").unwrap();
        assert_eq!(
            (url.host.as_str(), url.port, url.target.as_str()),
            ("::1", 80, "/")
        );
    }

    #[test]
    fn what_else_a_url_may_have_is_refused() {
        for text in [
            "",
            "/keys",
            "idp.example.com",
            "//idp.example.com",
            "ftp://h/",
            "file:///etc/passwd",
            "gopher://h/",
            "https://",
            "https:///keys",
            "https://user@h/",
            "https://user:password@h/",
            "https://h@evil/",
            "https://h/#x",
            "https://h\\evil/",
            "https://h:0/",
            "https://h:65536/",
            "https://h:x/",
            "https://h:+1/",
            "https://h:/",
            "https://h /",
            "https://h\n/",
            "https://ü/",
            "https://h/\u{0}",
            "HTTPS:/h",
            "https://[::1/",
        ] {
            assert_eq!(Url::parse(text), Err(BadUrl), "{text:?}");
        }
    }

    #[test]
    fn discovery_is_below_the_issuer() {
        let of = |issuer| Url::of_discovery(issuer).unwrap().to_string();
        assert_eq!(of("https://h"), "https://h/.well-known/openid-configuration");
        assert_eq!(of("https://h/"), "https://h/.well-known/openid-configuration");
        assert_eq!(
            of("https://h/a/b"),
            "https://h/a/b/.well-known/openid-configuration"
        );
        for issuer in ["https://h/?x", "https://", "https:/h", "h"] {
            assert_eq!(Url::of_discovery(issuer), Err(BadUrl), "{issuer}");
        }
    }
}
