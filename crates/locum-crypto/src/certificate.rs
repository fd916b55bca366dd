//! X.509 certificates as containers of a key, which is all that SAML metadata uses them for.
//!
//! Trust comes from the registered metadata, not from a chain: issuer, names, expiry, usage and the certificate's own
//! signature are not looked at, as IAM does not (`facts: sts §6.1`). So the outline is walked strictly and everything
//! within it skipped; docs/decisions/0004-x509.md says why this is not a library's work.

use crate::{
    KeyError, VerificationKey,
    der::{Der, INTEGER, OID},
    sha256, spki,
};

// Tags of the optional parts of a TBSCertificate (RFC 5280 §4.1).
const VERSION: u8 = 0xa0;
const ISSUER_UNIQUE_ID: u8 = 0x81;
const SUBJECT_UNIQUE_ID: u8 = 0x82;
const EXTENSIONS: u8 = 0xa3;

/// Why a certificate is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// Not the DER of an X.509 certificate.
    #[error("the certificate is malformed")]
    Malformed,
    /// One extension twice, which readers would understand differently.
    #[error("the certificate repeats an extension")]
    RepeatedExtension,
    /// A key that is not taken.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// A certificate's key and its thumbprint. Of any version, expired or not.
#[derive(Debug, Clone)]
pub struct Certificate {
    key: VerificationKey,
    sha256: [u8; 32],
}

impl Certificate {
    /// Reads a certificate of X.509 version 1, 2 or 3, in DER.
    ///
    /// # Errors
    /// `CertificateError` if it is malformed, repeats an extension, or holds a key that is not taken.
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        let outline = Outline::read(der).ok_or(CertificateError::Malformed)?;
        if let Some(extensions) = outline.extensions {
            refuse_repeated(extensions)?;
        }
        Ok(Self {
            key: spki::read(outline.key)?,
            sha256: sha256(der),
        })
    }

    /// Returns the subject's public key.
    #[must_use]
    pub const fn key(&self) -> &VerificationKey {
        &self.key
    }

    /// Returns the SHA-256 digest of the whole certificate.
    #[must_use]
    pub const fn sha256_thumbprint(&self) -> [u8; 32] {
        self.sha256
    }
}

/// The two parts of a certificate that are read.
struct Outline<'a> {
    key: Der<'a>,
    extensions: Option<Der<'a>>,
}

impl<'a> Outline<'a> {
    fn read(der: &'a [u8]) -> Option<Self> {
        let mut certificate = Der::only_sequence(der)?;
        let mut signed = certificate.sequence()?;
        let _algorithm = certificate.sequence()?;
        let _signature = certificate.whole_bits()?;
        certificate.end()?;

        if let Some(version) = signed.take(VERSION) {
            let mut version = Der::new(version);
            matches!(version.take(INTEGER)?, [0..=2]).then_some(())?;
            version.end()?;
        }
        // Self-made certificates have serial numbers of zero, below zero and of any length.
        let _serial_number = signed.take(INTEGER)?;
        let _algorithm = signed.sequence()?;
        let _issuer = signed.sequence()?;
        let _validity = signed.sequence()?;
        let _subject = signed.sequence()?;
        let key = signed.sequence()?;
        let _issuer_id = signed.take(ISSUER_UNIQUE_ID);
        let _subject_id = signed.take(SUBJECT_UNIQUE_ID);
        let extensions = match signed.take(EXTENSIONS) {
            Some(extensions) => Some(Der::only_sequence(extensions)?),
            None => None,
        };
        signed.end()?;
        Some(Self { key, extensions })
    }
}

/// Refuses a second extension of the same name (`facts: sts §6.1`).
fn refuse_repeated(mut extensions: Der<'_>) -> Result<(), CertificateError> {
    let mut names = std::collections::HashSet::new();
    while !extensions.is_empty() {
        let name = extensions
            .sequence()
            .and_then(|mut extension| extension.take(OID))
            .ok_or(CertificateError::Malformed)?;
        if !names.insert(name) {
            return Err(CertificateError::RepeatedExtension);
        }
    }
    Ok(())
}

#[cfg(test)]
#[path = "certificate_tests.rs"]
mod tests;
