//! Whole seconds, the only times that tokens and answers know.

use jiff::Timestamp;

/// The instant of a Unix second. Seconds come from sealed tokens of our own, so one outside the calendar cannot occur;
/// it would read as 1970, which is expired.
#[must_use]
pub(crate) fn instant(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH)
}
