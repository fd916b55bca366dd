//! What an issuer publishes, in the shape that AWS's issuers were recorded with.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use locum_crypto::{Curve, PublicParts, SigningAlgorithm};
use serde_json::{Value, json};

use super::{claims::NAMESPACE, token::name};

/// A document that an issuer publishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Document {
    /// The discovery document (OpenID Connect Discovery 1.0 §3).
    Discovery,
    /// The set of public keys (RFC 7517 §5).
    KeySet,
}

impl Document {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Discovery, Self::KeySet];

    /// Returns where it is, relative to the issuer's URL.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Discovery => ".well-known/openid-configuration",
            Self::KeySet => ".well-known/jwks.json",
        }
    }
}

/// Returns the discovery document of the issuer with this URL. It has what AWS asks of an issuer that it is to trust
/// (`facts: sts §6.2`).
#[must_use]
pub fn discovery(issuer: &str) -> String {
    let document = json!({
        "claims_supported": ["sub", "iss", "aud", "exp", "iat", "jti", NAMESPACE],
        "id_token_signing_alg_values_supported": [name(SigningAlgorithm::Rs256), name(SigningAlgorithm::Es384)],
        "issuer": issuer,
        "jwks_uri": format!("{issuer}/{}", Document::KeySet.path()),
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public"],
    });
    document.to_string()
}

/// Returns the set of these public keys, each with its id.
#[must_use]
pub fn key_set<'a>(keys: impl IntoIterator<Item = (&'a str, &'a PublicParts)>) -> String {
    let keys: Vec<Value> = keys.into_iter().map(|(kid, public)| key(kid, public)).collect();
    json!({ "keys": keys }).to_string()
}

fn key(kid: &str, public: &PublicParts) -> Value {
    let number = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    match public {
        PublicParts::Rsa { modulus, exponent } => json!({
            "alg": name(SigningAlgorithm::Rs256),
            "e": number(exponent),
            "kid": kid,
            "kty": "RSA",
            "n": number(modulus),
            "use": "sig",
        }),
        PublicParts::Ec { curve, x, y } => json!({
            "alg": name(SigningAlgorithm::Es384),
            "crv": curve_name(*curve),
            "kid": kid,
            "kty": "EC",
            "use": "sig",
            "x": number(x),
            "y": number(y),
        }),
    }
}

/// The curve's name in JOSE (RFC 7518 §6.2.1.1).
const fn curve_name(curve: Curve) -> &'static str {
    match curve {
        Curve::P256 => "P-256",
        Curve::P384 => "P-384",
        Curve::P521 => "P-521",
    }
}

#[cfg(test)]
mod tests {
    use locum_crypto::SigningKey;

    use super::*;

    #[test]
    fn the_discovery_document_is_the_recorded_one() {
        let issuer = "https://fixture.example.com/id";
        assert_eq!(
            serde_json::from_str::<Value>(&discovery(issuer)).unwrap(),
            json!({
                "claims_supported": ["sub", "iss", "aud", "exp", "iat", "jti", "https://sts.amazonaws.com/"],
                "id_token_signing_alg_values_supported": ["RS256", "ES384"],
                "issuer": issuer,
                "jwks_uri": "https://fixture.example.com/id/.well-known/jwks.json",
                "response_types_supported": ["id_token"],
                "subject_types_supported": ["public"],
            })
        );
    }

    #[test]
    fn a_key_set_has_the_public_halves_and_nothing_else() {
        let (rsa, ec) = (
            SigningKey::generate_rs256().unwrap(),
            SigningKey::generate_es384().unwrap(),
        );
        let set = key_set([("RSA_0", rsa.public()), ("EC384_0", ec.public())]);
        let set: Value = serde_json::from_str(&set).unwrap();
        let members = |at: usize| -> Vec<String> {
            let mut names: Vec<_> = set["keys"][at].as_object().unwrap().keys().cloned().collect();
            names.sort();
            names
        };
        assert_eq!(members(0), ["alg", "e", "kid", "kty", "n", "use"]);
        assert_eq!(members(1), ["alg", "crv", "kid", "kty", "use", "x", "y"]);
        let (rsa, ec) = (&set["keys"][0], &set["keys"][1]);
        assert_eq!(
            (&rsa["alg"], &rsa["e"], &rsa["kid"]),
            (&json!("RS256"), &json!("AQAB"), &json!("RSA_0"))
        );
        assert_eq!(
            (&ec["alg"], &ec["crv"], &ec["kid"]),
            (&json!("ES384"), &json!("P-384"), &json!("EC384_0"))
        );
        assert_eq!(rsa["n"].as_str().unwrap().len(), 342);
        assert_eq!(ec["x"].as_str().unwrap().len(), 64);
        assert_eq!(ec["y"].as_str().unwrap().len(), 64);
    }
}
