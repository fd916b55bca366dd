//! Why a SAML response is refused, and what is said about it on the wire.
//!
//! One variant is one reason, for the log and for tests. On the wire AWS tells fewer reasons apart; where its text was
//! recorded it is used (`facts: sts §6.1`), and everything about signatures is one text.

use std::borrow::Cow;

use super::{c14n::C14nError, guard::GuardError};

/// Why a response yields no claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SamlError {
    /// The response is not base64.
    #[error("the response is not base64")]
    Base64,
    /// The document is refused before it is parsed.
    #[error(transparent)]
    Guard(#[from] GuardError),
    /// The document is not well-formed XML.
    #[error("the document is not well-formed XML")]
    NotWellFormed,
    /// The root element is not a response of SAML 2.0.
    #[error("the document is not a SAML 2.0 response")]
    NotAResponse,
    /// An element stands where none, or another one, is expected.
    #[error("an element stands where it is not expected")]
    UnexpectedElement,
    /// An attribute stands where it is not expected.
    #[error("an attribute stands where it is not expected")]
    UnexpectedAttribute,
    /// Text stands between elements.
    #[error("text stands between elements")]
    UnexpectedText,
    /// A value begins or ends with white space.
    #[error("a value begins or ends with white space")]
    Whitespace,
    /// An id is missing or malformed.
    #[error("an ID is missing or malformed")]
    Id,
    /// Two elements have the same id.
    #[error("an ID is not unique")]
    DuplicateId,
    /// The identity provider reports a failure.
    #[error("the status of the response is not success")]
    Status,
    /// The response holds no assertion.
    #[error("the response holds no assertion")]
    NoAssertion,
    /// The response holds several assertions, or one that is not its direct child.
    #[error("the response holds more than its one assertion")]
    SeveralAssertions,
    /// A response within the response.
    #[error("the response holds another response")]
    NestedResponse,
    /// A signature elsewhere than directly in the response or its assertion, or a second one.
    #[error("a signature stands elsewhere than in the response or its assertion")]
    MisplacedSignature,

    /// Neither the response nor its assertion is signed; or an encrypted assertion is not.
    #[error("the assertion is not signed")]
    Unsigned,
    /// A signature of another shape than the one that is accepted.
    #[error("the signature has an unexpected shape")]
    SignatureShape,
    /// The signature is canonicalised by something else than exclusive canonicalisation.
    #[error("the canonicalisation method is not accepted")]
    Canonicalization,
    /// Another signature algorithm than RSA or ECDSA with SHA-2.
    #[error("the signature algorithm is not accepted")]
    SignatureAlgorithm,
    /// Another digest than SHA-256, SHA-384 or SHA-512.
    #[error("the digest algorithm is not accepted")]
    DigestAlgorithm,
    /// Other transforms than the enveloped signature and exclusive canonicalisation.
    #[error("the transforms are not accepted")]
    Transforms,
    /// The reference is not to the element that the signature stands in.
    #[error("the signature does not refer to the element that it stands in")]
    Reference,
    /// What is signed has no canonical form.
    #[error(transparent)]
    C14n(#[from] C14nError),
    /// What is signed was changed.
    #[error("the digest does not match")]
    Digest,
    /// No registered key made the signature.
    #[error("the signature is of no registered key")]
    Signature,

    /// The provider demands encryption, and the assertion is not encrypted.
    #[error("the assertion is not encrypted, and the provider demands it")]
    NotEncrypted,
    /// The assertion is encrypted, and the provider has no private key.
    #[error("the assertion is encrypted, and the provider has no private key")]
    NoPrivateKey,
    /// Encrypted data of another shape than the one that is accepted.
    #[error("the encrypted assertion has an unexpected shape")]
    EncryptionShape,
    /// Another encryption than AES-GCM under RSA-OAEP.
    #[error("the encryption algorithm is not accepted; use AES-GCM and RSA-OAEP")]
    EncryptionAlgorithm,
    /// No private key of the provider opens the assertion.
    #[error("the assertion cannot be decrypted")]
    Undecryptable,

    /// The issuer is not the provider's.
    #[error("the issuer is not the provider's")]
    Issuer,
    /// There is no subject, or it has no plain name.
    #[error("the assertion has no NameID")]
    NoSubject,
    /// There is not exactly one bearer confirmation with a recipient and an end.
    #[error("the subject is not confirmed by one bearer confirmation with a recipient and an end")]
    SubjectConfirmation,
    /// The assertion is for another recipient.
    #[error("the recipient is another one")]
    Recipient,
    /// The response is for another destination.
    #[error("the destination is another one")]
    Destination,
    /// The conditions are missing, or lack their times.
    #[error("the assertion has no conditions with both times")]
    NoConditions,
    /// A condition that is not understood.
    #[error("the assertion has a condition that is not understood")]
    Condition,
    /// The assertion is for another audience, or for any.
    #[error("the audience is another one")]
    Audience,
    /// There is not exactly one authentication statement.
    #[error("the assertion has not exactly one authentication statement")]
    AuthnStatement,
    /// A time that is not a UTC time of XML Schema.
    #[error("a time is malformed")]
    Time,
    /// Not valid yet, or issued in the future.
    #[error("the assertion is not valid yet")]
    NotYetValid,
    /// Not valid any more.
    #[error("the assertion is not valid any more")]
    Expired,
    /// Issued more than five minutes ago.
    #[error("the assertion was issued more than five minutes ago")]
    TooOld,
    /// The identity provider's session has ended.
    #[error("the session at the identity provider has ended")]
    SessionEnded,
    /// An attribute of another shape than text values.
    #[error("an attribute is malformed")]
    Attribute,
    /// An attribute that is there twice.
    #[error("an attribute is there twice")]
    DuplicateAttribute,

    /// No role is named, or one that is not a pair of a role and a SAML provider.
    #[error("the Role attribute is missing or malformed")]
    Role,
    /// There is no session name.
    #[error("the RoleSessionName attribute is missing")]
    NoRoleSessionName,
    /// The session name is malformed, or there are several.
    #[error("the RoleSessionName attribute is malformed")]
    RoleSessionName,
    /// The session's duration is malformed or out of range.
    #[error("the SessionDuration attribute is not between 900 and 43200")]
    SessionDuration,
    /// The source identity is malformed, or there are several.
    #[error("the SourceIdentity attribute is malformed")]
    SourceIdentity,
    /// A tag without a key, or with several values.
    #[error("a PrincipalTag attribute is malformed")]
    PrincipalTag,
}

impl SamlError {
    /// Returns the error code on the wire.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Expired | Self::TooOld | Self::SessionEnded => "ExpiredTokenException",
            Self::NoSubject => "AccessDenied",
            _ => "InvalidIdentityToken",
        }
    }

    /// Returns the HTTP status that goes with the code.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::NoSubject => 403,
            _ => 400,
        }
    }

    /// Returns the message on the wire: AWS's where it was recorded, which may name the request, and the reason in our
    /// own words otherwise.
    #[must_use]
    pub fn message(&self, request_id: &str) -> Cow<'static, str> {
        match self {
            Self::Base64 => discovery("Invalid base64 SAMLResponse", request_id),
            Self::Issuer => discovery("Issuer not present in specified provider", request_id),
            Self::Unsigned
            | Self::MisplacedSignature
            | Self::SignatureShape
            | Self::Canonicalization
            | Self::SignatureAlgorithm
            | Self::DigestAlgorithm
            | Self::Transforms
            | Self::Reference
            | Self::C14n(_)
            | Self::Digest
            | Self::Signature => "Response signature invalid".into(),
            Self::Audience => "Response does not contain the required audience.".into(),
            // The spelling is AWS's.
            Self::SubjectConfirmation => {
                "Responses must contain SubjectConfirmatonData with a Recipient and NotOnOrAfter".into()
            }
            Self::Expired | Self::TooOld | Self::SessionEnded => {
                "Token must be redeemed within 5 minutes of issuance".into()
            }
            Self::NoSubject => "Not authorized to perform sts:AssumeRoleWithSAML".into(),
            Self::Role => {
                "SAML Assertion doesn't contain the requested Role and Metadata in the attributes".into()
            }
            Self::NoRoleSessionName => "RoleSessionName is required in AuthnResponse".into(),
            Self::RoleSessionName => {
                "RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}".into()
            }
            Self::SourceIdentity => {
                "Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with \"aws:\"".into()
            }
            other => format!("Invalid SAML response: {other}").into(),
        }
    }
}

/// A text that reaches the wire through a service behind AWS's own, which says so (`facts: sts §6.1`).
fn discovery(text: &str, request_id: &str) -> Cow<'static, str> {
    format!(
        "{text} (Service: AWSOpenIdDiscoveryService; Status Code: 400; Error Code: \
         AuthSamlInvalidSamlResponseException; Request ID: {request_id}; Proxy: null)"
    )
    .into()
}
