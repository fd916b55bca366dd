//! Why a request is refused before the application sees it.

/// Why a request is refused at the edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// A line that does not end in CRLF, or a CR elsewhere.
    LineEnd,
    /// Not `METHOD SP TARGET SP VERSION`, or an empty line before it.
    RequestLine,
    /// A target that is neither a path nor an absolute URI, or not printable ASCII.
    Target,
    /// Not HTTP/1.0 or HTTP/1.1.
    Version,
    /// A header name that is no token, a folded line, or a space before the colon.
    HeaderName,
    /// A header value with a control character or a byte above ASCII.
    HeaderValue,
    /// No `Host` where one is needed, or one that is no host.
    Host,
    /// More than one `Host`.
    HostRepeated,
    /// A `Host` that differs from the authority of the target.
    HostMismatch,
    /// A `Content-Length` that is repeated or not a number.
    ContentLength,
    /// A `Transfer-Encoding` that is not exactly one `chunked`.
    TransferEncoding,
    /// Both `Content-Length` and `Transfer-Encoding`.
    LengthAndEncoding,
    /// A chunk size that is no number, a chunk extension, a trailer.
    Chunk,
    /// A head over the limit, in bytes or lines.
    HeadTooLarge,
    /// A body over the limit.
    BodyTooLarge,
    /// A body that ended early or broke the protocol.
    BodyBroken,
    /// A head that did not arrive in time.
    HeadTimeout,
    /// A body that did not arrive in time.
    BodyTimeout,
    /// More requests at one time than the limit.
    Busy,
}

impl Refusal {
    pub(crate) const ALL: [Self; 19] = [
        Self::LineEnd,
        Self::RequestLine,
        Self::Target,
        Self::Version,
        Self::HeaderName,
        Self::HeaderValue,
        Self::Host,
        Self::HostRepeated,
        Self::HostMismatch,
        Self::ContentLength,
        Self::TransferEncoding,
        Self::LengthAndEncoding,
        Self::Chunk,
        Self::HeadTooLarge,
        Self::BodyTooLarge,
        Self::BodyBroken,
        Self::HeadTimeout,
        Self::BodyTimeout,
        Self::Busy,
    ];

    /// The status of the answer (facts: sts §1.1 for 400 and 413).
    pub(crate) const fn status(self) -> u16 {
        match self {
            Self::BodyTooLarge => 413,
            Self::HeadTimeout | Self::BodyTimeout => 408,
            Self::Busy => 503,
            Self::LineEnd
            | Self::RequestLine
            | Self::Target
            | Self::Version
            | Self::HeaderName
            | Self::HeaderValue
            | Self::Host
            | Self::HostRepeated
            | Self::HostMismatch
            | Self::ContentLength
            | Self::TransferEncoding
            | Self::LengthAndEncoding
            | Self::Chunk
            | Self::HeadTooLarge
            | Self::BodyBroken => 400,
        }
    }

    /// The `reason` of the metric.
    pub(crate) const fn reason(self) -> &'static str {
        match self {
            Self::LineEnd => "line_end",
            Self::RequestLine => "request_line",
            Self::Target => "target",
            Self::Version => "version",
            Self::HeaderName => "header_name",
            Self::HeaderValue => "header_value",
            Self::Host => "host",
            Self::HostRepeated => "host_repeated",
            Self::HostMismatch => "host_mismatch",
            Self::ContentLength => "content_length",
            Self::TransferEncoding => "transfer_encoding",
            Self::LengthAndEncoding => "length_and_encoding",
            Self::Chunk => "chunk",
            Self::HeadTooLarge => "head_too_large",
            Self::BodyTooLarge => "body_too_large",
            Self::BodyBroken => "body_broken",
            Self::HeadTimeout => "head_timeout",
            Self::BodyTimeout => "body_timeout",
            Self::Busy => "busy",
        }
    }
}
