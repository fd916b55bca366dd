//! A small HTTP listener on this machine, for browsers that come back from an identity provider and for programs that ask
//! for credentials.
//!
//! It is bound to 127.0.0.1 and answers only requests whose `Host` says so with its own port: a page elsewhere whose name
//! was made to resolve to this machine is turned away before anybody looks at what it wants (facts: security §1.8). Each
//! connection is read in a thread of its own, for browsers open some that they never use; what is whole goes to whoever
//! asks for the [`next`](Loopback::next) exchange, one request a connection. Sizes, connections and time are bounded.

mod http;
mod peer;

use std::io;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

pub(crate) use self::http::{Answer, Request};
use self::http::{PATIENCE, Refused, read, reason, send};

/// How many connections are read at a time; more are closed at once.
const MAX_CONNECTIONS: usize = 32;

/// Tells whether the system says whose a connection is.
pub(crate) fn tells_users() -> bool {
    let connect = || {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let stream = TcpStream::connect(listener.local_addr()?)?;
        io::Result::Ok(peer::is_own_user(stream.local_addr()?, stream.peer_addr()?))
    };
    connect().unwrap_or(false)
}

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

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};

    use locum_crypto::SecretBytes;

    use super::http::{LEAST, MAX_HEAD, MAX_HEADERS};
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
