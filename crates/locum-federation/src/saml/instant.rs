//! The times of an assertion: how they are written, and what they are held against.

use jiff::{SignedDuration, Timestamp};

use super::SamlError;

/// How far the identity provider's clock may be from ours where an assertion is held to `NotBefore` and
/// `NotOnOrAfter`. A minute is what well-kept clocks need; the five minutes of redemption are not extended by it.
pub const CLOCK_SKEW: SignedDuration = SignedDuration::from_secs(60);

/// How long after its issue an assertion may be redeemed (`facts: sts §6.1`).
pub const REDEMPTION: SignedDuration = SignedDuration::from_mins(5);

/// Reads a time of XML Schema in UTC, as SAML demands (SAML core §1.3.3): `2026-11-22T03:48:13Z`, with up to nine
/// digits of a second's fraction.
///
/// # Errors
/// `SamlError::Time` for any other text.
pub(super) fn parse(text: &str) -> Result<Timestamp, SamlError> {
    const PATTERN: &[u8] = b"0000-00-00T00:00:00";
    let (seconds, fraction) = text
        .strip_suffix('Z')
        .and_then(|time| time.split_at_checked(PATTERN.len()))
        .ok_or(SamlError::Time)?;
    let written = seconds.bytes().zip(PATTERN).all(|(byte, pattern)| match pattern {
        b'0' => byte.is_ascii_digit(),
        separator => byte == *separator,
    });
    let fraction_written = fraction.is_empty()
        || fraction.strip_prefix('.').is_some_and(|digits| {
            (1..=9).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
        });
    // The parser takes the sixtieth second for the fifty-ninth.
    if !written || !fraction_written || seconds.ends_with(":60") {
        return Err(SamlError::Time);
    }
    text.parse().map_err(|_| SamlError::Time)
}

/// Refuses an assertion whose time has not come.
///
/// # Errors
/// `SamlError::NotYetValid`.
pub(super) fn check_begun(not_before: Timestamp, now: Timestamp) -> Result<(), SamlError> {
    if later(now, CLOCK_SKEW)? < not_before {
        return Err(SamlError::NotYetValid);
    }
    Ok(())
}

/// Refuses an assertion whose time is over, and returns when it is for our clocks.
///
/// # Errors
/// `SamlError::Expired`.
pub(super) fn check_not_over(not_on_or_after: Timestamp, now: Timestamp) -> Result<Timestamp, SamlError> {
    let end = later(not_on_or_after, CLOCK_SKEW)?;
    if now >= end {
        return Err(SamlError::Expired);
    }
    Ok(end)
}

/// Refuses what was issued in the future or too long ago, and returns until when it may be redeemed.
///
/// # Errors
/// `SamlError::NotYetValid`, `TooOld`.
pub(super) fn check_issued(issued: Timestamp, now: Timestamp) -> Result<Timestamp, SamlError> {
    check_begun(issued, now)?;
    let end = later(issued, REDEMPTION)?;
    if now > end {
        return Err(SamlError::TooOld);
    }
    Ok(end)
}

/// Adds a duration to a time.
///
/// # Errors
/// `SamlError::Time` beyond the year 9999.
pub(super) fn later(time: Timestamp, by: SignedDuration) -> Result<Timestamp, SamlError> {
    time.checked_add(by).map_err(|_| SamlError::Time)
}
