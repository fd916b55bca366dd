//! The usual request head, read in one pass.
//!
//! [`HeadEnd`](crate::head::HeadEnd) and [`check`](crate::head::check) look at a head four times, to say what is wrong
//! with one. Most are whole when they are read, and nothing is wrong with them: those are taken here. What this reading
//! does not take it says nothing of, so that it cannot be more lenient than they are.

use crate::head::{Facts, Framing, MAX_HEADERS, is_token};

/// The length of the head that `bytes` begin with, its empty line included, and the framing of its body; `None` if it
/// is not whole or not plain.
pub(crate) fn read(bytes: &[u8]) -> Option<(usize, Framing)> {
    let (line, mut rest) = split_line(bytes)?;
    let mut facts = Facts::of(line).ok()?;
    for _ in 0..=MAX_HEADERS {
        if let Some(after) = rest.strip_prefix(b"\r\n") {
            return Some((bytes.len() - after.len(), facts.framing().ok()?));
        }
        let (name, after) = split_name(rest)?;
        let (value, after) = split_line(after)?;
        facts.add(name, value.trim_ascii()).ok()?;
        rest = after;
    }
    None
}

/// Splits off a name and its colon.
fn split_name(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    // A colon is no token character, so the first that is none must be it.
    let end = bytes.iter().position(|byte| !is_in_name(*byte))?;
    let (name, rest) = bytes.split_at_checked(end)?;
    match rest.split_first() {
        Some((b':', rest)) if !name.is_empty() => Some((name, rest)),
        _ => None,
    }
}

/// Splits off what is printable, up to a CRLF, and the CRLF.
fn split_line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (line, rest) = bytes.split_at_checked(printable(bytes))?;
    Some((line, rest.strip_prefix(b"\r\n")?))
}

/// How many bytes at the front are from space to tilde.
fn printable(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGHEST: u64 = ONES << 7;

    let (words, _) = bytes.as_chunks::<8>();
    let mut length = 0;
    for word in words {
        let word = u64::from_le_bytes(*word);
        // The highest bit of a byte is set if the byte has it, is below a space, or is the one above the tilde. What is
        // borrowed or carried reaches only bytes behind one that is not printable.
        let other = (word | word.wrapping_sub(ONES * 0x20) | word.wrapping_add(ONES)) & HIGHEST;
        if other != 0 {
            return length + (other.trailing_zeros() / 8) as usize;
        }
        length += 8;
    }
    let rest = bytes.get(length..).unwrap_or_default();
    length + rest.iter().take_while(|byte| matches!(byte, b' '..=b'~')).count()
}

fn is_in_name(byte: u8) -> bool {
    IN_NAME.get(usize::from(byte)).copied().unwrap_or(false)
}

/// [`is_token`] as a table: a look-up for each byte instead of a dozen comparisons.
static IN_NAME: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        #[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
        {
            table[byte] = is_token(byte as u8);
        }
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        head::{HeadEnd, check},
        refusal::Refusal,
    };

    /// The reading that says what is wrong.
    fn strict(bytes: &[u8]) -> Result<Option<(usize, Framing)>, Refusal> {
        let Some(length) = HeadEnd::default().find(bytes)? else {
            return Ok(None);
        };
        Ok(Some((length, check(&bytes[..length])?)))
    }

    const HEADS: [&[u8]; 4] = [
        b"POST /?a HTTP/1.1\r\nHost: a\r\nx-a:\r\nY:  ~ b\r\ncontent-length: 12\r\n\r\nbody",
        b"GET http://a/ HTTP/1.1\r\nhost: A\r\n\r\nGET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: [::1]:1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ];

    #[test]
    fn usual_heads_are_plain() {
        for head in HEADS {
            let read = read(head);
            assert!(read.is_some());
            assert_eq!(Ok(read), strict(head));
        }
    }

    /// Whatever byte is another one, missing or too much: what is taken is taken in the same way, and what is refused is
    /// never taken.
    #[test]
    fn takes_nothing_that_the_strict_reading_does_not_take_so() {
        let (mut taken, mut left) = (0, 0);
        for head in HEADS {
            for at in 0..head.len() {
                for byte in 0..=u8::MAX {
                    let replaced = [&head[..at], &[byte], &head[at + 1..]].concat();
                    let inserted = [&head[..at], &[byte], &head[at..]].concat();
                    let cut = head[..at].to_vec();
                    for bytes in [replaced, inserted, cut] {
                        let Some(read) = read(&bytes) else {
                            left += 1;
                            continue;
                        };
                        taken += 1;
                        let text = String::from_utf8_lossy(&bytes);
                        assert_eq!(strict(&bytes), Ok(Some(read)), "{text:?}");
                    }
                }
            }
        }
        assert!(taken > 10_000 && left > 10_000, "{taken} {left}");
    }

    #[test]
    fn printable_bytes_end_where_they_end() {
        for length in 0..40 {
            for byte in 0..=u8::MAX {
                for fill in [b' ', b'~', b'a'] {
                    let mut bytes = vec![fill; length];
                    bytes.extend([byte, 0xff, 0, b' ', 0x7f, 0x80, 0x1f]);
                    let plain = bytes.iter().take_while(|byte| matches!(byte, b' '..=b'~'));
                    assert_eq!(printable(&bytes), plain.count(), "{bytes:?}");
                }
            }
        }
    }

    #[test]
    fn as_many_headers_as_may_be() {
        let head = |count: usize| {
            let lines: String = (0..count).map(|index| format!("x-{index}: y\r\n")).collect();
            format!("GET / HTTP/1.1\r\nHost: a\r\n{lines}\r\n").into_bytes()
        };
        assert_eq!(read(&head(99)), strict(&head(99)).unwrap());
        assert!(read(&head(99)).is_some());
        assert_eq!(read(&head(100)), None);
        assert!(strict(&head(100)).is_err());
    }
}
