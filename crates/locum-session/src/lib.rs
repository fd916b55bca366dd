//! What a session carries, and its sealed token; authorization messages.
//!
//! The token *is* the session: nothing about issued credentials is stored, so a million sessions cost no memory and any
//! node opens what another sealed. Everything a request with temporary credentials is decided by stands in a
//! [`Session`], sealed under a key ring of the session purpose and bound to its deployment and access key id. What
//! can change after issue (does the role still exist, was it revoked) is looked up by the unique ids inside.

mod encoding;
mod fields;
mod layout;
mod message;
mod minify;
mod session;
mod token;

pub use locum_crypto::DeploymentId;
pub use message::{AuthorizationMessage, MessageError};
pub use minify::minify_json;
pub use session::{
    Federation, FederationKey, Issuer, MfaFacts, Session, SessionPrincipal, SessionScope, SessionTag,
    TagReach,
};
pub use token::{
    MAX_TOKEN_LEN, TOKEN_PREFIX, TokenError, TooLarge, open_session, packed_percent, seal_session,
    seal_session_padded,
};
