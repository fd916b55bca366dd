use std::fmt;

use crate::AuthError;

/// The parts of an HTTP request as they came over the wire: nothing decoded, nothing normalised.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The method, in the case it was sent.
    pub method: &'a str,
    /// The path, still percent-encoded.
    pub path: &'a str,
    /// The query without its `?`, still percent-encoded.
    pub query: &'a str,
    /// Header names as received, in any case, and their values.
    pub headers: &'a [(&'a str, &'a [u8])],
    /// The whole body.
    pub body: &'a [u8],
}

impl<'a> Request<'a> {
    /// The values of every header called `name`, which is in lower case.
    pub(crate) fn values(&self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        let headers = self.headers;
        headers
            .iter()
            .filter(move |(received, _)| is(received, name))
            .map(|&(_, value)| value)
    }

    /// The only value of a header; two of them leave open which one was meant.
    pub(crate) fn single(&self, name: &'static str) -> Result<Option<&'a [u8]>, AuthError> {
        let mut values = self.values(name);
        let first = values.next();
        match values.next() {
            Some(_) => Err(AuthError::RepeatedHeader(name)),
            None => Ok(first),
        }
    }
}

/// Whether a header that was received is the one of this name, which is in lower case. So are most that are received.
#[inline]
pub(crate) fn is(received: &str, name: &str) -> bool {
    received.len() == name.len() && (received == name || received.eq_ignore_ascii_case(name))
}

/// Values and body may hold a session token or a password, so only their sizes are shown.
impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.iter().map(|&(name, _)| name).collect();
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("query_bytes", &self.query.len())
            .field("headers", &names)
            .field("body_bytes", &self.body.len())
            .finish()
    }
}
