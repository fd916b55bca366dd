//! Signature Version 4: make and verify, header and presigned, over the raw parts of a request.
//!
//! Verification is a chain of types, each of which only the step before it can build, so no check can be left out or
//! done in another order, and the order is the one in which AWS answers (facts: sts §1.6):
//!
//! [`Signed::parse`] → [`Signed::check_time`] → [`Current::check_scope`] → the caller finds the key →
//! [`Scoped::verify`] → [`Verified`].
//!
//! ```
//! use locum_crypto::SecretString;
//! use locum_sigv4::{ExpectedScope, PathRule, Request, Signed, Signer, SigningKeyCache};
//!
//! let secret = SecretString::from("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
//! let now = "2026-11-22T10:00:00Z".parse()?;
//! let mut headers = vec![("host", &b"localhost:8080"[..])];
//! let body = b"Action=GetCallerIdentity&Version=2011-06-15";
//! let signer = Signer {
//!     access_key_id: "AKIAQNZGKIQY56JQ7WML",
//!     secret: &secret,
//!     session_token: None,
//!     region: "us-east-1",
//!     service: "sts",
//!     path: PathRule::SERVICE,
//! };
//! let unsigned = Request { method: "POST", path: "/", query: "", headers: &headers, body };
//! let added = signer.sign_headers(&unsigned, now)?;
//!
//! headers.extend(added.iter().map(|(name, value)| (*name, value.as_bytes())));
//! let request = Request { method: "POST", path: "/", query: "", headers: &headers, body };
//! let signed = Signed::parse(&request)?;
//! let scope = ExpectedScope { service: "sts", accepts_region: &|region| region == "us-east-1" };
//! let scoped = signed.check_time(now)?.check_scope(&scope)?;
//! let verified = scoped.verify(&secret, &SigningKeyCache::default())?;
//! assert_eq!(verified.access_key_id(), "AKIAQNZGKIQY56JQ7WML");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod authorization;
mod cache;
mod canonical;
mod error;
mod key;
mod names;
mod query;
mod request;
mod scope;
mod sign;
mod signed;
mod split;
mod stamp;

pub use cache::SigningKeyCache;
pub use canonical::PathRule;
pub use error::AuthError;
pub use request::Request;
pub use scope::{ExpectedScope, Scope};
pub use sign::{SignError, Signer};
pub use signed::{Current, Form, Scoped, Signed, Verified};
