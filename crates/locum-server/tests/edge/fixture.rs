//! A running server with an application that tells what it got, and a client that speaks raw HTTP/1.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use socket2::{Domain, Socket, Type};

use locum_server::{
    Answer, Application, Bound, Config, Done, Incoming, Label, Pending, Running, Server, ShutdownHandle,
};

/// An application directed by the query of the request.
#[derive(Default)]
pub(crate) struct Echo {
    pub(crate) calls: AtomicUsize,
    pub(crate) not_ready: AtomicBool,
}

impl Application for Echo {
    fn call(&self, incoming: Incoming<'_>) -> Answer {
        self.calls.fetch_add(1, Ordering::SeqCst);
        let label = Label::new("Echo", "ok");
        let mut answer = Answer::empty(200, label);
        answer.headers = vec![
            ("x-amzn-requestid", "1-2".into()),
            ("content-type", "text/xml".into()),
        ];
        match incoming.query {
            "panic" => panic!("asked to"),
            "sleep" => thread::sleep(Duration::from_millis(700)),
            "facts" => {
                let host = incoming.headers.iter().find(|(name, _)| *name == "host");
                let host = host.map_or_else(String::new, |(_, value)| String::from_utf8_lossy(value).into());
                answer.body = format!("{:?} {host} {:?}", incoming.http_version, incoming.tls)
                    .into_bytes()
                    .into();
            }
            "large" => answer.body = vec![b'x'; 32 * 1024 * 1024].into(),
            "split" => answer.headers.push(("x-split", "a\r\nx-other: b".into())),
            "slow" => answer.pending = Some(Box::new(DiskWrite(Fate::Durable(Duration::from_millis(300))))),
            "never" => answer.pending = Some(Box::new(DiskWrite(Fate::Durable(Duration::from_secs(60))))),
            "failed" => answer.pending = Some(Box::new(DiskWrite(Fate::Failed))),
            "lost" => answer.pending = Some(Box::new(DiskWrite(Fate::Lost))),
            _ => answer.body = incoming.body.to_vec().into(),
        }
        answer
    }

    fn is_long(&self, head: Incoming<'_>) -> bool {
        assert!(head.body.is_empty());
        head.headers.iter().any(|(name, _)| *name == "x-long")
    }

    fn is_slow(&self, whole: Incoming<'_>) -> bool {
        whole.body.starts_with(b"slow")
    }

    fn failure(&self, incoming: Incoming<'_>) -> Answer {
        Answer {
            body: format!("failed {}", incoming.query).into_bytes().into(),
            ..Answer::empty(500, Label::new("Echo", "InternalFailure"))
        }
    }

    fn document(&self, path: &str) -> Option<Answer> {
        match path {
            "/document" => Some(Answer {
                headers: vec![("content-type", "application/json".into())],
                body: "{}".into(),
                ..Answer::empty(200, Label::new("Document", "ok"))
            }),
            "/panic" => panic!("asked to"),
            _ => None,
        }
    }

    fn ready(&self) -> bool {
        !self.not_ready.load(Ordering::SeqCst)
    }

    fn write_metrics(&self, out: &mut String) {
        out.push_str("echo_metric 7\n");
    }
}

enum Fate {
    Durable(Duration),
    Failed,
    Lost,
}

struct DiskWrite(Fate);

impl Pending for DiskWrite {
    fn on_durable(self: Box<Self>, done: Done) {
        match self.0 {
            Fate::Durable(after) => {
                thread::spawn(move || {
                    thread::sleep(after);
                    done(Ok(()));
                });
            }
            Fate::Failed => done(Err(Answer::empty(503, Label::new("Echo", "ServiceUnavailable")))),
            Fate::Lost => drop(done),
        }
    }
}

/// A server that stops when dropped.
pub(crate) struct Fixture {
    pub(crate) address: SocketAddr,
    pub(crate) admin: SocketAddr,
    pub(crate) echo: Arc<Echo>,
    pub(crate) shutdown: ShutdownHandle,
    pub(crate) running: Option<Running>,
}

impl Fixture {
    pub(crate) fn start(adjust: impl FnOnce(&mut Config)) -> Self {
        Self::run(bind(adjust))
    }

    pub(crate) fn run(bound: Bound) -> Self {
        let echo = Arc::new(Echo::default());
        let (address, admin) = (bound.local_addr(), bound.admin_addr().unwrap());
        let running = bound.start(Arc::clone(&echo) as _).unwrap();
        Self {
            address,
            admin,
            echo,
            shutdown: running.shutdown_handle(),
            running: Some(running),
        }
    }

    pub(crate) fn calls(&self) -> usize {
        self.echo.calls.load(Ordering::SeqCst)
    }

    pub(crate) fn connect(&self) -> Client {
        Client::connect(self.address)
    }

    pub(crate) fn metrics(&self) -> String {
        let mut client = Client::connect(self.admin);
        client.send(b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
        client.read().body
    }

    /// Waits until `/metrics` shows `line`: what closes a connection is counted after the client sees it.
    pub(crate) fn expect_metric(&self, line: &str) {
        for _ in 0..200 {
            if self.metrics().lines().any(|shown| shown == line) {
                return;
            }
            thread::sleep(Duration::from_millis(10));
        }
        panic!("no {line:?} in\n{}", self.metrics());
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        self.shutdown.stop();
        if let Some(running) = self.running.take() {
            running.wait();
        }
    }
}

pub(crate) fn bind(adjust: impl FnOnce(&mut Config)) -> Bound {
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let mut config = Config::new(any);
    config.admin_listen = Some(any);
    config.workers = Some(2);
    config.shutdown_grace = Duration::from_secs(5);
    adjust(&mut config);
    Server::bind(config).unwrap()
}

/// A raw connection. Its time limit is far above any deadline a test sets.
pub(crate) struct Client {
    pub(crate) stream: TcpStream,
    read: Vec<u8>,
}

#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Client {
    pub(crate) fn connect(address: SocketAddr) -> Self {
        Self::over(TcpStream::connect(address).unwrap())
    }

    /// Connects from another address of this machine.
    pub(crate) fn connect_from(own: [u8; 4], address: SocketAddr) -> Self {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.bind(&SocketAddr::from((own, 0)).into()).unwrap();
        socket.connect(&address.into()).unwrap();
        Self::over(socket.into())
    }

    fn over(stream: TcpStream) -> Self {
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        Self {
            stream,
            read: Vec::new(),
        }
    }

    /// Sends what the server is willing to take.
    pub(crate) fn send(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes);
    }

    /// Sends a request and reads its answer.
    pub(crate) fn ask(&mut self, request: &str) -> Reply {
        self.send(request.as_bytes());
        self.read()
    }

    /// Reads one answer with a `content-length`.
    pub(crate) fn read(&mut self) -> Reply {
        self.try_read().expect("an answer")
    }

    /// Reads the head of an answer that has no body, whatever its `content-length` says.
    pub(crate) fn read_head(&mut self) -> String {
        loop {
            if let Some(end) = self.read.windows(4).position(|window| window == b"\r\n\r\n") {
                return String::from_utf8(self.read.drain(..end + 4).collect()).unwrap();
            }
            self.fill().expect("an answer");
        }
    }

    /// Reads so much of a body, or what there is of it.
    pub(crate) fn read_body(&mut self, length: usize) -> Vec<u8> {
        while self.read.len() < length && self.fill().is_some() {}
        let length = length.min(self.read.len());
        self.read.drain(..length).collect()
    }

    pub(crate) fn try_read(&mut self) -> Option<Reply> {
        let end = loop {
            if let Some(end) = self.read.windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
            self.fill()?;
        };
        let head = String::from_utf8(self.read.drain(..end).collect()).unwrap();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map_or(0, |length| length.parse().unwrap());
        while self.read.len() < length {
            self.fill()?;
        }
        let body = String::from_utf8(self.read.drain(..length).collect()).unwrap();
        Some(Reply {
            status: head.split(' ').nth(1)?.parse().ok()?,
            head,
            body,
        })
    }

    /// Whether the server has closed the connection, without another byte.
    pub(crate) fn is_closed(&mut self) -> bool {
        assert!(self.read.is_empty(), "{:?}", String::from_utf8_lossy(&self.read));
        self.fill().is_none()
    }

    fn fill(&mut self) -> Option<()> {
        let mut bytes = [0; 64 * 1024];
        match self.stream.read(&mut bytes) {
            Ok(0) => None,
            Ok(length) => {
                self.read.extend_from_slice(&bytes[..length]);
                Some(())
            }
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => panic!("the server says nothing"),
            Err(_) => None,
        }
    }
}

/// A request whose answer is its own body.
pub(crate) fn post(body: &str) -> String {
    format!(
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}
