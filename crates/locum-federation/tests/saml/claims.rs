//! What an assertion asks of STS, and the condition keys that it gives.

use locum_federation::saml::{
    Assertion, Attribute, KeyValues, RoleClaims, SamlError, condition_keys, name_qualifier,
};

use crate::world::{TEMPLATE, World, sign_assertion};

const PREFIX: &str = "https://aws.amazon.com/SAML/Attributes/";
const ROLE: &str = "arn:aws:iam::123456789012:role/path/reader";
const PROVIDER: &str = "arn:aws:iam::123456789012:saml-provider/idp";

/// An assertion with these attributes, whose names are given after AWS's prefix unless they have a colon.
fn assertion(attributes: &[(&str, &[&str])]) -> Assertion {
    let mut assertion = World::new().verify(&sign_assertion(&TEMPLATE)).unwrap();
    assertion.attributes = attributes
        .iter()
        .map(|(name, values)| Attribute {
            name: format!("{PREFIX}{name}"),
            values: values.iter().map(|&value| value.to_owned()).collect(),
        })
        .collect();
    assertion
}

fn read(attributes: &[(&str, &[&str])]) -> Result<RoleClaims, SamlError> {
    RoleClaims::read(&assertion(attributes))
}

/// The least that is accepted, and one more attribute.
fn read_with(name: &str, values: &[&str]) -> Result<RoleClaims, SamlError> {
    let role = format!("{ROLE},{PROVIDER}");
    read(&[
        ("Role", &[role.as_str()]),
        ("RoleSessionName", &["alice"]),
        (name, values),
    ])
}

#[test]
fn roles_are_pairs_in_either_order() {
    let (one, other) = (format!("{ROLE},{PROVIDER}"), format!("{PROVIDER},{ROLE}"));
    let claims = read(&[("Role", &[&one, &other]), ("RoleSessionName", &["alice"])]).unwrap();
    assert_eq!(claims.roles, vec![(ROLE.to_owned(), PROVIDER.to_owned()); 2]);
    for value in [
        String::new(),
        ROLE.to_owned(),
        format!("{ROLE},"),
        format!("{ROLE},{ROLE}"),
        format!("{PROVIDER},{PROVIDER}"),
        format!("{ROLE}, {PROVIDER}"),
        format!("{ROLE};{PROVIDER}"),
        format!("{ROLE},{PROVIDER},{ROLE}"),
        format!("{ROLE},{PROVIDER}\u{e9}"),
        format!("arn:aws:sts::123456789012:role/reader,{PROVIDER}"),
        format!("arn:aws:iam::123456789012:role/,{PROVIDER}"),
        format!("{ROLE},arn:aws:iam::123456789012:oidc-provider/idp"),
        format!("{ROLE},https://idp.example.com"),
    ] {
        let refused = read(&[
            ("Role", &[one.as_str(), value.as_str()]),
            ("RoleSessionName", &["alice"]),
        ]);
        assert_eq!(refused, Err(SamlError::Role), "{value}");
    }
    assert_eq!(read(&[("RoleSessionName", &["alice"])]), Err(SamlError::Role));
    assert_eq!(
        read(&[("Role", &[]), ("RoleSessionName", &["alice"])]),
        Err(SamlError::Role)
    );
    assert_eq!(
        read(&[("role", &[&one]), ("RoleSessionName", &["alice"])]),
        Err(SamlError::Role)
    );
}

#[test]
fn the_session_name_is_one_of_two_to_64_characters() {
    let role = format!("{ROLE},{PROVIDER}");
    let with = |names: &[&str]| read(&[("Role", &[role.as_str()]), ("RoleSessionName", names)]);
    assert_eq!(with(&["a+=,.@-_9Z"]).unwrap().session_name, "a+=,.@-_9Z");
    assert_eq!(with(&[&"a".repeat(64)]).unwrap().session_name.len(), 64);
    for names in [
        &["a"][..],
        &[&"a".repeat(65)],
        &["alice", "bob"],
        &["alice", "alice"],
        &["a b"],
        &["al/ice"],
        &["\u{e4}\u{e4}"],
        &[""],
    ] {
        assert_eq!(with(names), Err(SamlError::RoleSessionName), "{names:?}");
    }
    assert_eq!(with(&[]), Err(SamlError::NoRoleSessionName));
    assert_eq!(
        read(&[("Role", &[role.as_str()])]),
        Err(SamlError::NoRoleSessionName)
    );
    assert_eq!(
        read(&[("Role", &[role.as_str()]), ("rolesessionname", &["alice"])]),
        Err(SamlError::NoRoleSessionName)
    );
}

#[test]
fn the_duration_is_a_number_in_range() {
    for (text, seconds) in [("900", 900), ("43200", 43_200), ("03600", 3_600)] {
        assert_eq!(
            read_with("SessionDuration", &[text]).unwrap().session_duration,
            Some(seconds)
        );
    }
    for values in [
        &["899"][..],
        &["43201"],
        &["+900"],
        &["-900"],
        &["900.0"],
        &["1e3"],
        &[""],
        &["4294968196"],
        &[],
        &["900", "900"],
    ] {
        assert_eq!(
            read_with("SessionDuration", values),
            Err(SamlError::SessionDuration),
            "{values:?}"
        );
    }
    assert_eq!(read_with("x", &[]).unwrap().session_duration, None);
}

#[test]
fn tags_and_source_identity_have_one_value() {
    let claims = read_with("PrincipalTag:Cost:Center", &["12 = a"]).unwrap();
    assert_eq!(
        claims.principal_tags,
        [("Cost:Center".to_owned(), "12 = a".to_owned())]
    );
    for (name, values) in [
        ("PrincipalTag:", &["x"][..]),
        ("PrincipalTag:a", &[]),
        ("PrincipalTag:a", &["x", "y"]),
    ] {
        assert_eq!(read_with(name, values), Err(SamlError::PrincipalTag));
    }
    let transitive = read_with("TransitiveTagKeys", &["a", "b"]).unwrap();
    assert_eq!(transitive.transitive_tag_keys, ["a", "b"]);
    assert_eq!(
        read_with("SourceIdentity", &["bob"])
            .unwrap()
            .source_identity
            .as_deref(),
        Some("bob")
    );
    for values in [
        &["b"][..],
        &["aws:bob"],
        &["bob", "bob"],
        &[],
        &["b b"],
        &[&"b".repeat(65)],
    ] {
        assert_eq!(
            read_with("SourceIdentity", values),
            Err(SamlError::SourceIdentity),
            "{values:?}"
        );
    }
}

#[test]
fn condition_keys_have_awss_names() {
    let mut assertion = World::new().verify(&sign_assertion(&TEMPLATE)).unwrap();
    let values = |name: &str, values: &[&str]| Attribute {
        name: name.to_owned(),
        values: values.iter().map(|&value| value.to_owned()).collect(),
    };
    assertion.attributes.extend([
        values("urn:oid:2.5.4.3", &["Alice"]),
        values("2.5.4.3", &["Alice A"]),
        values(
            "http://schemas.xmlsoap.org/claims/CommonName",
            &["ignored, the key is taken"],
        ),
        values(
            "http://schemas.microsoft.com/ws/2008/06/identity/claims/primarygroupsid",
            &["S-1"],
        ),
        values("urn:oid:1.3.6.1.4.1.5923.1.1.1.5", &[]),
        values("urn:oid:1.3.6.1.4.1.5923.1.1.1.6", &["alice@example.com"]),
        values("urn:oid:1.3.6.1.4.1.5923.1.1.1.7", &[]),
        values("saml:sub", &["mallory"]),
        values("sub", &["mallory"]),
    ]);
    assert_eq!(
        condition_keys(&assertion).unwrap(),
        [
            ("saml:aud", KeyValues::One("https://signin.aws.amazon.com/saml")),
            ("saml:iss", KeyValues::One("https://idp.example.com/metadata")),
            ("saml:sub", KeyValues::One("alice@example.com")),
            ("saml:sub_type", KeyValues::One("persistent")),
            (
                "saml:edupersonaffiliation",
                KeyValues::Many(vec!["member", "staff"])
            ),
            ("saml:cn", KeyValues::Many(vec!["Alice"])),
            ("saml:commonName", KeyValues::Many(vec!["Alice A"])),
            ("saml:uid", KeyValues::Many(vec!["S-1"])),
            ("saml:edupersonprincipalname", KeyValues::One("alice@example.com")),
        ]
    );
    // A Deny by the primary affiliation must not be passed by having two.
    let two = values("urn:oid:1.3.6.1.4.1.5923.1.1.1.5", &["staff", "alum"]);
    assertion.attributes.retain(|known| known.name != two.name);
    assertion.attributes.push(two);
    assert_eq!(condition_keys(&assertion), Err(SamlError::Attribute));
}

#[test]
fn subject_types_lose_samls_prefixes() {
    let mut assertion = World::new().verify(&sign_assertion(&TEMPLATE)).unwrap();
    for (format, kind) in [
        (
            Some("urn:oasis:names:tc:SAML:2.0:nameid-format:transient"),
            "transient",
        ),
        // Recorded from AWS (`facts: sts §2.5`).
        (
            Some("urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"),
            "unspecified",
        ),
        (Some("https://example.com/format"), "https://example.com/format"),
        (None, "unspecified"),
    ] {
        assertion.subject_format = format.map(str::to_owned);
        assert_eq!(assertion.subject_type(), kind);
    }
}

#[test]
fn the_name_qualifier_is_the_documented_hash() {
    // printf '%s' 'https://example.com/saml123456789012/MySAMLIdP' | openssl sha1 -binary | base64
    assert_eq!(
        name_qualifier(
            "https://example.com/saml",
            &"123456789012".parse().unwrap(),
            "MySAMLIdP"
        ),
        "1uAJanUnBc2XeUkHURMht+xam2c="
    );
}

#[test]
fn errors_have_awss_codes_and_texts() {
    for (error, code, status, message) in [
        (
            SamlError::Base64,
            "InvalidIdentityToken",
            400,
            "Invalid base64 SAMLResponse (Service: AWSOpenIdDiscoveryService; Status Code: 400; Error Code: \
             AuthSamlInvalidSamlResponseException; Request ID: r-1; Proxy: null)",
        ),
        (
            SamlError::Issuer,
            "InvalidIdentityToken",
            400,
            "Issuer not present in specified provider (Service: AWSOpenIdDiscoveryService; Status Code: 400; Error \
             Code: AuthSamlInvalidSamlResponseException; Request ID: r-1; Proxy: null)",
        ),
        (
            SamlError::Digest,
            "InvalidIdentityToken",
            400,
            "Response signature invalid",
        ),
        (
            SamlError::Signature,
            "InvalidIdentityToken",
            400,
            "Response signature invalid",
        ),
        (
            SamlError::Unsigned,
            "InvalidIdentityToken",
            400,
            "Response signature invalid",
        ),
        (
            SamlError::Audience,
            "InvalidIdentityToken",
            400,
            "Response does not contain the required audience.",
        ),
        (
            SamlError::SubjectConfirmation,
            "InvalidIdentityToken",
            400,
            "Responses must contain SubjectConfirmatonData with a Recipient and NotOnOrAfter",
        ),
        (
            SamlError::TooOld,
            "ExpiredTokenException",
            400,
            "Token must be redeemed within 5 minutes of issuance",
        ),
        (
            SamlError::NoSubject,
            "AccessDenied",
            403,
            "Not authorized to perform sts:AssumeRoleWithSAML",
        ),
        (
            SamlError::NoRoleSessionName,
            "InvalidIdentityToken",
            400,
            "RoleSessionName is required in AuthnResponse",
        ),
        (
            SamlError::RoleSessionName,
            "InvalidIdentityToken",
            400,
            "RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}",
        ),
        (
            SamlError::SourceIdentity,
            "InvalidIdentityToken",
            400,
            "Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with \"aws:\"",
        ),
        (
            SamlError::Role,
            "InvalidIdentityToken",
            400,
            "SAML Assertion doesn't contain the requested Role and Metadata in the attributes",
        ),
        (
            SamlError::Condition,
            "InvalidIdentityToken",
            400,
            "Invalid SAML response: the assertion has a condition that is not understood",
        ),
    ] {
        assert_eq!((error.code(), error.status()), (code, status));
        assert_eq!(error.message("r-1"), message);
    }
}
