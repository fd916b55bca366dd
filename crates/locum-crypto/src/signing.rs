//! Keys that sign tokens of our own, in the two algorithms that AWS offers for them (`facts: sts §6.4`).
//!
//! The primitives take randomness from the library itself, not from an argument: to make keys, for ECDSA's nonces and
//! to blind RSA. Its first use in a process costs 50 to 250 ms, so a server that will sign should sign once at start.
//! Reading and writing stored keys draws nothing.

use std::fmt;

use aws_lc_rs::{
    encoding::AsDer,
    rand::SystemRandom,
    rsa::KeySize,
    signature::{ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair},
};

use crate::{Curve, SecretBytes, der::Der, spki};

/// The algorithm of a signing key, by its name in JWS (RFC 7518 §3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SigningAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// ECDSA on P-384 with SHA-384.
    Es384,
}

/// Why a key could not be made, read or used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SigningError {
    /// Bytes that are no private key of the algorithm.
    #[error("the stored signing key is damaged")]
    Malformed,
    /// The library failed: no memory, or a fault that it noticed in its own result.
    #[error("the cryptographic library failed")]
    Library,
}

/// The public half of a signing key, as a JWK spells it (RFC 7518 §6.2, §6.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicParts {
    /// `n` and `e`: big-endian, without leading zeros.
    Rsa {
        /// The modulus.
        modulus: Box<[u8]>,
        /// The exponent.
        exponent: Box<[u8]>,
    },
    /// `crv`, `x` and `y`: big-endian, of the curve's full length.
    Ec {
        /// The curve.
        curve: Curve,
        /// The first coordinate.
        x: Box<[u8]>,
        /// The second coordinate.
        y: Box<[u8]>,
    },
}

/// A private key that signs tokens. Prints its algorithm only.
pub struct SigningKey {
    pair: Pair,
    public: PublicParts,
}

enum Pair {
    Rs256(RsaKeyPair),
    Es384(EcdsaKeyPair),
}

impl SigningKey {
    /// Makes an RSA key of 2048 bits for RS256, in 50 to 500 ms, from the library's own randomness.
    ///
    /// # Errors
    /// `SigningError::Library` if the library fails.
    pub fn generate_rs256() -> Result<Self, SigningError> {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).map_err(|_| SigningError::Library)?;
        Self::new(Pair::Rs256(pair)).ok_or(SigningError::Library)
    }

    /// Makes a key on P-384 for ES384 from the library's own randomness.
    ///
    /// # Errors
    /// `SigningError::Library` if the library fails.
    pub fn generate_es384() -> Result<Self, SigningError> {
        let pair =
            EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).map_err(|_| SigningError::Library)?;
        Self::new(Pair::Es384(pair)).ok_or(SigningError::Library)
    }

    /// Reads a key that [`Self::to_pkcs8`] wrote, and checks that its parts belong together.
    ///
    /// # Errors
    /// `SigningError::Malformed` if it is none of this algorithm.
    pub fn from_pkcs8(algorithm: SigningAlgorithm, pkcs8: &[u8]) -> Result<Self, SigningError> {
        // The library reads the first element and does not look for a second one.
        Der::only_sequence(pkcs8).ok_or(SigningError::Malformed)?;
        let pair = match algorithm {
            SigningAlgorithm::Rs256 => RsaKeyPair::from_pkcs8(pkcs8).map(Pair::Rs256),
            SigningAlgorithm::Es384 => {
                EcdsaKeyPair::from_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, pkcs8).map(Pair::Es384)
            }
        };
        pair.ok().and_then(Self::new).ok_or(SigningError::Malformed)
    }

    fn new(pair: Pair) -> Option<Self> {
        let public = match &pair {
            Pair::Rs256(pair) => {
                let (modulus, exponent) = spki::read_rsa(pair.public_key().as_ref())?;
                PublicParts::Rsa {
                    modulus: modulus.into(),
                    exponent: exponent.into(),
                }
            }
            Pair::Es384(pair) => {
                let (x, y) = spki::split_point(Curve::P384, pair.public_key().as_ref())?;
                PublicParts::Ec {
                    curve: Curve::P384,
                    x: x.into(),
                    y: y.into(),
                }
            }
        };
        Some(Self { pair, public })
    }

    /// Returns the private key in PKCS#8 (RFC 5208), to be sealed and stored.
    ///
    /// # Errors
    /// `SigningError::Library` if the library fails.
    pub fn to_pkcs8(&self) -> Result<SecretBytes, SigningError> {
        match &self.pair {
            Pair::Rs256(pair) => pair.as_der().map(|der| SecretBytes::new(der.as_ref())),
            Pair::Es384(pair) => pair.to_pkcs8v1().map(|der| SecretBytes::new(der.as_ref())),
        }
        .map_err(|_| SigningError::Library)
    }

    /// Returns the algorithm of the key.
    #[must_use]
    pub const fn algorithm(&self) -> SigningAlgorithm {
        match self.pair {
            Pair::Rs256(_) => SigningAlgorithm::Rs256,
            Pair::Es384(_) => SigningAlgorithm::Es384,
        }
    }

    /// Returns the public half.
    #[must_use]
    pub const fn public(&self) -> &PublicParts {
        &self.public
    }

    /// Signs `message` and returns the signature in JWS form: as long as the modulus for RS256, `r ‖ s` of 96 bytes for
    /// ES384 (RFC 7518 §3.3, §3.4). Draws from the library's own randomness.
    ///
    /// # Errors
    /// `SigningError::Library` if the library fails.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningError> {
        // Both ignore the randomness that they are handed.
        let unused = SystemRandom::new();
        match &self.pair {
            Pair::Rs256(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &unused, message, &mut signature)
                    .map(|()| signature)
            }
            Pair::Es384(pair) => pair
                .sign(&unused, message)
                .map(|signature| signature.as_ref().to_vec()),
        }
        .map_err(|_| SigningError::Library)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SigningKey").field(&self.algorithm()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{SignatureAlgorithm, VerificationKey};

    fn verification_key(public: &PublicParts) -> VerificationKey {
        match public {
            PublicParts::Rsa { modulus, exponent } => VerificationKey::rsa(modulus, exponent),
            PublicParts::Ec { curve, x, y } => VerificationKey::ec(*curve, x, y),
        }
        .unwrap()
    }

    #[test]
    fn what_a_key_signs_its_public_half_verifies() {
        for (made, algorithm, other, len) in [
            (
                SigningKey::generate_rs256(),
                SigningAlgorithm::Rs256,
                SigningAlgorithm::Es384,
                256,
            ),
            (
                SigningKey::generate_es384(),
                SigningAlgorithm::Es384,
                SigningAlgorithm::Rs256,
                96,
            ),
        ] {
            let key = made.unwrap();
            assert_eq!(key.algorithm(), algorithm);
            let stored = key.to_pkcs8().unwrap();
            let read = SigningKey::from_pkcs8(algorithm, stored.expose()).unwrap();
            assert_eq!(read.public(), key.public());

            let public = verification_key(key.public());
            let wire = match algorithm {
                SigningAlgorithm::Rs256 => SignatureAlgorithm::RsaPkcs1Sha256,
                SigningAlgorithm::Es384 => SignatureAlgorithm::EcdsaP384Sha384,
            };
            for signer in [&key, &read] {
                let signature = signer.sign(b"header.payload").unwrap();
                assert_eq!(signature.len(), len);
                assert!(public.verify(wire, b"header.payload", &signature).is_ok());
                assert!(public.verify(wire, b"header.payload2", &signature).is_err());
            }

            let whole = stored.expose();
            let trailing = [whole, &[0]].concat();
            for (algorithm, bytes) in [
                (other, whole),
                (algorithm, &whole[1..]),
                (algorithm, &whole[..whole.len() - 1]),
                (algorithm, &trailing),
                (algorithm, &[]),
            ] {
                let read = SigningKey::from_pkcs8(algorithm, bytes);
                assert_eq!(read.err(), Some(SigningError::Malformed));
            }
            assert_eq!(format!("{key:?}"), format!("SigningKey({algorithm:?})"));
        }
    }

    #[test]
    fn public_parts_have_the_lengths_of_a_jwk() {
        let key = SigningKey::generate_rs256().unwrap();
        let PublicParts::Rsa { modulus, exponent } = key.public() else {
            panic!("RS256 has an RSA key");
        };
        assert_eq!((modulus.len(), &**exponent), (256, &[1, 0, 1][..]));
        assert!(modulus[0] >= 0x80);

        // One key in 256 has a coordinate that begins with zero; it is not cut.
        for _ in 0..8 {
            let key = SigningKey::generate_es384().unwrap();
            let PublicParts::Ec { curve, x, y } = key.public() else {
                panic!("ES384 has a point");
            };
            assert_eq!((*curve, x.len(), y.len()), (Curve::P384, 48, 48));
        }
    }

    #[test]
    fn stored_keys_of_another_curve_or_size_are_refused() {
        let pem = |text: &str| {
            let body: String = text.lines().filter(|line| !line.starts_with('-')).collect();
            base64::Engine::decode(&base64::prelude::BASE64_STANDARD, body).unwrap()
        };
        for (algorithm, key) in [
            (SigningAlgorithm::Es384, include_str!("../fixtures/ec_pkcs8.pem")),
            (
                SigningAlgorithm::Rs256,
                include_str!("../fixtures/rsa1024_pkcs8.pem"),
            ),
        ] {
            let read = SigningKey::from_pkcs8(algorithm, &pem(key));
            assert_eq!(read.err(), Some(SigningError::Malformed));
        }
    }
}
