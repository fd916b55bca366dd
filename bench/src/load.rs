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
    runtime::Builder,
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

/// Sends `count` requests over `connections`.
pub(crate) fn run(
    address: SocketAddr,
    requests: &Requests,
    connections: usize,
    count: usize,
) -> Result<Outcome, Box<dyn Error>> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    LocalSet::new().block_on(&runtime, async {
        let shared = Rc::new(Shared {
            next: Cell::new(0),
            count,
            latencies: RefCell::new(Vec::with_capacity(count)),
        });
        let mut streams = Vec::with_capacity(connections);
        for _ in 0..connections {
            let stream = TcpStream::connect(address).await?;
            stream.set_nodelay(true)?;
            streams.push(stream);
        }
        let begun = Instant::now();
        let tasks: Vec<_> = streams
            .into_iter()
            .map(|stream| tokio::task::spawn_local(drive(stream, requests.clone(), Rc::clone(&shared))))
            .collect();
        for task in tasks {
            task.await?.map_err(|error| error.to_string())?;
        }
        let elapsed = begun.elapsed();
        let mut latencies = shared.latencies.take();
        latencies.sort_unstable();
        Ok(Outcome {
            requests: latencies.len(),
            elapsed,
            latencies,
        })
    })
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
    next: Cell<usize>,
    count: usize,
    latencies: RefCell<Vec<u32>>,
}

async fn drive(mut stream: TcpStream, requests: Requests, shared: Rc<Shared>) -> Result<(), Box<dyn Error>> {
    let mut buffer = Vec::with_capacity(16 * 1024);
    loop {
        let number = shared.next.get();
        if number >= shared.count {
            return Ok(());
        }
        shared.next.set(number + 1);
        let bytes = requests
            .bytes
            .get(number % requests.bytes.len())
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
