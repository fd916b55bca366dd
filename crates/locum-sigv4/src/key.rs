//! The key of one day, region and service, and the signature it makes.

use locum_crypto::{HmacKey, SecretBytes, SecretString, hex32, hmac_sha256, sha256};

use crate::scope::{Scope, TERMINATOR};

/// The only algorithm.
pub(crate) const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// Derives the signing key of a scope.
pub(crate) fn derive(secret: &SecretString, scope: &Scope<'_>) -> HmacKey {
    let secret = secret.expose().as_bytes();
    let mut first = Vec::with_capacity(4 + secret.len());
    first.extend_from_slice(b"AWS4");
    first.extend_from_slice(secret);
    let day = hmac_sha256(SecretBytes::new(first).expose(), scope.date.as_bytes());
    let region = hmac_sha256(&day, scope.region.as_bytes());
    let service = hmac_sha256(&region, scope.service.as_bytes());
    HmacKey::new(&hmac_sha256(&service, TERMINATOR.as_bytes()))
}

/// The signature of a canonical request under the key of a scope, in hexadecimal.
pub(crate) fn signature(key: &HmacKey, stamp: &str, scope: &str, canonical_request: Vec<u8>) -> [u8; 64] {
    let hash = hex32(&sha256(&canonical_request));
    // What is signed is shorter, and takes its place.
    let mut text = canonical_request;
    text.clear();
    for line in [ALGORITHM, stamp, scope] {
        text.extend_from_slice(line.as_bytes());
        text.push(b'\n');
    }
    text.extend_from_slice(&hash);
    hex32(&key.sign(&text))
}
