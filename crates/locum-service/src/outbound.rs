//! Accounts as issuers of tokens that others verify (`facts: sts §6.3`): their keys, and what they publish.

mod issuers;
mod keys;
mod publication;
mod rotation;

pub use issuers::Issuers;
pub use keys::replace_signing_keys;
pub use publication::Published;

pub(crate) use keys::{NewKey, add, make, missing, signing};
pub(crate) use rotation::rotate;
