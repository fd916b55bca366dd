//! One whole request, owned, so that it can be answered on any thread.

use std::net::SocketAddr;

use bytes::Bytes;
use http::{HeaderMap, Version, header::HOST, request::Parts};

use crate::{HttpVersion, Incoming, TlsFacts, state::State};

/// More headers than most requests have; the room of a request with more is not kept with its connection.
const MOST_ROOM: usize = 48;

/// Head, body, and how they came.
#[derive(Debug)]
pub(crate) struct Whole {
    parts: Parts,
    body: Bytes,
    peer: SocketAddr,
    local: SocketAddr,
    tls: Option<TlsFacts>,
    http_version: HttpVersion,
}

impl Whole {
    /// A request of which only the head is there yet.
    pub(crate) const fn head(parts: Parts, state: &State) -> Self {
        let http_version = match parts.version {
            Version::HTTP_2 => HttpVersion::Http2,
            Version::HTTP_10 => HttpVersion::Http10,
            _ => HttpVersion::Http11,
        };
        Self {
            parts,
            body: Bytes::new(),
            peer: state.peer,
            local: state.local,
            tls: state.tls,
            http_version,
        }
    }

    pub(crate) const fn parts(&self) -> &Parts {
        &self.parts
    }

    pub(crate) const fn http_version(&self) -> HttpVersion {
        self.http_version
    }

    /// Adds the body.
    pub(crate) fn put_body(&mut self, body: Bytes) {
        self.body = body;
    }

    /// Gives up the request and leaves the room that its headers took, empty.
    pub(crate) fn into_room(self) -> HeaderMap {
        let mut headers = self.parts.headers;
        if headers.capacity() > MOST_ROOM {
            return HeaderMap::new();
        }
        headers.clear();
        headers
    }

    /// The headers as the application sees them: over HTTP/2 the host comes from the authority, which is what clients sign.
    pub(crate) fn headers(&self) -> Vec<(&str, &[u8])> {
        let parts = &self.parts;
        let authority = match self.http_version {
            HttpVersion::Http2 => parts.uri.authority(),
            HttpVersion::Http10 | HttpVersion::Http11 => None,
        };
        let mut headers: Vec<(&str, &[u8])> = Vec::with_capacity(parts.headers.len() + 1);
        headers.extend(authority.map(|authority| (HOST.as_str(), authority.as_str().as_bytes())));
        for (name, value) in &parts.headers {
            if authority.is_none() || *name != HOST {
                headers.push((name.as_str(), value.as_bytes()));
            }
        }
        headers
    }

    /// What the application is handed, over [`headers`](Self::headers).
    pub(crate) fn incoming<'a>(&'a self, headers: &'a [(&'a str, &'a [u8])]) -> Incoming<'a> {
        Incoming {
            method: self.parts.method.as_str(),
            path: self.parts.uri.path(),
            query: self.parts.uri.query().unwrap_or_default(),
            headers,
            body: &self.body,
            peer: self.peer,
            local: self.local,
            tls: self.tls,
            http_version: self.http_version,
        }
    }
}
