use std::{borrow::Cow, net::IpAddr};

/// One whole request. The edge has made sure that it is unambiguous.
#[derive(Clone, Copy)]
pub struct Incoming<'a> {
    /// The method, as sent.
    pub method: &'a str,
    /// The path, as sent.
    pub path: &'a str,
    /// The query, as sent, without its `?`.
    pub query: &'a str,
    /// Header names in lower case and their values as sent.
    pub headers: &'a [(&'a str, &'a [u8])],
    /// The body, whole.
    pub body: &'a [u8],
    /// The address of the peer.
    pub peer: IpAddr,
    /// TLS version and cipher suite, of an encrypted connection.
    pub tls: Option<(&'static str, &'static str)>,
}

impl<'a> Incoming<'a> {
    /// The value of a header that is text; the first of several.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&'a str> {
        let (_, value) = self.headers.iter().find(|(known, _)| *known == name)?;
        std::str::from_utf8(value).ok()
    }

    /// Whether the body is a form.
    #[must_use]
    pub fn has_form(&self) -> bool {
        self.media_type()
            .eq_ignore_ascii_case("application/x-www-form-urlencoded")
    }

    /// What its sender signed.
    pub(crate) const fn signed(&self) -> locum_sigv4::Request<'a> {
        locum_sigv4::Request {
            method: self.method,
            path: self.path,
            query: self.query,
            headers: self.headers,
            body: self.body,
        }
    }

    fn media_type(&self) -> &'a str {
        let value = self.header("content-type").unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim()
    }
}

/// What the edge sends back.
#[derive(Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The headers, `content-type` among them.
    pub headers: Vec<(&'static str, Cow<'static, str>)>,
    /// The body.
    pub body: String,
    /// The operation's name, for metrics; `none` if there is none.
    pub operation: &'static str,
    /// `ok` or the error's code, for metrics.
    pub outcome: &'static str,
}
