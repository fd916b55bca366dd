//! The steps of verification, each a type that only the step before it can build.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use locum_crypto::{SecretString, equal, hex32, sha256};

use crate::authorization::{Authorization, SIGNATURE_PARAMETER};
use crate::cache::KeyName;
use crate::canonical::{Parts, canonical_request};
use crate::error::shown;
use crate::key::{derive, signature};
use crate::names::{Names, canonical_names};
use crate::query::Query;
use crate::scope::Credential;
use crate::split::split;
use crate::{AuthError, ExpectedScope, PathRule, Request, Scope, SigningKeyCache, stamp};

pub use crate::authorization::Form;

/// How far a client's clock may be off, in seconds.
const SKEW: u32 = 15 * 60;

/// A request that says it is signed. Nothing in it is proven yet.
pub struct Signed<'a> {
    request: Request<'a>,
    path: PathRule,
    query: Query,
    authorization: Authorization<'a>,
    /// In canonical spelling.
    signed_headers: Cow<'a, str>,
    signed_at: Timestamp,
}

/// A request signed at a time that counts.
#[derive(Clone, Copy, Debug)]
pub struct Current<'s>(&'s Signed<'s>);

/// A current request signed for this endpoint and service. All that is left is to find its key.
#[derive(Clone, Copy, Debug)]
pub struct Scoped<'s> {
    signed: &'s Signed<'s>,
    credential: Credential<'s>,
}

/// A request whose signature is right: the one who sent it holds the secret. Only [`Scoped::verify`] makes one.
#[derive(Clone, Copy, Debug)]
pub struct Verified<'s>(Scoped<'s>);

impl<'a> Signed<'a> {
    /// Reads who claims to have signed a request and what the signature covers, as every service but S3 does.
    ///
    /// # Errors
    /// The shape of the request, a missing or malformed authorization, headers that are not signed, a malformed date.
    pub fn parse(request: &Request<'a>) -> Result<Self, AuthError> {
        Self::parse_with(request, PathRule::SERVICE)
    }

    /// As [`Self::parse`], for a service with its own rule for paths.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn parse_with(request: &Request<'a>, path: PathRule) -> Result<Self, AuthError> {
        let query = Query::parse(request.query)?;
        let mut authorization = Authorization::find(request, &query)?;
        let list = std::mem::take(&mut authorization.signed_headers);
        let signed_headers = check_headers(request, authorization.form, list)?;
        let signed_at =
            stamp::parse(&authorization.date).ok_or_else(|| AuthError::Date(shown(&authorization.date)))?;
        Ok(Self {
            request: *request,
            path,
            query,
            authorization,
            signed_headers,
            signed_at,
        })
    }

    /// Header or presigned.
    #[must_use]
    pub fn form(&self) -> Form {
        self.authorization.form
    }

    /// The access key id that the request claims, for the audit record of a refusal; `None` when malformed.
    #[must_use]
    pub fn access_key_id(&self) -> Option<&str> {
        self.credential().map(|credential| credential.access_key_id)
    }

    /// The scope that the request claims, to tell services apart before any is asked; `None` when malformed.
    #[must_use]
    pub fn scope(&self) -> Option<Scope<'_>> {
        self.credential().map(|credential| credential.scope)
    }

    fn credential(&self) -> Option<Credential<'_>> {
        Credential::parse(&self.authorization.credential)
    }

    /// The session token that came with the request.
    #[must_use]
    pub fn security_token(&self) -> Option<&str> {
        self.authorization.token.as_deref()
    }

    /// When the request says it was signed.
    #[must_use]
    pub fn signed_at(&self) -> Timestamp {
        self.signed_at
    }

    /// Checks that the request was signed within fifteen minutes of `now`; a presigned one, not before that and
    /// within the time it was given.
    ///
    /// # Errors
    /// Signed too long ago or too far ahead.
    pub fn check_time(&self, now: Timestamp) -> Result<Current<'_>, AuthError> {
        let (signed, now) = (self.signed_at.as_second(), now.as_second());
        let text = |seconds| Timestamp::from_second(seconds).map_or_else(|_| String::new(), stamp::format);
        let lifetime = self.authorization.expires.unwrap_or(SKEW);
        let earliest = now.saturating_sub(i64::from(lifetime));
        let latest = now.saturating_add(i64::from(SKEW));
        if signed < earliest {
            return Err(AuthError::Expired {
                signed: text(signed),
                limit: text(earliest),
                now: text(now),
                window: match lifetime % 60 {
                    0 => format!("{} min.", lifetime / 60),
                    _ => format!("{lifetime} sec."),
                },
            });
        }
        if signed > latest {
            return Err(AuthError::NotYetCurrent {
                signed: text(signed),
                limit: text(latest),
                now: text(now),
            });
        }
        Ok(Current(self))
    }

    /// The body's hash, which must be what the request says it is wherever it says so.
    fn body_hash(&self) -> Result<[u8; 64], AuthError> {
        let hash = hex32(&sha256(self.request.body));
        let declared = [
            self.authorization.header_hash,
            self.authorization.query_hash.as_deref(),
        ];
        // Also refuses UNSIGNED-PAYLOAD and STREAMING-…: they are no hash of any body.
        let differs = declared.iter().flatten().any(|text| text.as_bytes() != hash);
        let unstated = declared.iter().all(Option::is_none);
        let presigned_body = self.form() == Form::Query && !self.request.body.is_empty();
        if differs || (presigned_body && unstated) {
            Err(AuthError::Mismatch)
        } else {
            Ok(hash)
        }
    }
}

impl<'s> Current<'s> {
    /// Checks that the request was signed for this endpoint, this service and the day it is dated.
    ///
    /// # Errors
    /// A malformed credential, or a sentence for everything that differs.
    pub fn check_scope(self, expected: &ExpectedScope<'_>) -> Result<Scoped<'s>, AuthError> {
        let signed = self.0;
        let malformed = || AuthError::Credential(shown(&signed.authorization.credential));
        let credential = signed.credential().ok_or_else(malformed)?;
        credential.scope.check(expected, &signed.authorization.date)?;
        Ok(Scoped { signed, credential })
    }
}

impl<'s> Scoped<'s> {
    /// The access key id whose secret is to be found.
    #[must_use]
    pub fn access_key_id(&self) -> &'s str {
        self.credential.access_key_id
    }

    /// The session token that must belong to that access key.
    #[must_use]
    pub fn security_token(&self) -> Option<&'s str> {
        self.signed.security_token()
    }

    /// The scope, as expected.
    #[must_use]
    pub fn scope(&self) -> Scope<'s> {
        self.credential.scope
    }

    /// Checks the signature against the secret of [`Self::access_key_id`].
    ///
    /// # Errors
    /// [`AuthError::Mismatch`], whatever it is that differs.
    pub fn verify(&self, secret: &SecretString, cache: &SigningKeyCache) -> Result<Verified<'s>, AuthError> {
        let signed = self.signed;
        let left_out = match signed.form() {
            Form::Header => None,
            Form::Query => Some(SIGNATURE_PARAMETER),
        };
        let parts = Parts {
            path: signed.path,
            query: &signed.query,
            left_out,
            signed_headers: &signed.signed_headers,
            body_hash: &signed.body_hash()?,
        };
        let canonical = canonical_request(&signed.request, &parts).ok_or(AuthError::Mismatch)?;

        let Credential {
            access_key_id,
            scope,
            scope_text,
        } = self.credential;
        let name = KeyName::new(access_key_id, secret, stamp::day(signed.signed_at), &scope);
        let known = cache.find(&name);
        let is_new = known.is_none();
        let key = known.unwrap_or_else(|| Arc::new(derive(secret, &scope)));
        let expected = signature(&key, &signed.authorization.date, scope_text, canonical);
        if !equal(&expected, signed.authorization.signature.as_bytes()) {
            return Err(AuthError::Mismatch);
        }
        if is_new {
            cache.remember(&name, key);
        }
        Ok(Verified(*self))
    }
}

impl<'s> Verified<'s> {
    /// The access key that signed.
    #[must_use]
    pub fn access_key_id(&self) -> &'s str {
        self.0.access_key_id()
    }

    /// The session token, which the signature covers.
    #[must_use]
    pub fn security_token(&self) -> Option<&'s str> {
        self.0.security_token()
    }

    /// The scope it is good for.
    #[must_use]
    pub fn scope(&self) -> Scope<'s> {
        self.0.scope()
    }

    /// When it was signed.
    #[must_use]
    pub fn signed_at(&self) -> Timestamp {
        self.0.signed.signed_at
    }

    /// Header or presigned.
    #[must_use]
    pub fn form(&self) -> Form {
        self.0.signed.form()
    }

    /// Tells whether the signature covers a header; `name` is in lower case.
    #[must_use]
    pub fn covers(&self, name: &str) -> bool {
        self.0
            .signed
            .signed_headers
            .split(';')
            .any(|signed| signed == name)
    }
}

/// Checks that the host and every `x-amz-` header received are signed, and returns the list in canonical spelling.
fn check_headers<'a>(
    request: &Request<'_>,
    form: Form,
    list: Cow<'a, str>,
) -> Result<Cow<'a, str>, AuthError> {
    if covers_enough(request, &list) {
        return Ok(list);
    }
    check_any_list(request, form, list)
}

/// Whether a list is in canonical spelling and has the host and every `x-amz-` header received: as many of them bear a name of
/// the list as there are, for no name is in it twice.
fn covers_enough(request: &Request<'_>, list: &str) -> bool {
    let (mut host, mut covered) = (false, 0);
    for name in Names::of(list) {
        let Some(name) = name else {
            return false;
        };
        if name.starts_with(AMAZON) {
            covered += request.values(name).count();
        }
        host |= name == "host" || name == ":authority";
    }
    let received = request.headers.iter().filter(|(name, _)| is_amazon(name));
    host && covered == received.count()
}

/// The same as [`check_headers`], of any list, and which it is that is missing.
fn check_any_list<'a>(
    request: &Request<'_>,
    form: Form,
    list: Cow<'a, str>,
) -> Result<Cow<'a, str>, AuthError> {
    let lists = |name: &str| split(&list, b';').any(|signed| signed.eq_ignore_ascii_case(name));
    // The signature covers the body's hash whether or not it covers this header, which must say the same hash: unlisted, as
    // some clients leave it, it can neither be exchanged nor mean anything else. In a presigned request it would be the only
    // word about the body, so there it must be listed.
    let is_bound = |name: &str| form == Form::Header && name.eq_ignore_ascii_case("x-amz-content-sha256");
    if !lists("host") && !lists(":authority") {
        return Err(AuthError::HostNotSigned);
    }
    let mut received = request.headers.iter().map(|&(name, _)| name);
    if let Some(name) = received.find(|name| is_amazon(name) && !lists(name) && !is_bound(name)) {
        return Err(AuthError::HeaderNotSigned(shown(name)));
    }
    canonical_names(list).ok_or(AuthError::Mismatch)
}

/// What the names of AWS's own headers begin with.
const AMAZON: &str = "x-amz-";

fn is_amazon(name: &str) -> bool {
    let begins = name.starts_with(['x', 'X']);
    begins
        && name
            .get(..AMAZON.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(AMAZON))
}

/// A signature or a token, once logged, could be used by whoever reads the log.
impl fmt::Debug for Signed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed")
            .field("form", &self.form())
            .field("credential", &self.authorization.credential)
            .field("signed_headers", &self.signed_headers)
            .field("signed_at", &self.signed_at)
            .field("has_token", &self.authorization.token.is_some())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NAMES: [&str; 10] = [
        "host",
        "Host",
        ":authority",
        "date",
        "x-amz-date",
        "X-Amz-Date",
        "x-amz-a",
        "X-AMZ-B",
        "x-amzé",
        "x-amz-content-sha256",
    ];

    proptest! {
        /// A list that needs no sorting is judged as any list is.
        #[test]
        fn the_usual_list_is_judged_like_any(
            received in prop::collection::vec(prop::sample::select(&NAMES[..]), 0..6),
            mut listed in prop::collection::vec(prop::sample::select(&NAMES[..]), 0..7),
            sorted in any::<bool>(),
            form in prop::sample::select(&[Form::Header, Form::Query][..]),
        ) {
            if sorted {
                listed.sort_unstable();
                listed.dedup();
            }
            let headers: Vec<_> = received.iter().map(|name| (*name, &b"v"[..])).collect();
            let request = Request { method: "GET", path: "/", query: "", headers: &headers, body: b"" };
            let list = listed.join(";");
            prop_assert_eq!(
                check_headers(&request, form, Cow::Borrowed(&list)),
                check_any_list(&request, form, Cow::Borrowed(&list))
            );
        }
    }
}
