//! The load: connections that stay open, each sending one prepared request after the other.
//!
//! One thread drives all connections, on a core of its own if there are two, and never sleeps. It reads no more of an answer than its
//! head and its length, so that it costs less than what it asks for.

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

use crate::{
    answer::{Head, Length},
    requests::Requests,
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

/// Connections to one server.
pub(crate) struct Connections {
    runtime: Runtime,
    address: SocketAddr,
    streams: Vec<TcpStream>,
}

impl Connections {
    /// Opens so many.
    pub(crate) fn open(address: SocketAddr, count: usize) -> Result<Self, Box<dyn Error>> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let streams = runtime.block_on(async {
            let mut streams = Vec::with_capacity(count);
            for _ in 0..count {
                streams.push(connect(address).await?);
            }
            Ok::<_, std::io::Error>(streams)
        })?;
        Ok(Self {
            runtime,
            address,
            streams,
        })
    }

    /// Sends `count` requests, each connection one at a time.
    pub(crate) fn send(&mut self, requests: &Requests, count: usize) -> Result<Outcome, Box<dyn Error>> {
        let shared = Rc::new(Shared {
            address: self.address,
            requests: requests.clone(),
            left: Cell::new(count),
            latencies: RefCell::new(Vec::with_capacity(count)),
        });
        let streams = std::mem::take(&mut self.streams);
        let elapsed = LocalSet::new().block_on(&self.runtime, async {
            // Until the set of tasks is dropped.
            tokio::task::spawn_local(stay_awake());
            let begun = Instant::now();
            let tasks: Vec<_> = streams
                .into_iter()
                .map(|stream| tokio::task::spawn_local(drive(stream, Rc::clone(&shared))))
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
        let mut stream = connect(address).await?;
        stream.write_all(bytes).await?;
        let mut buffer = Vec::new();
        read(&mut stream, &mut buffer).await?;
        Ok(String::from_utf8(buffer)?)
    })
}

struct Shared {
    address: SocketAddr,
    requests: Requests,
    left: Cell<usize>,
    latencies: RefCell<Vec<u32>>,
}

async fn connect(address: SocketAddr) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Keeps the thread from sleeping. A server is charged for waking a client on its own machine, and how much depends on how deeply
/// that processor sleeps: in a virtual machine at one connection, three times what the request costs.
async fn stay_awake() {
    loop {
        tokio::task::yield_now().await;
    }
}

/// Gives the connection back, which is good for more.
async fn drive(mut stream: TcpStream, shared: Rc<Shared>) -> Result<TcpStream, Box<dyn Error>> {
    let mut buffer = Vec::with_capacity(16 * 1024);
    loop {
        let Some(left) = shared.left.get().checked_sub(1) else {
            return Ok(stream);
        };
        shared.left.set(left);
        let bytes = shared.requests.next().ok_or("every request was sent")?;
        let begun = Instant::now();
        stream.write_all(bytes).await?;
        let head = read(&mut stream, &mut buffer).await?;
        let took = u32::try_from(begun.elapsed().as_nanos()).unwrap_or(u32::MAX);
        if head.status != shared.requests.status {
            let text = String::from_utf8_lossy(&buffer);
            return Err(format!("answered {}: {text}", head.status).into());
        }
        shared.latencies.borrow_mut().push(took);
        if head.closes {
            stream = connect(shared.address).await?;
        }
    }
}

/// Reads one answer into `buffer`.
async fn read(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Result<Head, Box<dyn Error>> {
    buffer.clear();
    let mut head = None;
    loop {
        let ended = stream.read_buf(buffer).await? == 0;
        if head.is_none() {
            head = Head::read(buffer);
        }
        match head {
            Some(head) if head.is_whole(buffer) || (ended && head.length == Length::UntilClosed) => {
                return Ok(head);
            }
            _ if ended => return Err("the server closed the connection".into()),
            _ => {}
        }
    }
}
