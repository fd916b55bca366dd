//! The URLs that OpenID Connect providers may have (`facts: sts §6.2`).
//!
//! AWS takes issuers that the world can reach: `https://` and no port. One that the operator allows by name may have
//! either, as those within a cluster do. What follows the scheme stands in the provider's ARN and, before a colon and the
//! name of a claim, in condition keys, so it must be mistaken for nothing else in either.

use std::net::Ipv6Addr;

use locum_api::{ApiError, errors};
use locum_directory::IssuerScheme;

use crate::settings::Settings;

/// The URL of an issuer, well formed.
#[derive(Debug, Clone, Copy)]
pub(super) struct IssuerUrl<'r> {
    text: &'r str,
    /// How it is reached.
    pub(super) scheme: IssuerScheme,
    /// Host, perhaps a port, and path.
    pub(super) place: &'r str,
    has_port: bool,
}

impl<'r> IssuerUrl<'r> {
    /// Reads a URL of any issuer that could be allowed.
    ///
    /// # Errors
    /// `Invalid Open ID Connect Provider URL`.
    pub(super) fn read(text: &'r str) -> Result<Self, ApiError> {
        let without_scheme = || ApiError::validation("Invalid Open ID Connect Provider URL");
        let (scheme, place) = text.split_once("://").ok_or_else(without_scheme)?;
        if place.is_empty() {
            return Err(without_scheme());
        }
        let scheme = match scheme {
            "https" => IssuerScheme::Https,
            "http" => IssuerScheme::Http,
            _ => return Err(not_https()),
        };
        let (authority, path) = place.split_once('/').map_or((place, None), |(a, p)| (a, Some(p)));
        let (host, port) = split_port(authority);
        let named = host.contains('.') || port.is_some() || path.is_some_and(|path| !path.is_empty());
        let well_formed = is_host(host) && port.is_none_or(is_port) && path.is_none_or(is_path) && named;
        if !well_formed {
            return Err(invalid());
        }
        Ok(Self {
            text,
            scheme,
            place,
            has_port: port.is_some(),
        })
    }

    /// Refuses what neither AWS takes nor the operator allows, and the issuers of this deployment itself.
    ///
    /// # Errors
    /// `Invalid Open ID Connect Provider URL.`, or that the issuer's tokens are for others.
    pub(super) fn check(&self, settings: &Settings) -> Result<(), ApiError> {
        if settings.public_url.is_own_issuer(self.text) {
            let text = format!("The tokens of {} are for other services to trust.", self.text);
            return Err(errors::INVALID_INPUT.with(text));
        }
        if settings
            .allowed_issuers
            .iter()
            .any(|allowed| allowed == self.text)
        {
            return Ok(());
        }
        match self.scheme {
            IssuerScheme::Http => Err(not_https()),
            IssuerScheme::Https if self.has_port => Err(invalid()),
            IssuerScheme::Https => Ok(()),
        }
    }
}

fn invalid() -> ApiError {
    errors::INVALID_INPUT.with("Invalid Open ID Connect Provider URL.")
}

fn not_https() -> ApiError {
    errors::INVALID_INPUT.with("Invalid Open ID Connect Provider URL. The URL must begin with https://.")
}

/// Host and port; the colons of an IPv6 address, which stands in brackets, belong to the host.
fn split_port(authority: &str) -> (&str, Option<&str>) {
    let bracketed = authority.rfind(']').map_or(0, |at| at.saturating_add(1));
    match authority.rsplit_once(':') {
        Some((host, port)) if host.len() >= bracketed => (host, Some(port)),
        _ => (authority, None),
    }
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        return address.parse::<Ipv6Addr>().is_ok();
    }
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    host.len() <= 253 && host.split('.').all(is_label)
}

/// Without leading zeros: `:0443` would be another name for the same port.
fn is_port(port: &str) -> bool {
    let digits = port.bytes().all(|byte| byte.is_ascii_digit());
    digits && !port.starts_with('0') && port.parse::<u16>().is_ok()
}

/// What an issuer's path may have: neither query nor fragment, nothing that a policy takes for a wildcard or a variable,
/// and no way up.
fn is_path(path: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~%:@+,=/".contains(&byte);
    path.bytes().all(allowed) && !path.split('/').any(|segment| matches!(segment, "." | ".."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_scheme_host_perhaps_port_and_path() {
        for (text, place, has_port) in [
            (
                "https://token.actions.githubusercontent.com",
                "token.actions.githubusercontent.com",
                false,
            ),
            ("https://a.b/", "a.b/", false),
            ("https://a.b/2.0/x%20y/~z", "a.b/2.0/x%20y/~z", false),
            ("https://203.0.113.7", "203.0.113.7", false),
            ("http://dex:5556", "dex:5556", true),
            ("https://keycloak/realms/a", "keycloak/realms/a", false),
            ("https://[2001:db8::1]:8443/a", "[2001:db8::1]:8443/a", true),
        ] {
            let url = IssuerUrl::read(text).unwrap();
            assert_eq!((url.place, url.has_port), (place, has_port), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "https://a.b?c",
            "https://a.b#c",
            "https://a.b/?c",
            "https://a.b/#c",
            "https://u@a.b",
            "https://u:p@a.b",
            "https://a.b:",
            "https://a.b:0",
            "https://a.b:0443",
            "https://a.b:65536",
            "https://a.b:x",
            "https://a..b",
            "https://.a.b",
            "https://a.b.",
            "https://-a.b",
            "https://a_b.c",
            "https://ä.b",
            "https://a b.c",
            "https://a.b/*",
            "https://a.b/${c}",
            "https://a.b/c\\d",
            "https://a.b/../c",
            "https://a.b/c/.",
            "https://[::1",
            "https://::1/",
            "https:///a",
            "https://aws",
            "https://saml/",
            "ftp://a.b",
            "HTTPS://a.b",
            "https://a.b/\n",
            "https://a.b/ü",
        ] {
            let error = IssuerUrl::read(text).unwrap_err();
            assert_eq!(error.code, "InvalidInput", "{text}");
        }
        for text in ["", "a.b", "https:/a.b", "https://", "//a.b"] {
            assert_eq!(
                IssuerUrl::read(text).unwrap_err().code,
                "ValidationError",
                "{text}"
            );
        }
    }
}
