//! Times as they are written here, read without looking for all that a time may be written as.
//!
//! Every record has one, and of what it takes to read a record the general parser was a sixth.

use jiff::{Timestamp, civil::DateTime, tz::Offset};

/// The time that `text` says in the form `2026-11-22T08:09:10.123456789Z`, whose fraction may be shorter or not there.
///
/// `None` for every other text, a time or not: the parser of times says which.
pub(super) fn usual(text: &[u8]) -> Option<Timestamp> {
    let [
        y1,
        y2,
        y3,
        y4,
        b'-',
        m1,
        m2,
        b'-',
        d1,
        d2,
        b'T',
        h1,
        h2,
        b':',
        n1,
        n2,
        b':',
        s1,
        s2,
        rest @ ..,
        b'Z',
    ] = text
    else {
        return None;
    };
    let year = i16::from(two(*y1, *y2)?) * 100 + i16::from(two(*y3, *y4)?);
    let (hour, minute, second) = (two(*h1, *h2)?, two(*n1, *n2)?, two(*s1, *s2)?);
    let fraction = match rest {
        [] => 0,
        [b'.', digits @ ..] => nanoseconds(digits)?,
        _ => return None,
    };
    let civil = DateTime::new(
        year,
        two(*m1, *m2)?,
        two(*d1, *d2)?,
        hour,
        minute,
        second,
        fraction,
    );
    Offset::UTC.to_timestamp(civil.ok()?).ok()
}

/// Two decimal digits.
fn two(tens: u8, ones: u8) -> Option<i8> {
    Some(digit(tens)? * 10 + digit(ones)?)
}

fn digit(symbol: u8) -> Option<i8> {
    let value = symbol.wrapping_sub(b'0');
    (value < 10).then_some(value.cast_signed())
}

/// One to nine digits of a fraction of a second, in nanoseconds.
fn nanoseconds(digits: &[u8]) -> Option<i32> {
    let mut one = 1_000_000_000;
    let mut sum = 0;
    for symbol in digits {
        one /= 10;
        sum += one * i32::from(digit(*symbol)?);
    }
    (one > 0 && !digits.is_empty()).then_some(sum)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_written_is_read_at_once() {
        for nanosecond in [0, 1, 999_999_999, 123_000_000, 100_000_000, 7_000] {
            for second in [
                -62_135_596_800,
                -1,
                0,
                951_782_400,
                1_795_334_400,
                253_402_207_199,
            ] {
                let time = Timestamp::new(second, 0).unwrap() + jiff::SignedDuration::from_nanos(nanosecond);
                assert_eq!(usual(time.to_string().as_bytes()), Some(time));
            }
        }
    }

    #[test]
    fn unusual_times_are_left_to_the_parser() {
        for text in [
            "2026-11-22T08:09:10+00:00",
            "2026-11-22 08:09:10Z",
            "2026-11-22T08:09:10.Z",
            "2026-11-22T08:09:10.0123456789Z",
            "2026-11-22T08:09Z",
            "2026-02-29T08:09:10Z",
            "2026-11-22T24:00:00Z",
            "2026-11-22T23:59:60Z",
            "2026-13-22T08:09:10Z",
            "-002026-11-22T08:09:10Z",
            "2026-11-22T08:09:1:Z",
            "",
            "Z",
        ] {
            assert_eq!(usual(text.as_bytes()), None, "{text}");
        }
    }

    proptest! {
        /// Whatever is read at once is what the parser reads.
        #[test]
        fn it_is_the_time_that_the_parser_reads(
            text in "[0-9]{4}-[0-1][0-9]-[0-3][0-9][Tt ][0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{0,10})?[Zz+]",
        ) {
            if let Some(time) = usual(text.as_bytes()) {
                prop_assert_eq!(text.parse().ok(), Some(time));
            }
        }

        #[test]
        fn any_time_as_it_is_written(second in -62_135_596_800..253_402_207_199_i64, nanosecond in 0..1_000_000_000_i32) {
            let time = Timestamp::new(second, if second < 0 { -nanosecond } else { nanosecond }).unwrap_or_default();
            prop_assert_eq!(usual(time.to_string().as_bytes()), Some(time));
        }
    }
}
