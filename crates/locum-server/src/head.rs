//! The strict reading of an HTTP/1 request head.
//!
//! hyper accepts ten framings that two parsers may read differently (facts: security §1.1): bare LF, a length beside
//! `chunked`, repeated `Host` … and has normalised them away before a service sees the request. So the raw head is
//! checked first, and what passes has one meaning only. Nothing an SDK sends is refused.

use memchr::memchr;

use crate::refusal::Refusal;

/// More lines than any client sends; hyper's own limit is the same.
pub(crate) const MAX_HEADERS: usize = 100;

/// How long the body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    Length(u64),
    Chunked,
}

/// Finds the end of a head while it arrives, and refuses a bare LF as soon as it is there.
#[derive(Debug, Default)]
pub(crate) struct HeadEnd {
    line: usize,
    scanned: usize,
}

impl HeadEnd {
    /// Whether nothing was looked at yet.
    pub(crate) const fn is_new(&self) -> bool {
        self.scanned == 0
    }

    /// The length of the head with its empty line, once `bytes`, which only ever grow, hold all of it.
    pub(crate) fn find(&mut self, bytes: &[u8]) -> Result<Option<usize>, Refusal> {
        while let Some(found) = memchr(b'\n', bytes.get(self.scanned..).unwrap_or_default()) {
            let end = self.scanned + found;
            let line = bytes.get(self.line..end).unwrap_or_default();
            let Some((b'\r', line)) = line.split_last() else {
                return Err(Refusal::LineEnd);
            };
            if line.is_empty() {
                // RFC 9112 §2.2 lets a server skip an empty line before a request; nobody needs it to.
                return if self.line == 0 {
                    Err(Refusal::RequestLine)
                } else {
                    Ok(Some(end + 1))
                };
            }
            self.line = end + 1;
            self.scanned = end + 1;
        }
        self.scanned = bytes.len();
        Ok(None)
    }
}

/// Checks a whole head, its empty line included, and returns the framing of its body.
pub(crate) fn check(head: &[u8]) -> Result<Framing, Refusal> {
    let mut lines = Lines(head);
    let mut facts = Facts::of(lines.next().ok_or(Refusal::RequestLine)??)?;
    for (count, line) in lines.enumerate() {
        let (name, value) = header(line?)?;
        if count >= MAX_HEADERS {
            return Err(Refusal::HeadTooLarge);
        }
        facts.add(name, value)?;
    }
    facts.framing()
}

/// What a head says of the host and of the body's framing.
pub(crate) struct Facts<'a> {
    authority: Option<&'a [u8]>,
    version: Version,
    host: Option<&'a [u8]>,
    length: Option<u64>,
    chunked: bool,
}

impl<'a> Facts<'a> {
    /// What the request line says.
    pub(crate) fn of(line: &'a [u8]) -> Result<Self, Refusal> {
        let (authority, version) = request_line(line)?;
        Ok(Self {
            authority,
            version,
            host: None,
            length: None,
            chunked: false,
        })
    }

    /// Adds what a header says, whose name is a token and whose value is printable and trimmed.
    pub(crate) fn add(&mut self, name: &[u8], value: &'a [u8]) -> Result<(), Refusal> {
        // Most names differ in their length already.
        let is = |known: &[u8]| name.len() == known.len() && name.eq_ignore_ascii_case(known);
        if is(b"host") {
            if self.host.replace(value).is_some() {
                return Err(Refusal::HostRepeated);
            }
        } else if is(b"content-length") {
            if self.length.replace(number(value)?).is_some() {
                return Err(Refusal::ContentLength);
            }
        } else if is(b"transfer-encoding") {
            if self.chunked || self.version == Version::Http10 || !value.eq_ignore_ascii_case(b"chunked") {
                return Err(Refusal::TransferEncoding);
            }
            self.chunked = true;
        }
        Ok(())
    }

    /// The framing of the body, unless the head contradicts itself.
    pub(crate) fn framing(self) -> Result<Framing, Refusal> {
        match self.host {
            Some(host) if !is_host(host) => return Err(Refusal::Host),
            None if self.version == Version::Http11 || self.authority.is_some() => {
                return Err(Refusal::Host);
            }
            Some(_) | None => {}
        }
        if let (Some(authority), Some(host)) = (self.authority, self.host)
            && !authority.eq_ignore_ascii_case(host)
        {
            return Err(Refusal::HostMismatch);
        }
        match (self.length, self.chunked) {
            (Some(_), true) => Err(Refusal::LengthAndEncoding),
            (None, true) => Ok(Framing::Chunked),
            (length, false) => Ok(Framing::Length(length.unwrap_or(0))),
        }
    }
}

/// Whether a header value is printable ASCII, spaces and tabs.
pub(crate) fn is_printable(value: &[u8]) -> bool {
    // A fold without an early end lets the compiler take many bytes at a time.
    value.iter().fold(true, |printable, byte| {
        printable & matches!(byte, b'\t' | b' '..=b'~')
    })
}

/// Whether a `Host` is a name or an address with an optional port, and nothing that could be read as more.
pub(crate) fn is_host(host: &[u8]) -> bool {
    !host.is_empty()
        && host.iter().all(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b':' | b'[' | b']')
        })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    Http10,
    Http11,
}

/// Lines without their CRLF, up to the empty one.
struct Lines<'a>(&'a [u8]);

impl<'a> Iterator for Lines<'a> {
    type Item = Result<&'a [u8], Refusal>;

    fn next(&mut self) -> Option<Self::Item> {
        let (line, rest) = self.0.split_at_checked(memchr(b'\n', self.0)?)?;
        self.0 = rest.get(1..)?;
        match line.split_last() {
            Some((b'\r', [])) => None,
            Some((b'\r', line)) if memchr(b'\r', line).is_none() => Some(Ok(line)),
            _ => Some(Err(Refusal::LineEnd)),
        }
    }
}

/// Returns the authority of an absolute target and the version.
fn request_line(line: &[u8]) -> Result<(Option<&[u8]>, Version), Refusal> {
    let mut parts = line.split(|byte| *byte == b' ');
    let (Some(method), Some(target), Some(version), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(Refusal::RequestLine);
    };
    if method.is_empty() || !method.iter().all(u8::is_ascii_alphanumeric) {
        return Err(Refusal::RequestLine);
    }
    let version = match version {
        b"HTTP/1.1" => Version::Http11,
        b"HTTP/1.0" => Version::Http10,
        _ => return Err(Refusal::Version),
    };
    // A fragment never travels; what is behind a `#` would be seen by one parser and not by the next.
    if !target
        .iter()
        .all(|byte| matches!(byte, b'!'..=b'~') && *byte != b'#')
    {
        return Err(Refusal::Target);
    }
    if target.starts_with(b"/") || target == b"*" {
        return Ok((None, version));
    }
    let rest = [&b"http://"[..], b"https://"]
        .iter()
        .find(|scheme| {
            target
                .get(..scheme.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
        })
        .and_then(|scheme| target.get(scheme.len()..))
        .ok_or(Refusal::Target)?;
    let end = rest
        .iter()
        .position(|byte| matches!(byte, b'/' | b'?'))
        .unwrap_or(rest.len());
    let authority = rest.get(..end).filter(|authority| is_host(authority));
    Ok((Some(authority.ok_or(Refusal::Target)?), version))
}

/// Splits a header line into its name and its trimmed value.
fn header(line: &[u8]) -> Result<(&[u8], &[u8]), Refusal> {
    let colon = memchr(b':', line).ok_or(Refusal::HeaderName)?;
    let (name, value) = line.split_at_checked(colon).ok_or(Refusal::HeaderName)?;
    let value = value.get(1..).unwrap_or_default();
    // A folded line starts with a space, which is no token character either.
    if name.is_empty() || !name.iter().all(|byte| is_token(*byte)) {
        return Err(Refusal::HeaderName);
    }
    if !is_printable(value) {
        return Err(Refusal::HeaderValue);
    }
    Ok((name, value.trim_ascii()))
}

pub(crate) const fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'-' | b'_'
                | b'.'
                | b'!'
                | b'#'
                | b'$'
                | b'%'
                | b'&'
                | b'\''
                | b'*'
                | b'+'
                | b'^'
                | b'`'
                | b'|'
                | b'~'
        )
}

fn number(value: &[u8]) -> Result<u64, Refusal> {
    // Digits only: `parse` alone would take a sign.
    if value.is_empty() || value.len() > 18 || !value.iter().all(u8::is_ascii_digit) {
        return Err(Refusal::ContentLength);
    }
    Ok(value
        .iter()
        .fold(0, |number: u64, digit| number * 10 + u64::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(head: &str) -> Result<Framing, Refusal> {
        let end = HeadEnd::default().find(head.as_bytes())?;
        assert_eq!(end, Some(head.len()), "the head is whole");
        check(head.as_bytes())
    }

    #[test]
    fn reads_what_clients_send() {
        for (head, framing) in [
            ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", Framing::Length(0)),
            ("GET /?A=b HTTP/1.0\r\n\r\n", Framing::Length(0)),
            (
                "POST / HTTP/1.1\r\nhost:a:8080\r\ncontent-length: 17 \r\n\r\n",
                Framing::Length(17),
            ),
            (
                "POST / HTTP/1.1\r\nHOST: [::1]:1\r\nTransfer-Encoding: Chunked\r\n\r\n",
                Framing::Chunked,
            ),
            (
                "GET http://A.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n",
                Framing::Length(0),
            ),
            ("OPTIONS * HTTP/1.1\r\nHost: a\r\nX:\r\n\r\n", Framing::Length(0)),
        ] {
            assert_eq!(read(head), Ok(framing), "{head:?}");
        }
    }

    #[test]
    fn refuses_what_has_two_meanings() {
        for (head, refusal) in [
            ("GET / HTTP/1.1\nHost: a\n\n", Refusal::LineEnd),
            ("GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", Refusal::LineEnd),
            ("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", Refusal::RequestLine),
            ("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", Refusal::RequestLine),
            ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", Refusal::Version),
            ("GET /é HTTP/1.1\r\nHost: a\r\n\r\n", Refusal::Target),
            ("GET /#a HTTP/1.1\r\nHost: a\r\n\r\n", Refusal::Target),
            ("CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n", Refusal::Target),
            ("GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n", Refusal::Target),
            ("GET http://a/ HTTP/1.1\r\nHost: b\r\n\r\n", Refusal::HostMismatch),
            ("GET http://a/ HTTP/1.0\r\n\r\n", Refusal::Host),
            ("GET / HTTP/1.1\r\n\r\n", Refusal::Host),
            ("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", Refusal::Host),
            (
                "GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n",
                Refusal::HostRepeated,
            ),
            ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", Refusal::HeaderName),
            ("GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", Refusal::HeaderName),
            (
                "GET / HTTP/1.1\r\nHost: a\r\nX: \u{e9}\r\n\r\n",
                Refusal::HeaderValue,
            ),
            ("GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n", Refusal::HeaderValue),
            ("GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n", Refusal::LineEnd),
            (
                "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\n",
                Refusal::ContentLength,
            ),
            (
                "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\n",
                Refusal::ContentLength,
            ),
            (
                "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n",
                Refusal::ContentLength,
            ),
            (
                "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
                Refusal::TransferEncoding,
            ),
            (
                "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
                Refusal::TransferEncoding,
            ),
        ] {
            assert_eq!(read(head), Err(refusal), "{head:?}");
        }
    }

    #[test]
    fn finds_the_end_however_the_head_arrives() {
        let head = b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /next";
        for first in 0..head.len() {
            let mut end = HeadEnd::default();
            let mut found = end.find(&head[..first]).unwrap();
            if found.is_none() {
                found = end.find(head).unwrap();
            }
            assert_eq!(found, Some(27), "split at {first}");
        }
    }

    #[test]
    fn counts_header_lines() {
        let many = |count: usize| {
            let mut head = "GET / HTTP/1.1\r\nHost: a\r\n".to_owned();
            (0..count).for_each(|index| head.push_str(&format!("x-{index}: y\r\n")));
            head.push_str("\r\n");
            read(&head)
        };
        assert_eq!(many(99), Ok(Framing::Length(0)));
        assert_eq!(many(100), Err(Refusal::HeadTooLarge));
    }
}
