//! Identity providers: what they say, verified.
//!
//! [`saml`] turns a SAML response into an assertion whose every octet was signed by a registered key; [`oidc`] does the
//! same for a token of an OpenID Connect issuer; [`outbound`] makes tokens that others verify. Nothing here opens a
//! socket or reads a clock: documents, keys and times come in, verified claims go out.

pub mod oidc;
pub mod outbound;
pub mod saml;
