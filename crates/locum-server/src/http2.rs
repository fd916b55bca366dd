//! HTTP/2: its limits, and the idle deadline that hyper has not.
//!
//! Framing has one meaning here, so there is no guard; what is left to check of a request is in
//! [`exchange`](crate::exchange).

use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use bytes::{Buf, Bytes, BytesMut};
use http_body_util::Full;
use hyper::{Response, body::Incoming, server::conn::http2, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::{connection::until_stopped, exchange, state::State, worker::Worker};

/// Serves HTTP/2 on `stream`, of which `buffer` has been read already.
pub(crate) async fn serve<S>(worker: &Rc<Worker>, stream: S, buffer: BytesMut, state: Rc<State>)
where
    S: AsyncRead + AsyncWrite + Unpin + 'static,
{
    let limits = &worker.limits;
    let mut builder = http2::Builder::new(LocalExecutor);
    // Every limit by name (facts: security S9): concurrent streams, rapid reset, MadeYouReset, header floods, dead
    // peers, and how much of a body is taken before somebody reads it.
    builder
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.max_streams)
        .max_pending_accept_reset_streams(20)
        .max_local_error_reset_streams(64)
        .max_header_list_size(
            u32::try_from(limits.max_head)
                .unwrap_or(u32::MAX)
                .saturating_mul(2),
        )
        .initial_stream_window_size(64 * 1024)
        .initial_connection_window_size(512 * 1024)
        .adaptive_window(false)
        .max_frame_size(16 * 1024)
        .max_send_buf_size(64 * 1024)
        .keep_alive_interval(limits.idle_timeout / 2)
        .keep_alive_timeout(limits.header_timeout);
    let service = {
        let (worker, state) = (Rc::clone(worker), Rc::clone(&state));
        service_fn(move |request| exchange::answer(Rc::clone(&worker), Rc::clone(&state), request))
    };
    let stream = Prefixed {
        prefix: buffer.freeze(),
        inner: stream,
    };
    let connection = std::pin::pin!(builder.serve_connection(TokioIo::new(stream), service));
    let mut connection = IdleLimited {
        inner: connection,
        state: Rc::clone(&state),
        timer: Box::pin(tokio::time::sleep(limits.idle_timeout)),
        idle: limits.idle_timeout,
        closing: false,
        last_call: limits.header_timeout,
    };
    let outcome = until_stopped(&mut connection, &state, &worker.shared.stop, |connection| {
        connection.get_mut().inner.as_mut().graceful_shutdown();
    })
    .await;
    if let Err(error) = outcome {
        tracing::debug!(peer = %state.peer, %error, "connection ended");
    }
}

/// An HTTP/2 connection that is closed when it has had no request for too long; hyper has no such limit.
struct IdleLimited<'a, C> {
    inner: Pin<&'a mut C>,
    state: Rc<State>,
    timer: Pin<Box<tokio::time::Sleep>>,
    idle: Duration,
    closing: bool,
    /// From the polite goodbye to the end.
    last_call: Duration,
}

impl<S, F, R> Future for IdleLimited<'_, http2::Connection<TokioIo<Prefixed<S>>, F, LocalExecutor>>
where
    S: AsyncRead + AsyncWrite + Unpin + 'static,
    F: hyper::service::HttpService<Incoming, Future = R, ResBody = Full<Bytes>, Error = Infallible>,
    R: Future<Output = Result<Response<Full<Bytes>>, Infallible>> + 'static,
{
    type Output = Result<(), hyper::Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        loop {
            if let Poll::Ready(outcome) = this.inner.as_mut().poll(cx) {
                return Poll::Ready(outcome);
            }
            if this.timer.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
            let now = Instant::now();
            let end = this.state.last_active() + this.idle;
            if this.state.is_busy() {
                this.timer.as_mut().reset((now + this.idle).into());
            } else if end > now && !this.closing {
                this.timer.as_mut().reset(end.into());
            } else if this.closing {
                tracing::debug!(peer = %this.state.peer, "idle connection dropped");
                return Poll::Ready(Ok(()));
            } else {
                this.closing = true;
                this.timer.as_mut().reset((now + this.last_call).into());
                this.inner.as_mut().graceful_shutdown();
            }
        }
    }
}

/// Spawns the streams of a connection on its own thread.
#[derive(Debug, Clone, Copy)]
struct LocalExecutor;

impl<F> hyper::rt::Executor<F> for LocalExecutor
where
    F: Future<Output = ()> + 'static,
{
    fn execute(&self, future: F) {
        tokio::task::spawn_local(future);
    }
}

/// A stream of which some bytes were read already.
struct Prefixed<S> {
    prefix: Bytes,
    inner: S,
}

impl<S: AsyncRead + Unpin> AsyncRead for Prefixed<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        if self.prefix.is_empty() {
            return Pin::new(&mut self.inner).poll_read(cx, out);
        }
        let take = self.prefix.len().min(out.remaining());
        out.put_slice(self.prefix.get(..take).unwrap_or_default());
        self.prefix.advance(take);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Prefixed<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[std::io::IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
