//! Encrypted assertions: AES-GCM content under a key that came by RSA-OAEP.
//!
//! CBC is refused although AWS takes it: without a MAC its padding is an oracle, and the signature that would make up
//! for it stands inside (`facts: security §1.5`). For the same reason decryption proves nothing about who wrote: what
//! comes out must be signed. Every failure with a key is the same error.

use locum_crypto::{DecryptionKey, open_aes_gcm};
use roxmltree::Node;

use super::{
    SamlError, algorithm,
    xml::{self, Children, DS, XENC, XENC11, attribute, decode_base64},
};

const SHAPE: SamlError = SamlError::EncryptionShape;

/// Bytes of the initialisation vector that precedes the ciphertext (XML Encryption 1.1 §5.2.4).
const IV_LEN: usize = 12;

/// Decrypts a `saml:EncryptedAssertion` with the first of `keys` that opens it. Returns the plain octets.
///
/// One attempt costs one private operation of RSA for each key.
///
/// # Errors
/// `SamlError` if it is of another shape or algorithm, or if no key opens it.
pub(super) fn decrypt(encrypted: Node<'_, '_>, keys: &[DecryptionKey]) -> Result<Vec<u8>, SamlError> {
    if keys.is_empty() {
        return Err(SamlError::NoPrivateKey);
    }
    let mut parts = Children::of(encrypted)?;
    let data = parts.take(XENC, "EncryptedData").ok_or(SHAPE)?;
    let beside = parts.take(XENC, "EncryptedKey");
    parts.end().map_err(|_| SHAPE)?;

    let mut parts = Children::of(data)?;
    let method = parts.take(XENC, "EncryptionMethod").ok_or(SHAPE)?;
    let key_info = parts.take(DS, "KeyInfo");
    let ciphertext = cipher_value(parts.take(XENC, "CipherData").ok_or(SHAPE)?)?;
    parts.end().map_err(|_| SHAPE)?;
    let key_len = attribute(method, "Algorithm")
        .and_then(algorithm::content_key_len)
        .ok_or(SamlError::EncryptionAlgorithm)?;
    Children::of(method)?
        .end()
        .map_err(|_| SamlError::EncryptionAlgorithm)?;

    let key = EncryptedKey::read(one_key(key_info, beside)?)?;
    let (iv, sealed) = ciphertext
        .split_first_chunk::<IV_LEN>()
        .ok_or(SamlError::Undecryptable)?;
    keys.iter()
        .filter_map(|private| private.open_oaep(key.hash, &key.ciphertext))
        .filter(|content_key| content_key.expose().len() == key_len)
        .find_map(|content_key| open_aes_gcm(content_key.expose(), iv, sealed))
        .ok_or(SamlError::Undecryptable)
}

/// Finds the one encrypted key: within the data's `KeyInfo`, or beside the data and perhaps pointed to from there.
fn one_key<'a, 'input>(
    key_info: Option<Node<'a, 'input>>,
    beside: Option<Node<'a, 'input>>,
) -> Result<Node<'a, 'input>, SamlError> {
    let mut within = None;
    if let Some(key_info) = key_info {
        let mut parts = Children::of(key_info)?;
        within = parts.take(XENC, "EncryptedKey");
        if within.is_none() {
            let _pointer = parts.take(DS, "RetrievalMethod");
        }
        parts.end().map_err(|_| SHAPE)?;
    }
    match (within, beside) {
        (Some(key), None) | (None, Some(key)) => Ok(key),
        (Some(_), Some(_)) | (None, None) => Err(SHAPE),
    }
}

/// A content key as it was sent.
struct EncryptedKey {
    hash: locum_crypto::OaepHash,
    ciphertext: Vec<u8>,
}

impl EncryptedKey {
    fn read(node: Node<'_, '_>) -> Result<Self, SamlError> {
        let mut parts = Children::of(node)?;
        let method = parts.take(XENC, "EncryptionMethod").ok_or(SHAPE)?;
        let _key_info = parts.take(DS, "KeyInfo");
        let ciphertext = cipher_value(parts.take(XENC, "CipherData").ok_or(SHAPE)?)?;
        // It names what it encrypts, of which there is only one.
        let _references = parts.take(XENC, "ReferenceList");
        parts.end().map_err(|_| SHAPE)?;

        let mut parts = Children::of(method)?;
        let digest = parts.take(DS, "DigestMethod");
        let mask = parts.take(XENC11, "MGF");
        // A label, or the methods in another order.
        parts.end().map_err(|_| SamlError::EncryptionAlgorithm)?;
        let named = |node: Option<Node<'_, '_>>| match node {
            Some(node) => attribute(node, "Algorithm")
                .map(|name| Some(name.to_owned()))
                .ok_or(SHAPE),
            None => Ok(None),
        };
        let (digest, mask) = (named(digest)?, named(mask)?);
        let hash = attribute(method, "Algorithm")
            .and_then(|method| algorithm::key_transport(method, digest.as_deref(), mask.as_deref()))
            .ok_or(SamlError::EncryptionAlgorithm)?;
        Ok(Self { hash, ciphertext })
    }
}

fn cipher_value(data: Node<'_, '_>) -> Result<Vec<u8>, SamlError> {
    let mut parts = Children::of(data)?;
    let value = parts.take(XENC, "CipherValue").ok_or(SHAPE)?;
    parts.end().map_err(|_| SHAPE)?;
    decode_base64(xml::text(value)?).ok_or(SHAPE)
}
