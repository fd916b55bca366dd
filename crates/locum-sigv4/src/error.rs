//! Every way authentication is refused, with the status, code and sentence that AWS answers (facts: sts §1.6).
//!
//! What a message repeats of the request is never secret, and control characters in it are replaced, so it can be
//! written into XML, a header or a log line.

/// Why a request is not authenticated. Its `Display` is the message for the client.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// A percent sign with fewer than two characters behind it.
    #[error("Incomplete trailing escape % sequence")]
    IncompleteEscape,
    /// A percent sign before something other than two hexadecimal digits.
    #[error("Illegal hex character in escape % pattern: %{0}")]
    IllegalEscape(String),
    /// A header that takes part in authentication came twice.
    #[error("Header '{0}' must not be repeated.")]
    RepeatedHeader(&'static str),
    /// A header that takes part in authentication is not text.
    #[error("Header '{0}' must be text.")]
    NotText(&'static str),
    /// A query parameter that takes part in authentication came twice, or in another case.
    #[error("AWS query-string parameter '{0}' must be given once and spelled exactly.")]
    RepeatedParameter(&'static str),
    /// Both the Authorization header and the query carry authentication.
    #[error("Authentication must be either in headers or in the query string, not in both.")]
    TwoForms,
    /// Nothing that authenticates.
    #[error("Request is missing Authentication Token")]
    Missing,
    /// Signed by something other than AWS4-HMAC-SHA256.
    #[error("Unsupported AWS 'algorithm': '{0}'.")]
    Algorithm(String),
    /// A part of the Authorization header without an equal sign.
    #[error("'{part}' not a valid key=value pair (missing equal-sign) in Authorization header: '{header}'")]
    NotKeyValue {
        /// The part.
        part: String,
        /// The whole header.
        header: String,
    },
    /// The Authorization header, or the date beside it, lacks parts; one sentence for each.
    #[error("{0}Authorization=AWS4-HMAC-SHA256")]
    MissingParts(String),
    /// The query lacks parts; one sentence for each.
    #[error("{0}Re-examine the query-string parameters.")]
    MissingParameters(String),
    /// `X-Amz-Expires` is not a number of seconds from one to a week.
    #[error("X-Amz-Expires must be a number of seconds from 1 to 604800, got '{0}'")]
    Expires(String),
    /// The host is not signed.
    #[error("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")]
    HostNotSigned,
    /// An `x-amz-` header is not signed.
    #[error("'{0}' must be a 'SignedHeader' in the AWS Authorization.")]
    HeaderNotSigned(String),
    /// A date in another format.
    #[error("Date must be in ISO-8601 'basic format'. Got '{0}'. See http://en.wikipedia.org/wiki/ISO_8601")]
    Date(String),
    /// Signed too long ago, or the presigned time is over.
    #[error("Signature expired: {signed} is now earlier than {limit} ({now} - {window})")]
    Expired {
        /// When it was signed.
        signed: String,
        /// The earliest time that would do.
        limit: String,
        /// Now.
        now: String,
        /// How old it may be, as in `15 min.`.
        window: String,
    },
    /// Signed too far in the future.
    #[error("Signature not yet current: {signed} is still later than {limit} ({now} + 15 min.)")]
    NotYetCurrent {
        /// When it was signed.
        signed: String,
        /// The latest time that would do.
        limit: String,
        /// Now.
        now: String,
    },
    /// The credential has not five elements.
    #[error(
        "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '{0}'"
    )]
    Credential(String),
    /// The scope names another region, service, terminator or date; one sentence for each, with a blank behind it.
    #[error("{0}")]
    Scope(String),
    /// The key is unknown, or the session token is not its own.
    #[error("The security token included in the request is invalid.")]
    InvalidToken,
    /// The session is over.
    #[error("The security token included in the request is expired")]
    ExpiredToken,
    /// The signature is of another request, or by another key.
    #[error(
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
         Access Key and signing method. Consult the service documentation for details."
    )]
    Mismatch,
}

impl AuthError {
    /// The error code on the wire.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::IncompleteEscape | Self::IllegalEscape(_) => "MalformedQueryString",
            Self::Missing => "MissingAuthenticationToken",
            Self::RepeatedHeader(_)
            | Self::NotText(_)
            | Self::RepeatedParameter(_)
            | Self::TwoForms
            | Self::Algorithm(_)
            | Self::NotKeyValue { .. }
            | Self::MissingParts(_)
            | Self::MissingParameters(_)
            | Self::Expires(_)
            | Self::Date(_)
            | Self::Credential(_) => "IncompleteSignature",
            Self::HostNotSigned
            | Self::HeaderNotSigned(_)
            | Self::Expired { .. }
            | Self::NotYetCurrent { .. }
            | Self::Scope(_)
            | Self::Mismatch => "SignatureDoesNotMatch",
            Self::InvalidToken => "InvalidClientTokenId",
            Self::ExpiredToken => "ExpiredToken",
        }
    }

    /// The HTTP status: 400 for a request that cannot be read, 403 for one that is read and refused.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self.code() {
            "MalformedQueryString" | "IncompleteSignature" => 400,
            _ => 403,
        }
    }
}

/// What the client sent, fit to be repeated to it.
pub(crate) fn shown(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_control() {
                char::REPLACEMENT_CHARACTER
            } else {
                c
            }
        })
        .collect()
}
