//! Claims that their issuer signed, whatever they are: accepted without a panic, and only if they mean what a plain reader of JSON
//! makes of them.
#![no_main]

use std::sync::LazyLock;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use locum_crypto::SigningKey;
use locum_federation::{
    oidc::{Expected, KeySet, Token},
    outbound::key_set,
};
use serde_json::Value;

const ISSUER: &str = "https://token.actions.githubusercontent.com";
const NOW: i64 = 1_800_000_000;
const HEADER: &str = r#"{"alg":"ES384","kid":"k"}"#;

static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate_es384().expect("a key"));
static KEYS: LazyLock<KeySet> =
    LazyLock::new(|| KeySet::parse(key_set([("k", KEY.public())]).as_bytes()).expect("a key set"));

/// A time, as the one plain way to write it.
fn seconds(claims: &Value, name: &str) -> Option<i64> {
    claims.get(name).filter(|value| !value.is_null())?.as_i64()
}

fuzz_target!(|claims: &[u8]| {
    let encode = |part: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(part);
    let signed = format!("{}.{}", encode(HEADER.as_bytes()), encode(claims));
    // What cannot be read needs no signature.
    if Token::parse(&format!("{signed}.")).is_err() {
        return;
    }
    let signature = KEY.sign(signed.as_bytes()).expect("a signature");
    let token = format!("{signed}.{}", encode(&signature));
    let token = Token::parse(&token).expect("as before");
    let expected = Expected {
        issuer: ISSUER,
        client_ids: &["client", "other"],
        now: Timestamp::from_second(NOW).expect("a time"),
    };
    let Ok(accepted) = token.verify(&KEYS, &expected) else {
        return;
    };
    let plain: Value = serde_json::from_slice(claims).expect("JSON");
    let text = |name: &str| plain.get(name).and_then(Value::as_str);
    assert_eq!(text("iss"), Some(ISSUER));
    assert_eq!(text("sub"), Some(accepted.subject.as_str()));
    assert!(seconds(&plain, "exp").is_none_or(|end| end > NOW), "it is over");
    assert!(seconds(&plain, "iat").is_none_or(|issued| issued <= NOW + 60));
    assert!(seconds(&plain, "nbf").is_none_or(|begin| begin <= NOW + 60));
    assert!(accepted.expires_at.as_second() > NOW);
    assert!(expected.client_ids.contains(&accepted.audience.as_str()));
    let audiences: Vec<&str> = match &plain["aud"] {
        Value::String(one) => vec![one],
        several => several
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect(),
    };
    assert_eq!(accepted.raw_audiences, audiences);
    match text("azp") {
        Some(party) => assert_eq!(party, accepted.audience),
        None => assert!(audiences.contains(&accepted.audience.as_str())),
    }
    if let Ok(keys) = accepted.condition_keys("token.actions.githubusercontent.com") {
        for (key, values) in keys {
            let claim = key
                .strip_prefix("token.actions.githubusercontent.com:")
                .expect("its own keys");
            let said = plain
                .get(if claim == "oaud" { "aud" } else { claim })
                .expect("a claim");
            if let (Some(said), [value]) = (said.as_str(), values.as_slice()) {
                assert!(said == value || claim == "aud", "{key}");
            }
        }
    }
});
