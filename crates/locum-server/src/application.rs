//! The seam between the edge and what answers.
//!
//! The edge hands over one whole request and gets one whole answer. The call is synchronous because nothing behind
//! it waits; the one exception, a write that must reach the disk before it is acknowledged, travels as a
//! [`Pending`] inside the answer, and the edge awaits it while the thread serves others.

use std::{borrow::Cow, net::SocketAddr};

use bytes::Bytes;

/// What stands behind the edge.
pub trait Application: Send + Sync + 'static {
    /// Answers one request. Must not block: unless the request is long or slow, it runs on the thread that serves every
    /// connection of its core.
    fn call(&self, incoming: Incoming<'_>) -> Answer;

    /// Whether the request behind this head, whose body is not there yet, may be longer than others and takes longer: up to
    /// `Limits::max_long_body`, and called on a thread of its own. What anybody may send should not be. Asked only about a head with `x-amz-target`.
    fn is_long(&self, head: Incoming<'_>) -> bool {
        let _ = head;
        false
    }

    /// Whether a whole request takes longer than others though it is no longer than they are: it is called on a thread of its
    /// own too, in turn with the long ones. What anybody may send should not be.
    fn is_slow(&self, whole: Incoming<'_>) -> bool {
        let _ = whole;
        false
    }

    /// The answer when [`call`](Self::call) panicked or a [`Pending`] write was lost without a word.
    fn failure(&self, incoming: Incoming<'_>) -> Answer {
        let _ = incoming;
        Answer::empty(500, Label::new("none", "InternalFailure"))
    }

    /// The answer to whoever reads the document at `path`; `None` if there is none. Never asked for `/`, which is where
    /// operations are.
    fn document(&self, path: &str) -> Option<Answer> {
        let _ = path;
        None
    }

    /// Whether requests can be answered now; `/readyz` says so.
    fn ready(&self) -> bool {
        true
    }

    /// Appends metrics of the application's own, in the Prometheus text format, to what `/metrics` shows.
    fn write_metrics(&self, out: &mut String) {
        let _ = out;
    }
}

/// One whole request, borrowed from the edge.
///
/// The edge has checked that it is unambiguous: one framing, one host, an ASCII target, printable ASCII header
/// values, a body within the limit.
#[derive(Clone, Copy)]
pub struct Incoming<'a> {
    /// The method, as sent.
    pub method: &'a str,
    /// The path, as sent: neither decoded nor normalised.
    pub path: &'a str,
    /// The query, as sent, without its `?`; empty if there is none.
    pub query: &'a str,
    /// Header names in lower case and their values as sent; a repeated header keeps its order. Over HTTP/2 `host` is first, taken from
    /// `:authority`, which is what clients sign.
    pub headers: &'a [(&'a str, &'a [u8])],
    /// The body, whole.
    pub body: &'a [u8],
    /// The other end of the connection.
    pub peer: SocketAddr,
    /// This end of the connection.
    pub local: SocketAddr,
    /// How the connection is encrypted, if it is.
    pub tls: Option<TlsFacts>,
    /// The version of HTTP.
    pub http_version: HttpVersion,
}

/// How a connection is encrypted, in the words of CloudTrail's `tlsDetails`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TlsFacts {
    /// `TLSv1.2` or `TLSv1.3`.
    pub version: &'static str,
    /// The IANA name of the cipher suite.
    pub cipher: &'static str,
}

/// The version of HTTP a request came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HttpVersion {
    /// HTTP/1.0.
    Http10,
    /// HTTP/1.1.
    Http11,
    /// HTTP/2.
    Http2,
}

/// What to answer.
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Headers; the edge adds `content-length` and `date`.
    pub headers: Vec<(&'static str, Cow<'static, str>)>,
    /// The body.
    pub body: Bytes,
    /// What `/metrics` counts this answer as.
    pub label: Label,
    /// A write that must be durable before this answer may leave.
    pub pending: Option<Box<dyn Pending>>,
}

impl Answer {
    /// An answer without headers or body.
    #[must_use]
    pub fn empty(status: u16, label: Label) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Bytes::new(),
            label,
            pending: None,
        }
    }
}

/// The operation and the outcome that a request is counted under.
///
/// Both are part of the program's text, never of a request: a client must not be able to add time series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Label {
    /// Such as `AssumeRole`; `none` if it was not recognised.
    pub operation: &'static str,
    /// `ok` or the error code.
    pub outcome: &'static str,
}

impl Label {
    /// A label.
    #[must_use]
    pub const fn new(operation: &'static str, outcome: &'static str) -> Self {
        Self { operation, outcome }
    }
}

/// What a [`Pending`] calls once: `Ok` if the write is durable, otherwise the answer to give instead.
pub type Done = Box<dyn FnOnce(Result<(), Answer>) + Send>;

/// A write on its way to the disk.
pub trait Pending: Send {
    /// Calls `done` when the fate of the write is known, on any thread, possibly at once.
    ///
    /// Dropping `done` uncalled counts as a failure of unknown outcome. The `pending` of an answer given instead
    /// is ignored.
    fn on_durable(self: Box<Self>, done: Done);
}
