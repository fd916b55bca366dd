//! Times as the signature writes them: `20261122T100000Z`.

use std::cell::Cell;

use jiff::{Timestamp, civil, tz::TimeZone};

thread_local! {
    /// The last text that a thread read, and what it said: within a second most requests are dated alike.
    static LAST: Cell<([u8; 16], Timestamp)> = const { Cell::new((*b"19700101T000000Z", Timestamp::UNIX_EPOCH)) };
}

/// Writes a time to the second.
pub(crate) fn format(time: Timestamp) -> String {
    let utc = TimeZone::UTC.to_datetime(time);
    format!(
        "{:04}{:02}{:02}T{:02}{:02}{:02}Z",
        utc.year(),
        utc.month(),
        utc.day(),
        utc.hour(),
        utc.minute(),
        utc.second()
    )
}

/// Reads a time; `None` for every other spelling, also ISO-8601's others.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    let bytes: &[u8; 16] = text.as_bytes().try_into().ok()?;
    let (last, time) = LAST.get();
    if last == *bytes {
        return Some(time);
    }
    let time = read(bytes)?;
    LAST.set((*bytes, time));
    Some(time)
}

fn read(bytes: &[u8; 16]) -> Option<Timestamp> {
    let (date, rest) = bytes.split_at(8);
    let (&[b'T', ref time @ .., b'Z'], 8) = (rest, date.len()) else {
        return None;
    };
    let (year, month_day) = date.split_at(4);
    let (month, day) = month_day.split_at(2);
    let (hour, minute_second) = time.split_at(2);
    let (minute, second) = minute_second.split_at(2);
    let pair = |digits| number(digits).and_then(|n| i8::try_from(n).ok());
    let utc = civil::DateTime::new(
        number(year)?,
        pair(month)?,
        pair(day)?,
        pair(hour)?,
        pair(minute)?,
        pair(second)?,
        0,
    )
    .ok()?;
    TimeZone::UTC.to_timestamp(utc).ok()
}

/// The number of the day in UTC, counted from 1970.
pub(crate) fn day(time: Timestamp) -> i64 {
    time.as_second().div_euclid(86_400)
}

fn number(digits: &[u8]) -> Option<i16> {
    digits.iter().try_fold(0i16, |n, digit| {
        let value = digit.is_ascii_digit().then(|| i16::from(digit - b'0'))?;
        n.checked_mul(10)?.checked_add(value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_survives_writing_and_reading() {
        let time: Timestamp = "2015-08-30T12:36:00Z".parse().unwrap();
        assert_eq!(format(time), "20150830T123600Z");
        assert_eq!(parse("20150830T123600Z"), Some(time));
    }

    #[test]
    fn what_was_read_last_is_read_again_and_nothing_else_for_it() {
        for text in [
            "20150830T123600Z",
            "20150830T123601Z",
            "20150830T123600Z",
            "19700101T000000Z",
        ] {
            for _ in 0..2 {
                assert_eq!(parse(text).map(format).as_deref(), Some(text));
            }
            assert_eq!(parse(&text.to_lowercase()), None);
        }
        assert_eq!(parse("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), None);
    }

    #[test]
    fn other_spellings_and_impossible_times_are_refused() {
        for text in [
            "",
            "20150830T123600",
            "20150830t123600Z",
            "2015-08-30T12:36:00Z",
            "20150230T123600Z",
            "20150830T243600Z",
            "20150830T12360 Z",
            "+0150830T123600Z",
            "Sun, 30 Aug 2015 12:36:00 GMT",
            "２０１５",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
