//! Regions: where one is configured, and what one can be.

use super::super::config::{Environment, Profile};

/// Returns the region of environment or profile.
pub(crate) fn configured_region(environment: &Environment, profile: &Profile) -> Option<String> {
    environment
        .non_empty("AWS_REGION")
        .or_else(|| environment.non_empty("AWS_DEFAULT_REGION"))
        .or_else(|| profile.get("region").map(str::to_owned))
}

/// Takes a name that some regions had for their FIPS hosts (`fips-us-east-1`, `us-east-1-fips`) for what it means: the region,
/// and FIPS.
pub(crate) fn without_fips(region: &str) -> (String, bool) {
    let plain = region.replace("fips-", "").replace("-fips", "");
    let named = plain != region;
    (plain, named)
}

/// Tells whether a text can be a label of a host name, which is what a region becomes.
pub(crate) fn is_region(text: &str) -> bool {
    let plain = text.len() <= 63 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    plain
        && !text.is_empty()
        && !text.starts_with('-')
        && !text.ends_with('-')
        && !text.bytes().all(|b| b.is_ascii_digit())
}
