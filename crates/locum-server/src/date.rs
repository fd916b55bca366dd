//! The time that an answer tells.

use http::HeaderValue;
use jiff::{Timestamp, fmt::rfc2822::DateTimePrinter};

/// The `date` header of a worker's answers, written once a second.
///
/// hyper would add one, which it keeps until the clock has passed it: after a clock that ran ahead was put right, that tells
/// the wrong time for as long again, and SDKs sign by what a service says the time is.
#[derive(Default)]
pub(crate) struct Date {
    written: Option<(i64, HeaderValue)>,
}

impl Date {
    /// The header at this time; none, which leaves it to hyper, if the time cannot be written.
    pub(crate) fn at(&mut self, now: Timestamp) -> Option<HeaderValue> {
        let second = now.as_second();
        if let Some((written, value)) = &self.written
            && *written == second
        {
            return Some(value.clone());
        }
        let text = DateTimePrinter::new().timestamp_to_rfc9110_string(&now).ok()?;
        let value = HeaderValue::try_from(text).ok()?;
        self.written = Some((second, value.clone()));
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_is_that_of_the_clock_wherever_it_goes() {
        let mut date = Date::default();
        for (now, expected) in [
            ("2026-11-22T12:00:00Z", "Sun, 22 Nov 2026 12:00:00 GMT"),
            ("2026-11-22T12:00:00.999Z", "Sun, 22 Nov 2026 12:00:00 GMT"),
            ("2026-11-22T12:00:01Z", "Sun, 22 Nov 2026 12:00:01 GMT"),
            // The clock ran ahead, and is put right.
            ("2026-11-22T13:00:01Z", "Sun, 22 Nov 2026 13:00:01 GMT"),
            ("2026-11-22T12:00:02Z", "Sun, 22 Nov 2026 12:00:02 GMT"),
            ("2026-11-09T09:08:07Z", "Mon, 09 Nov 2026 09:08:07 GMT"),
        ] {
            let found = date.at(now.parse().unwrap()).unwrap();
            assert_eq!(found, expected, "{now}");
        }
    }
}
