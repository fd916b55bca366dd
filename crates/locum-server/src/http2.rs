//! HTTP/2: its limits, and the deadlines that hyper has not: for who asks nothing, and for who takes no answer.
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
use hyper::{Response, body::Incoming, server::conn::http2, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::{
    connection::until_stopped,
    exchange,
    state::State,
    unsent::{Unsent, Watched},
    worker::Worker,
};

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
    let unsent = Rc::new(Unsent::default());
    let service = {
        let (worker, state, unsent) = (Rc::clone(worker), Rc::clone(&state), Rc::clone(&unsent));
        service_fn(move |request| {
            let answer = exchange::answer(Rc::clone(&worker), Rc::clone(&state), request);
            let unsent = Rc::clone(&unsent);
            async move { Ok(answer.await?.map(|body| unsent.watch(body))) }
        })
    };
    let stream = Prefixed {
        prefix: buffer.freeze(),
        inner: stream,
    };
    let connection = std::pin::pin!(builder.serve_connection(TokioIo::new(stream), service));
    let tick = limits.idle_timeout.min(limits.write_timeout);
    let mut connection = TimeLimited {
        inner: connection,
        state: Rc::clone(&state),
        unsent,
        timer: Box::pin(tokio::time::sleep(tick)),
        tick,
        idle: limits.idle_timeout,
        write: limits.write_timeout,
        closing: None,
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

/// An HTTP/2 connection that is closed when it has had no request for too long, or an answer of which nothing was taken for
/// too long; hyper has no such limits.
struct TimeLimited<'a, C> {
    inner: Pin<&'a mut C>,
    state: Rc<State>,
    unsent: Rc<Unsent>,
    timer: Pin<Box<tokio::time::Sleep>>,
    /// How often to look, at least.
    tick: Duration,
    idle: Duration,
    write: Duration,
    /// When to end it, once it was told goodbye.
    closing: Option<Instant>,
    /// From the polite goodbye to the end.
    last_call: Duration,
}

impl<S, F, R> Future for TimeLimited<'_, http2::Connection<TokioIo<Prefixed<S>>, F, LocalExecutor>>
where
    S: AsyncRead + AsyncWrite + Unpin + 'static,
    F: hyper::service::HttpService<Incoming, Future = R, ResBody = Watched, Error = Infallible>,
    R: Future<Output = Result<Response<Watched>, Infallible>> + 'static,
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
            if this
                .unsent
                .longest()
                .is_some_and(|since| since + this.write <= now)
            {
                tracing::debug!(peer = %this.state.peer, "connection dropped: an answer is not taken");
                return Poll::Ready(Ok(()));
            }
            let end = this.state.last_active() + this.idle;
            let next = if this.state.is_busy() || this.unsent.is_any() {
                now + this.tick
            } else if let Some(end) = this.closing {
                if end <= now {
                    tracing::debug!(peer = %this.state.peer, "idle connection dropped");
                    return Poll::Ready(Ok(()));
                }
                end
            } else if end <= now {
                let last = now + this.last_call;
                this.closing = Some(last);
                this.inner.as_mut().graceful_shutdown();
                last
            } else {
                end
            };
            this.timer.as_mut().reset(next.min(now + this.tick).into());
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
