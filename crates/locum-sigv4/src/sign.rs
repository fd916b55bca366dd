//! Signing, as botocore does it (facts: cli §1.7): content-type, host, x-amz-date and the session token.

use jiff::Timestamp;
use locum_crypto::{SecretString, hex32, sha256};

use crate::authorization::{
    ALGORITHM_PARAMETER, CREDENTIAL_PARAMETER, DATE_PARAMETER, EXPIRES_PARAMETER, SIGNATURE_PARAMETER,
    SIGNED_HEADERS_PARAMETER, TOKEN_PARAMETER,
};
use crate::canonical::{Parts, canonical_request};
use crate::key::{ALGORITHM, derive, signature};
use crate::query::{Query, encode};
use crate::scope::{Scope, TERMINATOR};
use crate::{AuthError, PathRule, Request, stamp};

/// Headers that are not signed: a proxy or the HTTP client may change them, or they are added for each attempt.
const NOT_SIGNED: [&str; 11] = [
    "accept-encoding",
    "amz-sdk-invocation-id",
    "amz-sdk-request",
    "authorization",
    "connection",
    "expect",
    "transfer-encoding",
    "user-agent",
    "x-amz-date",
    "x-amz-security-token",
    "x-amzn-trace-id",
];

/// Credentials and what to sign for with them.
#[derive(Debug, Clone, Copy)]
pub struct Signer<'a> {
    /// The access key id.
    pub access_key_id: &'a str,
    /// Its secret.
    pub secret: &'a SecretString,
    /// The session token of temporary credentials.
    pub session_token: Option<&'a SecretString>,
    /// The region in the scope.
    pub region: &'a str,
    /// The signing name of the service.
    pub service: &'a str,
    /// The service's rule for paths.
    pub path: PathRule,
}

/// A request that cannot be signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// The query has a malformed escape.
    #[error("the query cannot be signed: {0}")]
    Query(#[from] AuthError),
    /// Not `scheme://host/path`.
    #[error("not a URL that can be presigned; expected http(s)://host[:port][/path][?query]")]
    Url,
    /// No host, or a path that does not begin with a slash.
    #[error("a request cannot be signed without a Host header and an absolute path")]
    Incomplete,
}

impl Signer<'_> {
    /// Signs a request and returns the headers to add to it: the date, the session token and the authorization.
    ///
    /// Signs every header given but those that are known to change on their way, so `request` needs its `host`.
    ///
    /// # Errors
    /// No host, a relative path, or a malformed query.
    pub fn sign_headers(
        &self,
        request: &Request<'_>,
        now: Timestamp,
    ) -> Result<Vec<(&'static str, String)>, SignError> {
        let date = stamp::format(now);
        let mut added = vec![("X-Amz-Date", date.clone())];
        if let Some(token) = self.session_token {
            added.push(("X-Amz-Security-Token", token.expose().to_owned()));
        }
        let mut headers: Vec<(&str, &[u8])> = signable(request).collect();
        headers.extend(added.iter().map(|(name, value)| (*name, value.as_bytes())));
        let names = signed_names(&headers)?;
        let query = Query::parse(request.query)?;
        let signed = Request {
            headers: &headers,
            ..*request
        };
        let scope = self.scope(&date);
        let signature = self.signature(&signed, &query, &names, &scope, &date)?;
        let credential = self.credential(&scope);
        added.push((
            "Authorization",
            format!("{ALGORITHM} Credential={credential}, SignedHeaders={names}, Signature={signature}"),
        ));
        Ok(added)
    }

    /// Signs a request in its query, good for `lifetime` seconds, and returns the whole query. It signs the headers
    /// given, which must then be sent; `host` is enough.
    ///
    /// # Errors
    /// No host, a relative path, or a malformed query.
    pub fn presign_query(
        &self,
        request: &Request<'_>,
        now: Timestamp,
        lifetime: u32,
    ) -> Result<String, SignError> {
        let date = stamp::format(now);
        let scope = self.scope(&date);
        let headers: Vec<(&str, &[u8])> = signable(request).collect();
        let names = signed_names(&headers)?;
        let mut text = String::from(request.query);
        for (name, value) in [
            (ALGORITHM_PARAMETER, Some(ALGORITHM)),
            (CREDENTIAL_PARAMETER, Some(self.credential(&scope).as_str())),
            (DATE_PARAMETER, Some(date.as_str())),
            (EXPIRES_PARAMETER, Some(lifetime.to_string().as_str())),
            (SIGNED_HEADERS_PARAMETER, Some(names.as_str())),
            (TOKEN_PARAMETER, self.session_token.map(SecretString::expose)),
        ] {
            let Some(value) = value else { continue };
            if !text.is_empty() {
                text.push('&');
            }
            text.push_str(name);
            text.push('=');
            encode(value, &mut text);
        }
        let query = Query::parse(&text)?;
        let signed = Request {
            headers: &headers,
            ..*request
        };
        let signature = self.signature(&signed, &query, &names, &scope, &date)?;
        text += &format!("&{SIGNATURE_PARAMETER}={signature}");
        Ok(text)
    }

    /// Presigns a GET of `url`, good for `lifetime` seconds, and returns the URL to fetch. The `headers` are signed too, and
    /// must be sent with it.
    ///
    /// # Errors
    /// Not an absolute URL, or one with a malformed query.
    pub fn presign(
        &self,
        url: &str,
        headers: &[(&str, &[u8])],
        now: Timestamp,
        lifetime: u32,
    ) -> Result<String, SignError> {
        let url = url.split('#').next().unwrap_or(url);
        let (scheme, rest) = url.split_once("://").ok_or(SignError::Url)?;
        let default_port = match scheme {
            "http" => ":80",
            "https" => ":443",
            _ => return Err(SignError::Url),
        };
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at(end);
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        if authority.is_empty() || authority.contains('@') {
            return Err(SignError::Url);
        }
        // HTTP clients leave the default port out of the Host header.
        let host = authority.strip_suffix(default_port).unwrap_or(authority);
        let path = if path.is_empty() { "/" } else { path };
        let mut all = vec![("host", host.as_bytes())];
        all.extend(headers);
        let request = Request {
            method: "GET",
            path,
            query,
            headers: &all,
            body: b"",
        };
        let query = self.presign_query(&request, now, lifetime)?;
        Ok(format!("{scheme}://{authority}{path}?{query}"))
    }

    fn scope<'s>(&'s self, date: &'s str) -> Scope<'s> {
        Scope {
            date: date.get(..8).unwrap_or_default(),
            region: self.region,
            service: self.service,
            terminator: TERMINATOR,
        }
    }

    fn credential(&self, scope: &Scope<'_>) -> String {
        format!("{}/{scope}", self.access_key_id)
    }

    fn signature(
        &self,
        request: &Request<'_>,
        query: &Query,
        names: &str,
        scope: &Scope<'_>,
        date: &str,
    ) -> Result<String, SignError> {
        let parts = Parts {
            path: self.path,
            query,
            left_out: None,
            signed_headers: names,
            body_hash: &hex32(&sha256(request.body)),
        };
        let canonical = canonical_request(request, &parts).ok_or(SignError::Incomplete)?;
        let signature = signature(&derive(self.secret, scope), date, &scope.to_string(), canonical);
        Ok(signature.iter().copied().map(char::from).collect())
    }
}

fn signable<'a>(request: &Request<'a>) -> impl Iterator<Item = (&'a str, &'a [u8])> {
    let headers = request.headers;
    headers
        .iter()
        .copied()
        .filter(|(name, _)| !NOT_SIGNED.iter().any(|other| name.eq_ignore_ascii_case(other)))
}

fn signed_names(headers: &[(&str, &[u8])]) -> Result<String, SignError> {
    let mut names: Vec<String> = headers
        .iter()
        .map(|(name, _)| name.to_ascii_lowercase())
        .collect();
    names.sort_unstable();
    names.dedup();
    if names.iter().any(|name| name == "host") {
        Ok(names.join(";"))
    } else {
        Err(SignError::Incomplete)
    }
}
