//! Times as XML, records and condition keys have them: ISO 8601 in whole seconds.
//!
//! The general printer takes several times as long, and every answer has a time in it.

use std::fmt::Write as _;

use jiff::{Timestamp, tz::TimeZone};

/// Appends a time to the second, as `2026-11-22T10:00:00Z`.
pub fn push_instant(out: &mut String, time: Timestamp) {
    // A moment before 1970 lies in the second that is nearer to 1970, as it does for `as_second`.
    let time = Timestamp::from_second(time.as_second()).unwrap_or(time);
    let utc = TimeZone::UTC.to_datetime(time);
    let year = utc.year();
    if !(0..=9999).contains(&year) {
        // INVARIANT: writing to a string does not fail.
        let _ = write!(out, "{time}");
        return;
    }
    let pair = |number: i16| two(i8::try_from(number).unwrap_or_default());
    let [[c1, c2], [y1, y2]] = [pair(year / 100), pair(year % 100)];
    let [[m1, m2], [d1, d2]] = [two(utc.month()), two(utc.day())];
    let [[h1, h2], [i1, i2], [s1, s2]] = [two(utc.hour()), two(utc.minute()), two(utc.second())];
    let text = [
        c1, c2, y1, y2, b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', i1, i2, b':', s1, s2, b'Z',
    ];
    // INVARIANT: digits and signs are ASCII.
    out.push_str(std::str::from_utf8(&text).unwrap_or_default());
}

/// Returns a number of at most two digits as two.
const fn two(number: i8) -> [u8; 2] {
    let number = number.unsigned_abs();
    [b'0' + number / 10 % 10, b'0' + number % 10]
}

/// Appends a number of at most two digits as two.
#[inline]
pub fn two_digits(out: &mut String, number: i8) {
    let [tens, ones] = two(number);
    out.push(char::from(tens));
    out.push(char::from(ones));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn text(time: Timestamp) -> String {
        let mut text = String::new();
        push_instant(&mut text, time);
        text
    }

    #[test]
    fn a_second_is_written_as_the_general_printer_writes_it() {
        let mut second = -62_167_219_200_i64;
        while second < 253_402_300_800 {
            assert_eq!(text(instant(second)), instant(second).to_string());
            second += 86_400 * 97 + 12_345;
        }
        for second in [-1, 0, 951_782_400, 253_402_207_199, -62_167_219_201] {
            assert_eq!(text(instant(second)), instant(second).to_string());
        }
    }

    #[test]
    fn what_is_beyond_a_second_is_left_out() {
        for nanosecond in [1_500_000_000, -1_500_000_000] {
            let time = Timestamp::from_nanosecond(nanosecond).unwrap();
            assert_eq!(text(time), text(instant(time.as_second())));
        }
    }
}
