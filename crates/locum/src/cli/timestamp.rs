//! How a point in time is printed: as the service sent it, or as Python's `isoformat` (`facts: cli §1.5`).

use jiff::Timestamp;
use jiff::fmt::temporal::DateTimeParser;
use jiff::tz::TimeZone;

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
    static PARSER: DateTimeParser = DateTimeParser::new();
    if style == Style::Wire {
        return text.to_owned();
    }
    let Ok(time) = PARSER.parse_timestamp(text).or_else(|_| epoch(text)) else {
        return text.to_owned();
    };
    let local = time.to_zoned(TimeZone::UTC).datetime();
    let micros = local.subsec_nanosecond() / 1_000;
    let whole = local.strftime("%Y-%m-%dT%H:%M:%S");
    if micros == 0 {
        format!("{whole}+00:00")
    } else {
        format!("{whole}.{micros:06}+00:00")
    }
}

fn epoch(text: &str) -> Result<Timestamp, jiff::Error> {
    match text.parse() {
        Ok(seconds) => Timestamp::from_second(seconds),
        Err(_) => text.parse(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_printed_like_isoformat() {
        for (text, expected) in [
            ("2027-01-01T00:00:00Z", "2027-01-01T00:00:00+00:00"),
            ("2027-01-01T00:00:00.359Z", "2027-01-01T00:00:00.359000+00:00"),
            ("2027-01-01T02:00:00+02:00", "2027-01-01T00:00:00+00:00"),
            ("1798761600", "2027-01-01T00:00:00+00:00"),
            ("soon", "soon"),
        ] {
            assert_eq!(show(text, Style::Iso8601), expected);
            assert_eq!(show(text, Style::Wire), text);
        }
    }
}
