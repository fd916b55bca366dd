//! Discovery documents.

use locum_federation::oidc::{Algorithm, Discovery, DiscoveryError};

use crate::issuer::ISSUER;

/// A good document, with members replaced, added, or (with an empty text) left out.
fn document(changes: &[(&str, &str)]) -> String {
    let mut members = vec![
        ("issuer", format!("\"{ISSUER}\"")),
        ("jwks_uri", "\"https://idp.example.com/keys\"".to_owned()),
        ("response_types_supported", r#"["id_token"]"#.to_owned()),
        ("subject_types_supported", r#"["public"]"#.to_owned()),
        (
            "id_token_signing_alg_values_supported",
            r#"["RS256","HS256","ES384"]"#.to_owned(),
        ),
        ("claims_supported", r#"["aud","iat","iss"]"#.to_owned()),
    ];
    for (name, value) in changes {
        members.retain(|(other, _)| other != name);
        if !value.is_empty() {
            members.push((name, (*value).to_owned()));
        }
    }
    let members: Vec<_> = members
        .iter()
        .map(|(name, value)| format!("\"{name}\":{value}"))
        .collect();
    format!("{{{}}}", members.join(","))
}

fn parse(changes: &[(&str, &str)]) -> Result<Discovery, DiscoveryError> {
    Discovery::parse(document(changes).as_bytes(), ISSUER)
}

#[test]
fn a_good_document_tells_where_the_keys_are() {
    let discovery = parse(&[]).unwrap();
    assert_eq!(discovery.jwks_uri(), "https://idp.example.com/keys");
    assert_eq!(discovery.algorithms(), [Algorithm::Rs256, Algorithm::Es384]);
}

#[test]
fn a_kubernetes_api_server_announces_no_claims() {
    assert!(parse(&[("claims_supported", "")]).is_ok());
    assert_eq!(
        parse(&[("claims_supported", "[7]")]),
        Err(DiscoveryError::Missing("claims_supported"))
    );
}

#[test]
fn required_members_are_there_with_their_type() {
    for name in [
        "response_types_supported",
        "subject_types_supported",
        "id_token_signing_alg_values_supported",
    ] {
        for value in ["", "null", "[]", r#""id_token""#, "[7]", "{}"] {
            assert_eq!(
                parse(&[(name, value)]),
                Err(DiscoveryError::Missing(name)),
                "{name} {value}"
            );
        }
    }
    let long = format!("\"https://x/{}\"", "x".repeat(2048));
    for value in [
        "",
        "null",
        "7",
        "[]",
        r#""https://x/\n""#,
        r#""https://ü/""#,
        r#""https://x/ y""#,
        &long,
    ] {
        assert_eq!(
            parse(&[("jwks_uri", value)]),
            Err(DiscoveryError::Missing("jwks_uri")),
            "{value:.40}"
        );
    }
    for value in ["", "null", "7"] {
        assert_eq!(
            parse(&[("issuer", value)]),
            Err(DiscoveryError::Missing("issuer"))
        );
    }
}

#[test]
fn another_issuers_document_is_refused() {
    for issuer in [
        "https://idp.example.com/tenant/",
        "https://idp.example.com",
        "https://IDP.example.com/tenant",
        "",
    ] {
        assert_eq!(
            parse(&[("issuer", &format!("\"{issuer}\""))]),
            Err(DiscoveryError::Issuer),
            "{issuer}"
        );
    }
}

#[test]
fn an_issuer_without_a_usable_algorithm_is_none() {
    for value in [
        r#"["HS256"]"#,
        r#"["none"]"#,
        r#"["PS256","EdDSA"]"#,
        r#"["rs256"]"#,
    ] {
        assert_eq!(
            parse(&[("id_token_signing_alg_values_supported", value)]),
            Err(DiscoveryError::Algorithms),
            "{value}"
        );
    }
}

#[test]
fn a_document_has_no_member_twice() {
    let twice = document(&[]).replace('}', r#","\u0069ssuer":"https://attacker.example.com"}"#);
    assert_eq!(
        Discovery::parse(twice.as_bytes(), ISSUER),
        Err(DiscoveryError::Malformed)
    );
    for text in ["", "[]", "null", "<html>", "{\"issuer\":"] {
        assert_eq!(
            Discovery::parse(text.as_bytes(), ISSUER),
            Err(DiscoveryError::Malformed),
            "{text}"
        );
    }
}
