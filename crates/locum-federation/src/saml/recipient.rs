//! The URLs that a response may be sent to.
//!
//! AWS has one for every region, and so has whoever set up an identity provider for AWS; the regions are not a list that
//! stays complete, so their place in a URL is marked instead.

use locum_names::has_region_shape;

/// What stands for the name of a region in a URL that is expected.
const REGION: &str = "{region}";

/// Tells whether a URL is one of those that are expected, to the letter but for the name of a region.
pub(super) fn is_expected(url: &str, expected: &[&str]) -> bool {
    expected.iter().any(|known| match known.split_once(REGION) {
        None => *known == url,
        Some((before, after)) => url
            .strip_prefix(before)
            .and_then(|rest| rest.strip_suffix(after))
            .is_some_and(has_region_shape),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_a_name_and_nothing_more() {
        let expected = [
            "https://a.example/saml",
            "https://{region}.signin.aws.amazon.com/saml",
        ];
        for url in [
            "https://a.example/saml",
            "https://eu-west-3.signin.aws.amazon.com/saml",
        ] {
            assert!(is_expected(url, &expected), "{url}");
        }
        for url in [
            "",
            "https://a.example/saml/",
            "https://A.example/saml",
            "https://.signin.aws.amazon.com/saml",
            "https://{region}.signin.aws.amazon.com/saml",
            "https://evil.example/eu-west-3.signin.aws.amazon.com/saml",
            "https://evil.example#eu-west-3.signin.aws.amazon.com/saml",
            "https://eu-west-3.signin.aws.amazon.com/saml?x",
        ] {
            assert!(!is_expected(url, &expected), "{url}");
        }
    }
}
