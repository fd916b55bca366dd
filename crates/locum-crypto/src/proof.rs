//! Keys that prove that a client holds what a token was bound to (RFC 9449, with ES256).
//!
//! Apart from the keys that sign tokens of our own: such a key comes from another program's file, in either of the two
//! encodings that private keys on a curve have, and proves possession and nothing else. The nonces of its signatures
//! are the library's own randomness.

use std::fmt;

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};

use crate::{Curve, SigningError, spki};

/// A private key on P-256. Prints nothing of itself.
pub struct ProofKey {
    pair: EcdsaKeyPair,
    x: [u8; 32],
    y: [u8; 32],
}

impl ProofKey {
    /// Reads a key in DER: `ECPrivateKey` of RFC 5915 or `PrivateKeyInfo` of RFC 5208.
    ///
    /// # Errors
    /// `SigningError::Malformed` if it is no private key on P-256.
    pub fn from_der(der: &[u8]) -> Result<Self, SigningError> {
        let pair = EcdsaKeyPair::from_private_key_der(&ECDSA_P256_SHA256_FIXED_SIGNING, der)
            .map_err(|_| SigningError::Malformed)?;
        let coordinates = spki::split_point(Curve::P256, pair.public_key().as_ref());
        let (x, y) = coordinates.ok_or(SigningError::Malformed)?;
        let (Ok(x), Ok(y)) = (x.try_into(), y.try_into()) else {
            return Err(SigningError::Malformed);
        };
        Ok(Self { pair, x, y })
    }

    /// Returns the coordinates of the public key, big-endian and of full length.
    #[must_use]
    pub const fn coordinates(&self) -> (&[u8; 32], &[u8; 32]) {
        (&self.x, &self.y)
    }

    /// Signs a message and returns `r ‖ s`, 64 bytes (RFC 7518 §3.4). Draws from the library's own randomness.
    ///
    /// # Errors
    /// `SigningError::Library` if the library fails.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningError> {
        // It ignores the randomness that it is handed.
        let signature = self.pair.sign(&SystemRandom::new(), message);
        signature
            .map(|signature| signature.as_ref().to_vec())
            .map_err(|_| SigningError::Library)
    }
}

impl fmt::Debug for ProofKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProofKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::encoding::{AsDer, EcPrivateKeyRfc5915Der};
    use aws_lc_rs::signature::{ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair};

    use super::*;
    use crate::{SignatureAlgorithm, VerificationKey};

    #[test]
    fn both_encodings_are_read_and_what_is_signed_verifies() {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let plain: EcPrivateKeyRfc5915Der<'_> = pair.private_key().as_der().unwrap();
        let wrapped = pair.to_pkcs8v1().unwrap();
        for der in [plain.as_ref(), wrapped.as_ref()] {
            let key = ProofKey::from_der(der).unwrap();
            let (x, y) = key.coordinates();
            let public = VerificationKey::ec(Curve::P256, x, y).unwrap();
            let signature = key.sign(b"message").unwrap();
            assert_eq!(signature.len(), 64);
            assert!(
                public
                    .verify(SignatureAlgorithm::EcdsaP256Sha256, b"message", &signature)
                    .is_ok()
            );
            assert!(
                public
                    .verify(SignatureAlgorithm::EcdsaP256Sha256, b"another", &signature)
                    .is_err()
            );
            assert!(ProofKey::from_der(der.get(1..).unwrap()).is_err());
        }
        assert!(ProofKey::from_der(b"").is_err());
        let other = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap();
        assert!(ProofKey::from_der(other.to_pkcs8v1().unwrap().as_ref()).is_err());
    }
}
