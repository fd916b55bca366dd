//! Reads names and values in the way of HTML forms: `&` between pairs, `=` behind a name, `+` and `%` as escapes.
//!
//! One walk over the bytes splits and unescapes, eight at a time where none of them is special. In an ARN escapes stand so
//! close that looking for them any further ahead would not pay.

use crate::{ApiError, plain};

/// What is being read, which decides where it ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Ends at `=` or `&`.
    Name,
    /// Ends at `&`.
    Value,
}

impl Part {
    const fn ends(self, byte: u8) -> bool {
        byte == b'&' || (byte == b'=' && matches!(self, Self::Name))
    }
}

/// Marks the bytes at which something may end or begin: `=`, and what is not above the others. So `%`, `&` and `+` are, and
/// others that a form seldom has.
#[inline]
fn special(word: u64) -> u64 {
    plain::equal(word, b'=') | plain::below(word, b'+' + 1)
}

/// What was read so far: text that may be no UTF-8 yet.
pub(crate) struct Unescaped {
    /// As long as what is read; beyond `end` it says nothing.
    bytes: Vec<u8>,
    end: usize,
}

impl Unescaped {
    /// Returns room for what these can become, which is never more. They themselves fill it: allocators are slow to find
    /// zeros.
    pub(crate) fn with_room(parts: [&[u8]; 2]) -> Self {
        Self {
            bytes: parts.concat(),
            end: 0,
        }
    }

    /// Returns how many bytes it has.
    #[inline]
    pub(crate) const fn len(&self) -> usize {
        self.end
    }

    /// Returns the bytes from here on.
    #[inline]
    pub(crate) fn since(&self, start: usize) -> &[u8] {
        self.bytes.get(start..self.end).unwrap_or_default()
    }

    /// Returns the bytes.
    pub(crate) fn into_bytes(mut self) -> Vec<u8> {
        self.bytes.truncate(self.end);
        self.bytes
    }

    /// Appends the first bytes of a word: all are copied, since as many as there are would cost more.
    #[inline]
    fn push_word(&mut self, word: [u8; plain::WIDTH], count: usize) {
        match self.bytes.get_mut(self.end..) {
            Some([a, b, c, d, e, f, g, h, ..]) => {
                [*a, *b, *c, *d, *e, *f, *g, *h] = word;
            }
            // INVARIANT: not reached, since eight bytes were left to be read and none becomes more than one.
            _ => {
                self.bytes.truncate(self.end);
                self.bytes.extend_from_slice(&word);
            }
        }
        self.end += count;
    }

    #[inline]
    fn push(&mut self, byte: u8) {
        match self.bytes.get_mut(self.end) {
            Some(place) => *place = byte,
            None => self.bytes.push(byte),
        }
        self.end += 1;
    }
}

/// Reads the next pair and appends its name, then its value, to `text`. Returns where in `text` the value begins, and what
/// follows the pair.
#[inline]
pub(crate) fn read_pair<'r>(raw: &'r [u8], text: &mut Unescaped) -> Result<(usize, &'r [u8]), ApiError> {
    let rest = read_part(Part::Name, raw, text)?;
    let middle = text.len();
    let rest = match rest {
        [b'=', value @ ..] => read_part(Part::Value, value, text)?,
        rest => rest,
    };
    Ok((middle, rest))
}

/// Appends a part unescaped, and returns what follows it, the byte that ended it first.
fn read_part<'r>(part: Part, mut raw: &'r [u8], text: &mut Unescaped) -> Result<&'r [u8], ApiError> {
    loop {
        while let Some((word, rest)) = raw.split_first_chunk() {
            let run = plain::run(*word, special);
            text.push_word(*word, run);
            if run < plain::WIDTH {
                raw = raw.get(run..).unwrap_or_default();
                break;
            }
            raw = rest;
        }
        raw = match raw {
            [b'+', rest @ ..] => {
                text.push(b' ');
                rest
            }
            [b'%', escape @ ..] => match escape {
                [high, low, rest @ ..] if let (Some(high), Some(low)) = (hex(*high), hex(*low)) => {
                    text.push(high << 4 | low);
                    rest
                }
                _ => return Err(no_escape(part, raw)),
            },
            [byte, rest @ ..] if !part.ends(*byte) => {
                text.push(*byte);
                rest
            }
            rest => return Ok(rest),
        };
    }
}

/// What is wrong with a part that begins with a percent sign.
#[cold]
fn no_escape(part: Part, raw: &[u8]) -> ApiError {
    let end = raw.iter().position(|byte| part.ends(*byte));
    let part = end.and_then(|end| raw.get(..end)).unwrap_or(raw);
    match part.get(..3) {
        Some(escape) => {
            let escape = String::from_utf8_lossy(escape);
            ApiError::malformed_query_string(format!("Illegal hex character in escape % pattern: {escape}"))
        }
        None => ApiError::malformed_query_string("Incomplete trailing escape % sequence"),
    }
}

const fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*, sample::select};

    use super::*;

    type Pairs = Vec<(Vec<u8>, Vec<u8>)>;

    /// In `room` for so many bytes; too little of it changes nothing.
    fn read(mut raw: &[u8], room: usize) -> Result<Pairs, ApiError> {
        let mut pairs = Vec::new();
        let mut text = Unescaped::with_room([&raw[..room], &[]]);
        while !raw.is_empty() {
            if let [b'&', rest @ ..] = raw {
                raw = rest;
                continue;
            }
            let start = text.len();
            let (middle, rest) = read_pair(raw, &mut text)?;
            assert!(matches!(rest, [] | [b'&', ..]));
            let name = text.since(start)[..middle - start].to_vec();
            pairs.push((name, text.since(middle).to_vec()));
            raw = rest;
        }
        let read = pairs.iter().flat_map(|(name, value)| [&name[..], value]);
        assert_eq!(text.into_bytes(), read.collect::<Vec<_>>().concat());
        Ok(pairs)
    }

    /// The plain form: split first, then unescape byte by byte.
    fn split(raw: &[u8]) -> Result<Pairs, ApiError> {
        let pairs = raw.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty());
        let pairs = pairs.map(|pair| {
            let mut parts = pair.splitn(2, |byte| *byte == b'=');
            let name = unescape(parts.next().unwrap())?;
            Ok((name, unescape(parts.next().unwrap_or_default())?))
        });
        pairs.collect()
    }

    fn unescape(raw: &[u8]) -> Result<Vec<u8>, ApiError> {
        let mut text = Vec::new();
        let mut at = 0;
        while at < raw.len() {
            if raw[at] != b'%' {
                text.push(if raw[at] == b'+' { b' ' } else { raw[at] });
                at += 1;
                continue;
            }
            let Some(escape) = raw.get(at..at + 3) else {
                let message = "Incomplete trailing escape % sequence";
                return Err(ApiError::malformed_query_string(message));
            };
            let digits = std::str::from_utf8(&escape[1..]).ok();
            let digits = digits.filter(|digits| digits.chars().all(|c| c.is_ascii_hexdigit()));
            let Some(byte) = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) else {
                let escape = String::from_utf8_lossy(escape);
                return Err(ApiError::malformed_query_string(format!(
                    "Illegal hex character in escape % pattern: {escape}"
                )));
            };
            text.push(byte);
            at += 3;
        }
        Ok(text)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn one_walk_reads_what_splitting_first_reads(
            pieces in vec(
                select(vec![
                    "&", "=", "%", "+", "%4", "%41", "%c3%a9", "%zz", "%2", "é", "a", "0123456789", "%3A%2F", "ab=cd&",
                    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAA",
                ]),
                0..12,
            ),
        ) {
            let raw = pieces.concat().into_bytes();
            prop_assert_eq!(read(&raw, raw.len()), split(&raw));
            prop_assert_eq!(read(&raw, raw.len() / 3), split(&raw));
        }
    }
}
