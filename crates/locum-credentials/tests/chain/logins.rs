//! Sessions of `aws login`.

use std::os::unix::fs::OpenOptionsExt as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use locum_crypto::{Curve, SignatureAlgorithm, VerificationKey};
use serde_json::{Value, json};

use crate::world::{Answer, World};

const CONFIG: &str =
    "[profile p]\nlogin_session = arn:aws:sts::123456789012:assumed-role/x/me\nregion = eu-west-1\n";
/// Made by OpenSSL for this test.
const KEY: &str = include_str!("../data/dpop.pem");

fn kept(end: &str) -> Value {
    json!({
        "accessToken": {
            "accessKeyId": "OLD", "secretAccessKey": "s", "sessionToken": "t", "accountId": "123456789012",
            "expiresAt": end,
        },
        "refreshToken": "r1", "clientId": "arn:aws:signin:::devtools/same-device", "dpopKey": KEY, "idToken": "i",
        "tokenType": "aws_sigv4",
    })
}

fn path(world: &World) -> std::path::PathBuf {
    let name = locum_crypto::hex(&locum_crypto::sha256(
        b"arn:aws:sts::123456789012:assumed-role/x/me",
    ));
    world.path().join(format!("aws/login/cache/{name}.json"))
}

fn signed_in(world: &World, entry: &Value) {
    use std::io::Write as _;
    let path = path(world);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut options = std::fs::OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .unwrap();
    file.write_all(entry.to_string().as_bytes()).unwrap();
}

fn renewed() -> Answer {
    let answer = json!({
        "accessToken": {"accessKeyId": "NEW", "secretAccessKey": "s2", "sessionToken": "t2"},
        "expiresIn": 900, "refreshToken": "r2", "tokenType": "aws_sigv4",
    });
    Ok((200, answer.to_string()))
}

#[test]
fn a_session_is_used_while_it_lasts() {
    let world = World::new();
    signed_in(&world, &kept("2027-01-01T00:05:01Z"));
    let found = world.find(CONFIG, "p", &[]).unwrap();
    assert_eq!(found.access_key_id, "OLD");
    assert_eq!(found.account_id.as_deref(), Some("123456789012"));
    assert!(world.requests.borrow().is_empty());
}

#[test]
fn a_session_is_renewed_with_proof_of_its_key() {
    let world = World::new().answering([renewed()]);
    let mut entry = kept("2027-01-01T00:05:00Z");
    entry["signInRegion"] = json!("us-west-2");
    signed_in(&world, &entry);
    assert_eq!(world.find(CONFIG, "p", &[]).unwrap().access_key_id, "NEW");
    let (method, url, headers, body) = world.requests.borrow()[0].clone();
    assert_eq!(
        (method.as_str(), url.as_str()),
        ("POST", "https://signin.us-west-2.test/v1/token")
    );
    let sent: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(
        sent,
        json!({
            "clientId": "arn:aws:signin:::devtools/same-device", "grantType": "refresh_token", "refreshToken": "r1",
        })
    );

    let proof = &headers.iter().find(|(name, _)| name == "DPoP").unwrap().1;
    let (signed, signature) = proof.rsplit_once('.').unwrap();
    let part =
        |text: &str| -> Value { serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap() };
    let (header, claims) = signed.split_once('.').unwrap();
    let (header, claims) = (part(header), part(claims));
    assert_eq!(
        (&header["typ"], &header["alg"]),
        (&json!("dpop+jwt"), &json!("ES256"))
    );
    assert_eq!((&claims["htm"], &claims["htu"]), (&json!("POST"), &json!(url)));
    assert_eq!(claims["iat"], 1_798_761_600);
    assert_eq!(claims["jti"].as_str().unwrap().len(), 36);
    let coordinate = |name: &str| {
        URL_SAFE_NO_PAD
            .decode(header["jwk"][name].as_str().unwrap())
            .unwrap()
    };
    let key = VerificationKey::ec(Curve::P256, &coordinate("x"), &coordinate("y")).unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    assert!(
        key.verify(SignatureAlgorithm::EcdsaP256Sha256, signed.as_bytes(), &signature)
            .is_ok()
    );

    let after: Value = serde_json::from_slice(&std::fs::read(path(&world)).unwrap()).unwrap();
    entry["refreshToken"] = json!("r2");
    entry["accessToken"] = json!({
        "accessKeyId": "NEW", "secretAccessKey": "s2", "sessionToken": "t2", "accountId": "123456789012",
        "expiresAt": "2027-01-01T00:15:00Z",
    });
    assert_eq!(after, entry);
    // The next command finds it.
    assert_eq!(world.find(CONFIG, "p", &[]).unwrap().access_key_id, "NEW");
    assert_eq!(world.requests.borrow().len(), 1);
}

#[test]
fn a_session_that_cannot_go_on_is_told() {
    let failing = |entry: Option<Value>, answers: Vec<Answer>| {
        let world = World::new().answering(answers);
        if let Some(entry) = entry {
            signed_in(&world, &entry);
        }
        world.find(CONFIG, "p", &[]).unwrap_err()
    };
    let over = || Some(kept("2026-12-31T00:00:00Z"));
    let refused = |code: &str| {
        vec![Ok((
            400,
            json!({"error": code, "message": "m\u{1b}"}).to_string(),
        ))]
    };
    let without = |name: &str, value: Value| {
        let mut entry = kept("2026-12-31T00:00:00Z");
        entry[name] = value;
        Some(entry)
    };
    for (found, expected) in [
        (
            failing(None, vec![]),
            "Unable to load a existing login session for session arn:aws:sts::123456789012",
        ),
        (
            failing(over(), refused("TOKEN_EXPIRED")),
            "Your session has expired or credentials have changed.",
        ),
        (
            failing(over(), refused("USER_CREDENTIALS_CHANGED")),
            "Your session has expired",
        ),
        (
            failing(over(), refused("INSUFFICIENT_PERMISSIONS")),
            "'signin:CreateOAuth2Token'",
        ),
        (
            failing(over(), refused("server_error")),
            "(server_error) when calling the CreateOAuth2Token operation: m\\x1b",
        ),
        (
            failing(over(), vec![Ok((200, "{}".to_owned()))]),
            "invalid service response",
        ),
        (failing(over(), vec![]), "nobody"),
        (
            failing(without("dpopKey", json!("no key")), vec![]),
            "Unable to load private key",
        ),
        (
            failing(without("accessToken", json!({})), vec![]),
            "Missing required key in response: 'accessKeyId'",
        ),
        (
            failing(Some(json!({"accessToken": {}})), vec![]),
            "missing required fields: refreshToken, dpopKey, clientId.",
        ),
    ] {
        assert!(found.contains(expected), "{found}");
    }
}
