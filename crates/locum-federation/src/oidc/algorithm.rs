//! The signature algorithms that a token may name, and the keys that fit them.

use locum_crypto::{Curve, KeyKind, SignatureAlgorithm};

/// One of the six algorithms of a token (facts: sts §6.2). There is no `none` and nothing symmetric to choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// RSA PKCS#1 v1.5 with SHA-256.
    Rs256,
    /// RSA PKCS#1 v1.5 with SHA-384.
    Rs384,
    /// RSA PKCS#1 v1.5 with SHA-512.
    Rs512,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// ECDSA on P-384 with SHA-384.
    Es384,
    /// ECDSA on P-521 with SHA-512.
    Es512,
}

impl Algorithm {
    /// All of them, in the order of the documentation.
    pub const ALL: [Self; 6] = [
        Self::Rs256,
        Self::Rs384,
        Self::Rs512,
        Self::Es256,
        Self::Es384,
        Self::Es512,
    ];

    /// Returns the algorithm of exactly this name, which is case-sensitive (RFC 7515 §4.1.1).
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// Returns the name in a header or a JWK.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Es512 => "ES512",
        }
    }

    /// Returns whether a key of this kind, and of this curve, belongs to the algorithm.
    #[must_use]
    pub const fn fits(self, kind: KeyKind) -> bool {
        matches!(
            (self, kind),
            (Self::Rs256 | Self::Rs384 | Self::Rs512, KeyKind::Rsa { .. })
                | (Self::Es256, KeyKind::Ec(Curve::P256))
                | (Self::Es384, KeyKind::Ec(Curve::P384))
                | (Self::Es512, KeyKind::Ec(Curve::P521))
        )
    }

    pub(super) const fn signature(self) -> SignatureAlgorithm {
        match self {
            Self::Rs256 => SignatureAlgorithm::RsaPkcs1Sha256,
            Self::Rs384 => SignatureAlgorithm::RsaPkcs1Sha384,
            Self::Rs512 => SignatureAlgorithm::RsaPkcs1Sha512,
            Self::Es256 => SignatureAlgorithm::EcdsaP256Sha256,
            Self::Es384 => SignatureAlgorithm::EcdsaP384Sha384,
            Self::Es512 => SignatureAlgorithm::EcdsaP521Sha512,
        }
    }
}
