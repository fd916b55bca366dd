//! Whole seconds, the only times that tokens, records and condition keys know.

use jiff::Timestamp;
use locum_api::push_instant;

/// The instant of a Unix second. Seconds come from sealed tokens of our own, so one outside the calendar cannot occur;
/// it would read as 1970, which is expired.
#[must_use]
pub(crate) fn instant(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// A Unix second as `2026-11-22T10:00:00Z`.
#[must_use]
pub(crate) fn instant_text(second: i64) -> String {
    let mut text = String::with_capacity(20);
    push_instant(&mut text, instant(second));
    text
}
