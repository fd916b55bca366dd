//! A small HTTP listener on this machine, for browsers that come back from an identity provider and for programs that ask
//! for credentials.
//!
//! It is bound to 127.0.0.1 and answers only requests whose `Host` says so with its own port: a page elsewhere whose name
//! was made to resolve to this machine is turned away before anybody looks at what it wants (facts: security §1.8). Each
//! connection is read in a thread of its own, for browsers open some that they never use; what is whole goes to whoever
//! asks for the [`next`](Loopback::next) exchange, one request a connection. Sizes, connections and time are bounded.

mod peer;

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use locum_crypto::SecretBytes;

/// The longest request line with headers, in bytes.
const MAX_HEAD: usize = 16 << 10;
const MAX_HEADERS: usize = 64;
/// How many connections are read at a time; more are closed at once.
const MAX_CONNECTIONS: usize = 32;
/// How long a request may take to arrive, and its answer to leave.
const PATIENCE: Duration = Duration::from_secs(10);
/// The least time between two looks at a socket: the system takes no timeout of zero.
const LEAST: Duration = Duration::from_millis(1);

/// Tells whether the system says whose a connection is.
pub(crate) fn tells_users() -> bool {
    let connect = || {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let stream = TcpStream::connect(listener.local_addr()?)?;
        io::Result::Ok(peer::is_own_user(stream.local_addr()?, stream.peer_addr()?))
    };
    connect().unwrap_or(false)
}

/// How long the rest of a request may trickle in behind its answer.
const REST: Duration = Duration::from_millis(500);

/// A listener on 127.0.0.1, for as long as it is not dropped.
#[derive(Debug)]
pub(crate) struct Loopback {
    port: u16,
    over: Arc<AtomicBool>,
    exchanges: Receiver<Exchange>,
}

/// A request that is to be answered.
#[derive(Debug)]
pub(crate) struct Exchange {
    /// What is asked.
    pub(crate) request: Request,
    stream: TcpStream,
}

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
    headers: Vec<(String, String)>,
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
enum Refused {
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

impl Exchange {
    /// Tells whether a process of this user or of root is asking. Where the system does not say, the answer is no.
    pub(crate) fn is_of_own_user(&self) -> bool {
        match (self.stream.peer_addr(), self.stream.local_addr()) {
            (Ok(peer), Ok(local)) => peer::is_own_user(peer, local),
            _ => false,
        }
    }

    /// Answers and ends the connection. That the other side has gone away is no matter.
    pub(crate) fn answer(mut self, answer: &Answer<'_>) {
        let _ = send(&mut self.stream, answer);
    }
}

impl Loopback {
    /// Listens on a port, or on any that is free if it is 0, and takes bodies of up to `max_body` bytes.
    pub(crate) fn bind(port: u16, max_body: usize) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        // Connections inherit it: what is answered ends where a first router would be (facts: security §1.8).
        listener.set_ttl(1)?;
        let port = listener.local_addr()?.port();
        let (sender, exchanges) = sync_channel(MAX_CONNECTIONS);
        let over = Arc::new(AtomicBool::new(false));
        let ended = Arc::clone(&over);
        std::thread::Builder::new()
            .name("loopback".to_owned())
            .spawn(move || accept(&listener, &sender, port, max_body, &ended))?;
        Ok(Self {
            port,
            over,
            exchanges,
        })
    }

    /// The port.
    pub(crate) const fn port(&self) -> u16 {
        self.port
    }

    /// Waits for a request; `None` when none came until `deadline`.
    pub(crate) fn next(&self, deadline: Instant) -> Option<Exchange> {
        let left = deadline.saturating_duration_since(Instant::now());
        self.exchanges.recv_timeout(left).ok()
    }
}

impl Drop for Loopback {
    /// Closes the port: who accepts is waked by a connection, and sees that it is over.
    fn drop(&mut self) {
        self.over.store(true, Ordering::Release);
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
    }
}

/// Accepts until it is over.
fn accept(
    listener: &TcpListener,
    sender: &SyncSender<Exchange>,
    port: u16,
    max_body: usize,
    over: &AtomicBool,
) {
    let open = Arc::new(());
    for stream in listener.incoming() {
        if over.load(Ordering::Acquire) {
            return;
        }
        let Ok(stream) = stream else {
            // Out of descriptors: those in use will be closed soon.
            std::thread::sleep(Duration::from_millis(50));
            continue;
        };
        if Arc::strong_count(&open) > MAX_CONNECTIONS {
            continue;
        }
        let (held, sender) = (Arc::clone(&open), sender.clone());
        // Without a thread the connection is closed, and the caller tries again.
        let _ = std::thread::Builder::new()
            .name("loopback".to_owned())
            .spawn(move || {
                let _held = held;
                converse(stream, &sender, port, max_body);
            });
    }
}

fn converse(mut stream: TcpStream, sender: &SyncSender<Exchange>, port: u16, max_body: usize) {
    match read(&mut stream, Instant::now() + PATIENCE, port, max_body) {
        Ok(request) => {
            let _ = sender.send(Exchange { request, stream });
        }
        Err(Refused::Gone) => {}
        Err(Refused::Status(status)) => {
            let text = Answer {
                status,
                content_type: "text/plain; charset=utf-8",
                headers: &[],
                body: reason(status).as_bytes(),
            };
            let _ = send(&mut stream, &text);
        }
    }
}

fn read(stream: &mut TcpStream, deadline: Instant, port: u16, max_body: usize) -> Result<Request, Refused> {
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

fn send(stream: &mut TcpStream, answer: &Answer<'_>) -> io::Result<()> {
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

const fn reason(status: u16) -> &'static str {
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

#[cfg(test)]
mod tests {
    use super::*;

    const MAX_BODY: usize = 1000;

    /// What the listener says to these bytes, and what it passes on.
    fn ask(request: impl Fn(u16) -> String) -> (String, Option<Request>) {
        let listener = Loopback::bind(0, MAX_BODY).unwrap();
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, listener.port())).unwrap();
        stream.write_all(request(listener.port()).as_bytes()).unwrap();
        let client = std::thread::spawn(move || {
            let mut answer = String::new();
            let _ = stream.read_to_string(&mut answer);
            answer
        });
        let mut taken = None;
        while !client.is_finished() {
            if let Some(mut exchange) = listener.next(Instant::now() + Duration::from_millis(5)) {
                taken = Some(std::mem::replace(
                    &mut exchange.request,
                    Request {
                        method: String::new(),
                        path: String::new(),
                        query: SecretBytes::new([]),
                        headers: Vec::new(),
                        body: SecretBytes::new([]),
                    },
                ));
                exchange.answer(&Answer {
                    status: 200,
                    content_type: "text/plain",
                    headers: &[("X-More", "yes")],
                    body: b"hello",
                });
            }
        }
        (client.join().unwrap(), taken)
    }

    #[test]
    fn a_request_is_passed_on_and_answered() {
        let (answer, request) = ask(|port| {
            format!(
                "POST /saml?a=b?c HTTP/1.1\r\nHost: LOCALHOST:{port}\r\nX-A:  1 \r\nContent-Length: 4\r\n\r\nx=yzrest"
            )
        });
        let request = request.unwrap();
        assert_eq!(
            (request.method.as_str(), request.path.as_str()),
            ("POST", "/saml")
        );
        assert_eq!(
            (request.query.expose(), request.body.expose()),
            (&b"a=b?c"[..], &b"x=yz"[..])
        );
        assert_eq!((request.header("x-a"), request.header("x-b")), (Some("1"), None));
        assert!(
            answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with("X-More: yes\r\n\r\nhello"),
            "{answer}"
        );
        assert!(answer.contains("Cache-Control: no-store\r\n"), "{answer}");
    }

    #[test]
    fn what_is_not_for_this_listener_goes_no_further() {
        let long = "x".repeat(MAX_HEAD);
        for (head, status) in [
            ("GET / HTTP/1.1\r\n\r\n".to_owned(), 421),
            (
                "GET / HTTP/1.1\r\nHost: evil.example:PORT\r\n\r\n".to_owned(),
                421,
            ),
            ("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".to_owned(), 421),
            ("GET / HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n".to_owned(), 421),
            (
                "GET / HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nHost: 127.0.0.1:PORT\r\n\r\n".to_owned(),
                421,
            ),
            (
                "GET http://evil/ HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n".to_owned(),
                421,
            ),
            (
                "POST / HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nContent-Length: 1001\r\n\r\n".to_owned(),
                413,
            ),
            (
                "POST / HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nContent-Length: +1\r\n\r\n".to_owned(),
                400,
            ),
            (
                "POST / HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n"
                    .to_owned(),
                400,
            ),
            (
                "POST / HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nTransfer-Encoding: chunked\r\n\r\n".to_owned(),
                411,
            ),
            (
                format!("GET / HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nX: {long}\r\n\r\n"),
                431,
            ),
            (
                format!(
                    "GET / HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n{}\r\n",
                    "X: y\r\n".repeat(MAX_HEADERS)
                ),
                431,
            ),
            ("\u{1}\r\n\r\n".to_owned(), 400),
        ] {
            let (answer, request) = ask(|port| head.replace("PORT", &port.to_string()));
            assert!(
                answer.starts_with(&format!("HTTP/1.1 {status} ")),
                "{head}: {answer}"
            );
            assert!(request.is_none(), "{head}");
        }
    }

    #[test]
    fn who_drips_holds_nobody_up() {
        let listener = Loopback::bind(0, MAX_BODY).unwrap();
        let port = listener.port();
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
        write!(stream, "GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n").unwrap();
        let exchange = listener.next(Instant::now() + PATIENCE).unwrap();
        let answered = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&answered);
        let drips = std::thread::spawn(move || {
            let mut drips = 0;
            while !seen.load(Ordering::Acquire) && drips < 100 && stream.write_all(b"x").is_ok() {
                drips += 1;
                std::thread::sleep(Duration::from_millis(50));
            }
            drips
        });
        exchange.answer(&Answer {
            status: 404,
            content_type: "text/plain",
            headers: &[],
            body: b"",
        });
        answered.store(true, Ordering::Release);
        assert!(drips.join().unwrap() < 40);
    }

    #[test]
    fn the_port_is_closed_with_the_listener() {
        let listener = Loopback::bind(0, MAX_BODY).unwrap();
        let port = listener.port();
        drop(listener);
        let closed = (0..2000).any(|_| {
            std::thread::sleep(LEAST);
            TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err()
        });
        assert!(closed);
    }

    #[test]
    fn nobody_comes() {
        let listener = Loopback::bind(0, MAX_BODY).unwrap();
        assert!(listener.next(Instant::now()).is_none());
    }
}
