//! URLs to which a secret may travel: HTTPS anywhere, HTTP on this machine only.
//!
//! A code, a token or a key in plain text on a network is anybody's. What a browser is told to open passes here too, so
//! that a file or a server cannot name a program, a script or a local document.

use std::net::IpAddr;

use locum_credentials::{Reach, plain};
use ureq::http::Uri;

/// Such a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SecureUrl {
    text: String,
    tls: bool,
}

/// A URL that a secret may not travel to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} must be an https URL, or an http URL on this machine, not {}", plain(.url))]
pub(crate) struct InsecureUrl {
    what: &'static str,
    url: String,
}

impl SecureUrl {
    /// Reads a URL; `what` names it in the error.
    pub(crate) fn parse(what: &'static str, text: &str) -> Result<Self, InsecureUrl> {
        let tls = check(text).ok_or_else(|| InsecureUrl {
            what,
            url: text.to_owned(),
        })?;
        Ok(Self {
            text: text.to_owned(),
            tls,
        })
    }

    /// The URL as it was written.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// How a request to it travels: what is on this machine is not asked of a proxy.
    pub(crate) const fn reach(&self) -> Reach {
        if self.tls { Reach::Usual } else { Reach::Loopback }
    }

    /// The URL with parameters added to its query, and nothing else changed.
    pub(crate) fn with_query(&self, parameters: &[(&str, &str)]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(parameters);
        let separator = match self.text.split_once('?') {
            None => "?",
            Some((_, before)) if before.is_empty() || before.ends_with('&') => "",
            Some(_) => "&",
        };
        format!("{}{separator}{}", self.text, query.finish())
    }
}

/// Tells whether it is HTTPS; `None` if it is nothing to be used.
fn check(text: &str) -> Option<bool> {
    let plain = text
        .bytes()
        .all(|b| b.is_ascii_graphic() && !b"#\"'<>\\^`{}|".contains(&b));
    let uri: Uri = text.parse().ok().filter(|_| plain)?;
    let authority = uri.authority()?;
    if authority.as_str().contains('@') {
        return None;
    }
    let host = authority.host().trim_start_matches('[').trim_end_matches(']');
    match uri.scheme_str()? {
        "https" => (!host.is_empty()).then_some(true),
        "http" => is_this_machine(host).then_some(false),
        _ => None,
    }
}

fn is_this_machine(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_travel_encrypted_or_not_at_all() {
        for (url, tls) in [
            ("https://idp.example.com/authorize?tenant=a", true),
            ("https://idp.example.com:8443", true),
            ("http://127.0.0.1:8080/x", false),
            ("http://localhost/", false),
            ("http://[::1]:1/", false),
        ] {
            let parsed = SecureUrl::parse("x", url).unwrap();
            assert_eq!((parsed.tls, parsed.as_str()), (tls, url));
        }
        for url in [
            "http://idp.example.com/",
            "http://127.0.0.1.example.com/",
            "http://127.0.0.1@example.com/",
            "https://user:password@example.com/",
            "https://",
            "idp.example.com",
            "/path",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "https://a/#fragment",
            "https://a/ b",
            "https://a/\n",
            "https://a/\"",
            "",
        ] {
            assert!(SecureUrl::parse("x", url).is_err(), "{url}");
        }
    }

    #[test]
    fn parameters_are_added() {
        for (url, expected) in [
            ("https://a", "https://a?b=c+d%26"),
            ("https://a/?", "https://a/?b=c+d%26"),
            ("https://a/?x=y", "https://a/?x=y&b=c+d%26"),
        ] {
            assert_eq!(
                SecureUrl::parse("x", url).unwrap().with_query(&[("b", "c d&")]),
                expected
            );
        }
    }
}
