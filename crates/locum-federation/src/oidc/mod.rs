//! OpenID Connect: a token in, verified claims out.
//!
//! A [`Token`] is a compact JWS read with every liberty of the format refused: three segments, one spelling of base64url,
//! no member twice, six algorithms, no keys from the token itself. It becomes [`Claims`] only through a [`KeySet`] that
//! was fetched from the registered issuer, whose name must equal the token's `iss` byte for byte.
//!
//! Keys are never fetched for a request. The [`KeyCache`] is what requests read and a fetcher writes: requests ask for a
//! refresh and go away, at most once in thirty seconds for an issuer (facts: security §1.6).

mod algorithm;
mod base64url;
mod claims;
mod condition_keys;
mod discovery;
mod entry;
mod error;
mod json;
mod key_cache;
mod key_set;
mod session_claims;
mod token;

pub use algorithm::Algorithm;
pub use claims::Claims;
pub use discovery::{Discovery, DiscoveryError};
pub use entry::{FetchProblem, Fetched, Refresh, Verification};
pub use error::TokenError;
pub use key_cache::{KeyCache, Keys, ReadyKeys, Source, Verified};
pub use key_set::{JwksError, KeySet};
pub use token::{Expected, MAX_TOKEN_LEN, Token};
