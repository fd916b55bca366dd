//! A provider, and a signer of our own that signs whatever a test wants.

use std::sync::LazyLock;

use base64::{Engine, prelude::BASE64_STANDARD};
use jiff::Timestamp;
use locum_crypto::{DecryptionKey, SigningAlgorithm, SigningKey, sha256};
use locum_federation::saml::{
    Assertion, Encryption, Expected, Provider, SamlError, VerificationKeyWithThumbprint, canonicalize, verify,
};

pub(crate) const ISSUER: &str = "https://idp.example.com/metadata";
pub(crate) const RECIPIENT: &str = "https://signin.aws.amazon.com/saml";
pub(crate) const AUDIENCE: &str = "urn:amazon:webservices";
pub(crate) const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
pub(crate) const EXC: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
pub(crate) const RESPONSE_MARK: &str = "<!--response-signature-->";
pub(crate) const ASSERTION_MARK: &str = "<!--assertion-signature-->";

/// The response that everything is made from, with marks where signatures go.
pub(crate) static TEMPLATE: LazyLock<String> =
    LazyLock::new(|| include_str!("data/response.xml").trim().to_owned());

/// A minute after the response was issued.
pub(crate) fn now() -> Timestamp {
    "2026-11-22T04:01:00Z".parse().unwrap()
}

pub(crate) fn key_of(der: &[u8]) -> VerificationKeyWithThumbprint {
    VerificationKeyWithThumbprint::from_certificate(der).unwrap()
}

pub(crate) static RSA: LazyLock<SigningKey> = LazyLock::new(|| {
    SigningKey::from_pkcs8(SigningAlgorithm::Rs256, include_bytes!("data/rsa.pk8")).unwrap()
});
pub(crate) static ATTACKER: LazyLock<SigningKey> = LazyLock::new(|| {
    SigningKey::from_pkcs8(SigningAlgorithm::Rs256, include_bytes!("data/attacker.pk8")).unwrap()
});
pub(crate) static P384: LazyLock<SigningKey> = LazyLock::new(|| {
    SigningKey::from_pkcs8(SigningAlgorithm::Es384, include_bytes!("data/p384.pk8")).unwrap()
});

/// What a response is held to.
pub(crate) struct World {
    pub(crate) keys: Vec<VerificationKeyWithThumbprint>,
    pub(crate) decryption: Vec<DecryptionKey>,
    pub(crate) encryption: Encryption,
    pub(crate) entity_id: &'static str,
    pub(crate) audiences: Vec<&'static str>,
    pub(crate) recipients: Vec<&'static str>,
    pub(crate) now: Timestamp,
}

impl World {
    /// A provider with an RSA key and three on curves, and without private keys.
    pub(crate) fn new() -> Self {
        Self {
            keys: vec![
                key_of(include_bytes!("data/p256.crt")),
                key_of(include_bytes!("data/p384.crt")),
                key_of(include_bytes!("data/p521.crt")),
                key_of(include_bytes!("data/rsa.crt")),
            ],
            decryption: Vec::new(),
            encryption: Encryption::Allowed,
            entity_id: ISSUER,
            audiences: vec![RECIPIENT, AUDIENCE],
            recipients: vec!["https://eu-central-1.signin.aws.amazon.com/saml", RECIPIENT],
            now: now(),
        }
    }

    /// The same with two private keys.
    pub(crate) fn decrypting() -> Self {
        let pem = |text| DecryptionKey::from_pem(text).unwrap();
        Self {
            decryption: vec![
                pem(include_str!("data/newest.pem")),
                pem(include_str!("data/older.pem")),
            ],
            ..Self::new()
        }
    }

    pub(crate) fn verify(&self, document: &str) -> Result<Assertion, SamlError> {
        self.verify_octets(document.as_bytes())
    }

    pub(crate) fn verify_octets(&self, document: &[u8]) -> Result<Assertion, SamlError> {
        self.verify_base64(&BASE64_STANDARD.encode(document))
    }

    pub(crate) fn verify_base64(&self, response: &str) -> Result<Assertion, SamlError> {
        verify(
            response,
            &Expected {
                provider: Provider {
                    entity_id: self.entity_id,
                    keys: &self.keys,
                    decryption: &self.decryption,
                    encryption: self.encryption,
                },
                audiences: &self.audiences,
                recipients: &self.recipients,
                now: self.now,
            },
        )
    }
}

/// Asserts that a response is refused for exactly this reason.
#[track_caller]
pub(crate) fn refuse(document: &str, reason: impl Into<SamlError>) {
    assert_eq!(World::new().verify(document), Err(reason.into()), "{document}");
}

/// The content of `SignedInfo` that a well-behaved signer writes about `document`'s element `id`.
pub(crate) fn signed_info(document: &str, id: &str) -> String {
    let octets = canonicalize(&document.replace(RESPONSE_MARK, ""), Some(id), "").unwrap();
    let digest = BASE64_STANDARD.encode(sha256(octets.as_bytes()));
    format!(
        "<ds:CanonicalizationMethod Algorithm=\"{EXC}\"></ds:CanonicalizationMethod>\
         <ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\"></ds:SignatureMethod>\
         <ds:Reference URI=\"#{id}\"><ds:Transforms>\
         <ds:Transform Algorithm=\"{DS}enveloped-signature\"></ds:Transform>\
         <ds:Transform Algorithm=\"{EXC}\"></ds:Transform></ds:Transforms>\
         <ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"></ds:DigestMethod>\
         <ds:DigestValue>{digest}</ds:DigestValue></ds:Reference>"
    )
}

/// A signature over this content of `SignedInfo`, which is canonicalised first if it can be.
pub(crate) fn signature_over(content: &str, key: &SigningKey) -> String {
    let info = format!("<ds:SignedInfo xmlns:ds=\"{DS}\">{content}</ds:SignedInfo>");
    let octets = canonicalize(&info, None, "").unwrap_or(info);
    let value = BASE64_STANDARD.encode(key.sign(octets.as_bytes()).unwrap());
    format!(
        "<ds:Signature xmlns:ds=\"{DS}\"><ds:SignedInfo>{content}</ds:SignedInfo>\
         <ds:SignatureValue>{value}</ds:SignatureValue></ds:Signature>"
    )
}

/// Puts a signature over the assertion into it; what is signed about it passes through `edit`.
pub(crate) fn sign_assertion_with(
    template: &str,
    key: &SigningKey,
    edit: impl Fn(String) -> String,
) -> String {
    let bare = template.replace(RESPONSE_MARK, "").replace(ASSERTION_MARK, "");
    let signature = signature_over(&edit(signed_info(&bare, "_a1")), key);
    template
        .replace(RESPONSE_MARK, "")
        .replace(ASSERTION_MARK, &signature)
}

/// Puts a signature over the response into it.
pub(crate) fn sign_response_with(
    template: &str,
    key: &SigningKey,
    edit: impl Fn(String) -> String,
) -> String {
    let bare = template.replace(RESPONSE_MARK, "").replace(ASSERTION_MARK, "");
    let signature = signature_over(&edit(signed_info(&bare, "_r1")), key);
    template
        .replace(ASSERTION_MARK, "")
        .replace(RESPONSE_MARK, &signature)
}

pub(crate) fn sign_assertion(template: &str) -> String {
    sign_assertion_with(template, &RSA, |content| content)
}

pub(crate) fn sign_response(template: &str) -> String {
    sign_response_with(template, &RSA, |content| content)
}

/// Signs the assertion, then the response around it.
pub(crate) fn sign_both(template: &str) -> String {
    let bare = template.replace(RESPONSE_MARK, "").replace(ASSERTION_MARK, "");
    let own = signature_over(&signed_info(&bare, "_a1"), &RSA);
    let inner = template.replace(ASSERTION_MARK, &own);
    let whole = signature_over(&signed_info(&inner, "_r1"), &RSA);
    inner.replace(RESPONSE_MARK, &whole)
}

/// The template with something replaced, which must be there.
#[track_caller]
pub(crate) fn with(from: &str, to: &str) -> String {
    swap(&TEMPLATE, from, to)
}

#[track_caller]
pub(crate) fn swap(document: &str, from: &str, to: &str) -> String {
    assert!(document.contains(from), "{from} is not in {document}");
    document.replacen(from, to, 1)
}

/// The part of a document from the first `from` to the next `to`, both included.
pub(crate) fn part<'a>(document: &'a str, from: &str, to: &str) -> &'a str {
    let start = document.find(from).unwrap();
    let end = start + document[start..].find(to).unwrap() + to.len();
    &document[start..end]
}

/// The assertion of a response.
pub(crate) fn assertion_of(document: &str) -> &str {
    part(document, "<saml:Assertion ", "</saml:Assertion>")
}

/// The first signature of a response.
pub(crate) fn signature_of(document: &str) -> &str {
    part(document, "<ds:Signature ", "</ds:Signature>")
}
