//! The canonical request: one text for everything that is signed.

use crate::query::{Query, escape, is_unreserved};
use crate::request::Request;
use crate::split::split;

/// How a path becomes canonical. AWS's services differ, and the signer and the verifier must agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PathRule {
    /// Whether empty, `.` and `..` segments are resolved.
    pub resolve: bool,
    /// Whether the percent signs that the client sent are escaped once more.
    pub escape_again: bool,
}

impl PathRule {
    /// What every service but S3 does.
    pub const SERVICE: Self = Self {
        resolve: true,
        escape_again: true,
    };
    /// What S3 does: the path as it is.
    pub const S3: Self = Self {
        resolve: false,
        escape_again: false,
    };
}

/// What goes into a canonical request beside the request itself.
pub(crate) struct Parts<'p> {
    pub(crate) path: PathRule,
    pub(crate) query: &'p Query,
    /// The parameter that holds the signature itself.
    pub(crate) left_out: Option<&'static str>,
    /// Lower-case names, sorted, with `;` between.
    pub(crate) signed_headers: &'p str,
    pub(crate) body_hash: &'p [u8; 64],
}

/// Writes the canonical request; `None` when a header said to be signed is not in the request, or the path is relative.
pub(crate) fn canonical_request(request: &Request<'_>, parts: &Parts<'_>) -> Option<Vec<u8>> {
    // Room for the usual request with a session token, so that nothing is copied.
    let mut out = Vec::with_capacity(1024 + request.query.len());
    out.extend_from_slice(request.method.as_bytes());
    out.push(b'\n');
    write_path(request.path, parts.path, &mut out)?;
    out.push(b'\n');
    parts.query.write(&mut out, parts.left_out);
    out.push(b'\n');
    for name in split(parts.signed_headers, b';') {
        write_header(request, name, &mut out)?;
    }
    out.push(b'\n');
    out.extend_from_slice(parts.signed_headers.as_bytes());
    out.push(b'\n');
    out.extend_from_slice(parts.body_hash);
    Some(out)
}

/// Writes `name:value,value` and the line's end.
fn write_header(request: &Request<'_>, name: &str, out: &mut Vec<u8>) -> Option<()> {
    // HTTP/2 has the host in `:authority`; the edge hands it on as `host`.
    let received = if name == ":authority" { "host" } else { name };
    let mut values = request.values(received);
    out.extend_from_slice(name.as_bytes());
    out.push(b':');
    write_value(values.next()?, out);
    for value in values {
        out.push(b',');
        write_value(value, out);
    }
    out.push(b'\n');
    Some(())
}

/// Writes a value without the blanks around it and with single blanks in it. A line break is a blank too, so no
/// value can look like another header.
fn write_value(value: &[u8], out: &mut Vec<u8>) {
    let value = value.trim_ascii();
    if !has_low(value) {
        out.extend_from_slice(value);
        return;
    }
    let words = value
        .split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty());
    for (position, word) in words.enumerate() {
        if position > 0 {
            out.push(b' ');
        }
        out.extend_from_slice(word);
    }
}

/// Whether a value has a blank or a control character: every blank is one of these. It looks at eight bytes at a time; the last
/// eight once more rather than those left one by one.
fn has_low(value: &[u8]) -> bool {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const LIMIT: u64 = b' ' as u64 + 1;
    let Some(last) = value.last_chunk() else {
        return value.iter().any(|byte| *byte <= b' ');
    };
    // The highest bit of a byte tells that it is less than the limit, or that a lower byte is, from which it borrowed.
    let low = |word: &[u8; 8]| {
        let word = u64::from_le_bytes(*word);
        word.wrapping_sub(EACH * LIMIT) & !word
    };
    let mut found = low(last);
    for word in value.as_chunks().0 {
        found |= low(word);
    }
    found & (EACH << 7) != 0
}

fn write_path(path: &str, rule: PathRule, out: &mut Vec<u8>) -> Option<()> {
    if path == "/" {
        out.push(b'/');
        return Some(());
    }
    let from_root = path.strip_prefix('/')?;
    if !rule.resolve {
        write_escaped(path, rule, out);
        return Some(());
    }
    let mut segments: Vec<&str> = Vec::new();
    for segment in from_root.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            _ => segments.push(segment),
        }
    }
    for segment in &segments {
        out.push(b'/');
        write_escaped(segment, rule, out);
    }
    let ends_in_directory = ["/", "/.", "/.."].iter().any(|end| path.ends_with(end));
    if segments.is_empty() || ends_in_directory {
        out.push(b'/');
    }
    Some(())
}

fn write_escaped(path: &str, rule: PathRule, out: &mut Vec<u8>) {
    for byte in path.bytes() {
        if is_unreserved(byte) || byte == b'/' || (byte == b'%' && !rule.escape_again) {
            out.push(byte);
        } else {
            out.push(b'%');
            out.extend_from_slice(&escape(byte));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn words_tell_what_bytes_do(value in prop::collection::vec(prop_oneof![0x1e..0x24u8, 0x7e..0x83u8, any::<u8>()], 0..30)) {
            prop_assert_eq!(has_low(&value), value.iter().any(|byte| *byte <= b' '));
        }

        #[test]
        fn a_value_has_single_blanks_and_none_around_it(value in "[a\\t\\n !\u{b}é]{0,20}") {
            let mut out = Vec::new();
            write_value(value.as_bytes(), &mut out);
            let words: Vec<_> = value.split(|c: char| c.is_ascii_whitespace()).filter(|word| !word.is_empty()).collect();
            prop_assert_eq!(String::from_utf8(out).unwrap(), words.join(" "));
        }
    }
}
