//! The life of one connection: encryption, which HTTP it speaks, and its end.

use std::{
    convert::Infallible, future::Future, net::SocketAddr, pin::Pin, rc::Rc, sync::Arc, task::Poll,
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use http_body_util::Full;
use hyper::{Request, Response, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::TlsAcceptor;

use crate::{
    Limits, capacity::Share, exchange, guard::Guard, http2, state::State, stop::Stop, tls, worker::Worker,
};

/// What an HTTP/2 client sends first.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// How much of a refused body is read and thrown away, and for how long: closing a socket with unread bytes would
/// reset the connection and take the answer with it.
const DISCARD_BYTES: usize = 10_000_000;
const DISCARD_TIME: Duration = Duration::from_secs(2);

/// Serves one connection, between these two ends and of a peer with this share, to its end.
pub(crate) async fn serve(
    worker: Rc<Worker>,
    stream: TcpStream,
    (peer, local): (SocketAddr, SocketAddr),
    share: Arc<Share>,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%peer, %error, "cannot set TCP_NODELAY");
    }
    let Some(source) = &worker.shared.tls else {
        let state = State::new(peer, local, None, share);
        return cleartext(&worker, stream, state).await;
    };

    let metrics = &worker.shared.metrics;
    let handshake = timeout(
        worker.limits.header_timeout,
        TlsAcceptor::from(source.current()).accept(stream),
    );
    let stopped = worker.shared.stop.stopped();
    let handshake = tokio::select! {
        biased;
        handshake = handshake => handshake,
        () = stopped => return,
    };
    match handshake {
        Ok(Ok(stream)) => {
            metrics.tls_handshakes.add();
            let (_, session) = stream.get_ref();
            let state = State::new(peer, local, tls::facts(session), share);
            if session.alpn_protocol() == Some(b"h2") {
                http2::serve(&worker, stream, BytesMut::new(), state).await;
            } else {
                serve_http1(&worker, stream, BytesMut::new(), state).await;
            }
        }
        Ok(Err(error)) => {
            metrics.tls_failures.add();
            tracing::debug!(%peer, %error, "TLS handshake failed");
        }
        Err(_) => {
            metrics.tls_failures.add();
            tracing::debug!(%peer, "TLS handshake took too long");
        }
    }
}

/// Reads as much as it takes to know the protocol: HTTP/2 clients may come with prior knowledge.
async fn cleartext(worker: &Rc<Worker>, mut stream: TcpStream, state: Rc<State>) {
    let mut buffer = BytesMut::with_capacity(4 * 1024);
    let sniff = async {
        loop {
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(None);
            }
            let length = buffer.len().min(PREFACE.len());
            if buffer.get(..length) != PREFACE.get(..length) {
                return Ok(Some(false));
            }
            if length == PREFACE.len() {
                return std::io::Result::Ok(Some(true));
            }
        }
    };
    let stopped = worker.shared.stop.stopped();
    let protocol = tokio::select! {
        biased;
        protocol = timeout(worker.limits.header_timeout, sniff) => protocol,
        () = stopped => return,
    };
    match protocol {
        Ok(Ok(Some(true))) => http2::serve(worker, stream, buffer, state).await,
        Ok(Ok(Some(false))) => serve_http1(worker, stream, buffer, state).await,
        Ok(Ok(None) | Err(_)) | Err(_) => tracing::debug!(peer = %state.peer, "closed before a request"),
    }
}

async fn serve_http1<S>(worker: &Rc<Worker>, stream: S, buffer: BytesMut, state: Rc<State>)
where
    S: AsyncRead + AsyncWrite + Unpin + 'static,
{
    let answer = {
        let (worker, state) = (Rc::clone(worker), Rc::clone(&state));
        move |request| exchange::answer(Rc::clone(&worker), Rc::clone(&state), request)
    };
    let limits = Rc::clone(&worker.limits);
    http1(stream, buffer, state, limits, &worker.shared.stop, answer).await;
}

/// Serves HTTP/1 behind the guard; `answer` is called once for each head the guard counted.
pub(crate) async fn http1<S, F, R>(
    stream: S,
    buffer: BytesMut,
    state: Rc<State>,
    limits: Rc<Limits>,
    stop: &Stop,
    answer: F,
) where
    S: AsyncRead + AsyncWrite + Unpin + 'static,
    F: Fn(Request<Incoming>) -> R,
    R: Future<Output = Result<Response<Full<Bytes>>, Infallible>>,
{
    let mut builder = http1::Builder::new();
    builder
        // The guard keeps the deadlines.
        .header_read_timeout(None)
        .max_buf_size(limits.max_head.max(8 * 1024) * 2)
        .half_close(false);
    let guard = Guard::new(stream, buffer, Rc::clone(&state), limits);
    let mut connection = builder.serve_connection(TokioIo::new(guard), service_fn(answer));
    let outcome = until_stopped(&mut connection, &state, stop, |connection| {
        connection.graceful_shutdown();
    })
    .await;
    if let Err(error) = outcome {
        tracing::debug!(peer = %state.peer, %error, "connection ended");
    }
    if state.has_unread() {
        discard(connection.into_parts().io.into_inner().into_inner()).await;
    }
}

/// Drives `connection` to its end and tells it once when the server stops.
pub(crate) async fn until_stopped<C>(
    connection: &mut C,
    state: &State,
    stop: &Stop,
    close: impl Fn(Pin<&mut C>),
) -> Result<(), hyper::Error>
where
    C: Future<Output = Result<(), hyper::Error>> + Unpin,
{
    let mut stopped = std::pin::pin!(stop.stopped());
    let mut registered = false;
    std::future::poll_fn(|cx| {
        if let Poll::Ready(outcome) = Pin::new(&mut *connection).poll(cx) {
            return Poll::Ready(outcome);
        }
        // A task's waker stays the same, so registering once is enough.
        if (!registered || stop.is_stopped()) && !state.is_stopping() {
            registered = true;
            if stopped.as_mut().poll(cx).is_ready() {
                state.stop();
                close(Pin::new(&mut *connection));
                return Pin::new(&mut *connection).poll(cx);
            }
        }
        Poll::Pending
    })
    .await
}

/// Reads what the peer still sends, for a moment.
async fn discard<S: AsyncRead + Unpin>(mut stream: S) {
    let mut left = DISCARD_BYTES;
    let mut scratch = vec![0; 16 * 1024];
    let reading = async {
        while let Ok(length @ 1..) = stream.read(&mut scratch).await {
            left = left.saturating_sub(length);
            if left == 0 {
                break;
            }
        }
    };
    // The time is up or the peer is done: either way the connection closes now.
    let _ = timeout(DISCARD_TIME, reading).await;
}
