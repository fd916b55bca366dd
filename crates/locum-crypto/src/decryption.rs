//! The private key that identity providers encrypt assertions to, and RSA-OAEP with it.
//!
//! OAEP only: PKCS#1 v1.5 encryption is an oracle by construction (`facts: security §1.5`). Every failure is the same
//! `None`, from a library that takes the same time for each.

use std::fmt;

use aws_lc_rs::{
    encoding::AsDer,
    rsa::{
        KeyPair, OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OAEP_SHA384_MGF1SHA384, OAEP_SHA512_MGF1SHA512,
        OaepAlgorithm, OaepPrivateDecryptingKey, PrivateDecryptingKey,
    },
};
use base64::{Engine, prelude::BASE64_STANDARD};
use zeroize::Zeroizing;

use crate::{SecretBytes, der::Der, hex, sha256};

/// The hash of RSA-OAEP, for its label and its mask alike.
///
/// XML Encryption lets the two differ, and does so by default where only a digest is named: those combinations are
/// not offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OaepHash {
    /// SHA-1, as `rsa-oaep-mgf1p` without a digest method means. No collision helps against OAEP.
    Sha1,
    /// SHA-256 with MGF1 over SHA-256.
    Sha256,
    /// SHA-384 with MGF1 over SHA-384.
    Sha384,
    /// SHA-512 with MGF1 over SHA-512.
    Sha512,
}

impl OaepHash {
    const fn algorithm(self) -> &'static OaepAlgorithm {
        match self {
            Self::Sha1 => &OAEP_SHA1_MGF1SHA1,
            Self::Sha256 => &OAEP_SHA256_MGF1SHA256,
            Self::Sha384 => &OAEP_SHA384_MGF1SHA384,
            Self::Sha512 => &OAEP_SHA512_MGF1SHA512,
        }
    }
}

/// The longest modulus: 4096 bits.
const MOST_BYTES: usize = 512;

/// Why a private key is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecryptionKeyError {
    /// Not one block of PEM and nothing else.
    #[error("the private key is not one PEM block")]
    Pem,
    /// PEM of something else, for instance an encrypted private key.
    #[error("the PEM block is neither a \"PRIVATE KEY\" (PKCS#8) nor an \"RSA PRIVATE KEY\" (PKCS#1)")]
    Label,
    /// Not an RSA private key, inconsistent, too short or too long.
    #[error("the private key is not an RSA key of 2048 to 4096 bits")]
    Key,
}

/// An RSA private key for RSA-OAEP. Prints its id only.
pub struct DecryptionKey {
    id: String,
    key: OaepPrivateDecryptingKey,
}

impl DecryptionKey {
    /// Reads an unencrypted RSA private key of 2048 to 4096 bits from PEM, as PKCS#8 ("PRIVATE KEY") or PKCS#1 ("RSA
    /// PRIVATE KEY"), and checks that its parts belong together. Draws no randomness. A longer key would let whoever
    /// sends ciphertexts spend tens of milliseconds with each.
    ///
    /// # Errors
    /// `DecryptionKeyError` for any other text.
    pub fn from_pem(pem: &str) -> Result<Self, DecryptionKeyError> {
        let (label, der) = read_pem(pem).ok_or(DecryptionKeyError::Pem)?;
        // The library reads the first element and does not look for a second one.
        Der::only_sequence(&der).ok_or(DecryptionKeyError::Key)?;
        let key = match label {
            "PRIVATE KEY" => PrivateDecryptingKey::from_pkcs8(&der).ok(),
            "RSA PRIVATE KEY" => from_pkcs1(&der),
            _ => return Err(DecryptionKeyError::Label),
        };
        key.and_then(Self::new).ok_or(DecryptionKeyError::Key)
    }

    fn new(key: PrivateDecryptingKey) -> Option<Self> {
        let public = key.public_key().as_der().ok()?;
        let id = hex(&sha256(public.as_ref()));
        let key = OaepPrivateDecryptingKey::new(key).ok()?;
        (key.key_size_bytes() <= MOST_BYTES).then_some(Self { id, key })
    }

    /// Returns the id of the key: the SHA-256 of its `SubjectPublicKeyInfo`, as 64 hexadecimal digits. Not secret.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.id
    }

    /// Opens what was encrypted to this key with RSA-OAEP under an empty label; the ciphertext is as long as the
    /// modulus. Returns nothing for whatever else.
    ///
    /// Draws from the library's own randomness (to blind the key), whose first use in a process costs 50 to 250 ms.
    #[must_use]
    pub fn open_oaep(&self, hash: OaepHash, ciphertext: &[u8]) -> Option<SecretBytes> {
        if ciphertext.len() != self.key.key_size_bytes() {
            return None;
        }
        let mut room = Zeroizing::new(vec![0; self.key.min_output_size()]);
        let text = self
            .key
            .decrypt(hash.algorithm(), ciphertext, &mut room, None)
            .ok()?;
        Some(SecretBytes::new(&*text))
    }
}

impl fmt::Debug for DecryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecryptionKey")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// The library reads PKCS#1 for signing only; the key goes through PKCS#8 in memory that it wipes.
fn from_pkcs1(der: &[u8]) -> Option<PrivateDecryptingKey> {
    let pkcs8 = KeyPair::from_der(der).ok()?.as_der().ok()?;
    PrivateDecryptingKey::from_pkcs8(pkcs8.as_ref()).ok()
}

/// Reads the label and content of the one PEM block (RFC 7468) that `text` must be. Headers within it, which old
/// encrypted keys have, are no base64.
fn read_pem(text: &str) -> Option<(&str, Zeroizing<Vec<u8>>)> {
    let (label, rest) = text.trim().strip_prefix("-----BEGIN ")?.split_once("-----")?;
    let body = rest
        .strip_suffix("-----")?
        .strip_suffix(label)?
        .strip_suffix("-----END ")?;
    let mut digits = Zeroizing::new(Vec::with_capacity(body.len()));
    digits.extend(body.bytes().filter(|b| !b.is_ascii_whitespace()));
    let mut der = Zeroizing::new(vec![0; digits.len()]);
    let len = BASE64_STANDARD.decode_slice(digits.as_slice(), &mut der).ok()?;
    der.truncate(len);
    Some((label, der))
}

#[cfg(test)]
#[path = "decryption_tests.rs"]
mod tests;
