//! One cipher key: AES-256-GCM-SIV with a random nonce, which survives a repeated nonce.
//!
//! A sealed value is `version ‖ key id ‖ nonce ‖ ciphertext ‖ tag` at fixed places. Nothing in it chooses an algorithm
//! or a length (`facts: security §1.3`): the tag is always the last sixteen bytes, and the key id only selects a key.

use aws_lc_rs::{
    aead::{AES_256_GCM_SIV, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hkdf,
};
use zeroize::Zeroizing;

use crate::{Purpose, Random, aad::Aad};

const VERSION: u8 = 1;
const TAG_LEN: usize = 16;
const VERSION_LEN: usize = 1;

/// Bytes before the ciphertext: version, key id, nonce.
pub const HEADER_LEN: usize = VERSION_LEN + KeyId::LEN + NONCE_LEN;

/// Bytes that sealing adds to a plaintext.
pub const OVERHEAD: usize = HEADER_LEN + TAG_LEN;

/// Why sealed bytes did not open. Never shown to a caller in this detail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Too short, or of an unknown version.
    #[error("the sealed value is damaged")]
    Malformed,
    /// Sealed with a key that is not, or no longer, here.
    #[error("the value was sealed with another key")]
    UnknownKey,
    /// The tag does not match: changed, or sealed for something else.
    #[error("the sealed value was changed, or belongs somewhere else")]
    NotAuthentic,
}

/// Selects a key of a ring. Not secret.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub(crate) [u8; Self::LEN]);

impl KeyId {
    pub(crate) const LEN: usize = 4;

    /// The key that a sealed value names; `None` if it does not have the shape of one.
    #[must_use]
    pub fn of(sealed: &[u8]) -> Option<Self> {
        read_key_id(sealed).ok()
    }
}

impl std::fmt::Display for KeyId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&crate::hex(&self.0))
    }
}

impl std::fmt::Debug for KeyId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeyId({self})")
    }
}

/// Thirty-two bytes that cipher keys are derived from.
pub(crate) type RootSecret = Zeroizing<[u8; 32]>;

/// Derives the 32 bytes of `label` from a root secret.
pub(crate) fn derive(secret: &RootSecret, label: &[u8]) -> RootSecret {
    let mut key = Zeroizing::new([0; 32]);
    let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, b"locum").extract(secret.as_slice());
    let filled = prk
        .expand(&[label], hkdf::HKDF_SHA256)
        .and_then(|okm| okm.fill(key.as_mut_slice()));
    if filled.is_err() {
        // INVARIANT: 32 bytes are always available; a zero key must never be used.
        std::process::abort();
    }
    key
}

/// A cipher key of one purpose, with the id that selects it.
pub(crate) struct CipherKey {
    id: KeyId,
    purpose: Purpose,
    cipher: LessSafeKey,
}

impl CipherKey {
    pub(crate) fn new(id: KeyId, purpose: Purpose, secret: &RootSecret) -> Self {
        let key = derive(secret, purpose.label());
        let Ok(key) = UnboundKey::new(&AES_256_GCM_SIV, key.as_slice()) else {
            // INVARIANT: the algorithm takes 32 bytes.
            std::process::abort();
        };
        Self {
            id,
            purpose,
            cipher: LessSafeKey::new(key),
        }
    }

    pub(crate) const fn id(&self) -> KeyId {
        self.id
    }

    fn aad(&self, parts: &[&[u8]]) -> aws_lc_rs::aead::Aad<Aad> {
        let [a, b, c, d] = self.id.0;
        aws_lc_rs::aead::Aad::from(Aad::new(&[VERSION, self.purpose.code(), a, b, c, d], parts))
    }

    /// Seals `buffer[at..]`, whose first `HEADER_LEN` bytes are room for the header, and appends the tag.
    pub(crate) fn seal(&self, aad: &[&[u8]], rng: &mut dyn Random, buffer: &mut Vec<u8>, at: usize) {
        let mut nonce = [0; NONCE_LEN];
        rng.fill(&mut nonce);
        let sealed = buffer.get_mut(at..).and_then(|value| {
            let (header, text) = value.split_at_mut_checked(HEADER_LEN)?;
            let (version, rest) = header.split_at_mut(VERSION_LEN);
            let (id, place) = rest.split_at_mut(KeyId::LEN);
            version.fill(VERSION);
            id.copy_from_slice(&self.id.0);
            place.copy_from_slice(&nonce);
            self.cipher
                .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), self.aad(aad), text)
                .ok()
        });
        match sealed {
            Some(tag) => buffer.extend_from_slice(tag.as_ref()),
            // Only a caller that left no room, or 64 GiB of text. Plaintext must not leave as if it were sealed.
            None => std::process::abort(),
        }
    }

    /// Opens in place and returns the plaintext's part of `sealed`.
    pub(crate) fn open<'a>(&self, aad: &[&[u8]], sealed: &'a mut [u8]) -> Result<&'a mut [u8], OpenError> {
        if read_key_id(sealed)? != self.id {
            return Err(OpenError::UnknownKey);
        }
        let (header, text) = sealed
            .split_at_mut_checked(HEADER_LEN)
            .ok_or(OpenError::Malformed)?;
        let nonce = header
            .get(VERSION_LEN + KeyId::LEN..)
            .and_then(|n| n.try_into().ok())
            .ok_or(OpenError::Malformed)?;
        self.cipher
            .open_in_place(Nonce::assume_unique_for_key(nonce), self.aad(aad), text)
            .map_err(|_| OpenError::NotAuthentic)
    }
}

/// The key that `sealed` names, if it has a sealed value's shape.
pub(crate) fn read_key_id(sealed: &[u8]) -> Result<KeyId, OpenError> {
    match sealed {
        [VERSION, a, b, c, d, ..] if sealed.len() >= OVERHEAD => Ok(KeyId([*a, *b, *c, *d])),
        _ => Err(OpenError::Malformed),
    }
}
