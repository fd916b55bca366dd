//! Public keys of identity providers, and the signatures that are accepted from them.
//!
//! A key is parsed once and knows what it is; an algorithm that its kind or curve does not fit is a bad signature, so
//! that a token never chooses how its key is used (`facts: security §1.6`). RSA below 2048 bits, SHA-1 and PSS do not
//! exist here, and a curve has its one hash. Nothing here draws randomness.

use std::{fmt, sync::Arc};

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED, EcdsaVerificationAlgorithm,
    ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
    RsaPublicKeyComponents,
};

/// The sizes of RSA keys that are accepted, in bits.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// Bytes of the longest RSA exponent: all in use are 3, 17 or 65537, and a long one only costs the verifier time.
const EXPONENT_LEN: usize = 4;

/// A curve of NIST (FIPS 186-5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Curve {
    /// secp256r1, with SHA-256.
    P256,
    /// secp384r1, with SHA-384.
    P384,
    /// secp521r1, with SHA-512.
    P521,
}

impl Curve {
    /// Returns the bytes of one coordinate: 32, 48 or 66. A signature has two such numbers.
    #[must_use]
    pub const fn coordinate_len(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }

    fn algorithm(self) -> &'static EcdsaVerificationAlgorithm {
        match self {
            Self::P256 => &ECDSA_P256_SHA256_FIXED,
            Self::P384 => &ECDSA_P384_SHA384_FIXED,
            Self::P521 => &ECDSA_P521_SHA512_FIXED,
        }
    }
}

/// What a verification key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// An RSA key.
    Rsa {
        /// The length of its modulus.
        bits: usize,
    },
    /// A point on a curve.
    Ec(Curve),
}

/// A signature algorithm with everything that belongs to it: padding, curve, hash and form.
///
/// An ECDSA signature is `r ‖ s`, both as long as a coordinate: so in JWS (RFC 7518 §3.4) and in XML-DSig (RFC 4050 §3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignatureAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256: RS256.
    RsaPkcs1Sha256,
    /// RSASSA-PKCS1-v1_5 with SHA-384: RS384.
    RsaPkcs1Sha384,
    /// RSASSA-PKCS1-v1_5 with SHA-512: RS512.
    RsaPkcs1Sha512,
    /// ECDSA on P-256 with SHA-256: ES256.
    EcdsaP256Sha256,
    /// ECDSA on P-384 with SHA-384: ES384.
    EcdsaP384Sha384,
    /// ECDSA on P-521 with SHA-512: ES512.
    EcdsaP521Sha512,
}

/// Why a public key is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not the encoding of a public key.
    #[error("the public key is malformed")]
    Malformed,
    /// Neither RSA nor a point on P-256, P-384 or P-521.
    #[error("the key is neither RSA nor on the curves P-256, P-384 or P-521")]
    Unsupported,
    /// An RSA key that is too short to trust or too long to use.
    #[error("an RSA key has {0} bits, and 2048 to 8192 are accepted")]
    Size(usize),
    /// An RSA exponent that is even, one, or longer than 32 bits.
    #[error("the exponent of the RSA key is not odd, at least 3 and at most 32 bits long")]
    Exponent,
    /// Coordinates of the wrong length, or of no point on the curve.
    #[error("the coordinates are not a point on the curve of the key")]
    Point,
}

/// A signature that is wrong, malformed, or of an algorithm that its key does not fit. Which one is nobody's business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature is not valid")]
pub struct BadSignature;

/// A public key, parsed once. Cloning is cheap.
#[derive(Clone)]
pub struct VerificationKey(Arc<Parsed>);

enum Parsed {
    /// The library binds a parsed key to a hash, so there is one for each.
    Rsa {
        bits: usize,
        sha256: ParsedPublicKey,
        sha384: ParsedPublicKey,
        sha512: ParsedPublicKey,
    },
    Ec(Curve, ParsedPublicKey),
}

impl VerificationKey {
    /// Takes an RSA key: modulus and exponent, big-endian. Leading zeros do not count, as some issuers write one into
    /// their key sets.
    ///
    /// # Errors
    /// `KeyError::Size` outside 2048 to 8192 bits, `Exponent` if it is even, one or longer than 32 bits, `Malformed` for
    /// an even modulus.
    pub fn rsa(modulus: &[u8], exponent: &[u8]) -> Result<Self, KeyError> {
        let (n, e) = (without_leading_zeros(modulus), without_leading_zeros(exponent));
        let bits = bit_len(n);
        if !RSA_BITS.contains(&bits) {
            return Err(KeyError::Size(bits));
        }
        if !is_odd(n) {
            return Err(KeyError::Malformed);
        }
        if !is_odd(e) || e == [1] || e.len() > EXPONENT_LEN {
            return Err(KeyError::Exponent);
        }
        let components = RsaPublicKeyComponents { n, e };
        let parse = |parameters| {
            components
                .to_parsed_public_key(parameters)
                .map_err(|_| KeyError::Malformed)
        };
        Ok(Self(Arc::new(Parsed::Rsa {
            bits,
            sha256: parse(&RSA_PKCS1_2048_8192_SHA256)?,
            sha384: parse(&RSA_PKCS1_2048_8192_SHA384)?,
            sha512: parse(&RSA_PKCS1_2048_8192_SHA512)?,
        })))
    }

    /// Takes a point on a curve. Both coordinates are big-endian and of the curve's full length (RFC 7518 §6.2.1.2).
    ///
    /// # Errors
    /// `KeyError::Point` for another length, or a point that is not on the curve.
    pub fn ec(curve: Curve, x: &[u8], y: &[u8]) -> Result<Self, KeyError> {
        let len = curve.coordinate_len();
        if x.len() != len || y.len() != len {
            return Err(KeyError::Point);
        }
        // SEC 1 §2.3.3: 4 marks an uncompressed point. No DER begins so, and the library tries both.
        let point = [&[4], x, y].concat();
        let key = ParsedPublicKey::new(curve.algorithm(), point).map_err(|_| KeyError::Point)?;
        Ok(Self(Arc::new(Parsed::Ec(curve, key))))
    }

    /// Returns what the key is.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        match *self.0 {
            Parsed::Rsa { bits, .. } => KeyKind::Rsa { bits },
            Parsed::Ec(curve, _) => KeyKind::Ec(curve),
        }
    }

    /// Verifies that `signature` is one of this key over `message` under exactly this algorithm.
    ///
    /// Whoever has an ECDSA signature can write it in a second way, so signatures do not identify what was signed.
    ///
    /// # Errors
    /// `BadSignature` in every other case, also if the key's kind or curve does not fit the algorithm.
    pub fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), BadSignature> {
        use SignatureAlgorithm as A;
        let key = match (algorithm, &*self.0) {
            (A::RsaPkcs1Sha256, Parsed::Rsa { sha256, .. }) => sha256,
            (A::RsaPkcs1Sha384, Parsed::Rsa { sha384, .. }) => sha384,
            (A::RsaPkcs1Sha512, Parsed::Rsa { sha512, .. }) => sha512,
            (A::EcdsaP256Sha256, Parsed::Ec(Curve::P256, key))
            | (A::EcdsaP384Sha384, Parsed::Ec(Curve::P384, key))
            | (A::EcdsaP521Sha512, Parsed::Ec(Curve::P521, key)) => key,
            (_, Parsed::Rsa { .. } | Parsed::Ec(..)) => return Err(BadSignature),
        };
        key.verify_sig(message, signature).map_err(|_| BadSignature)
    }
}

impl fmt::Debug for VerificationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("VerificationKey").field(&self.kind()).finish()
    }
}

fn without_leading_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|&&b| b == 0).count();
    number.get(zeros..).unwrap_or_default()
}

/// The length in bits of a number without leading zeros.
fn bit_len(number: &[u8]) -> usize {
    let spare = number.first().map_or(0, |b| b.leading_zeros());
    number.len() * 8 - usize::try_from(spare).unwrap_or_default()
}

fn is_odd(number: &[u8]) -> bool {
    number.last().is_some_and(|b| b & 1 == 1)
}

#[cfg(test)]
#[path = "verification_tests.rs"]
mod tests;
