//! Typed values, each parsed anew for every comparison.

use super::{Mutation, mutated};

pub fn lower(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            'A'..='Z' | 'À'..='Ö' | 'Ø'..='Þ' => c.to_lowercase().next().unwrap(),
            c => c,
        })
        .collect()
}

/// Units of 10⁻⁹; the tests keep numbers small.
pub fn number(text: &str) -> Option<i128> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let plain = |t: &str| !t.is_empty() && t.chars().all(|c| c.is_ascii_digit());
    if !plain(whole) || !plain(fraction) {
        return None;
    }
    Some(sign * format!("{whole}{fraction:0<9}").parse::<i128>().ok()?)
}

/// Nanoseconds, in every reading.
pub fn dates(text: &str) -> Option<Vec<i128>> {
    if text.len() == 4 && text.chars().all(|c| c.is_ascii_digit()) {
        let year: jiff::Timestamp = format!("{text}-01-01T00:00:00Z").parse().ok()?;
        return Some(vec![
            year.as_nanosecond(),
            text.parse::<i128>().ok()? * 1_000_000_000,
        ]);
    }
    if let Ok(seconds) = text.parse::<u64>()
        && text.chars().all(|c| c.is_ascii_digit())
    {
        return Some(vec![i128::from(seconds) * 1_000_000_000]);
    }
    if let Some(year) = text
        .strip_prefix('-')
        .filter(|y| y.chars().all(|c| c.is_ascii_digit()))
    {
        let year: jiff::Timestamp = format!("-{year:0>6}-01-01T00:00:00Z").parse().ok()?;
        return Some(vec![year.as_nanosecond()]);
    }
    let full = if text.len() == 10 {
        format!("{text}T00:00:00Z")
    } else {
        text.to_owned()
    };
    Some(vec![full.parse::<jiff::Timestamp>().ok()?.as_nanosecond()])
}

fn bits(text: &str) -> Option<Vec<bool>> {
    let octets = match text.parse::<std::net::IpAddr>().ok()?.to_canonical() {
        std::net::IpAddr::V4(ip) => ip.octets().to_vec(),
        std::net::IpAddr::V6(ip) => ip.octets().to_vec(),
    };
    Some(
        octets
            .iter()
            .flat_map(|o| (0..8).rev().map(move |i| o >> i & 1 == 1))
            .collect(),
    )
}

pub fn in_range(range: &str, address: &str) -> Option<bool> {
    if mutated(Mutation::AddressesAreText) && !range.contains('/') {
        return bits(range).and(bits(address)).map(|_| range == address);
    }
    let (network, length) = match range.split_once('/') {
        Some((network, length)) => (bits(network)?, length.parse::<usize>().ok()?),
        None => (bits(range)?, bits(range)?.len()),
    };
    let address = bits(address)?;
    if length > network.len() {
        return None;
    }
    if length == 0 && mutated(Mutation::SlashZeroIsEmpty) {
        return Some(false);
    }
    Some(network.len() == address.len() && network[..length] == address[..length])
}

/// The bytes of canonical base64.
pub fn base64_bytes(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=');
    let bits = base64_bits(digits)?;
    let whole = bits.len() / 8 * 8;
    let padded = text.len().is_multiple_of(4) && text.len() - digits.len() == (3 - bits.len() / 8 % 3) % 3;
    (padded && bits.len() - whole < 6 && !bits[whole..].contains(&true)).then(|| bytes(&bits))
}

/// The bytes that a lenient reader makes of a text.
pub fn perhaps_bytes(text: &str) -> Option<Vec<u8>> {
    let plain: String = text.split_ascii_whitespace().collect();
    let bits = base64_bits(plain.replace('-', "+").replace('_', "/").trim_end_matches('='))?;
    (bits.len() % 8 < 6).then(|| bytes(&bits))
}

fn base64_bits(digits: &str) -> Option<Vec<bool>> {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits = digits.chars().map(|c| {
        let digit = ALPHABET.find(c)?;
        Some((0..6).rev().map(move |i| digit >> i & 1 == 1))
    });
    Some(bits.collect::<Option<Vec<_>>>()?.into_iter().flatten().collect())
}

fn bytes(bits: &[bool]) -> Vec<u8> {
    let byte = |bits: &[bool]| bits.iter().fold(0, |byte, bit| byte << 1 | u8::from(*bit));
    bits[..bits.len() / 8 * 8].chunks(8).map(byte).collect()
}

pub fn boolean(text: &str) -> Option<bool> {
    lower(text).parse().ok()
}
