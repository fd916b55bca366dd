//! Which hosts a container's credentials may come from: this machine, the platform's own addresses, or HTTPS.
//!
//! The URL comes from the environment, and whoever can set it would like to have the authorization token that goes with
//! it (facts: security §1.8). A URL that two parsers could read in two ways is refused.

use std::net::IpAddr;

use crate::outside::Reach;
use crate::quote::plain;

/// The addresses of ECS and EKS.
const PLATFORM: [&str; 3] = ["169.254.170.2", "169.254.170.23", "fd00:ec2::23"];

/// Tells how a URL may be reached, or why not.
pub(crate) fn check(url: &str) -> Result<Reach, String> {
    let refused = || {
        format!(
            "The container's credentials cannot come from the URL {}",
            plain(url)
        )
    };
    if !url.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') {
        return Err(refused());
    }
    let (scheme, rest) = url.split_once("://").ok_or_else(refused)?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err(refused());
    }
    let host = match authority.strip_prefix('[') {
        Some(inner) => inner.split_once(']').map(|(host, _)| host),
        None => authority.split(':').next(),
    };
    let host = host.filter(|host| !host.is_empty()).ok_or_else(refused)?;
    let host = host.to_ascii_lowercase();
    match scheme.to_ascii_lowercase().as_str() {
        "https" => return Ok(Reach::Direct),
        "http" => {}
        _ => return Err(refused()),
    }
    if host == "localhost" {
        return Ok(Reach::Loopback);
    }
    match host.parse::<IpAddr>() {
        Ok(address) if address.is_loopback() => Ok(Reach::Direct),
        Ok(address) if PLATFORM.iter().any(|other| other.parse() == Ok(address)) => Ok(Reach::Direct),
        _ => Err(format!(
            "Unsupported host '{}'.  Can only retrieve metadata from a loopback address or one of these hosts: {}, \
             localhost",
            plain(&host),
            PLATFORM.join(", ")
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_those_of_the_platform() {
        for (url, reach) in [
            ("http://127.0.0.1/", Reach::Direct),
            ("http://127.1.2.3:80/x?y", Reach::Direct),
            ("http://[::1]:99/", Reach::Direct),
            ("http://169.254.170.2/v2/x", Reach::Direct),
            ("http://169.254.170.23/v1/credentials", Reach::Direct),
            ("http://[fd00:ec2::23]/v1/credentials", Reach::Direct),
            ("http://[FD00:EC2:0::23]/", Reach::Direct),
            ("http://localhost:80/", Reach::Loopback),
            ("HTTP://LocalHost/", Reach::Loopback),
            ("https://anything.test/x", Reach::Direct),
        ] {
            assert_eq!(check(url), Ok(reach), "{url}");
        }
        for url in [
            "",
            "/v2/x",
            "http://",
            "http:///x",
            "ftp://127.0.0.1/",
            "file:///etc/passwd",
            "http://evil.test/",
            "http://127.0.0.1@evil.test/",
            "https://user@evil.test/",
            "http://127.0.0.1\\@evil.test/",
            "http://169.254.170.2.evil.test/",
            "http://169.254.169.254/",
            "http://169.254.170.3/",
            "http://localhost.evil.test/",
            "http://0.0.0.0/",
            "http://[::ffff:127.0.0.1]/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://127.1/",
            "http://127.0.0.1\r\nx: y/",
            "http://127.0.0.1 /",
            "http://[::1/",
        ] {
            assert!(check(url).is_err(), "{url:?}");
        }
    }
}
