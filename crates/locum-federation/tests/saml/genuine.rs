//! Responses that are accepted: our own signer's, and those of xmlsec1 and signxml (`data/make.py`).

use locum_crypto::sha256;
use locum_federation::saml::{Attribute, GuardError, RoleClaims, SamlError};

use crate::world::{
    AUDIENCE, ISSUER, RECIPIENT, TEMPLATE, World, sign_assertion, sign_both, sign_response, swap,
};

const SIGNED_BY_OTHERS: [(&str, &str, &[u8]); 12] = [
    (
        "xmlsec RSA-SHA256",
        include_str!("data/xmlsec-a-rsa-sha256.xml"),
        include_bytes!("data/rsa.crt"),
    ),
    (
        "xmlsec RSA-SHA384",
        include_str!("data/xmlsec-a-rsa-sha384.xml"),
        include_bytes!("data/rsa.crt"),
    ),
    (
        "xmlsec RSA-SHA512",
        include_str!("data/xmlsec-a-rsa-sha512.xml"),
        include_bytes!("data/rsa.crt"),
    ),
    (
        "xmlsec P-256",
        include_str!("data/xmlsec-r-ecdsa-sha256.xml"),
        include_bytes!("data/p256.crt"),
    ),
    (
        "xmlsec P-384",
        include_str!("data/xmlsec-r-ecdsa-sha384.xml"),
        include_bytes!("data/p384.crt"),
    ),
    (
        "xmlsec P-521",
        include_str!("data/xmlsec-r-ecdsa-sha512.xml"),
        include_bytes!("data/p521.crt"),
    ),
    (
        "xmlsec both",
        include_str!("data/xmlsec-ar-rsa-sha256.xml"),
        include_bytes!("data/rsa.crt"),
    ),
    (
        "xmlsec prefix lists",
        include_str!("data/xmlsec-ar-prefixes.xml"),
        include_bytes!("data/rsa.crt"),
    ),
    (
        "xmlsec, CRLF",
        include_str!("data/xmlsec-a-pretty.xml"),
        include_bytes!("data/rsa.crt"),
    ),
    (
        "signxml assertion",
        include_str!("data/signxml-a-rsa-sha256.xml"),
        include_bytes!("data/rsa.crt"),
    ),
    (
        "signxml response",
        include_str!("data/signxml-r-rsa-sha512.xml"),
        include_bytes!("data/rsa.crt"),
    ),
    (
        "signxml P-256",
        include_str!("data/signxml-r-ecdsa-sha256.xml"),
        include_bytes!("data/p256.crt"),
    ),
];

#[test]
fn what_other_implementations_sign_is_accepted() {
    let ours = World::new().verify(&sign_assertion(&TEMPLATE)).unwrap();
    for (name, document, certificate) in SIGNED_BY_OTHERS {
        let mut assertion = World::new()
            .verify(document)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(assertion.signed_by, sha256(certificate), "{name}");
        assertion.signed_by = ours.signed_by;
        assert_eq!(assertion, ours, "{name}");
    }
}

#[test]
fn every_value_is_read() {
    for document in [
        sign_assertion(&TEMPLATE),
        sign_response(&TEMPLATE),
        sign_both(&TEMPLATE),
    ] {
        let assertion = World::new().verify(&document).unwrap();
        assert_eq!(assertion.id, "_a1");
        assert_eq!(assertion.issuer, ISSUER);
        assert_eq!(assertion.subject, "alice@example.com");
        assert_eq!(assertion.subject_type(), "persistent");
        assert_eq!(assertion.recipient, RECIPIENT);
        assert_eq!(assertion.audience, AUDIENCE);
        assert_eq!(assertion.issued_at.to_string(), "2026-11-22T04:00:00.123Z");
        // The end of its conditions, with the clock's minute twice: the provider's and ours.
        assert_eq!(assertion.redeem_until.to_string(), "2026-11-22T04:06:00.123Z");
        assert_eq!(
            assertion.session_not_on_or_after.unwrap().to_string(),
            "2026-11-22T12:00:00Z"
        );
        assert_eq!(assertion.signed_by, sha256(include_bytes!("data/rsa.crt")));
        assert_eq!(assertion.attributes.len(), 4);
        assert_eq!(
            assertion.attributes[3],
            Attribute {
                name: "urn:oid:1.3.6.1.4.1.5923.1.1.1.1".to_owned(),
                values: vec!["member".to_owned(), "staff".to_owned()],
            }
        );
        let claims = RoleClaims::read(&assertion).unwrap();
        assert_eq!(
            claims.roles,
            [(
                "arn:aws:iam::123456789012:role/reader".to_owned(),
                "arn:aws:iam::123456789012:saml-provider/idp".to_owned()
            )]
        );
        assert_eq!(claims.session_name, "alice@example.com");
        assert_eq!(
            claims.principal_tags,
            [("team".to_owned(), "blue & green".to_owned())]
        );
    }
}

#[test]
fn every_change_to_what_others_signed_is_refused() {
    for (name, document, _) in SIGNED_BY_OTHERS {
        for (from, to) in [
            ("alice@", "malice@"),
            ("role/reader", "role/admin"),
            ("staff", "board"),
        ] {
            let refused = World::new().verify(&swap(document, from, to));
            assert_eq!(refused, Err(SamlError::Digest), "{name}: {to}");
        }
    }
}

#[test]
fn line_ends_in_the_encoding_are_taken_and_nothing_else_is() {
    use base64::{Engine, prelude::BASE64_STANDARD};
    let encoded = BASE64_STANDARD.encode(sign_assertion(&TEMPLATE));
    let lines: Vec<&str> = encoded
        .as_bytes()
        .chunks(76)
        .map(|c| std::str::from_utf8(c).unwrap())
        .collect();
    let world = World::new();
    assert!(world.verify_base64(&lines.join("\n")).is_ok());
    assert!(world.verify_base64(&lines.join("\r\n")).is_ok());
    for broken in [
        lines.join(" "),
        lines.join("\t"),
        format!("{encoded}*"),
        format!("{encoded}===="),
        format!("_{encoded}"),
        format!("-{}", &encoded[1..]),
        encoded[..encoded.len() - 1].to_owned(),
    ] {
        assert_eq!(
            world.verify_base64(&broken),
            Err(SamlError::Base64),
            "{}",
            &broken[..40]
        );
    }
    assert_eq!(world.verify_base64(""), Err(SamlError::NotWellFormed));
    let large = "A".repeat(100_004);
    assert_eq!(world.verify_base64(&large), Err(GuardError::Size.into()));
}
