//! One request of HTTP/1.1 and its answer on a connection: bounded, strict, and only for this listener's own name.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use locum_crypto::SecretBytes;

/// The longest request line with headers, in bytes.
pub(super) const MAX_HEAD: usize = 16 << 10;
pub(super) const MAX_HEADERS: usize = 64;
/// How long a request may take to arrive, and its answer to leave.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
/// The least time between two looks at a socket: the system takes no timeout of zero.
pub(super) const LEAST: Duration = Duration::from_millis(1);

/// How long the rest of a request may trickle in behind its answer.
const REST: Duration = Duration::from_millis(500);

/// A request.
#[derive(Debug)]
pub(crate) struct Request {
    /// The method, in capitals.
    pub(crate) method: String,
    /// The path, as it came.
    pub(crate) path: String,
    /// What follows the first `?`, as it came: it may hold a code that is good once.
    pub(crate) query: SecretBytes,
    /// Names in lower case; what is no text in a value is replaced.
    pub(super) headers: Vec<(String, String)>,
    /// The body.
    pub(crate) body: SecretBytes,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer<'a> {
    /// The status.
    pub(crate) status: u16,
    /// The type of the body.
    pub(crate) content_type: &'a str,
    /// Further headers. None of them may hold a line break.
    pub(crate) headers: &'a [(&'a str, &'a str)],
    /// The body.
    pub(crate) body: &'a [u8],
}

/// Why a request is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// The connection broke off, or nothing came in time: nobody to tell.
    Gone,
    /// The status to tell.
    Status(u16),
}

impl Request {
    /// Returns the value of a header that came once; `name` is in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(other, _)| other == name);
        let (_, value) = found.next()?;
        found.next().is_none().then_some(value)
    }

    /// Returns the names of all headers, in lower case.
    pub(crate) fn header_names(&self) -> impl Iterator<Item = &str> {
        self.headers.iter().map(|(name, _)| name.as_str())
    }

    /// A request as a test wants it, without a body.
    #[cfg(test)]
    pub(crate) fn of(method: &str, path: &str, headers: &[(&str, &str)]) -> Self {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: SecretBytes::new([]),
            headers: headers.iter().map(owned).collect(),
            body: SecretBytes::new([]),
        }
    }

    /// Tells whether a header came, once or more often; `name` is in lower case.
    pub(crate) fn has_header(&self, name: &str) -> bool {
        self.headers.iter().any(|(other, _)| other == name)
    }
}

/// Reads a request for the listener at `port`.
pub(super) fn read(
    stream: &mut TcpStream,
    deadline: Instant,
    port: u16,
    max_body: usize,
) -> Result<Request, Refused> {
    let mut bytes = Vec::with_capacity(4096);
    let (mut request, length, head) = loop {
        if let Some(found) = parse(&bytes, port, max_body)? {
            break found;
        }
        if bytes.len() > MAX_HEAD {
            return Err(Refused::Status(431));
        }
        more(stream, &mut bytes, deadline)?;
    };
    while bytes.len() < head.saturating_add(length) {
        more(stream, &mut bytes, deadline)?;
    }
    // A second request on the connection is not waited for, nor is anything after the body.
    let body = bytes.get(head..head.saturating_add(length)).unwrap_or_default();
    request.body = SecretBytes::new(body);
    Ok(request)
}

fn more(stream: &mut TcpStream, bytes: &mut Vec<u8>, deadline: Instant) -> Result<(), Refused> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(Refused::Gone);
    }
    let _ = stream.set_read_timeout(Some(left.max(LEAST)));
    let mut chunk = [0; 4096];
    match stream.read(&mut chunk) {
        Ok(0) => Err(Refused::Gone),
        Ok(read) => {
            bytes.extend_from_slice(chunk.get(..read).unwrap_or_default());
            Ok(())
        }
        Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(()),
        Err(_) => Err(Refused::Gone),
    }
}

/// Reads the head, if it is whole: the request, the length of its body, and where that begins.
fn parse(bytes: &[u8], port: u16, max_body: usize) -> Result<Option<(Request, usize, usize)>, Refused> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut head = httparse::Request::new(&mut headers);
    let end = match head.parse(bytes) {
        Ok(httparse::Status::Complete(end)) => end,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(httparse::Error::TooManyHeaders) => return Err(Refused::Status(431)),
        Err(_) => return Err(Refused::Status(400)),
    };
    if end > MAX_HEAD {
        return Err(Refused::Status(431));
    }
    let headers: Vec<(String, String)> = head
        .headers
        .iter()
        .map(|header| {
            let value = String::from_utf8_lossy(header.value);
            (header.name.to_ascii_lowercase(), value.trim().to_owned())
        })
        .collect();
    let (path, query) = head
        .path
        .and_then(|target| target.split_once('?').or(Some((target, ""))))
        .unwrap_or_default();
    let request = Request {
        method: head.method.unwrap_or_default().to_owned(),
        path: path.to_owned(),
        query: SecretBytes::new(query),
        headers,
        body: SecretBytes::new([]),
    };
    let own = request.header("host").is_some_and(|host| is_own(host, port));
    if !own || !path.starts_with('/') {
        return Err(Refused::Status(421));
    }
    if request.has_header("transfer-encoding") {
        return Err(Refused::Status(411));
    }
    let length = match request.header("content-length") {
        // Digits alone: a sign is not part of a length.
        Some(text) if text.bytes().all(|b| b.is_ascii_digit()) => {
            text.parse::<usize>().map_err(|_| Refused::Status(413))?
        }
        None if !request.has_header("content-length") => 0,
        _ => return Err(Refused::Status(400)),
    };
    if length > max_body {
        return Err(Refused::Status(413));
    }
    Ok(Some((request, length, end)))
}

/// Tells whether a `Host` is one of the two names of this listener.
fn is_own(host: &str, port: u16) -> bool {
    let Some((name, given)) = host.rsplit_once(':') else {
        return false;
    };
    (name == "127.0.0.1" || name.eq_ignore_ascii_case("localhost")) && given == port.to_string()
}

/// Sends an answer and ends the connection.
pub(super) fn send(stream: &mut TcpStream, answer: &Answer<'_>) -> io::Result<()> {
    let Answer {
        status,
        content_type,
        headers,
        body,
    } = answer;
    let mut head = format!(
        "HTTP/1.1 {status} {}\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\nCache-Control: no-store\r\n\
         X-Content-Type-Options: nosniff\r\nConnection: close\r\n",
        reason(*status),
        body.len()
    );
    for (name, value) in *headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)?;
    stream.flush()?;
    stream.shutdown(Shutdown::Write)?;
    // What was not read would make the system reset the connection, and the other side lose the answer.
    let deadline = Instant::now() + REST;
    let mut rest = [0; 4096];
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(());
        }
        stream.set_read_timeout(Some(left.max(LEAST)))?;
        if stream.read(&mut rest)? == 0 {
            return Ok(());
        }
    }
}

/// The usual phrase for a status.
pub(super) const fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        303 => "See Other",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        410 => "Gone",
        411 => "Length Required",
        413 => "Content Too Large",
        421 => "Misdirected Request",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ => "Other",
    }
}
