//! The tree of a guarded document, read strictly.
//!
//! There is one parser, and this is the only file that calls it. Elements are taken in the order of their schema:
//! whatever stands where nothing is expected is refused, so that no element is ever searched for by its name. A value
//! is the text of an element that holds nothing but one run of text, so a comment or an element cannot split it.

use roxmltree::{Document, Node, ParsingOptions};

use super::{SamlError, guard, guard::is_space};

/// SAML assertions.
pub(super) const SAML: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
/// SAML requests and responses.
pub(super) const SAMLP: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
/// SAML metadata.
pub(super) const MD: &str = "urn:oasis:names:tc:SAML:2.0:metadata";
/// XML signatures.
pub(super) const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
/// XML encryption.
pub(super) const XENC: &str = "http://www.w3.org/2001/04/xmlenc#";
/// XML encryption 1.1.
pub(super) const XENC11: &str = "http://www.w3.org/2009/xmlenc11#";
/// Exclusive canonicalisation: the algorithm, and the namespace of its parameter.
pub(super) const EXC_C14N: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
/// Attributes of schemas' instances.
pub(super) const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// Builds the tree of text that [`guard::admit`] returned.
///
/// # Errors
/// `SamlError::NotWellFormed` if it is not well-formed XML.
pub(super) fn parse(admitted: &str) -> Result<Document<'_>, SamlError> {
    let options = ParsingOptions {
        allow_dtd: false,
        ..ParsingOptions::default()
    };
    Document::parse_with_options(admitted, options).map_err(|_| SamlError::NotWellFormed)
}

/// Tells whether `node` is the element `name` of `namespace`.
pub(super) fn is(node: Node<'_, '_>, namespace: &str, name: &str) -> bool {
    node.is_element() && node.tag_name().namespace() == Some(namespace) && node.tag_name().name() == name
}

/// Returns an attribute that is in no namespace.
pub(super) fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.attributes()
        .find(|a| a.namespace().is_none() && a.name() == name)
        .map(|a| a.value())
}

/// Refuses attributes that are not among `names`, and those in a namespace, except the schema instance's: the same
/// name in another namespace is how one reader is made to see what another does not.
///
/// # Errors
/// `SamlError::UnexpectedAttribute`.
pub(super) fn only_attributes(node: Node<'_, '_>, names: &[&str]) -> Result<(), SamlError> {
    let known = node.attributes().all(|a| match a.namespace() {
        None => names.contains(&a.name()),
        Some(namespace) => namespace == XSI,
    });
    if known {
        Ok(())
    } else {
        Err(SamlError::UnexpectedAttribute)
    }
}

/// Returns the text of an element that holds nothing else: one run of text, or none.
///
/// # Errors
/// `SamlError::UnexpectedElement` if it holds anything but text.
pub(super) fn text<'a>(node: Node<'a, '_>) -> Result<&'a str, SamlError> {
    let mut children = node.children();
    match (children.next(), children.next()) {
        (None, _) => Ok(""),
        (Some(only), None) if only.is_text() => Ok(only.text().unwrap_or_default()),
        (Some(_), _) => Err(SamlError::UnexpectedElement),
    }
}

/// Returns `value` if it has no white space at either end, as IAM demands (`facts: sts §6.1`).
///
/// # Errors
/// `SamlError::Whitespace`.
pub(super) fn trimmed(value: &str) -> Result<&str, SamlError> {
    if value.starts_with(char::is_whitespace) || value.ends_with(char::is_whitespace) {
        Err(SamlError::Whitespace)
    } else {
        Ok(value)
    }
}

/// The child elements of one element, taken one after the other.
pub(super) struct Children<'a, 'input> {
    rest: std::vec::IntoIter<Node<'a, 'input>>,
}

impl<'a, 'input> Children<'a, 'input> {
    /// Begins at the first child of `node`.
    ///
    /// # Errors
    /// `SamlError::UnexpectedText` if there is text other than white space between the children,
    /// `UnexpectedElement` for a comment.
    pub(super) fn of(node: Node<'a, 'input>) -> Result<Self, SamlError> {
        let mut elements = Vec::new();
        for child in node.children() {
            if child.is_element() {
                elements.push(child);
            } else if !child.is_text() {
                return Err(SamlError::UnexpectedElement);
            } else if !child.text().unwrap_or_default().trim_matches(is_space).is_empty() {
                return Err(SamlError::UnexpectedText);
            }
        }
        Ok(Self {
            rest: elements.into_iter(),
        })
    }

    /// Takes the next child if it is the element `name` of `namespace`.
    pub(super) fn take(&mut self, namespace: &str, name: &str) -> Option<Node<'a, 'input>> {
        let next = *self.rest.as_slice().first()?;
        if is(next, namespace, name) {
            self.rest.next()
        } else {
            None
        }
    }

    /// Takes the next child whatever it is.
    pub(super) fn next(&mut self) -> Option<Node<'a, 'input>> {
        self.rest.next()
    }

    /// Ends: nothing may be left.
    ///
    /// # Errors
    /// `SamlError::UnexpectedElement` if a child is left.
    pub(super) fn end(self) -> Result<(), SamlError> {
        if self.rest.as_slice().is_empty() {
            Ok(())
        } else {
            Err(SamlError::UnexpectedElement)
        }
    }
}

/// Decodes base64 that may be broken by white space, as in XML signatures; strict in everything else.
pub(super) fn decode_base64(text: &str) -> Option<Vec<u8>> {
    use base64::{Engine, prelude::BASE64_STANDARD};
    let digits: Vec<u8> = text.bytes().filter(|&b| !is_space(char::from(b))).collect();
    BASE64_STANDARD.decode(digits).ok()
}

/// The limits of a response. Its canonical octets, which are read again, may be longer ([`super::c14n::LIMIT`]).
pub(super) const RESPONSE: guard::Limits = guard::Limits {
    size: 75_000,
    elements: 1_000,
    depth: 32,
    declarations: 32,
    attributes: 32,
    equals: 8_192,
    comments: guard::Comments::Refused,
};

/// The limits of octets that were canonicalised from a response or decrypted from one.
pub(super) const CANONICAL: guard::Limits = guard::Limits {
    size: super::c14n::LIMIT,
    ..RESPONSE
};
