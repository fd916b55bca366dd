use locum_crypto::{Purpose, SecretBytes};

use super::Revision;

/// A key ring as stored: the bytes of a `locum_crypto::KeyRing`, opaque here.
#[derive(Debug, Clone)]
pub struct Ring {
    /// The revision it was read at.
    pub revision: Revision,
    /// What its keys are for.
    pub purpose: Purpose,
    /// `KeyRing::to_bytes`.
    pub bytes: SecretBytes,
}
