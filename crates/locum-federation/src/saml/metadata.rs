//! The metadata document of an identity provider: who it is and which keys sign for it.
//!
//! Whoever writes metadata is an administrator, but the document was made elsewhere. A `KeyDescriptor` without `use`
//! signs too (SAML metadata §2.4.1.1): reading it as nothing would leave a provider without keys, which must never
//! mean without signatures. Expiry and the document's own signature are not looked at (`facts: sts §6.1`).

use locum_crypto::{Certificate, CertificateError};
use roxmltree::Node;

use super::{
    SamlError, VerificationKeyWithThumbprint, guard,
    guard::GuardError,
    xml::{self, DS, MD, SAMLP, attribute, decode_base64},
};

/// Keys of one provider (`facts: sts §6.1`).
const KEYS: usize = 10;

/// Characters of an entity id (SAML metadata §2.2.1).
const ENTITY_ID_LEN: usize = 1024;

/// More than any provider's own metadata needs; a federation's is a list and is refused anyway.
const LIMITS: guard::Limits = guard::Limits {
    size: 10_000_000,
    elements: 5_000,
    depth: 32,
    declarations: 64,
    attributes: 32,
    equals: 65_536,
    comments: guard::Comments::Allowed,
};

/// What is kept of a metadata document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metadata {
    /// The entity id: what assertions must name as their issuer.
    pub entity_id: Box<str>,
    /// The certificates whose keys sign, in DER, in their order. Never empty.
    pub certificates: Vec<Box<[u8]>>,
}

/// Why a metadata document is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MetadataError {
    /// Refused before it was parsed.
    #[error(transparent)]
    Guard(#[from] GuardError),
    /// Not well-formed XML.
    #[error("the metadata is not well-formed XML")]
    NotWellFormed,
    /// A list of entities.
    #[error("the metadata describes several entities; register the one provider's EntityDescriptor")]
    Several,
    /// Not an entity's metadata.
    #[error("the metadata's root is not an EntityDescriptor of SAML 2.0")]
    NotAnEntity,
    /// No usable entity id.
    #[error("the entityID is missing, longer than 1024 characters or has white space in it")]
    EntityId,
    /// No identity provider, or several.
    #[error("the metadata has not exactly one IDPSSODescriptor for SAML 2.0")]
    Role,
    /// A key that is for neither signing nor encryption.
    #[error("a KeyDescriptor has an unknown use")]
    Use,
    /// A key for signing without exactly one certificate.
    #[error("a KeyDescriptor for signing has not exactly one X509Certificate")]
    Key,
    /// No key that signs.
    #[error("the metadata has no key for signing")]
    NoKey,
    /// More keys than are kept.
    #[error("the metadata has more than 10 keys for signing")]
    TooManyKeys,
    /// A certificate that is not base64.
    #[error("a certificate is not base64")]
    Base64,
    /// A certificate that is not taken.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
}

impl Metadata {
    /// Reads metadata of one identity provider: up to 10 MB, in UTF-8 without a byte order mark. Certificates are
    /// parsed, so that a key that could never verify is refused now.
    ///
    /// # Errors
    /// `MetadataError` with the reason, fit for the administrator's eyes.
    pub fn parse(document: &str) -> Result<Self, MetadataError> {
        let text = guard::admit(document.as_bytes(), &LIMITS)?;
        let tree = xml::parse(&text).map_err(|_| MetadataError::NotWellFormed)?;
        let root = tree.root_element();
        if xml::is(root, MD, "EntitiesDescriptor") {
            return Err(MetadataError::Several);
        }
        if !xml::is(root, MD, "EntityDescriptor") {
            return Err(MetadataError::NotAnEntity);
        }
        let entity_id = attribute(root, "entityID")
            .filter(|id| !id.is_empty() && id.chars().count() <= ENTITY_ID_LEN)
            .filter(|id| !id.contains(char::is_whitespace))
            .ok_or(MetadataError::EntityId)?;
        let mut roles = named(root, MD, "IDPSSODescriptor");
        let role = match (roles.next(), roles.next()) {
            (Some(role), None) if speaks_saml2(role) => role,
            _ => return Err(MetadataError::Role),
        };

        let mut certificates: Vec<Box<[u8]>> = Vec::new();
        for key in named(role, MD, "KeyDescriptor") {
            match attribute(key, "use") {
                None | Some("signing") => {}
                Some("encryption") => continue,
                Some(_) => return Err(MetadataError::Use),
            }
            let der = certificate(key)?;
            // A provider may list one key twice, with and without its use.
            if certificates.contains(&der) {
                continue;
            }
            if certificates.len() == KEYS {
                return Err(MetadataError::TooManyKeys);
            }
            Certificate::from_der(&der)?;
            certificates.push(der);
        }
        if certificates.is_empty() {
            return Err(MetadataError::NoKey);
        }
        Ok(Self {
            entity_id: entity_id.into(),
            certificates,
        })
    }

    /// Returns the keys of the certificates, ready to verify.
    ///
    /// # Errors
    /// `CertificateError` never for a value that [`Self::parse`] made.
    pub fn keys(&self) -> Result<Vec<VerificationKeyWithThumbprint>, CertificateError> {
        self.certificates
            .iter()
            .map(|der| VerificationKeyWithThumbprint::from_certificate(der))
            .collect()
    }
}

/// Returns the child elements of one name. What else stands among them is for others.
fn named<'a, 'input>(
    node: Node<'a, 'input>,
    namespace: &'static str,
    name: &'static str,
) -> impl Iterator<Item = Node<'a, 'input>> {
    node.children()
        .filter(move |child| xml::is(*child, namespace, name))
}

fn speaks_saml2(role: Node<'_, '_>) -> bool {
    attribute(role, "protocolSupportEnumeration")
        .is_some_and(|protocols| protocols.split(guard::is_space).any(|protocol| protocol == SAMLP))
}

/// Returns the one certificate of a key. A chain would lend the signature to every authority in it.
fn certificate(key: Node<'_, '_>) -> Result<Box<[u8]>, MetadataError> {
    let mut found = named(key, DS, "KeyInfo")
        .flat_map(|info| named(info, DS, "X509Data"))
        .flat_map(|data| named(data, DS, "X509Certificate"));
    let (Some(only), None) = (found.next(), found.next()) else {
        return Err(MetadataError::Key);
    };
    // A comment would split what other readers see.
    let text = xml::text(only).map_err(|_: SamlError| MetadataError::Key)?;
    decode_base64(text)
        .map(Vec::into_boxed_slice)
        .ok_or(MetadataError::Base64)
}
