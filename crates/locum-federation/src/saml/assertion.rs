//! An assertion, read from signed octets and held to every condition in it.
//!
//! What SAML leaves open and could mean more than one thing is refused: two confirmations, an attribute in two pieces,
//! a condition that is not known. Two things are read and not held to anything, as they bind the browser's request and
//! address, which a token service does not see: `InResponseTo` and `Address` (docs/compatibility.md).

use jiff::Timestamp;
use roxmltree::Node;

use super::{
    Expected, SamlError,
    envelope::{check_issuer, check_version, issue_instant},
    instant::{self, CLOCK_SKEW},
    recipient, signature,
    xml::{self, Children, DS, SAML, attribute, only_attributes, trimmed},
};

const BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";

/// The formats whose prefix is not part of a subject's type (`facts: sts §2.5`).
const FORMATS: [&str; 2] = [
    "urn:oasis:names:tc:SAML:2.0:nameid-format:",
    "urn:oasis:names:tc:SAML:1.1:nameid-format:",
];

/// A verified assertion. Every value in it was signed by a key of its provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    /// Its `ID`, unique for its issuer.
    pub id: String,
    /// The provider's entity id.
    pub issuer: String,
    /// The subject's `NameID`.
    pub subject: String,
    /// The `Format` of the subject's name, in full.
    pub subject_format: Option<String>,
    /// The `Recipient` of its confirmation, which STS calls its audience.
    pub recipient: String,
    /// The first of its audiences that was expected.
    pub audience: String,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When no clock of ours accepts it any more: until then it must be remembered, so that it works once.
    pub redeem_until: Timestamp,
    /// When the session at the identity provider ends, which no session of ours outlives.
    pub session_not_on_or_after: Option<Timestamp>,
    /// Its attributes, in their order, each name once.
    pub attributes: Vec<Attribute>,
    /// SHA-256 of the certificate whose key signed it.
    pub signed_by: [u8; 32],
}

/// An attribute of an assertion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Its `Name`, in full.
    pub name: String,
    /// Its values, in their order; there may be none.
    pub values: Vec<String>,
}

impl Assertion {
    /// Reads an assertion from signed octets.
    ///
    /// # Errors
    /// `SamlError` with the first thing that is wrong.
    pub(super) fn read(
        node: Node<'_, '_>,
        expected: &Expected<'_>,
        signed_by: [u8; 32],
    ) -> Result<Self, SamlError> {
        only_attributes(node, &["ID", "Version", "IssueInstant"])?;
        check_version(node)?;
        let id = signature::element_id(node)?;
        let issued_at = issue_instant(node)?;
        let mut parts = Children::of(node)?;
        let issuer = check_issuer(parts.take(SAML, "Issuer").ok_or(SamlError::Issuer)?, expected)?;
        // Still there if the response around it was signed too; it has been verified.
        let _signature = parts.take(DS, "Signature");
        let subject = Subject::read(parts.take(SAML, "Subject").ok_or(SamlError::NoSubject)?)?;
        let conditions = Conditions::read(parts.take(SAML, "Conditions").ok_or(SamlError::NoConditions)?)?;
        let mut authn = None;
        let mut attributes = Vec::new();
        while let Some(statement) = parts.next() {
            if xml::is(statement, SAML, "AttributeStatement") {
                read_attributes(statement, &mut attributes)?;
            } else if xml::is(statement, SAML, "AuthnStatement") {
                if authn.replace(statement).is_some() {
                    return Err(SamlError::AuthnStatement);
                }
            } else {
                return Err(SamlError::UnexpectedElement);
            }
        }
        check_unique_names(&attributes)?;

        if !recipient::is_expected(subject.recipient, expected.recipients) {
            return Err(SamlError::Recipient);
        }
        let audience = conditions.audience(expected.audiences)?;
        instant::check_begun(conditions.not_before, expected.now)?;
        let ends = [
            instant::check_not_over(conditions.not_on_or_after, expected.now)?,
            instant::check_not_over(subject.not_on_or_after, expected.now)?,
            instant::check_issued(issued_at, expected.now)?,
        ];
        let end = ends.into_iter().min().ok_or(SamlError::Time)?;
        let session_not_on_or_after = session_end(authn.ok_or(SamlError::AuthnStatement)?)?;
        if session_not_on_or_after.is_some_and(|end| end <= expected.now) {
            return Err(SamlError::SessionEnded);
        }
        Ok(Self {
            id: id.to_owned(),
            issuer: issuer.to_owned(),
            subject: subject.name.to_owned(),
            subject_format: subject.format.map(str::to_owned),
            recipient: subject.recipient.to_owned(),
            audience: audience.to_owned(),
            issued_at,
            // The nodes of a deployment need not agree on the time any better than they do with the provider.
            redeem_until: instant::later(end, CLOCK_SKEW)?,
            session_not_on_or_after,
            attributes,
            signed_by,
        })
    }

    /// Returns the subject's type: its name's format without the prefix of SAML's own formats, `unspecified` if it has
    /// none (SAML core §2.2.2).
    #[must_use]
    pub fn subject_type(&self) -> &str {
        let Some(format) = &self.subject_format else {
            return "unspecified";
        };
        FORMATS
            .iter()
            .find_map(|prefix| format.strip_prefix(prefix))
            .unwrap_or(format)
    }

    /// Returns the values of the attribute with exactly this name.
    #[must_use]
    pub fn values(&self, name: &str) -> Option<&[String]> {
        self.attributes
            .iter()
            .find(|attribute| attribute.name == name)
            .map(|attribute| attribute.values.as_slice())
    }
}

/// Whom an assertion is about, and who may redeem it.
struct Subject<'a> {
    name: &'a str,
    format: Option<&'a str>,
    recipient: &'a str,
    not_on_or_after: Timestamp,
}

impl<'a> Subject<'a> {
    fn read(node: Node<'a, '_>) -> Result<Self, SamlError> {
        only_attributes(node, &[])?;
        let mut parts = Children::of(node)?;
        let name = parts.take(SAML, "NameID").ok_or(SamlError::NoSubject)?;
        let confirmation = parts
            .take(SAML, "SubjectConfirmation")
            .ok_or(SamlError::SubjectConfirmation)?;
        parts.end().map_err(|_| SamlError::SubjectConfirmation)?;

        only_attributes(
            name,
            &["Format", "NameQualifier", "SPNameQualifier", "SPProvidedID"],
        )?;
        only_attributes(confirmation, &["Method"])?;
        if attribute(confirmation, "Method") != Some(BEARER) {
            return Err(SamlError::SubjectConfirmation);
        }
        let mut parts = Children::of(confirmation)?;
        let data = parts
            .take(SAML, "SubjectConfirmationData")
            .ok_or(SamlError::SubjectConfirmation)?;
        parts.end().map_err(|_| SamlError::SubjectConfirmation)?;
        // A bearer's confirmation has no NotBefore (SAML profiles §4.1.4.2).
        only_attributes(data, &["Recipient", "NotOnOrAfter", "InResponseTo", "Address"])
            .map_err(|_| SamlError::SubjectConfirmation)?;
        if !xml::text(data)?.is_empty() {
            return Err(SamlError::UnexpectedText);
        }
        let subject = trimmed(xml::text(name)?)?;
        if subject.is_empty() {
            return Err(SamlError::NoSubject);
        }
        let required = |name| attribute(data, name).ok_or(SamlError::SubjectConfirmation);
        Ok(Self {
            name: subject,
            format: attribute(name, "Format"),
            recipient: trimmed(required("Recipient")?)?,
            not_on_or_after: instant::parse(required("NotOnOrAfter")?)?,
        })
    }
}

/// When and for whom an assertion holds.
struct Conditions<'a> {
    not_before: Timestamp,
    not_on_or_after: Timestamp,
    /// One list for each restriction; all must be met.
    audiences: Vec<Vec<&'a str>>,
}

impl<'a> Conditions<'a> {
    fn read(node: Node<'a, '_>) -> Result<Self, SamlError> {
        only_attributes(node, &["NotBefore", "NotOnOrAfter"])?;
        let required = |name| instant::parse(attribute(node, name).ok_or(SamlError::NoConditions)?);
        let (not_before, not_on_or_after) = (required("NotBefore")?, required("NotOnOrAfter")?);
        let mut audiences = Vec::new();
        let mut parts = Children::of(node)?;
        while let Some(condition) = parts.next() {
            if xml::is(condition, SAML, "AudienceRestriction") {
                audiences.push(read_audiences(condition)?);
            } else if !xml::is(condition, SAML, "OneTimeUse") {
                return Err(SamlError::Condition);
            }
        }
        Ok(Self {
            not_before,
            not_on_or_after,
            audiences,
        })
    }

    /// Returns the audience that was expected, if every restriction names one.
    fn audience(&self, expected: &[&str]) -> Result<&'a str, SamlError> {
        let mut first = None;
        for restriction in &self.audiences {
            let met = restriction
                .iter()
                .find(|audience| recipient::is_expected(audience, expected))
                .ok_or(SamlError::Audience)?;
            first = first.or(Some(*met));
        }
        first.ok_or(SamlError::Audience)
    }
}

fn read_audiences<'a>(restriction: Node<'a, '_>) -> Result<Vec<&'a str>, SamlError> {
    let mut audiences = Vec::new();
    let mut parts = Children::of(restriction)?;
    while let Some(audience) = parts.take(SAML, "Audience") {
        audiences.push(trimmed(xml::text(audience)?)?);
    }
    parts.end()?;
    Ok(audiences)
}

/// Reads when the session at the identity provider ends.
fn session_end(authn: Node<'_, '_>) -> Result<Option<Timestamp>, SamlError> {
    only_attributes(authn, &["AuthnInstant", "SessionIndex", "SessionNotOnOrAfter"])?;
    instant::parse(attribute(authn, "AuthnInstant").ok_or(SamlError::Time)?)?;
    attribute(authn, "SessionNotOnOrAfter")
        .map(instant::parse)
        .transpose()
}

fn read_attributes(statement: Node<'_, '_>, into: &mut Vec<Attribute>) -> Result<(), SamlError> {
    let mut parts = Children::of(statement)?;
    while let Some(node) = parts.take(SAML, "Attribute") {
        let name = attribute(node, "Name").ok_or(SamlError::Attribute)?;
        let mut values = Vec::new();
        let mut children = Children::of(node)?;
        while let Some(value) = children.take(SAML, "AttributeValue") {
            values.push(trimmed(attribute_value(value)?)?.to_owned());
        }
        children.end().map_err(|_| SamlError::Attribute)?;
        into.push(Attribute {
            name: trimmed(name)?.to_owned(),
            values,
        });
    }
    // An encrypted attribute, for one.
    parts.end().map_err(|_| SamlError::Attribute)
}

/// Reads a value: text, or a `NameID` of text, which is how eduPersonTargetedID is sent.
fn attribute_value<'a>(value: Node<'a, '_>) -> Result<&'a str, SamlError> {
    if let Ok(text) = xml::text(value) {
        return Ok(text);
    }
    let mut parts = Children::of(value).map_err(|_| SamlError::Attribute)?;
    let name = parts.take(SAML, "NameID").ok_or(SamlError::Attribute)?;
    parts.end().map_err(|_| SamlError::Attribute)?;
    xml::text(name).map_err(|_| SamlError::Attribute)
}

fn check_unique_names(attributes: &[Attribute]) -> Result<(), SamlError> {
    let mut names: Vec<&str> = attributes.iter().map(|a| a.name.as_str()).collect();
    names.sort_unstable();
    if names.is_sorted_by(|a, b| a < b) {
        Ok(())
    } else {
        Err(SamlError::DuplicateAttribute)
    }
}
