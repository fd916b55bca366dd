//! What gives away that a request did not come straight from a program of this machine (facts: security §1.8).
//!
//! The listener has checked the Host already. A proxy or a page in a browser is somebody else's instrument: it can be made
//! to ask, and some of them tell the answer. Real metadata services refuse forwarded requests for that reason.

use crate::loopback::Request;

/// Tells why a request is refused, if it is.
pub(super) fn refusal(request: &Request) -> Option<&'static str> {
    for name in request.header_names() {
        if matches!(name, "forwarded" | "via" | "x-real-ip") || name.starts_with("x-forwarded") {
            return Some("the request came through a proxy\n");
        }
        if matches!(name, "origin" | "referer" | "cookie") || name.starts_with("sec-") {
            return Some("browsers have no business here\n");
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_and_pages_leave_traces() {
        let with = |name: &str| refusal(&Request::of("GET", "/", &[("accept", "*/*"), (name, "null")]));
        for name in [
            "x-forwarded-for",
            "x-forwarded",
            "x-forwarded-host",
            "forwarded",
            "via",
            "x-real-ip",
            "origin",
            "referer",
            "cookie",
            "sec-fetch-site",
            "sec-ch-ua",
        ] {
            assert!(with(name).is_some(), "{name}");
        }
        for name in ["authorization", "x-aws-ec2-metadata-token", "user-agent", "host"] {
            assert_eq!(with(name), None, "{name}");
        }
    }
}
