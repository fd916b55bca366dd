//! The query string, read once from its raw bytes into the one spelling that is signed.
//!
//! Names and values are decoded and encoded again byte by byte (`+` is a blank, as in a form), then sorted. What was
//! checked and what was signed is therefore the same text, however the client spelled it.

use std::borrow::Cow;

use crate::AuthError;
use crate::error::shown;

/// A canonical query string.
#[derive(Default)]
pub(crate) struct Query {
    /// Canonical names and values, in the order of arrival.
    text: String,
    /// Where in it each pair is, sorted by name, then value.
    pairs: Vec<Pair>,
}

#[derive(Clone, Copy)]
struct Pair {
    start: usize,
    middle: usize,
    end: usize,
}

impl Query {
    /// Reads a raw query without its `?`.
    pub(crate) fn parse(raw: &str) -> Result<Self, AuthError> {
        let mut query = Self::default();
        if raw.is_empty() {
            return Ok(query);
        }
        query.text.reserve(raw.len() + raw.len() / 8);
        for pair in raw.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let start = query.text.len();
            recode(name, &mut query.text)?;
            let middle = query.text.len();
            recode(value, &mut query.text)?;
            query.pairs.push(Pair {
                start,
                middle,
                end: query.text.len(),
            });
        }
        let text = &query.text;
        query
            .pairs
            .sort_by(|a, b| spelled(text, a).cmp(&spelled(text, b)));
        Ok(query)
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// The canonical names and values, sorted.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs.iter().map(|pair| spelled(&self.text, pair))
    }

    /// Tells whether a parameter is there in any spelling of its case.
    pub(crate) fn mentions(&self, name: &str) -> bool {
        self.pairs().any(|(given, _)| given.eq_ignore_ascii_case(name))
    }

    /// The decoded value of a parameter that must not be there twice, nor in another case.
    pub(crate) fn single(&self, name: &'static str) -> Result<Option<Cow<'static, str>>, AuthError> {
        let mut found = self.pairs().filter(|(given, _)| given.eq_ignore_ascii_case(name));
        match (found.next(), found.next()) {
            (None, _) => Ok(None),
            (Some((given, value)), None) if given == name => Ok(Some(Cow::Owned(decode(value)))),
            _ => Err(AuthError::RepeatedParameter(name)),
        }
    }

    /// Appends the canonical form, all parameters but `left_out`.
    pub(crate) fn write(&self, out: &mut Vec<u8>, left_out: Option<&str>) {
        let mut first = true;
        for (name, value) in self.pairs() {
            if Some(name) == left_out {
                continue;
            }
            if !std::mem::take(&mut first) {
                out.push(b'&');
            }
            out.extend_from_slice(name.as_bytes());
            out.push(b'=');
            out.extend_from_slice(value.as_bytes());
        }
    }
}

fn spelled<'t>(text: &'t str, pair: &Pair) -> (&'t str, &'t str) {
    // INVARIANT: the offsets were the text's length between two characters.
    let name = text.get(pair.start..pair.middle).unwrap_or_default();
    (name, text.get(pair.middle..pair.end).unwrap_or_default())
}

/// Appends a name or value in canonical spelling.
fn recode(raw: &str, out: &mut String) -> Result<(), AuthError> {
    let mut rest = raw;
    while !rest.is_empty() {
        // What needs no escape is most of it, and is copied in one piece.
        let plain = rest.bytes().position(|b| !is_unreserved(b)).unwrap_or(rest.len());
        let (run, special) = rest.split_at(plain);
        out.push_str(run);
        let Some(first) = special.chars().next() else {
            break;
        };
        let (first, after) = special.split_at(first.len_utf8());
        rest = match first {
            "+" => {
                encode(" ", out);
                after
            }
            "%" => recode_escape(after, out)?,
            _ => {
                encode(first, out);
                after
            }
        };
    }
    Ok(())
}

/// Appends the byte that an escape stands for, and returns what follows the two digits.
fn recode_escape<'r>(digits: &'r str, out: &mut String) -> Result<&'r str, AuthError> {
    let [high, low, ..] = *digits.as_bytes() else {
        return Err(AuthError::IncompleteEscape);
    };
    match (hex_value(high), hex_value(low), digits.get(2..)) {
        (Some(high), Some(low), Some(after)) => {
            encode_byte((high << 4) | low, out);
            Ok(after)
        }
        _ => {
            let pattern = String::from_utf8_lossy(&[high, low]).into_owned();
            Err(AuthError::IllegalEscape(shown(&pattern)))
        }
    }
}

/// Appends `text` percent-encoded, as a query value.
pub(crate) fn encode(text: &str, out: &mut String) {
    for byte in text.bytes() {
        encode_byte(byte, out);
    }
}

/// Appends one byte, percent-encoded unless it is unreserved.
fn encode_byte(byte: u8, out: &mut String) {
    if is_unreserved(byte) {
        out.push(char::from(byte));
    } else {
        out.push('%');
        out.extend(escape(byte).map(char::from));
    }
}

/// The characters that are never escaped in a signature.
pub(crate) const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

/// The two upper-case digits of an escape.
pub(crate) const fn escape(byte: u8) -> [u8; 2] {
    [upper_digit(byte >> 4), upper_digit(byte & 15)]
}

const fn upper_digit(nibble: u8) -> u8 {
    if nibble < 10 {
        b'0' + nibble
    } else {
        b'A' + nibble - 10
    }
}

const fn hex_value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

/// Decodes text that [`recode`] wrote.
fn decode(canonical: &str) -> String {
    let mut bytes = Vec::with_capacity(canonical.len());
    let mut rest = canonical.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match (byte, rest) {
            (b'%', &[high, low, ref after @ ..]) => {
                rest = after;
                // INVARIANT: canonical text has only whole escapes.
                bytes.push((hex_value(high).unwrap_or(0) << 4) | hex_value(low).unwrap_or(0));
            }
            _ => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned())
}
