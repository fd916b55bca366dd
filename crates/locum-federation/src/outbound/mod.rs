//! Tokens of our own, for others to verify.
//!
//! An account that issues them is an OpenID Connect issuer with a URL below the deployment's own: anybody reads its
//! discovery document and its keys there, and verifies a token without asking locum. Everything here is a function of
//! its arguments; whose keys they are, and when they change, is the service's business.

mod claims;
mod documents;
mod public_url;
mod token;

pub use claims::Claims;
pub use documents::{Document, discovery, key_set};
pub use public_url::{PublicUrl, PublicUrlError};
pub use token::{MAX_PAYLOAD, SignError, sign};
