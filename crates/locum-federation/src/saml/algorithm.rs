//! The algorithms of XML signatures and XML encryption that exist here, by their identifiers.
//!
//! SHA-1 in signatures, RSA below 2048 bits, PKCS#1 v1.5 encryption and CBC do not: an identifier that is not in these
//! tables is refused before any key is touched (`facts: security §1.5`).

use locum_crypto::{OaepHash, SignatureAlgorithm, sha256, sha384, sha512};

/// The enveloped-signature transform.
pub(super) const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

/// Returns the signature algorithm of an identifier (RFC 9231 §2.3).
pub(super) fn signature(identifier: &str) -> Option<SignatureAlgorithm> {
    Some(match identifier {
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256" => SignatureAlgorithm::RsaPkcs1Sha256,
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384" => SignatureAlgorithm::RsaPkcs1Sha384,
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512" => SignatureAlgorithm::RsaPkcs1Sha512,
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256" => SignatureAlgorithm::EcdsaP256Sha256,
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384" => SignatureAlgorithm::EcdsaP384Sha384,
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512" => SignatureAlgorithm::EcdsaP521Sha512,
        _ => return None,
    })
}

/// A digest of what is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Digest {
    Sha256,
    Sha384,
    Sha512,
}

impl Digest {
    /// Returns the digest of an identifier (XML Encryption §5.7, RFC 9231 §2.1).
    pub(super) fn named(identifier: &str) -> Option<Self> {
        Some(match identifier {
            "http://www.w3.org/2001/04/xmlenc#sha256" => Self::Sha256,
            "http://www.w3.org/2001/04/xmldsig-more#sha384" => Self::Sha384,
            "http://www.w3.org/2001/04/xmlenc#sha512" => Self::Sha512,
            _ => return None,
        })
    }

    /// Tells whether `digest` is the digest of `octets`.
    pub(super) fn matches(self, octets: &[u8], digest: &[u8]) -> bool {
        match self {
            Self::Sha256 => sha256(octets) == digest,
            Self::Sha384 => sha384(octets) == digest,
            Self::Sha512 => sha512(octets) == digest,
        }
    }
}

/// Returns the length in bytes of the AES-GCM key that an identifier means (XML Encryption 1.1 §5.2.4).
pub(super) fn content_key_len(identifier: &str) -> Option<usize> {
    match identifier {
        "http://www.w3.org/2009/xmlenc11#aes128-gcm" => Some(16),
        "http://www.w3.org/2009/xmlenc11#aes256-gcm" => Some(32),
        _ => None,
    }
}

/// Returns the hash of RSA-OAEP, given the identifiers of the method, its digest and its mask. The first version's
/// method masks with SHA-1 whatever its digest is; only one hash for both is offered.
pub(super) fn key_transport(method: &str, digest: Option<&str>, mask: Option<&str>) -> Option<OaepHash> {
    let digest = match digest {
        None | Some("http://www.w3.org/2000/09/xmldsig#sha1") => OaepHash::Sha1,
        Some("http://www.w3.org/2001/04/xmlenc#sha256") => OaepHash::Sha256,
        Some("http://www.w3.org/2001/04/xmldsig-more#sha384") => OaepHash::Sha384,
        Some("http://www.w3.org/2001/04/xmlenc#sha512") => OaepHash::Sha512,
        Some(_) => return None,
    };
    let mask = match (method, mask) {
        ("http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p", None)
        | (
            "http://www.w3.org/2009/xmlenc11#rsa-oaep",
            None | Some("http://www.w3.org/2009/xmlenc11#mgf1sha1"),
        ) => OaepHash::Sha1,
        ("http://www.w3.org/2009/xmlenc11#rsa-oaep", Some(mask)) => match mask {
            "http://www.w3.org/2009/xmlenc11#mgf1sha256" => OaepHash::Sha256,
            "http://www.w3.org/2009/xmlenc11#mgf1sha384" => OaepHash::Sha384,
            "http://www.w3.org/2009/xmlenc11#mgf1sha512" => OaepHash::Sha512,
            _ => return None,
        },
        _ => return None,
    };
    (digest == mask).then_some(digest)
}
