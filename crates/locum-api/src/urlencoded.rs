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

/// Marks the bytes at which something may end or begin.
#[inline]
fn special(word: u64) -> u64 {
    plain::equal(word, b'%') | plain::equal(word, b'&') | plain::equal(word, b'+') | plain::equal(word, b'=')
}

/// Reads the next pair and appends its name, then its value, to `text`. Returns where in `text` the value begins, and what
/// follows the pair.
pub(crate) fn read_pair<'r>(raw: &'r [u8], text: &mut Vec<u8>) -> Result<(usize, &'r [u8]), ApiError> {
    let rest = read_part(Part::Name, raw, text)?;
    let middle = text.len();
    let rest = match rest {
        [b'=', value @ ..] => read_part(Part::Value, value, text)?,
        rest => rest,
    };
    Ok((middle, rest))
}

/// Appends a part unescaped, and returns what follows it, the byte that ended it first.
#[inline]
fn read_part<'r>(part: Part, mut raw: &'r [u8], text: &mut Vec<u8>) -> Result<&'r [u8], ApiError> {
    loop {
        while let Some((word, rest)) = raw.split_first_chunk() {
            let run = plain::run(*word, special);
            // Copying all eight and forgetting some costs less than copying as many as there are.
            let end = text.len() + run;
            text.extend_from_slice(word);
            text.truncate(end);
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

    fn read(mut raw: &[u8]) -> Result<Pairs, ApiError> {
        let mut pairs = Vec::new();
        while !raw.is_empty() {
            if let [b'&', rest @ ..] = raw {
                raw = rest;
                continue;
            }
            let mut text = b"before".to_vec();
            let (middle, rest) = read_pair(raw, &mut text)?;
            assert!(matches!(rest, [] | [b'&', ..]));
            pairs.push((text[6..middle].to_vec(), text[middle..].to_vec()));
            raw = rest;
        }
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
            prop_assert_eq!(read(&raw), split(&raw));
        }
    }
}
