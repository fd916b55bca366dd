//! The typed values that operators compare: decimals, instants and address ranges.
//!
//! Numbers are compared digit by digit: a 16-digit account number or a price loses nothing on the way through a float.

use std::{
    cmp::Ordering,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

/// `-?\d+(\.\d+)?`, borrowed from its text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Decimal<'a> {
    negative: bool,
    whole: &'a str,
    fraction: &'a str,
}

impl<'a> Decimal<'a> {
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = match digits.split_once('.') {
            Some((_, "")) => return None,
            Some(parts) => parts,
            None => (digits, ""),
        };
        let is_digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !is_digits(whole) || !is_digits(fraction) {
            return None;
        }
        let whole = whole.trim_start_matches('0');
        let fraction = fraction.trim_end_matches('0');
        Some(Self {
            // Minus zero is zero.
            negative: negative && !(whole.is_empty() && fraction.is_empty()),
            whole,
            fraction,
        })
    }

    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        let magnitude = || {
            let whole = self.whole.len().cmp(&other.whole.len());
            whole
                .then_with(|| self.whole.cmp(other.whole))
                .then_with(|| self.fraction.cmp(other.fraction))
        };
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => magnitude(),
            (true, true) => magnitude().reverse(),
        }
    }
}

/// Whether some engine may read a number from the beginning of a text.
pub(crate) fn is_perhaps_number(text: &str) -> bool {
    let digits = text.trim_start().trim_start_matches(['+', '-', '.']);
    digits.starts_with(|c: char| c.is_ascii_digit())
}

/// A point in time: seconds since 1970 and nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Instant {
    seconds: i64,
    nanos: u32,
}

/// The instant a text names, and the other one when it is ambiguous.
pub(crate) type Instants = (Instant, Option<Instant>);

/// Reads a date, or seconds since 1970. Four digits are a year or seconds.
pub(crate) fn parse_instants(text: &str) -> Option<Instants> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return parse_date(text).map(|instant| (instant, None));
    }
    let epoch = Instant {
        seconds: text.parse().ok()?,
        nanos: 0,
    };
    if text.len() == 4 {
        return parse_date(text).map(|year| (year, Some(epoch)));
    }
    Some((epoch, None))
}

fn number(text: &str, digits: std::ops::RangeInclusive<usize>) -> Option<i64> {
    let plain = digits.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

/// The W3C profile of ISO 8601, as tolerant as what AWS stores: lower-case `t` and `z`, parts of the time or the zone
/// left out (`facts: policy §1.7`). Without a zone it is UTC.
fn parse_date(text: &str) -> Option<Instant> {
    let (date, time) = match text.split_once(['T', 't']) {
        Some((date, time)) => (date, time),
        None => (text, ""),
    };
    let (sign, date) = match date.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, date),
    };
    let mut parts = date.split('-');
    let year = sign * number(parts.next()?, 1..=9)?;
    let month = parts.next().map_or(Some(1), |t| number(t, 1..=2))?;
    let day = parts.next().map_or(Some(1), |t| number(t, 1..=2))?;
    let in_range = (-292_275_054..=292_278_993).contains(&year) && (1..=12).contains(&month);
    // ISO 8601 has no year minus zero.
    let in_range = in_range && (sign > 0 || year != 0);
    if parts.next().is_some() || !in_range || !(1..=days_in(year, month)).contains(&day) {
        return None;
    }
    let (clock, offset) = split_zone(time)?;
    let mut parts = clock.split(':');
    let hour = match parts.next() {
        None | Some("") if clock.is_empty() => 0,
        part => number(part?, 1..=2)?,
    };
    let minute = parts.next().map_or(Some(0), |t| number(t, 1..=2))?;
    let (second, nanos) = match parts.next().map(|t| t.split_once('.').unwrap_or((t, "0"))) {
        None => (0, 0),
        Some((second, fraction)) => {
            let missing_digits = 9_u32.checked_sub(u32::try_from(fraction.len()).ok()?)?;
            (
                number(second, 1..=2)?,
                number(fraction, 1..=9)? * 10_i64.pow(missing_digits),
            )
        }
    };
    if parts.next().is_some() || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    Some(Instant {
        seconds: days_before(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - offset,
        nanos: u32::try_from(nanos).ok()?,
    })
}

/// Splits the zone off a time, as seconds east of UTC.
fn split_zone(time: &str) -> Option<(&str, i64)> {
    if let Some(clock) = time.strip_suffix(['Z', 'z']) {
        return Some((clock, 0));
    }
    let Some(at) = time.find(['+', '-']) else {
        return Some((time, 0));
    };
    let (clock, zone) = time.split_at_checked(at)?;
    let (sign, zone) = match zone.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, zone.strip_prefix('+')?),
    };
    let (hours, minutes) = zone.split_once(':').unwrap_or((zone, "00"));
    let (hours, minutes) = (number(hours, 2..=2)?, number(minutes, 2..=2)?);
    (hours <= 23 && minutes <= 59).then_some((clock, sign * (hours * 3_600 + minutes * 60)))
}

const fn is_leap(year: i64) -> bool {
    year.rem_euclid(4) == 0 && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0)
}

const fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 in the proleptic Gregorian calendar, counted in years that begin in March so that the leap day
/// comes last.
const fn days_before(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// An address without regard to how it was written: `::ffff:a.b.c.d` is `a.b.c.d`.
pub(crate) fn parse_address(text: &str) -> Option<IpAddr> {
    text.parse::<IpAddr>().ok().map(|ip| ip.to_canonical())
}

/// A range of addresses of one family; bits beyond the prefix are ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Range {
    network: IpAddr,
    bits: u32,
}

impl Range {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(u32::try_from(number(bits, 1..=3)?).ok()?)),
            None => (text, None),
        };
        let written: IpAddr = address.parse().ok()?;
        let width = if written.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(width);
        if bits > width {
            return None;
        }
        let network = written.to_canonical();
        match (written, network, bits) {
            // A mapped range as wide as its prefix is an IPv4 range.
            (IpAddr::V6(_), IpAddr::V4(_), 96..) => Some(Self {
                network,
                bits: bits - 96,
            }),
            _ => Some(Self {
                network: written,
                bits,
            }),
        }
    }

    /// The address as it was written, host bits and all.
    pub(crate) const fn network(&self) -> IpAddr {
        self.network
    }

    /// The length of the prefix.
    pub(crate) const fn bits(&self) -> u32 {
        self.bits
    }

    /// The first address of the range.
    pub(crate) fn first(&self) -> IpAddr {
        match self.network {
            IpAddr::V4(ip) => {
                let mask = u32::MAX.checked_shl(32 - self.bits).unwrap_or_default();
                IpAddr::from(Ipv4Addr::from_bits(ip.to_bits() & mask))
            }
            IpAddr::V6(ip) => {
                let mask = u128::MAX.checked_shl(128 - self.bits).unwrap_or_default();
                IpAddr::from(Ipv6Addr::from_bits(ip.to_bits() & mask))
            }
        }
    }

    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        let differing = |a: u128, b: u128, width: u32| {
            let shift = width - self.bits;
            shift < width && (a ^ b) >> shift != 0
        };
        match (self.network, address) {
            (IpAddr::V4(a), IpAddr::V4(b)) => {
                !differing(u128::from(a.to_bits()), u128::from(b.to_bits()), 32)
            }
            (IpAddr::V6(a), IpAddr::V6(b)) => !differing(a.to_bits(), b.to_bits(), 128),
            _ => false,
        }
    }
}
