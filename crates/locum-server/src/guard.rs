//! A strict doorkeeper between a connection and hyper's HTTP/1.
//!
//! It withholds each request head until it is whole and passes [`head::check`], then lets exactly that request's
//! bytes through. As what passes has one framing only, it and hyper agree on where each request ends; where hyper
//! would refuse what the guard let through, hyper closes the connection, so they cannot drift apart.
//!
//! A refused head must be answered in its turn, after the requests before it, and hyper alone writes to the
//! connection. So the guard passes a harmless head in its place, notes which one it is, and the service answers
//! that one with the refusal; nothing behind it is read. The same place knows when a connection is idle, in the
//! middle of a head or stuck writing, so the deadlines live here too.

use std::{
    io,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, ready},
    time::Instant,
};

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::{
    chunks::Chunks,
    config::Limits,
    deadline::Deadline,
    head::{self, Framing, HeadEnd},
    plain_head,
    refusal::Refusal,
    state::State,
};

/// What hyper gets in place of a refused head.
const STAND_IN: &[u8] = b"GET / HTTP/1.1\r\nhost: refused\r\nconnection: close\r\n\r\n";

/// Most requests are smaller; a buffer is held by every idle connection.
const READ_SIZE: usize = 4 * 1024;

enum Phase {
    Head(HeadEnd),
    Length(u64),
    Chunked(Chunks),
    Refused,
}

/// A connection whose requests are checked as they are read.
pub(crate) struct Guard<S> {
    inner: S,
    state: Rc<State>,
    limits: Rc<Limits>,
    /// Bytes read and not yet passed on.
    buffer: BytesMut,
    /// How many of them may be passed on.
    passed: usize,
    phase: Phase,
    deadline: Deadline,
    reading_since: Option<Instant>,
    writing_since: Option<Instant>,
}

impl<S> Guard<S> {
    /// Guards `inner`, of which `buffer` has been read already.
    pub(crate) fn new(inner: S, buffer: BytesMut, state: Rc<State>, limits: Rc<Limits>) -> Self {
        Self {
            inner,
            state,
            limits,
            buffer,
            passed: 0,
            phase: Phase::Head(HeadEnd::default()),
            deadline: Deadline::default(),
            reading_since: None,
            writing_since: None,
        }
    }

    /// The connection, for what is left to do after HTTP.
    pub(crate) fn into_inner(self) -> S {
        self.inner
    }

    /// Looks at what has been read and passes what may pass.
    fn inspect(&mut self) -> io::Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        match &mut self.phase {
            Phase::Head(end) => match Self::inspect_head(end, &self.buffer, self.limits.max_head) {
                Ok(None) => {}
                Ok(Some((end, framing))) => {
                    self.state.count_head();
                    self.passed = end;
                    self.begin(match framing {
                        Framing::Length(0) => Phase::Head(HeadEnd::default()),
                        Framing::Length(length) => Phase::Length(length),
                        Framing::Chunked => Phase::Chunked(Chunks::START),
                    });
                }
                Err(refusal) => self.refuse(refusal),
            },
            Phase::Length(left) => {
                let take =
                    usize::try_from(*left).map_or(self.buffer.len(), |left| left.min(self.buffer.len()));
                self.passed = take;
                *left -= take as u64;
                if *left == 0 {
                    self.begin(Phase::Head(HeadEnd::default()));
                }
            }
            Phase::Chunked(chunks) => {
                // The head has passed already: hyper hands this error to whoever reads the body.
                self.passed = chunks
                    .advance(&self.buffer)
                    .map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
                if *chunks == Chunks::Done {
                    self.begin(Phase::Head(HeadEnd::default()));
                }
            }
            Phase::Refused => {}
        }
        Ok(())
    }

    fn inspect_head(
        end: &mut HeadEnd,
        buffer: &[u8],
        max_head: usize,
    ) -> Result<Option<(usize, Framing)>, Refusal> {
        if end.is_new()
            && let Some((length, framing)) = plain_head::read(buffer)
            && length <= max_head
        {
            return Ok(Some((length, framing)));
        }
        let Some(length) = end.find(buffer)? else {
            return if buffer.len() > max_head {
                Err(Refusal::HeadTooLarge)
            } else {
                Ok(None)
            };
        };
        if length > max_head {
            return Err(Refusal::HeadTooLarge);
        }
        let framing = head::check(buffer.get(..length).unwrap_or_default())?;
        Ok(Some((length, framing)))
    }

    fn begin(&mut self, phase: Phase) {
        self.phase = phase;
        self.reading_since = None;
    }

    fn refuse(&mut self, refusal: Refusal) {
        self.state.count_head();
        self.state.refuse(refusal);
        self.begin(Phase::Refused);
        self.buffer.clear();
        self.buffer.extend_from_slice(STAND_IN);
        self.passed = STAND_IN.len();
    }

    /// Hands on as much of what may be passed as there is room for.
    fn pass(&mut self, out: &mut ReadBuf<'_>) {
        let take = self.passed.min(out.remaining());
        out.put_slice(self.buffer.get(..take).unwrap_or_default());
        self.buffer.advance(take);
        self.passed -= take;
    }

    /// What to do when the peer has nothing to say.
    fn wait(&mut self, cx: &mut Context<'_>) -> Wait {
        let between = matches!(self.phase, Phase::Head(_)) && self.buffer.is_empty();
        if self.state.is_busy() {
            // The peer waits for us; the body has a deadline of its own.
            self.reading_since = None;
            return Wait::More;
        }
        if between && self.state.is_stopping() {
            return Wait::Close;
        }
        let limit = if between && self.state.heads() > 0 {
            self.limits.idle_timeout
        } else {
            self.limits.header_timeout
        };
        let since = *self.reading_since.get_or_insert_with(|| {
            if between && self.state.is_idle() {
                self.state.last_active()
            } else {
                Instant::now()
            }
        });
        match self.phase {
            _ if !self.deadline.has_passed(cx, since, limit) => Wait::More,
            Phase::Head(_) if !between => Wait::Refuse,
            _ => Wait::Close,
        }
    }
}

enum Wait {
    More,
    Refuse,
    Close,
}

impl<S: AsyncRead + Unpin> AsyncRead for Guard<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            if this.passed == 0 {
                this.inspect()?;
            }
            if this.passed > 0 {
                this.pass(out);
                // A body that came with its head goes on with it: hyper would take another buffer for it.
                if this.passed == 0 && matches!(this.phase, Phase::Length(_)) {
                    this.inspect()?;
                    this.pass(out);
                }
                return Poll::Ready(Ok(()));
            }
            if matches!(this.phase, Phase::Refused) {
                // An end of file would make hyper drop the answer that is on its way.
                return Poll::Pending;
            }

            let started = !this.buffer.is_empty();
            this.buffer.reserve(READ_SIZE);
            match read_into(&mut this.inner, cx, &mut this.buffer) {
                Poll::Ready(Ok(0)) => return Poll::Ready(Ok(())),
                Poll::Ready(Ok(_)) => {
                    if !started && matches!(this.phase, Phase::Head(_)) {
                        this.reading_since = None;
                    }
                }
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => match this.wait(cx) {
                    Wait::More => return Poll::Pending,
                    Wait::Refuse => this.refuse(Refusal::HeadTimeout),
                    Wait::Close => return Poll::Ready(Ok(())),
                },
            }
        }
    }
}

/// Reads what there is behind what is in `buffer`.
fn read_into<S: AsyncRead + Unpin>(
    inner: &mut S,
    cx: &mut Context<'_>,
    buffer: &mut BytesMut,
) -> Poll<io::Result<usize>> {
    let read = std::pin::pin!(tokio::io::AsyncReadExt::read_buf(inner, buffer));
    std::future::Future::poll(read, cx)
}

impl<S: AsyncWrite + Unpin> Guard<S> {
    /// Passes on the outcome of a write, or an error if the peer has taken nothing for too long.
    fn written<T>(&mut self, cx: &mut Context<'_>, outcome: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if outcome.is_ready() {
            self.writing_since = None;
            return outcome;
        }
        let since = *self.writing_since.get_or_insert_with(Instant::now);
        if self.deadline.has_passed(cx, since, self.limits.write_timeout) {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        Poll::Pending
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Guard<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.inner).poll_write(cx, bytes);
        this.written(cx, outcome)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.inner).poll_write_vectored(cx, slices);
        this.written(cx, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.inner).poll_flush(cx);
        this.written(cx, outcome)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.inner).poll_shutdown(cx);
        ready!(this.written(cx, outcome))?;
        Poll::Ready(Ok(()))
    }
}
