//! Health, readiness and metrics, on a loopback listener with a thread of its own, so that a scrape delays nobody
//! and a stuck worker cannot hide.

use std::{
    net::TcpListener as StdListener,
    rc::Rc,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::{Bytes, BytesMut};
use http::{HeaderValue, Method, Request, Response, StatusCode, header::CONTENT_TYPE};
use http_body_util::Full;
use hyper::body::Incoming;
use tokio::{
    net::TcpListener,
    time::{sleep, timeout},
};

use crate::{
    Limits,
    capacity::Capacity,
    connection,
    server::Ready,
    state::State,
    worker::{self, Shared},
};

/// Connections at one time; a scraper and a probe need two.
const MAX_CONNECTIONS: usize = 64;

/// The life of the admin thread.
pub(crate) fn run(shared: Arc<Shared>, listener: StdListener, ready: Ready) {
    let Some((runtime, listener)) = worker::runtime(listener, &ready) else {
        return;
    };
    runtime.block_on(async {
        tokio::task::spawn_local(accept(Arc::clone(&shared), listener));
        // It goes on answering during the grace, so that probes see `stopping` and not a closed port.
        shared.stop.stopped().await;
        let drained = async {
            while shared.capacity.open() > 0 {
                sleep(Duration::from_millis(20)).await;
            }
        };
        let _ = timeout(shared.grace, drained).await;
    });
}

async fn accept(shared: Arc<Shared>, listener: TcpListener) {
    let capacity = Arc::new(Capacity::new(MAX_CONNECTIONS, MAX_CONNECTIONS));
    let limits = Rc::new(Limits {
        max_body: 0,
        ..shared.limits.clone()
    });
    loop {
        let Ok((stream, peer)) = listener.accept().await else {
            sleep(Duration::from_millis(100)).await;
            continue;
        };
        let (Ok(place), Ok(local)) = (capacity.admit(peer.ip()), stream.local_addr()) else {
            continue;
        };
        let (shared, limits) = (Arc::clone(&shared), Rc::clone(&limits));
        tokio::task::spawn_local(async move {
            let state = State::new(peer, local, None, place.share());
            let stop = shared.stop.clone();
            let answer = {
                let state = Rc::clone(&state);
                move |request| {
                    let response = match state.begin() {
                        Some(refusal) => text(refusal.status(), String::new()),
                        None => respond(&shared, &request),
                    };
                    state.end(Instant::now());
                    std::future::ready(Ok(response))
                }
            };
            connection::http1(stream, BytesMut::new(), state, limits, &stop, answer).await;
            drop(place);
        });
    }
}

fn respond(shared: &Shared, request: &Request<Incoming>) -> Response<Full<Bytes>> {
    if request.method() != Method::GET {
        return text(405, String::new());
    }
    match request.uri().path() {
        "/healthz" => text(200, "ok\n".to_owned()),
        "/readyz" if shared.stop.is_stopped() => text(503, "stopping\n".to_owned()),
        "/readyz" if shared.application.ready() => text(200, "ready\n".to_owned()),
        "/readyz" => text(503, "not ready\n".to_owned()),
        "/metrics" => {
            let mut out = String::with_capacity(16 * 1024);
            shared.metrics.write(&mut out, shared.capacity.open());
            shared.application.write_metrics(&mut out);
            text(200, out)
        }
        _ => text(404, String::new()),
    }
}

fn text(status: u16, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8"),
    );
    response
}
