//! The response around an assertion: its shape, its status, whom it is from and for.
//!
//! Read from the document as it came, to find what is signed; and once more from the signed octets, if the response
//! itself is signed. A response that reports a failure is refused before anything in it is looked at.

use jiff::Timestamp;
use roxmltree::Node;

use super::{
    Expected, SamlError, instant, recipient, signature,
    xml::{self, Children, DS, SAML, SAMLP, attribute, only_attributes, trimmed},
};

/// The status of a sign-in that succeeded.
pub(super) const SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";
const ENTITY: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity";

/// The parts of a response.
pub(super) struct Envelope<'a, 'input> {
    pub(super) signature: Option<Node<'a, 'input>>,
    pub(super) content: Content<'a, 'input>,
}

/// The one assertion of a response.
#[derive(Clone, Copy)]
pub(super) enum Content<'a, 'input> {
    /// `saml:Assertion`.
    Plain(Node<'a, 'input>),
    /// `saml:EncryptedAssertion`.
    Encrypted(Node<'a, 'input>),
}

impl<'a, 'input> Envelope<'a, 'input> {
    /// Reads a response and checks everything in it but its signatures and its assertion.
    ///
    /// # Errors
    /// `SamlError` with the first thing that is wrong.
    pub(super) fn read(root: Node<'a, 'input>, expected: &Expected<'_>) -> Result<Self, SamlError> {
        if !xml::is(root, SAMLP, "Response") {
            return Err(SamlError::NotAResponse);
        }
        only_attributes(
            root,
            &[
                "ID",
                "InResponseTo",
                "Version",
                "IssueInstant",
                "Destination",
                "Consent",
            ],
        )?;
        check_version(root)?;
        let mut parts = Children::of(root)?;
        let issuer = parts.take(SAML, "Issuer");
        let signature = parts.take(DS, "Signature");
        check_status(parts.take(SAMLP, "Status").ok_or(SamlError::UnexpectedElement)?)?;

        signature::element_id(root)?;
        if let Some(issuer) = issuer {
            check_issuer(issuer, expected)?;
        }
        if let Some(destination) = attribute(root, "Destination")
            && !recipient::is_expected(destination, expected.recipients)
        {
            return Err(SamlError::Destination);
        }
        instant::check_issued(issue_instant(root)?, expected.now)?;

        let content = match parts.next() {
            Some(node) if xml::is(node, SAML, "Assertion") => Content::Plain(node),
            Some(node) if xml::is(node, SAML, "EncryptedAssertion") => Content::Encrypted(node),
            Some(_) => return Err(SamlError::UnexpectedElement),
            None => return Err(SamlError::NoAssertion),
        };
        check_alone(root, signature, content)?;
        parts.end()?;
        signature::check_unique_ids(root)?;
        Ok(Self { signature, content })
    }
}

/// Refuses other versions than 2.0.
pub(super) fn check_version(node: Node<'_, '_>) -> Result<(), SamlError> {
    match attribute(node, "Version") {
        Some("2.0") => Ok(()),
        Some(_) | None => Err(SamlError::NotAResponse),
    }
}

/// Reads the time at which a response or an assertion was issued.
pub(super) fn issue_instant(node: Node<'_, '_>) -> Result<Timestamp, SamlError> {
    instant::parse(attribute(node, "IssueInstant").ok_or(SamlError::Time)?)
}

/// Holds an issuer to the provider's entity id, byte for byte.
pub(super) fn check_issuer<'a>(issuer: Node<'a, '_>, expected: &Expected<'_>) -> Result<&'a str, SamlError> {
    only_attributes(issuer, &["Format", "NameQualifier", "SPNameQualifier"])?;
    if attribute(issuer, "Format").is_some_and(|format| format != ENTITY) {
        return Err(SamlError::Issuer);
    }
    let name = trimmed(xml::text(issuer)?)?;
    if name == expected.provider.entity_id && !name.is_empty() {
        Ok(name)
    } else {
        Err(SamlError::Issuer)
    }
}

/// Refuses every status but success. What a failure says of itself is not read.
fn check_status(status: Node<'_, '_>) -> Result<(), SamlError> {
    let mut parts = Children::of(status)?;
    let code = parts.take(SAMLP, "StatusCode").ok_or(SamlError::Status)?;
    if attribute(code, "Value") != Some(SUCCESS) {
        return Err(SamlError::Status);
    }
    only_attributes(status, &[])?;
    only_attributes(code, &["Value"])?;
    Children::of(code)?.end()?;
    if let Some(message) = parts.take(SAMLP, "StatusMessage") {
        xml::text(message)?;
    }
    parts.end()
}

/// Refuses a document that has more responses, assertions or signatures than those that were found in their places,
/// in whatever namespace.
fn check_alone(
    root: Node<'_, '_>,
    signature: Option<Node<'_, '_>>,
    content: Content<'_, '_>,
) -> Result<(), SamlError> {
    let own = match content {
        Content::Plain(assertion) => assertion_signature(assertion),
        Content::Encrypted(_) => None,
    };
    check_count(
        root,
        1,
        usize::from(signature.is_some()) + usize::from(own.is_some()),
    )
}

/// Refuses an assertion, one that was decrypted, that holds others or other signatures than its own.
///
/// # Errors
/// `SamlError::NestedResponse`, `SeveralAssertions`, `MisplacedSignature`.
pub(super) fn check_alone_in(assertion: Node<'_, '_>) -> Result<(), SamlError> {
    check_count(
        assertion,
        0,
        usize::from(assertion_signature(assertion).is_some()),
    )
}

fn check_count(
    root: Node<'_, '_>,
    expected_responses: usize,
    expected_signatures: usize,
) -> Result<(), SamlError> {
    let (mut responses, mut assertions, mut signatures) = (0_usize, 0_usize, 0_usize);
    for node in root.descendants() {
        match node.tag_name().name() {
            "Response" => responses += 1,
            "Assertion" | "EncryptedAssertion" => assertions += 1,
            "Signature" => signatures += 1,
            _ => {}
        }
    }
    if responses != expected_responses {
        return Err(SamlError::NestedResponse);
    }
    if assertions != 1 {
        return Err(SamlError::SeveralAssertions);
    }
    if signatures != expected_signatures {
        return Err(SamlError::MisplacedSignature);
    }
    Ok(())
}

/// Returns the signature of an assertion, which is its second child (SAML core §2.3.3).
pub(super) fn assertion_signature<'a, 'input>(assertion: Node<'a, 'input>) -> Option<Node<'a, 'input>> {
    assertion
        .children()
        .filter(Node::is_element)
        .nth(1)
        .filter(|node| xml::is(*node, DS, "Signature"))
}
