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

/// The signature of a canonical request, in hexadecimal.
pub(crate) fn signature(key: &HmacKey, stamp: &str, scope: &Scope<'_>, canonical_request: &[u8]) -> [u8; 64] {
    let hash = hex32(&sha256(canonical_request));
    let parts: [&[u8]; 13] = [
        ALGORITHM.as_bytes(),
        b"\n",
        stamp.as_bytes(),
        b"\n",
        scope.date.as_bytes(),
        b"/",
        scope.region.as_bytes(),
        b"/",
        scope.service.as_bytes(),
        b"/",
        scope.terminator.as_bytes(),
        b"\n",
        &hash,
    ];
    hex32(&key.sign(&parts.concat()))
}
