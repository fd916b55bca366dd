//! An identity provider that writes canonical XML, so that what it signs is what it sends.

#![allow(unreachable_pub, reason = "a module of tests")]

use std::sync::LazyLock;

use base64::{Engine, prelude::BASE64_STANDARD};
use jiff::{SignedDuration, Timestamp};
use locum_crypto::{PublicParts, SigningAlgorithm, SigningKey, sha256};

use super::sealed;

pub const RECIPIENT: &str = "https://signin.aws.amazon.com/saml";
pub const AUDIENCE: &str = "urn:amazon:webservices";
const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
const ASSERTION: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
const SIGNATURE: &str = "http://www.w3.org/2000/09/xmldsig#";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
/// What the names of the attributes for AWS begin with.
const ATTRIBUTES: &str = "https://aws.amazon.com/SAML/Attributes/";

/// Made once: an RSA key takes a while.
static RSA: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate_rs256().unwrap());

/// An identity provider.
pub struct Idp {
    pub entity_id: String,
    key: SigningKey,
}

impl Idp {
    /// A provider with a P-384 key of its own.
    pub fn new(entity_id: &str) -> Self {
        Self {
            entity_id: entity_id.to_owned(),
            key: SigningKey::generate_es384().unwrap(),
        }
    }

    /// A provider with the RSA key that all such providers share.
    pub fn with_rsa(entity_id: &str) -> Self {
        let pkcs8 = RSA.to_pkcs8().unwrap();
        Self {
            entity_id: entity_id.to_owned(),
            key: SigningKey::from_pkcs8(SigningAlgorithm::Rs256, pkcs8.expose()).unwrap(),
        }
    }

    /// Its certificate, in DER: its key and nothing that is looked at.
    pub fn certificate(&self) -> Vec<u8> {
        let empty = der(0x30, &[]);
        let signed = [
            der(0x02, &[1]),
            empty.clone(),
            empty.clone(),
            empty.clone(),
            empty.clone(),
            public_key(self.key.public()),
        ]
        .concat();
        der(0x30, &[der(0x30, &signed), empty, der(0x03, &[0, 0])].concat())
    }

    /// Its metadata, which must have a thousand characters.
    pub fn metadata(&self) -> String {
        let certificate = BASE64_STANDARD.encode(self.certificate());
        let (id, filler) = (&self.entity_id, "padding ".repeat(125));
        format!(
            "<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"{id}\"><!-- {filler}-->\
             <md:IDPSSODescriptor protocolSupportEnumeration=\"{PROTOCOL}\"><md:KeyDescriptor use=\"signing\">\
             <ds:KeyInfo xmlns:ds=\"{SIGNATURE}\"><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate>\
             </ds:X509Data></ds:KeyInfo></md:KeyDescriptor></md:IDPSSODescriptor></md:EntityDescriptor>"
        )
    }

    /// The thumbprint of its certificate.
    pub fn thumbprint(&self) -> String {
        locum_crypto::hex(&sha256(&self.certificate()))
    }

    /// A response, in base64.
    pub fn response(&self, said: &Said) -> String {
        BASE64_STANDARD.encode(self.document(said))
    }

    /// A response.
    pub fn document(&self, said: &Said) -> String {
        let assertion = self.assertion(said, said.signed == Part::Assertion || said.sealed_to.is_some());
        let assertion = match &said.sealed_to {
            Some(key) => sealed::encrypted(&assertion, key),
            None => assertion,
        };
        let (issuer, instant) = (said.issuer(self), at(said.now, said.issued));
        let destination = &said.recipient;
        let open = format!(
            "<samlp:Response xmlns:samlp=\"{PROTOCOL}\" Destination=\"{destination}\" ID=\"_response\" \
             IssueInstant=\"{instant}\" Version=\"2.0\"><saml:Issuer xmlns:saml=\"{ASSERTION}\">{issuer}</saml:Issuer>"
        );
        let rest = format!(
            "<samlp:Status><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"></samlp:StatusCode>\
             </samlp:Status>{assertion}</samlp:Response>"
        );
        let signature = match said.signed {
            Part::Response => self.signature("_response", &format!("{open}{rest}")),
            Part::Assertion | Part::Nothing => String::new(),
        };
        format!("{open}{signature}{rest}")
    }

    fn assertion(&self, said: &Said, signed: bool) -> String {
        let Said { id, subject, .. } = said;
        let (issuer, instant) = (said.issuer(self), at(said.now, said.issued));
        let (begin, end) = (at(said.now, said.not_before), at(said.now, said.not_on_or_after));
        let format = said
            .format
            .as_ref()
            .map_or_else(String::new, |format| format!(" Format=\"{format}\""));
        let recipient = match &said.recipient {
            recipient if recipient.is_empty() => String::new(),
            recipient => format!(" Recipient=\"{recipient}\""),
        };
        let session = said.session_end.map_or_else(String::new, |end| {
            format!(" SessionNotOnOrAfter=\"{}\"", at(said.now, end))
        });
        let name = match subject.as_str() {
            "" => String::new(),
            subject => format!("<saml:NameID{format}>{subject}</saml:NameID>"),
        };
        let attributes: String = said
            .attributes
            .iter()
            .map(|(name, values)| attribute(name, values))
            .collect();
        let open = format!(
            "<saml:Assertion xmlns:saml=\"{ASSERTION}\" ID=\"{id}\" IssueInstant=\"{instant}\" Version=\"2.0\">\
             <saml:Issuer>{issuer}</saml:Issuer>"
        );
        let rest = format!(
            "<saml:Subject>{name}<saml:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\">\
             <saml:SubjectConfirmationData NotOnOrAfter=\"{end}\"{recipient}></saml:SubjectConfirmationData>\
             </saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore=\"{begin}\" NotOnOrAfter=\"{end}\">\
             <saml:AudienceRestriction><saml:Audience>{}</saml:Audience></saml:AudienceRestriction></saml:Conditions>\
             <saml:AuthnStatement AuthnInstant=\"{instant}\"{session}><saml:AuthnContext>\
             <saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef>\
             </saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement>{attributes}</saml:AttributeStatement>\
             </saml:Assertion>",
            said.audience
        );
        let signature = if signed {
            self.signature(id, &format!("{open}{rest}"))
        } else {
            String::new()
        };
        format!("{open}{signature}{rest}")
    }

    fn signature(&self, id: &str, canonical: &str) -> String {
        let method = match self.key.algorithm() {
            SigningAlgorithm::Rs256 => "rsa-sha256",
            SigningAlgorithm::Es384 => "ecdsa-sha384",
        };
        let digest = BASE64_STANDARD.encode(sha256(canonical.as_bytes()));
        let info = format!(
            "<ds:CanonicalizationMethod Algorithm=\"{EXCLUSIVE}\"></ds:CanonicalizationMethod>\
             <ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#{method}\"></ds:SignatureMethod>\
             <ds:Reference URI=\"#{id}\"><ds:Transforms>\
             <ds:Transform Algorithm=\"{SIGNATURE}enveloped-signature\"></ds:Transform>\
             <ds:Transform Algorithm=\"{EXCLUSIVE}\"></ds:Transform></ds:Transforms>\
             <ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"></ds:DigestMethod>\
             <ds:DigestValue>{digest}</ds:DigestValue></ds:Reference>"
        );
        // Alone it declares its prefix; within the signature that has done so already.
        let alone = format!("<ds:SignedInfo xmlns:ds=\"{SIGNATURE}\">{info}</ds:SignedInfo>");
        let value = BASE64_STANDARD.encode(self.key.sign(alone.as_bytes()).unwrap());
        format!(
            "<ds:Signature xmlns:ds=\"{SIGNATURE}\"><ds:SignedInfo>{info}</ds:SignedInfo>\
             <ds:SignatureValue>{value}</ds:SignatureValue></ds:Signature>"
        )
    }
}

/// Which part of a response is signed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Assertion,
    Response,
    Nothing,
}

/// What a response says. Times are seconds from `now`.
#[derive(Clone)]
pub struct Said {
    pub now: Timestamp,
    pub id: String,
    /// In place of the provider's entity id.
    pub issuer: Option<String>,
    /// None at all if it is empty.
    pub subject: String,
    pub format: Option<String>,
    /// Left out if it is empty.
    pub recipient: String,
    pub audience: String,
    pub issued: i64,
    pub not_before: i64,
    pub not_on_or_after: i64,
    pub session_end: Option<i64>,
    pub attributes: Vec<(String, Vec<String>)>,
    pub signed: Part,
    pub sealed_to: Option<sealed::PrivateKey>,
}

impl Said {
    /// What is in order: Alice may assume the roles of these pairs.
    pub fn new(now: Timestamp, pairs: &[String]) -> Self {
        let mut said = Self {
            now,
            id: "_a1".to_owned(),
            issuer: None,
            subject: "alice@example.com".to_owned(),
            format: Some("urn:oasis:names:tc:SAML:2.0:nameid-format:persistent".to_owned()),
            recipient: RECIPIENT.to_owned(),
            audience: AUDIENCE.to_owned(),
            issued: 0,
            not_before: -60,
            not_on_or_after: 300,
            session_end: None,
            attributes: Vec::new(),
            signed: Part::Assertion,
            sealed_to: None,
        };
        let pairs: Vec<&str> = pairs.iter().map(String::as_str).collect();
        said.aws("Role", &pairs);
        said.aws("RoleSessionName", &["alice"]);
        said
    }

    /// The same under another id.
    pub fn id(mut self, id: &str) -> Self {
        id.clone_into(&mut self.id);
        self
    }

    /// The same, otherwise in one thing.
    pub fn but(mut self, edit: impl FnOnce(&mut Self)) -> Self {
        edit(&mut self);
        self
    }

    /// Sets an attribute for AWS.
    pub fn aws(&mut self, name: &str, values: &[&str]) {
        self.set(&format!("{ATTRIBUTES}{name}"), values);
    }

    /// Sets an attribute; without values there is none.
    pub fn set(&mut self, name: &str, values: &[&str]) {
        self.attributes.retain(|(known, _)| known != name);
        if !values.is_empty() {
            let values = values.iter().map(|&value| value.to_owned()).collect();
            self.attributes.push((name.to_owned(), values));
        }
    }

    fn issuer<'s>(&'s self, idp: &'s Idp) -> &'s str {
        self.issuer.as_deref().unwrap_or(&idp.entity_id)
    }
}

fn attribute(name: &str, values: &[String]) -> String {
    let values: String = values
        .iter()
        .map(|value| format!("<saml:AttributeValue>{value}</saml:AttributeValue>"))
        .collect();
    format!("<saml:Attribute Name=\"{name}\">{values}</saml:Attribute>")
}

fn at(now: Timestamp, seconds: i64) -> Timestamp {
    now + SignedDuration::from_secs(seconds)
}

/// The `SubjectPublicKeyInfo` of a key.
fn public_key(parts: &PublicParts) -> Vec<u8> {
    let bits = |content: &[u8]| der(0x03, &[&[0], content].concat());
    match parts {
        PublicParts::Rsa { modulus, exponent } => {
            let number = |bytes: &[u8]| der(0x02, &[&[0], bytes].concat());
            let algorithm = der(0x30, b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00");
            // The modulus' first bit is set, the exponent's is not.
            let key = der(0x30, &[number(modulus), der(0x02, exponent)].concat());
            der(0x30, &[algorithm, bits(&key)].concat())
        }
        PublicParts::Ec { x, y, .. } => {
            let algorithm = b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x22";
            let point = [&[4], &**x, &**y].concat();
            der(0x30, &[der(0x30, algorithm), bits(&point)].concat())
        }
    }
}

fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let len = content.len();
    let mut out = vec![tag];
    match len {
        0..=0x7f => out.push(len as u8),
        0x80..=0xff => out.extend([0x81, len as u8]),
        _ => out.extend([0x82, (len >> 8) as u8, len as u8]),
    }
    out.extend(content);
    out
}
