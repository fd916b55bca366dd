//! SAML 2.0: a response in, one verified assertion out.
//!
//! Exactly one shape of response is accepted, and everything else is refused, for the attacks on SAML live in what
//! verifiers put up with (`facts: security §1.5`). A response passes guards that count and refuse before a tree is
//! built; one parser builds it; the one signature, directly in the response or in its assertion, is verified with a
//! registered key over octets of our own canonicalisation; then the document is dropped and **claims are read from
//! those octets**, so that nothing can be read that was not signed. Nothing here remembers: that an assertion works
//! once is for the caller, who is told until when it must be remembered.
//!
//! ```text
//! base64 → guard → tree → envelope → signature → signed octets → guard → tree → assertion → role claims
//! ```

mod algorithm;
mod assertion;
mod c14n;
mod condition_keys;
mod encryption;
mod envelope;
mod error;
mod guard;
mod instant;
mod metadata;
mod offer;
mod recipient;
mod role_claims;
mod signature;
mod xml;

use std::borrow::Cow;

use base64::{Engine, prelude::BASE64_STANDARD};
use jiff::Timestamp;
use locum_crypto::{Certificate, CertificateError, DecryptionKey, VerificationKey};

pub use assertion::{Assertion, Attribute};
pub use c14n::{C14nError, canonicalize};
pub use condition_keys::{KeyValues, condition_keys, name_qualifier};
pub use error::SamlError;
pub use guard::GuardError;
pub use instant::{CLOCK_SKEW, REDEMPTION};
pub use metadata::{Metadata, MetadataError};
pub use offer::Offer;
pub use role_claims::RoleClaims;

use envelope::{Content, Envelope};
use signature::Signed;

/// Characters of base64 in the longest response, line ends not counted (the limit of STS's `SAMLAssertion`).
const ENCODED_LEN: usize = 100_000;

/// A key that signs for a provider, and the certificate that it came in.
#[derive(Debug, Clone)]
pub struct VerificationKeyWithThumbprint {
    /// The key.
    pub key: VerificationKey,
    /// SHA-256 of the certificate.
    pub thumbprint: [u8; 32],
}

impl VerificationKeyWithThumbprint {
    /// Reads the key of a certificate in DER. Costs a few dozen microseconds: keep the result.
    ///
    /// # Errors
    /// `CertificateError` if the certificate or its key is not taken.
    pub fn from_certificate(der: &[u8]) -> Result<Self, CertificateError> {
        let certificate = Certificate::from_der(der)?;
        Ok(Self {
            key: certificate.key().clone(),
            thumbprint: certificate.sha256_thumbprint(),
        })
    }
}

/// Whether assertions must be encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// Both plain and encrypted ones are taken; encrypted ones only if there is a private key.
    Allowed,
    /// Plain ones are refused.
    Required,
}

/// A registered identity provider.
#[derive(Debug, Clone, Copy)]
pub struct Provider<'a> {
    /// Its entity id, which assertions must name as their issuer.
    pub entity_id: &'a str,
    /// The keys that sign for it.
    pub keys: &'a [VerificationKeyWithThumbprint],
    /// The keys that assertions may be encrypted to, the newest first.
    pub decryption: &'a [DecryptionKey],
    /// Whether assertions must be encrypted.
    pub encryption: Encryption,
}

/// What a response is held to.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The provider that the caller named. It is never chosen by what a response says.
    pub provider: Provider<'a>,
    /// The audiences one of which every audience restriction must name; `{region}` as in the recipients.
    pub audiences: &'a [&'a str],
    /// The URLs one of which the assertion, and the response if it says so, must be sent to. In one of them `{region}`
    /// stands for any text of the shape of a region's name.
    pub recipients: &'a [&'a str],
    /// The time.
    pub now: Timestamp,
}

/// Verifies a base64-encoded SAML response and returns its assertion.
///
/// The encoding may be broken into lines (SAML bindings §3.5.4) and is strict otherwise. Without encryption it draws no
/// randomness; the cost is bounded whatever the response holds: 20 ms and 4 MB.
///
/// # Errors
/// `SamlError` with the first thing that is wrong. There is no partial result.
pub fn verify(response_base64: &str, expected: &Expected<'_>) -> Result<Assertion, SamlError> {
    let octets = decode(response_base64)?;
    let text = guard::admit(&octets, &xml::RESPONSE)?;
    let authentic = authenticate(&text, expected)?;
    drop(text);
    drop(octets);
    let text = guard::admit(authentic.signed.octets.as_bytes(), &xml::CANONICAL)?;
    let tree = xml::parse(&text)?;
    let assertion = match authentic.root {
        Root::Assertion => tree.root_element(),
        Root::Response => match Envelope::read(tree.root_element(), expected)?.content {
            Content::Plain(assertion) => assertion,
            Content::Encrypted(_) => return Err(SamlError::Unsigned),
        },
    };
    if !xml::is(assertion, xml::SAML, "Assertion") {
        return Err(SamlError::UnexpectedElement);
    }
    Assertion::read(assertion, expected, authentic.signed.by)
}

/// Octets that were signed, and what they are.
struct Authentic {
    signed: Signed,
    root: Root,
}

enum Root {
    Response,
    Assertion,
}

/// Verifies every signature of a response, and returns the signed octets that hold its assertion: those of the response
/// if it is signed as a whole.
fn authenticate(response: &str, expected: &Expected<'_>) -> Result<Authentic, SamlError> {
    let keys = expected.provider.keys;
    let tree = xml::parse(response)?;
    let root = tree.root_element();
    let envelope = Envelope::read(root, expected)?;
    match envelope.content {
        Content::Plain(_) if expected.provider.encryption == Encryption::Required => {
            return Err(SamlError::NotEncrypted);
        }
        Content::Encrypted(_) if expected.provider.decryption.is_empty() => {
            return Err(SamlError::NoPrivateKey);
        }
        Content::Plain(_) | Content::Encrypted(_) => {}
    }
    let whole = envelope
        .signature
        .map(|signature| signature::verify(root, signature, keys))
        .transpose()?;
    match envelope.content {
        Content::Plain(assertion) => {
            let own = envelope::assertion_signature(assertion)
                .map(|signature| signature::verify(assertion, signature, keys))
                .transpose()?;
            match (whole, own) {
                (Some(signed), _) => Ok(Authentic {
                    signed,
                    root: Root::Response,
                }),
                (None, Some(signed)) => Ok(Authentic {
                    signed,
                    root: Root::Assertion,
                }),
                (None, None) => Err(SamlError::Unsigned),
            }
        }
        Content::Encrypted(encrypted) => match whole {
            Some(signed) => {
                drop(tree);
                open_signed(&signed.octets, expected)
            }
            None => open(encrypted, expected),
        },
    }
}

/// Decrypts the assertion of a response from the octets of that response that were signed.
fn open_signed(octets: &str, expected: &Expected<'_>) -> Result<Authentic, SamlError> {
    let text = guard::admit(octets.as_bytes(), &xml::CANONICAL)?;
    let tree = xml::parse(&text)?;
    match Envelope::read(tree.root_element(), expected)?.content {
        Content::Encrypted(encrypted) => open(encrypted, expected),
        Content::Plain(_) => Err(SamlError::UnexpectedElement),
    }
}

/// Decrypts an assertion and verifies its own signature, which it must have even in a signed response: whoever can
/// encrypt to us is nobody in particular. Its octets pass the same guards, and must be a document by themselves.
fn open(encrypted: roxmltree::Node<'_, '_>, expected: &Expected<'_>) -> Result<Authentic, SamlError> {
    let plain = encryption::decrypt(encrypted, expected.provider.decryption)?;
    let text = guard::admit(&plain, &xml::RESPONSE)?;
    let tree = xml::parse(&text)?;
    let assertion = tree.root_element();
    if !xml::is(assertion, xml::SAML, "Assertion") {
        return Err(SamlError::UnexpectedElement);
    }
    let own = envelope::assertion_signature(assertion).ok_or(SamlError::Unsigned)?;
    envelope::check_alone_in(assertion)?;
    signature::check_unique_ids(assertion)?;
    Ok(Authentic {
        signed: signature::verify(assertion, own, expected.provider.keys)?,
        root: Root::Assertion,
    })
}

/// Decodes base64 that may be broken into lines.
fn decode(response: &str) -> Result<Vec<u8>, SamlError> {
    let lines = memchr::memchr2_iter(b'\r', b'\n', response.as_bytes()).count();
    if response.len() - lines > ENCODED_LEN {
        return Err(GuardError::Size.into());
    }
    let digits = match lines {
        0 => Cow::Borrowed(response),
        _ => Cow::Owned(response.replace(['\r', '\n'], "")),
    };
    BASE64_STANDARD
        .decode(digits.as_bytes())
        .map_err(|_| SamlError::Base64)
}
