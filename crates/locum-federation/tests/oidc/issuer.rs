//! A test issuer with an RSA key and a key on P-384, and what a provider registered for it.

use std::sync::LazyLock;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::Timestamp;
use locum_crypto::{PublicParts, SigningKey};
use locum_federation::oidc::{Claims, Expected, KeySet, Token, TokenError};

pub(crate) const ISSUER: &str = "https://idp.example.com/tenant";
pub(crate) const CLIENT_IDS: [&str; 2] = ["client-1", "client-2"];
/// `iat` of the good claims.
pub(crate) const ISSUED: i64 = 1_795_340_000;

pub(crate) static RSA: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate_rs256().unwrap());
pub(crate) static P384: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate_es384().unwrap());
pub(crate) static OTHER_RSA: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate_rs256().unwrap());

/// The header that the RSA key's tokens have.
pub(crate) const RSA_HEADER: &str = r#"{"alg":"RS256","kid":"rsa"}"#;

pub(crate) fn now() -> Timestamp {
    at(60)
}

/// Seconds after the good claims were made.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(ISSUED + seconds).unwrap()
}

pub(crate) fn expected() -> Expected<'static> {
    Expected {
        issuer: ISSUER,
        client_ids: &CLIENT_IDS,
        now: now(),
    }
}

pub(crate) fn encode(octets: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(octets)
}

/// A public key as a JWK, with further members in JSON.
pub(crate) fn jwk(key: &SigningKey, further: &str) -> String {
    let parts = match key.public() {
        PublicParts::Rsa { modulus, exponent } => {
            format!(
                r#""kty":"RSA","n":"{}","e":"{}""#,
                encode(modulus),
                encode(exponent)
            )
        }
        PublicParts::Ec { x, y, .. } => {
            format!(
                r#""kty":"EC","crv":"P-384","x":"{}","y":"{}""#,
                encode(x),
                encode(y)
            )
        }
    };
    format!("{{{parts}{further}}}")
}

pub(crate) fn jwks(keys: &[String]) -> String {
    format!(r#"{{"keys":[{}]}}"#, keys.join(","))
}

/// The issuer's published keys: `rsa` and `ec`.
pub(crate) fn keys() -> KeySet {
    let keys = [
        jwk(&RSA, r#","kid":"rsa","use":"sig""#),
        jwk(&P384, r#","kid":"ec","use":"sig""#),
    ];
    KeySet::parse(jwks(&keys).as_bytes()).unwrap()
}

/// The good claims as JSON, with members replaced, added, or (with an empty text) left out.
pub(crate) fn claims(changes: &[(&str, &str)]) -> String {
    let mut members = vec![
        ("iss", format!("\"{ISSUER}\"")),
        ("sub", "\"user-1\"".to_owned()),
        ("aud", "\"client-1\"".to_owned()),
        ("iat", ISSUED.to_string()),
        ("exp", (ISSUED + 3600).to_string()),
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

/// A token of this header and these claims, signed by this key whatever the header says.
pub(crate) fn sign(key: &SigningKey, header: &str, claims: impl AsRef<[u8]>) -> String {
    let signed = format!("{}.{}", encode(header), encode(claims));
    let signature = key.sign(signed.as_bytes()).unwrap();
    format!("{signed}.{}", encode(signature))
}

/// Verifies a token against the issuer's keys.
pub(crate) fn verify(token: &str) -> Result<Claims, TokenError> {
    Token::parse(token)?.verify(&keys(), &expected())
}

/// Verifies claims that the issuer itself signed.
pub(crate) fn verify_claims(claims: impl AsRef<[u8]>) -> Result<Claims, TokenError> {
    verify(&sign(&RSA, RSA_HEADER, claims))
}
