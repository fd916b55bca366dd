//! One worker: a thread, a runtime, its listener and its connections.

use std::{
    cell::{Cell, RefCell},
    io,
    net::TcpListener as StdListener,
    rc::Rc,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{
    net::{TcpListener, TcpStream},
    runtime::{Builder, LocalOptions, LocalRuntime},
    sync::mpsc,
};

use crate::{
    Application, Limits,
    capacity::{Capacity, Full},
    connection,
    date::Date,
    long::LongRequests,
    metrics::{Metrics, Recorder},
    server::Ready,
    stop::Stop,
    tls::TlsSource,
    turn::IN_A_ROW,
};

/// How long to leave a listener alone after the system had no descriptor or memory for a connection.
const BACK_OFF: Duration = Duration::from_millis(100);

/// How long a worker is silent after it told of that: as long as others hold what it lacks, every attempt fails.
const SILENCE: Duration = Duration::from_secs(60);

/// What all workers share.
pub(crate) struct Shared {
    pub(crate) application: Arc<dyn Application>,
    pub(crate) limits: Limits,
    pub(crate) grace: Duration,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) capacity: Arc<Capacity>,
    pub(crate) long: LongRequests,
    pub(crate) stop: Stop,
    pub(crate) tls: Option<Arc<TlsSource>>,
}

/// What the connections of one worker share.
pub(crate) struct Worker {
    pub(crate) shared: Arc<Shared>,
    pub(crate) limits: Rc<Limits>,
    pub(crate) recorder: RefCell<Recorder>,
    pub(crate) date: RefCell<Date>,
    /// How many answers wait to be sent (see `turn`).
    pub(crate) waiting: Cell<usize>,
}

/// Makes a runtime for this thread and what it needs; reports the outcome.
pub(crate) fn runtime(listener: StdListener, ready: &Ready) -> Option<(LocalRuntime, TcpListener)> {
    let made = Builder::new_current_thread()
        .enable_all()
        .max_io_events_per_tick(IN_A_ROW)
        .build_local(LocalOptions::default())
        .and_then(|runtime| {
            let entered = runtime.enter();
            let listener = TcpListener::from_std(listener)?;
            drop(entered);
            Ok((runtime, listener))
        });
    match made {
        Ok(made) => {
            let _ = ready.send(Ok(()));
            Some(made)
        }
        Err(error) => {
            let _ = ready.send(Err(error));
            None
        }
    }
}

/// The life of a worker thread.
pub(crate) fn run(shared: Arc<Shared>, listener: StdListener, ready: Ready) {
    let Some((runtime, listener)) = runtime(listener, &ready) else {
        return;
    };
    let worker = Rc::new(Worker {
        limits: Rc::new(shared.limits.clone()),
        shared,
        recorder: RefCell::default(),
        date: RefCell::default(),
        waiting: Cell::default(),
    });
    runtime.block_on(async {
        // Each task holds a sender; when the last one is gone, the channel says so.
        let (alive, mut finished) = mpsc::channel::<()>(1);
        tokio::task::spawn_local(accept(Rc::clone(&worker), listener, alive));
        worker.shared.stop.stopped().await;
        if tokio::time::timeout(worker.shared.grace, finished.recv())
            .await
            .is_err()
        {
            tracing::warn!("requests were still under way when the grace ended");
        }
    });
}

async fn accept(worker: Rc<Worker>, listener: TcpListener, alive: mpsc::Sender<()>) {
    let stop = worker.shared.stop.clone();
    let mut stopped = std::pin::pin!(stop.stopped());
    let mut told = None;
    loop {
        tokio::select! {
            biased;
            () = &mut stopped => return,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => admit(&worker, stream, &alive),
                Err(error) => recover(&worker, error, &mut told).await,
            },
        }
    }
}

fn admit(worker: &Rc<Worker>, stream: TcpStream, alive: &mpsc::Sender<()>) {
    let metrics = &worker.shared.metrics;
    // A peer that is gone already has no address.
    let (Ok(peer), Ok(local)) = (stream.peer_addr(), stream.local_addr()) else {
        return;
    };
    match worker.shared.capacity.admit(peer.ip()) {
        Ok(place) => {
            metrics.connections.add();
            let (worker, alive) = (Rc::clone(worker), alive.clone());
            tokio::task::spawn_local(async move {
                connection::serve(worker, stream, (peer, local), place.share()).await;
                drop((place, alive));
            });
        }
        Err(full) => {
            match full {
                Full::Server => metrics.turned_away_server.add(),
                Full::Peer => metrics.turned_away_peer.add(),
            }
            tracing::debug!(%peer, ?full, "connection turned away");
        }
    }
}

async fn recover(worker: &Worker, error: io::Error, told: &mut Option<Instant>) {
    worker.shared.metrics.accept_errors.add();
    // These concern the one connection that failed before it was accepted; the next may be fine.
    if matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset | io::ErrorKind::Interrupted
    ) {
        return;
    }
    if told.is_none_or(|told| told.elapsed() >= SILENCE) {
        *told = Some(Instant::now());
        tracing::warn!(%error, "cannot accept connections for now");
    }
    tokio::time::sleep(BACK_OFF).await;
}
