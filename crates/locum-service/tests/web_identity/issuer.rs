//! An issuer of the tests' own: its keys, its key set, its tokens.

use std::sync::LazyLock;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as BASE64URL};
use locum_crypto::{PublicParts, SigningAlgorithm, SigningKey};
use locum_federation::oidc::KeySet;
use serde_json::{Value, json};

pub(super) static RSA: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate_rs256().unwrap());
pub(super) static EC: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate_es384().unwrap());
/// The key of somebody else.
pub(super) static STRANGER: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate_es384().unwrap());

/// The key set that publishes these keys.
pub(super) fn key_set(keys: &[(&str, &SigningKey)]) -> KeySet {
    let keys: Vec<Value> = keys.iter().map(|(id, key)| jwk(id, key)).collect();
    KeySet::parse(json!({ "keys": keys }).to_string().as_bytes()).unwrap()
}

fn jwk(id: &str, key: &SigningKey) -> Value {
    match key.public() {
        PublicParts::Rsa { modulus, exponent } => json!({
            "kty": "RSA", "use": "sig", "kid": id, "n": BASE64URL.encode(modulus), "e": BASE64URL.encode(exponent),
        }),
        PublicParts::Ec { x, y, .. } => json!({
            "kty": "EC", "crv": "P-384", "use": "sig", "kid": id, "x": BASE64URL.encode(x), "y": BASE64URL.encode(y),
        }),
    }
}

/// A token that `key` signed, named `id` in its header.
pub(super) fn token(id: &str, key: &SigningKey, claims: &Value) -> String {
    let algorithm = match key.algorithm() {
        SigningAlgorithm::Rs256 => "RS256",
        SigningAlgorithm::Es384 => "ES384",
    };
    sealed(&json!({ "alg": algorithm, "kid": id, "typ": "JWT" }), key, claims)
}

/// A token with a header of any kind.
pub(super) fn sealed(header: &Value, key: &SigningKey, claims: &Value) -> String {
    let encode = |part: &Value| BASE64URL.encode(part.to_string());
    let signed = format!("{}.{}", encode(header), encode(claims));
    let signature = BASE64URL.encode(key.sign(signed.as_bytes()).unwrap());
    format!("{signed}.{signature}")
}
