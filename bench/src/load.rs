//! The load: connections that stay open, each sending one prepared request after the other.
//!
//! Requests are signed before, so that what is measured is the server. One thread drives all connections; it reads no
//! more of an answer than its status and its length.

use std::{
    cell::{Cell, RefCell},
    error::Error,
    net::SocketAddr,
    rc::Rc,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    runtime::{Builder, Runtime},
    task::LocalSet,
};

/// What a run came to.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    /// How many requests were answered.
    pub(crate) requests: usize,
    /// How long all of them took together.
    pub(crate) elapsed: Duration,
    /// Sorted, in nanoseconds.
    latencies: Vec<u32>,
}

impl Outcome {
    /// Requests a second.
    pub(crate) fn throughput(&self) -> f64 {
        self.requests as f64 / self.elapsed.as_secs_f64()
    }

    /// The latency that this share of the requests stays under, in microseconds.
    pub(crate) fn percentile(&self, share: f64) -> f64 {
        let at = (share * self.latencies.len() as f64) as usize;
        let at = at.min(self.latencies.len().saturating_sub(1));
        self.latencies.get(at).copied().map_or(0.0, f64::from) / 1000.0
    }
}

/// What is sent, and the status it must be answered with.
#[derive(Clone)]
pub(crate) struct Requests {
    /// Whole HTTP requests, sent in turn.
    pub(crate) bytes: Rc<[Vec<u8>]>,
    /// Any other status ends the run.
    pub(crate) status: u16,
}

/// Connections to one server.
pub(crate) struct Connections {
    runtime: Runtime,
    streams: Vec<TcpStream>,
}

impl Connections {
    /// Opens so many.
    pub(crate) fn open(address: SocketAddr, count: usize) -> Result<Self, Box<dyn Error>> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let streams = runtime.block_on(async {
            let mut streams = Vec::with_capacity(count);
            for _ in 0..count {
                let stream = TcpStream::connect(address).await?;
                stream.set_nodelay(true)?;
                streams.push(stream);
            }
            Ok::<_, std::io::Error>(streams)
        })?;
        Ok(Self { runtime, streams })
    }

    /// Sends `count` requests, each connection one at a time.
    pub(crate) fn send(&mut self, requests: &Requests, count: usize) -> Result<Outcome, Box<dyn Error>> {
        let shared = Rc::new(Shared {
            left: Cell::new(count),
            latencies: RefCell::new(Vec::with_capacity(count)),
        });
        let streams = std::mem::take(&mut self.streams);
        let elapsed = LocalSet::new().block_on(&self.runtime, async {
            let begun = Instant::now();
            let tasks: Vec<_> = streams
                .into_iter()
                .map(|stream| tokio::task::spawn_local(drive(stream, requests.clone(), Rc::clone(&shared))))
                .collect();
            for task in tasks {
                self.streams.push(task.await?.map_err(|error| error.to_string())?);
            }
            Ok::<_, Box<dyn Error>>(begun.elapsed())
        })?;
        let mut latencies = shared.latencies.take();
        latencies.sort_unstable();
        Ok(Outcome {
            requests: latencies.len(),
            elapsed,
            latencies,
        })
    }
}

/// Sends `count` requests over as many new connections as `connections` says.
pub(crate) fn run(
    address: SocketAddr,
    requests: &Requests,
    connections: usize,
    count: usize,
) -> Result<Outcome, Box<dyn Error>> {
    Connections::open(address, connections)?.send(requests, count)
}

/// Sends one request and returns the answer, head and body.
pub(crate) fn once(address: SocketAddr, bytes: &[u8]) -> Result<String, Box<dyn Error>> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(bytes).await?;
        let mut buffer = Vec::new();
        answer(&mut stream, &mut buffer).await?;
        Ok(String::from_utf8(buffer)?)
    })
}

struct Shared {
    left: Cell<usize>,
    latencies: RefCell<Vec<u32>>,
}

/// Gives the connection back, which is good for more.
async fn drive(
    mut stream: TcpStream,
    requests: Requests,
    shared: Rc<Shared>,
) -> Result<TcpStream, Box<dyn Error>> {
    let mut buffer = Vec::with_capacity(16 * 1024);
    loop {
        let Some(left) = shared.left.get().checked_sub(1) else {
            return Ok(stream);
        };
        shared.left.set(left);
        let bytes = requests
            .bytes
            .get(left % requests.bytes.len())
            .ok_or("no requests")?;
        let begun = Instant::now();
        stream.write_all(bytes).await?;
        let status = answer(&mut stream, &mut buffer).await?;
        let took = u32::try_from(begun.elapsed().as_nanos()).unwrap_or(u32::MAX);
        if status != requests.status {
            return Err(format!("answered {status}: {}", String::from_utf8_lossy(&buffer)).into());
        }
        shared.latencies.borrow_mut().push(took);
    }
}

/// Reads one answer into `buffer` and returns its status.
async fn answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Result<u16, Box<dyn Error>> {
    buffer.clear();
    loop {
        if stream.read_buf(buffer).await? == 0 {
            return Err("the server closed the connection".into());
        }
        if let Some((status, whole)) = head(buffer)
            && buffer.len() >= whole
        {
            return Ok(status);
        }
    }
}

/// The status of an answer and the length of head and body, once the head is there.
fn head(buffer: &[u8]) -> Option<(u16, usize)> {
    let end = buffer.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(buffer.get(..end)?).ok()?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse::<usize>().ok())?
    })?;
    Some((status, end + length))
}
