//! The values of `BinaryEquals`: base64 on both sides.
//!
//! Canonical base64 has one text for each run of bytes, so there nothing is decoded. Of another text it is not known
//! whether AWS compares it as text, decodes it leniently or not at all.

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::{QUIRKS, quirks::Truth};

/// A policy's value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Blob {
    text: Box<str>,
    is_canonical: bool,
    /// Some reader of base64 makes bytes of it.
    is_readable: bool,
}

impl Blob {
    pub(crate) fn parse(text: &str) -> Self {
        Self {
            text: text.into(),
            is_canonical: STANDARD.decode(text).is_ok(),
            is_readable: octets(text).all(|octet| octet.is_some()),
        }
    }

    /// Whether every reader of base64 makes the same of it.
    pub(crate) const fn is_canonical(&self) -> bool {
        self.is_canonical
    }

    /// Whether a request's value is the same; unclear if only some reader of base64 says so, or none can read the policy's.
    pub(crate) fn matches(&self, value: &str) -> Truth {
        if !self.is_readable {
            return QUIRKS.unreadable_value.truth();
        }
        if *self.text == *value {
            let truth = Truth::of(self.is_canonical);
            return truth.or(QUIRKS.odd_binary.truth());
        }
        if same_octets(&self.text, value) {
            QUIRKS.odd_binary.truth()
        } else {
            Truth::Fails
        }
    }
}

/// Whether both are the same bytes to a reader that passes over padding, blanks and the bits beyond the last byte, and
/// knows the alphabet of URLs too.
fn same_octets(a: &str, b: &str) -> bool {
    octets(a).eq(octets(b)) && octets(a).all(|octet| octet.is_some())
}

/// The bytes of a text; `None` for what is not base64.
fn octets(text: &str) -> impl Iterator<Item = Option<u8>> {
    let text = text.trim_end_matches(|c: char| c == '=' || c.is_ascii_whitespace());
    let mut digits = text.bytes().filter(|b| !b.is_ascii_whitespace());
    let (mut bits, mut count) = (0_u32, 0_u32);
    std::iter::from_fn(move || {
        loop {
            let Some(digit) = digits.next() else {
                // A digit alone is no byte.
                let dangling = count == 6;
                count = 0;
                return dangling.then_some(None);
            };
            let Some(value) = sextet(digit) else {
                return Some(None);
            };
            bits = (bits << 6 | value) & 0xffff;
            count += 6;
            if count >= 8 {
                count -= 8;
                return Some(u8::try_from(bits >> count & 0xff).ok());
            }
        }
    })
}

fn sextet(digit: u8) -> Option<u32> {
    let value = match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}
