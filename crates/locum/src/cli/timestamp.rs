//! How a point in time is printed: as the service sent it, or as Python's `isoformat` (`facts: cli §1.5`).

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::fmt::temporal::DateTimeParser;
use jiff::tz::Offset;

use super::config::Profile;
use super::errors::Failure;

/// The setting `cli_timestamp_format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// As it came.
    Wire,
    /// `2027-01-01T00:00:00+00:00`, with microseconds when there are any.
    Iso8601,
}

impl Style {
    /// Reads the setting of a profile.
    pub(crate) fn of(profile: &Profile) -> Result<Self, Failure> {
        match profile.get("cli_timestamp_format") {
            None | Some("iso8601") => Ok(Self::Iso8601),
            Some("wire") => Ok(Self::Wire),
            Some(other) => Err(Failure::Configuration(format!(
                "Unknown cli_timestamp_format value: {other}, valid values are \"wire\" or \"iso8601\""
            ))),
        }
    }
}

/// Returns the text to print. What cannot be read as a time is printed as it came.
pub(crate) fn show(text: &str, style: Style) -> String {
    if style == Style::Wire {
        return text.to_owned();
    }
    let Some((local, offset)) = read(text) else {
        return text.to_owned();
    };
    let micros = local.subsec_nanosecond() / 1_000;
    let whole = local.strftime("%Y-%m-%dT%H:%M:%S");
    if micros == 0 {
        format!("{whole}{offset}")
    } else {
        format!("{whole}.{micros:06}{offset}")
    }
}

/// A point in time as it was written, and its offset as `+00:00`.
fn read(text: &str) -> Option<(DateTime, String)> {
    static PARSER: DateTimeParser = DateTimeParser::new();
    let utc = |time: Timestamp| (Offset::UTC.to_datetime(time), Offset::UTC);
    let (local, offset) = match PARSER.parse_pieces(text) {
        Ok(pieces) => {
            let local = pieces.date().to_datetime(pieces.time().unwrap_or_default());
            (local, pieces.to_numeric_offset()?)
        }
        Err(_) => utc(epoch(text)?),
    };
    let minutes = offset.seconds() / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    let (hours, minutes) = (minutes.abs() / 60, minutes.abs() % 60);
    Some((local, format!("{sign}{hours:02}:{minutes:02}")))
}

fn epoch(text: &str) -> Option<Timestamp> {
    if let Ok(seconds) = text.parse() {
        return Timestamp::from_second(seconds).ok();
    }
    let seconds: f64 = text.parse().ok().filter(|seconds: &f64| seconds.is_finite())?;
    Timestamp::from_microsecond((seconds * 1e6).round() as i64).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_printed_like_isoformat() {
        for (text, expected) in [
            ("2027-01-01T00:00:00Z", "2027-01-01T00:00:00+00:00"),
            ("2027-01-01T00:00:00.359Z", "2027-01-01T00:00:00.359000+00:00"),
            ("2027-01-01T02:00:00+02:00", "2027-01-01T02:00:00+02:00"),
            ("2027-01-01T02:00:00.5-09:30", "2027-01-01T02:00:00.500000-09:30"),
            ("1798761600.25", "2027-01-01T00:00:00.250000+00:00"),
            ("NaN", "NaN"),
            ("2027-01-01", "2027-01-01"),
            ("1798761600", "2027-01-01T00:00:00+00:00"),
            ("soon", "soon"),
        ] {
            assert_eq!(show(text, Style::Iso8601), expected);
            assert_eq!(show(text, Style::Wire), text);
        }
    }
}
