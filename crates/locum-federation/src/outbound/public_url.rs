use std::fmt;

use super::Document;

/// Where the world reaches this deployment: what the URLs of its issuers begin with.
///
/// A scheme, a host and perhaps a port, in lower case, without a path. It stands in every token, so it must stay the
/// same as long as anybody is to accept them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    text: Box<str>,
    /// Host and port, the port left out where it is the scheme's own.
    authority: Box<str>,
}

/// A URL that issuers cannot be under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PublicUrlError {
    /// Neither `https://` nor `http://`.
    #[error("the public URL must begin with https:// or http://")]
    Scheme,
    /// No host, or something that is none, such as a user name.
    #[error("the public URL must name a host and perhaps a port")]
    Host,
    /// Something behind the host.
    #[error("the public URL must end after the host or port: the documents are served at the root of a host")]
    Path,
}

/// The length of an issuer's id: a UUID.
const ID_LEN: usize = 36;

impl PublicUrl {
    /// Reads a URL such as `https://sts.example.com` or `http://127.0.0.1:4566`; one slash may follow.
    ///
    /// # Errors
    /// `PublicUrlError`, one sentence.
    pub fn parse(url: &str) -> Result<Self, PublicUrlError> {
        let lower = url.to_ascii_lowercase();
        let (scheme, rest) = lower.split_once("://").ok_or(PublicUrlError::Scheme)?;
        let port = default_port(scheme).ok_or(PublicUrlError::Scheme)?;
        let host = rest.strip_suffix('/').unwrap_or(rest);
        if host.contains(['/', '?', '#']) {
            return Err(PublicUrlError::Path);
        }
        if !is_authority(host) {
            return Err(PublicUrlError::Host);
        }
        let authority = without_port(host, port);
        Ok(Self {
            text: format!("{scheme}://{authority}").into(),
            authority: authority.into(),
        })
    }

    /// Returns the URL without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the URL of an issuer: what its tokens have as `iss`.
    #[must_use]
    pub fn issuer(&self, issuer_id: &str) -> String {
        format!("{}/{issuer_id}", self.text)
    }

    /// Tells whether `url`, with or without its scheme, is that of an issuer of this deployment, whether or not the
    /// issuer exists. Its tokens are for others: a provider with such a URL must not be trusted here
    /// (`facts: sts §2.14`). Spellings that differ in letter case, scheme or a needless port count as the same.
    #[must_use]
    pub fn is_own_issuer(&self, url: &str) -> bool {
        let lower = url.to_ascii_lowercase();
        let rest = lower.split_once("://").map_or(lower.as_str(), |(_, rest)| rest);
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let ours = ["https", "http"]
            .into_iter()
            .filter_map(default_port)
            .any(|port| without_port(host, port) == &*self.authority);
        ours && path.split(['/', '?', '#']).next().is_some_and(is_issuer_id)
    }

    /// Returns which document of which issuer is published at `path`.
    #[must_use]
    pub fn document_at(path: &str) -> Option<(&str, Document)> {
        let (issuer_id, rest) = path.strip_prefix('/')?.split_once('/')?;
        let document = Document::ALL
            .into_iter()
            .find(|document| document.path() == rest)?;
        is_issuer_id(issuer_id).then_some((issuer_id, document))
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn default_port(scheme: &str) -> Option<&'static str> {
    match scheme {
        "https" => Some(":443"),
        "http" => Some(":80"),
        _ => None,
    }
}

fn without_port<'a>(host: &'a str, port: &str) -> &'a str {
    host.strip_suffix(port).unwrap_or(host)
}

/// A host name, an IPv4 address or an IPv6 address in brackets, and perhaps a port.
fn is_authority(text: &str) -> bool {
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, rest)) => {
            let address = address.parse::<std::net::Ipv6Addr>().is_ok();
            (address, rest.strip_prefix(':').or(rest.is_empty().then_some("0")))
        }
        None => {
            let (name, port) = text.split_once(':').unwrap_or((text, "0"));
            (is_host_name(name), Some(port))
        }
    };
    let is_port = |port: &str| port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok();
    host && port.is_some_and(is_port)
}

fn is_host_name(text: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    text.len() <= 253 && text.split('.').all(is_label)
}

fn is_issuer_id(text: &str) -> bool {
    text.len() == ID_LEN
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0d9f8a1c-2b3d-4e5f-8a9b-0c1d2e3f4a5b";

    #[test]
    fn a_url_is_an_origin_in_one_spelling() {
        for (given, expected) in [
            ("https://sts.example.com", "https://sts.example.com"),
            ("HTTPS://STS.Example.com/", "https://sts.example.com"),
            ("https://sts.example.com:443", "https://sts.example.com"),
            ("https://sts.example.com:8443", "https://sts.example.com:8443"),
            ("http://127.0.0.1:4566", "http://127.0.0.1:4566"),
            ("http://[::1]:80/", "http://[::1]"),
        ] {
            assert_eq!(PublicUrl::parse(given).unwrap().as_str(), expected, "{given}");
        }
        for (given, error) in [
            ("sts.example.com", PublicUrlError::Scheme),
            ("ftp://a", PublicUrlError::Scheme),
            ("", PublicUrlError::Scheme),
            ("https://", PublicUrlError::Host),
            ("https://a:b@c", PublicUrlError::Host),
            ("https://a b", PublicUrlError::Host),
            ("https://a..b", PublicUrlError::Host),
            ("https://a:", PublicUrlError::Host),
            ("https://a:+1", PublicUrlError::Host),
            ("https://a:65536", PublicUrlError::Host),
            ("https://[::1", PublicUrlError::Host),
            ("https://[::1]8", PublicUrlError::Host),
            ("https://bücher.example", PublicUrlError::Host),
            ("https://a/b", PublicUrlError::Path),
            ("https://a//", PublicUrlError::Path),
            ("https://a?b", PublicUrlError::Path),
            ("https://a#b", PublicUrlError::Path),
        ] {
            assert_eq!(PublicUrl::parse(given), Err(error), "{given}");
        }
    }

    #[test]
    fn an_issuer_of_our_own_is_known_in_every_spelling() {
        let base = PublicUrl::parse("https://sts.example.com").unwrap();
        let own = base.issuer(ID);
        assert_eq!(own, format!("https://sts.example.com/{ID}"));
        for url in [
            own.clone(),
            own.to_uppercase(),
            format!("{own}/"),
            format!("{own}/.well-known/jwks.json"),
            format!("{own}?x"),
            format!("http://sts.example.com/{ID}"),
            format!("https://sts.example.com:443/{ID}"),
            format!("sts.example.com/{ID}"),
        ] {
            assert!(base.is_own_issuer(&url), "{url}");
        }
        for url in [
            "https://sts.example.com".to_owned(),
            "https://sts.example.com/realms/a".to_owned(),
            format!("https://sts.example.com.evil.example/{ID}"),
            format!("https://sts.example.com:8443/{ID}"),
            format!("https://sts.example.com/{ID}0"),
            format!("https://sts.example.com/a/{ID}"),
        ] {
            assert!(!base.is_own_issuer(&url), "{url}");
        }
    }

    #[test]
    fn a_path_names_a_document_or_nothing() {
        let at = |path: &str| PublicUrl::document_at(path).map(|(id, document)| (id.to_owned(), document));
        let discovery = format!("/{ID}/.well-known/openid-configuration");
        assert_eq!(at(&discovery), Some((ID.to_owned(), Document::Discovery)));
        let keys = format!("/{ID}/.well-known/jwks.json");
        assert_eq!(at(&keys), Some((ID.to_owned(), Document::KeySet)));
        for path in [
            "/",
            "",
            "/.well-known/openid-configuration",
            &format!("{keys}/"),
            &format!("/{}/.well-known/jwks.json", ID.to_uppercase()),
            &format!("/x{keys}"),
            &format!("/{ID}//.well-known/jwks.json"),
            &format!("/{ID}/.well-known/../.well-known/jwks.json"),
        ] {
            assert_eq!(at(path), None, "{path}");
        }
    }
}
