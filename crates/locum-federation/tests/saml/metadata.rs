//! Metadata: what a provider is registered with.

use base64::{Engine, prelude::BASE64_STANDARD};
use locum_federation::saml::{GuardError, Metadata, MetadataError};

const RSA: &[u8] = include_bytes!("data/rsa.crt");
const P256: &[u8] = include_bytes!("data/p256.crt");
const P384: &[u8] = include_bytes!("data/p384.crt");

fn key(usage: &str, certificate: &[u8]) -> String {
    let lines: Vec<String> = BASE64_STANDARD
        .encode(certificate)
        .as_bytes()
        .chunks(64)
        .map(|line| String::from_utf8(line.to_vec()).unwrap())
        .collect();
    format!(
        "<md:KeyDescriptor{usage}><ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:X509Data>\
         <ds:X509Certificate>\n{}\n</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>",
        lines.join("\r\n")
    )
}

fn metadata(keys: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- made by hand -->\n<md:EntityDescriptor \
         xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"https://idp.example.com/metadata\" \
         validUntil=\"2001-01-01T00:00:00Z\"><md:Extensions><!-- none --></md:Extensions><md:IDPSSODescriptor \
         WantAuthnRequestsSigned=\"false\" protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:1.1:protocol \
         urn:oasis:names:tc:SAML:2.0:protocol\">{keys}<md:SingleSignOnService Location=\"https://idp.example.com/sso\" \
         Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\"/></md:IDPSSODescriptor>\
         <md:Organization/></md:EntityDescriptor>"
    )
}

#[track_caller]
fn refuse(document: &str, reason: impl Into<MetadataError>) {
    assert_eq!(Metadata::parse(document), Err(reason.into()), "{document}");
}

#[test]
fn keys_that_sign_are_kept_and_others_are_not() {
    let keys = [
        key(" use=\"signing\"", RSA),
        key(" use=\"encryption\"", P384),
        // No use means both uses (Keycloak CVE-2026-16443 read it as none).
        key("", P256),
        key(" use=\"signing\"", P256),
    ];
    let parsed = Metadata::parse(&metadata(&keys.concat())).unwrap();
    assert_eq!(&*parsed.entity_id, "https://idp.example.com/metadata");
    assert_eq!(parsed.certificates, [RSA.into(), P256.into()]);
    assert_eq!(parsed.keys().unwrap().len(), 2);
}

#[test]
fn metadata_without_a_key_that_signs_is_refused() {
    refuse(&metadata(""), MetadataError::NoKey);
    refuse(&metadata(&key(" use=\"encryption\"", RSA)), MetadataError::NoKey);
    refuse(&metadata(&key(" use=\"Signing\"", RSA)), MetadataError::Use);
    refuse(&metadata(&key(" use=\"\"", RSA)), MetadataError::Use);
    let named = "<md:KeyDescriptor><ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:KeyName>k\
                 </ds:KeyName></ds:KeyInfo></md:KeyDescriptor>";
    refuse(&metadata(named), MetadataError::Key);
    refuse(
        &metadata("<md:KeyDescriptor use=\"signing\"/>"),
        MetadataError::Key,
    );
    let chain = key("", RSA).replace(
        "</ds:X509Certificate>",
        &format!(
            "</ds:X509Certificate><ds:X509Certificate>{}</ds:X509Certificate>",
            BASE64_STANDARD.encode(P256)
        ),
    );
    refuse(&metadata(&chain), MetadataError::Key);
    // A key outside the role, or of a service provider's, is none of the identity provider's.
    let other = metadata("").replace(
        "<md:Organization/>",
        &format!(
            "{}<md:SPSSODescriptor>{}</md:SPSSODescriptor>",
            key("", RSA),
            key("", RSA)
        ),
    );
    refuse(&other, MetadataError::NoKey);
}

#[test]
fn weak_and_malformed_certificates_are_refused_with_the_reason() {
    let short = Metadata::parse(&metadata(&key("", include_bytes!("data/short.crt")))).unwrap_err();
    assert_eq!(
        short.to_string(),
        "an RSA key has 1024 bits, and 2048 to 8192 are accepted"
    );
    let both = key("", RSA) + &key("", include_bytes!("data/short.crt"));
    assert!(matches!(
        Metadata::parse(&metadata(&both)),
        Err(MetadataError::Certificate(_))
    ));
    assert!(matches!(
        Metadata::parse(&metadata(&key("", &RSA[..RSA.len() - 1]))),
        Err(MetadataError::Certificate(_))
    ));
    assert!(matches!(
        Metadata::parse(&metadata(&key("", b""))),
        Err(MetadataError::Certificate(_))
    ));
    let broken = key("", RSA).replace("<ds:X509Certificate>\n", "<ds:X509Certificate>\n*");
    refuse(&metadata(&broken), MetadataError::Base64);
    let pem = key("", RSA).replace(
        "<ds:X509Certificate>\n",
        "<ds:X509Certificate>-----BEGIN CERTIFICATE-----\n",
    );
    refuse(&metadata(&pem), MetadataError::Base64);
    let split = key("", RSA).replace("<ds:X509Certificate>\n", "<ds:X509Certificate>M<!---->\n");
    refuse(&metadata(&split), MetadataError::Key);
}

#[test]
fn ten_keys_are_kept() {
    let certificate = |n: u8| {
        // Another serial number makes another certificate; nobody verifies its signature.
        let mut der = P256.to_vec();
        der[20] = n;
        key("", &der)
    };
    let keys: Vec<String> = (0..11).map(certificate).collect();
    assert_eq!(
        Metadata::parse(&metadata(&keys[..10].concat()))
            .unwrap()
            .certificates
            .len(),
        10
    );
    refuse(&metadata(&keys.concat()), MetadataError::TooManyKeys);
}

#[test]
fn one_identity_provider_is_described() {
    let good = metadata(&key("", RSA));
    let namespace = "xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\"";
    let body = &good[good.find("<md:EntityDescriptor").unwrap()..];
    refuse(
        &format!("<md:EntitiesDescriptor {namespace}>{body}</md:EntitiesDescriptor>"),
        MetadataError::Several,
    );
    refuse(
        &good.replace("SAML:2.0:metadata", "SAML:1.1:metadata"),
        MetadataError::NotAnEntity,
    );
    refuse(&format!("<a>{body}</a>"), MetadataError::NotAnEntity);
    refuse(
        &good.replace(" entityID=\"https://idp.example.com/metadata\"", ""),
        MetadataError::EntityId,
    );
    for id in ["", " https://idp.example.com", "a b", &"a".repeat(1_025)] {
        refuse(
            &good.replace("https://idp.example.com/metadata", id),
            MetadataError::EntityId,
        );
    }
    refuse(
        &good.replace("IDPSSODescriptor", "SPSSODescriptor"),
        MetadataError::Role,
    );
    refuse(
        &good.replace("urn:oasis:names:tc:SAML:2.0:protocol", ""),
        MetadataError::Role,
    );
    let role = &good[good.find("<md:IDPSSODescriptor").unwrap()..good.find("<md:Organization/>").unwrap()];
    refuse(&good.replace("<md:Organization/>", role), MetadataError::Role);
}

#[test]
fn documents_are_guarded() {
    let good = metadata(&key("", RSA));
    refuse(&format!("\u{feff}{good}"), GuardError::ByteOrderMark);
    let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
    refuse(
        &good.replace(declaration, "<!DOCTYPE a [<!ENTITY e 'x'>]>"),
        GuardError::Doctype,
    );
    refuse(
        &good.replace("<md:Organization/>", "<?target?>"),
        GuardError::Instruction,
    );
    refuse(
        &good.replace("<md:Organization/>", &"<a/>".repeat(5_001)),
        GuardError::Elements,
    );
    refuse(
        &good.replace("<md:Organization/>", &"<a>".repeat(40)),
        GuardError::Depth,
    );
    refuse(
        &good.replace("<md:Organization/>", &"=".repeat(70_000)),
        GuardError::Attributes,
    );
    refuse(
        &good.replace("<md:Organization/>", &" ".repeat(10_000_000)),
        GuardError::Size,
    );
    refuse(
        &good.replace("</md:EntityDescriptor>", "</md:x>"),
        MetadataError::NotWellFormed,
    );
    refuse("", MetadataError::NotWellFormed);
}
