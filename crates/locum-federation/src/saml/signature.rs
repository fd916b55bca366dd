//! XML signatures of exactly one shape.
//!
//! A signature stands directly in the element that its one reference names; it covers that element without itself, in
//! exclusive canonical form. What it says about itself is read from the canonical octets of its `SignedInfo`, the same
//! that the key signed. `KeyInfo` is not read: keys come from registered metadata (`facts: security §1.5`).

use locum_crypto::SignatureAlgorithm;
use roxmltree::Node;

use super::{
    SamlError, VerificationKeyWithThumbprint,
    algorithm::{self, Digest, ENVELOPED},
    c14n, guard,
    xml::{self, CANONICAL, Children, DS, EXC_C14N, attribute, decode_base64, only_attributes},
};

/// Prefixes in one `PrefixList`: as many as there can be in scope.
const PREFIXES: usize = 32;

/// Octets that a registered key signed.
pub(super) struct Signed {
    /// The canonical form of the element, without the signature in it.
    pub(super) octets: String,
    /// SHA-256 of the certificate whose key it was.
    pub(super) by: [u8; 32],
}

/// Verifies the signature of `element` that stands directly in it.
///
/// # Errors
/// `SamlError` with the first thing that is wrong; the cheap comparisons come before the signature itself.
pub(super) fn verify(
    element: Node<'_, '_>,
    signature: Node<'_, '_>,
    keys: &[VerificationKeyWithThumbprint],
) -> Result<Signed, SamlError> {
    if signature.parent() != Some(element) || !xml::is(signature, DS, "Signature") {
        return Err(SamlError::MisplacedSignature);
    }
    only_attributes(signature, &["Id"])?;
    let mut parts = Children::of(signature)?;
    let signed_info = parts.take(DS, "SignedInfo").ok_or(SamlError::SignatureShape)?;
    let value = parts
        .take(DS, "SignatureValue")
        .ok_or(SamlError::SignatureShape)?;
    let _key_info = parts.take(DS, "KeyInfo");
    parts.end().map_err(|_| SamlError::SignatureShape)?;
    only_attributes(value, &["Id"])?;
    let value = decode_base64(xml::text(value)?).ok_or(SamlError::SignatureShape)?;

    let method = Children::of(signed_info)?
        .take(DS, "CanonicalizationMethod")
        .ok_or(SamlError::SignatureShape)?;
    let prefixes = read_canonicalization(method)?;
    let signed_info = c14n::exclusive(signed_info, None, &prefixes)?;
    let text = guard::admit(signed_info.as_bytes(), &CANONICAL)?;
    let tree = xml::parse(&text)?;
    let info = SignedInfo::read(tree.root_element())?;
    if info.canonicalization != prefixes {
        return Err(SamlError::Canonicalization);
    }

    let id = element_id(element)?;
    if info.reference.strip_prefix('#') != Some(id) {
        return Err(SamlError::Reference);
    }
    let octets = c14n::exclusive(element, Some(signature.id()), &info.transform)?;
    if !info.digest_method.matches(octets.as_bytes(), &info.digest) {
        return Err(SamlError::Digest);
    }
    let key = keys
        .iter()
        .find(|key| {
            key.key
                .verify(info.algorithm, signed_info.as_bytes(), &value)
                .is_ok()
        })
        .ok_or(SamlError::Signature)?;
    Ok(Signed {
        octets,
        by: key.thumbprint,
    })
}

/// Returns an element's `ID`, which is of letters, digits, `_`, `-` and `.`.
///
/// # Errors
/// `SamlError::Id` if it has none or a malformed one.
pub(super) fn element_id<'a>(element: Node<'a, '_>) -> Result<&'a str, SamlError> {
    let known = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    attribute(element, "ID")
        .filter(|id| (1..=256).contains(&id.len()) && id.bytes().all(known))
        .ok_or(SamlError::Id)
}

/// Refuses a document in which any two ids are equal, whatever their attribute's case and namespace: `ID`, `Id`, `id`,
/// `xml:id`, `wsu:Id`.
///
/// # Errors
/// `SamlError::DuplicateId`.
pub(super) fn check_unique_ids(root: Node<'_, '_>) -> Result<(), SamlError> {
    let mut ids: Vec<&str> = root
        .descendants()
        .flat_map(|node| node.attributes())
        .filter(|a| a.name().eq_ignore_ascii_case("id"))
        .map(|a| a.value())
        .collect();
    ids.sort_unstable();
    if ids.is_sorted_by(|a, b| a < b) {
        Ok(())
    } else {
        Err(SamlError::DuplicateId)
    }
}

/// What was signed, read from canonical octets.
struct SignedInfo<'a> {
    canonicalization: Vec<&'a str>,
    algorithm: SignatureAlgorithm,
    reference: &'a str,
    transform: Vec<&'a str>,
    digest_method: Digest,
    digest: Vec<u8>,
}

impl<'a> SignedInfo<'a> {
    fn read(node: Node<'a, '_>) -> Result<Self, SamlError> {
        const SHAPE: SamlError = SamlError::SignatureShape;
        if !xml::is(node, DS, "SignedInfo") {
            return Err(SHAPE);
        }
        only_attributes(node, &["Id"])?;
        let mut parts = Children::of(node)?;
        let canonicalization = parts.take(DS, "CanonicalizationMethod").ok_or(SHAPE)?;
        let method = parts.take(DS, "SignatureMethod").ok_or(SHAPE)?;
        let reference = parts.take(DS, "Reference").ok_or(SHAPE)?;
        parts.end().map_err(|_| SHAPE)?;

        only_attributes(reference, &["URI"])?;
        let mut parts = Children::of(reference)?;
        let transforms = parts.take(DS, "Transforms").ok_or(SamlError::Transforms)?;
        let digest_method = parts.take(DS, "DigestMethod").ok_or(SHAPE)?;
        let digest = parts.take(DS, "DigestValue").ok_or(SHAPE)?;
        parts.end().map_err(|_| SHAPE)?;
        only_attributes(digest, &[])?;

        Ok(Self {
            canonicalization: read_canonicalization(canonicalization)?,
            algorithm: algorithm::signature(bare_algorithm(method)?).ok_or(SamlError::SignatureAlgorithm)?,
            reference: attribute(reference, "URI").ok_or(SamlError::Reference)?,
            transform: read_transforms(transforms)?,
            digest_method: Digest::named(bare_algorithm(digest_method)?).ok_or(SamlError::DigestAlgorithm)?,
            digest: decode_base64(xml::text(digest)?).ok_or(SHAPE)?,
        })
    }
}

/// Reads the transforms: the enveloped signature, then exclusive canonicalisation, whose prefixes are returned.
fn read_transforms<'a>(transforms: Node<'a, '_>) -> Result<Vec<&'a str>, SamlError> {
    only_attributes(transforms, &[])?;
    let mut parts = Children::of(transforms)?;
    let enveloped = parts.take(DS, "Transform").ok_or(SamlError::Transforms)?;
    let canonical = parts.take(DS, "Transform").ok_or(SamlError::Transforms)?;
    parts.end().map_err(|_| SamlError::Transforms)?;
    if bare_algorithm(enveloped).map_err(|_| SamlError::Transforms)? != ENVELOPED {
        return Err(SamlError::Transforms);
    }
    read_canonicalization(canonical).map_err(|_| SamlError::Transforms)
}

/// Reads a use of exclusive canonicalisation and returns its `PrefixList`.
fn read_canonicalization<'a>(method: Node<'a, '_>) -> Result<Vec<&'a str>, SamlError> {
    const REFUSED: SamlError = SamlError::Canonicalization;
    only_attributes(method, &["Algorithm"])?;
    if attribute(method, "Algorithm") != Some(EXC_C14N) {
        return Err(REFUSED);
    }
    let mut parts = Children::of(method)?;
    let Some(inclusive) = parts.next() else {
        return Ok(Vec::new());
    };
    parts.end().map_err(|_| REFUSED)?;
    if !xml::is(inclusive, EXC_C14N, "InclusiveNamespaces") || inclusive.has_children() {
        return Err(REFUSED);
    }
    only_attributes(inclusive, &["PrefixList"])?;
    let list = attribute(inclusive, "PrefixList").ok_or(REFUSED)?;
    let prefixes: Vec<&str> = list
        .split(guard::is_space)
        .filter(|prefix| !prefix.is_empty())
        .take(PREFIXES + 1)
        .collect();
    let known = |prefix: &&str| *prefix == "#default" || guard::is_ncname(prefix);
    if prefixes.len() <= PREFIXES && prefixes.iter().all(known) {
        Ok(prefixes)
    } else {
        Err(REFUSED)
    }
}

/// Returns the `Algorithm` of an element without content.
fn bare_algorithm<'a>(method: Node<'a, '_>) -> Result<&'a str, SamlError> {
    only_attributes(method, &["Algorithm"])?;
    Children::of(method)?
        .end()
        .map_err(|_| SamlError::SignatureShape)?;
    attribute(method, "Algorithm").ok_or(SamlError::SignatureShape)
}
