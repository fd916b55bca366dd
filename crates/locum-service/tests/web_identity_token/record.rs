//! What the audit log tells of a token, and what it does not.

use serde_json::json;

use super::scene::{ACCOUNT, AUDIENCE, Scene, borrowed, numbered};

#[test]
fn a_token_is_found_by_its_id_and_never_written() {
    let scene = Scene::new();
    let alice = scene.asker("alice");
    let tags = numbered(&[("team", "test")]);
    let mut parameters = borrowed(&tags);
    parameters.push(("DurationSeconds", "120"));
    let token = scene.ask(&alice, &parameters).ok().text("WebIdentityToken");
    let verified = scene.partner().verify(&token).unwrap();

    let record = scene.records().pop().unwrap();
    assert_eq!(record["eventSource"], "sts.amazonaws.com");
    assert_eq!(record["eventName"], "GetWebIdentityToken");
    assert_eq!(record["readOnly"], true);
    assert_eq!(
        record["userIdentity"]["arn"],
        format!("arn:aws:iam::{ACCOUNT}:user/alice")
    );
    assert_eq!(
        record["requestParameters"],
        json!({
            "audience": [AUDIENCE],
            "durationSeconds": 120,
            "signingAlgorithm": "RS256",
            "tags": [{ "key": "team", "value": "test" }],
        })
    );
    assert_eq!(
        record["responseElements"],
        json!({ "expiration": "Nov 22, 2026, 12:02:00 PM" })
    );
    assert_eq!(
        record["additionalEventData"],
        json!({ "issuer": scene.issuer, "keyId": "RSA_0", "tokenId": verified.claims["jti"] })
    );
    let all = serde_json::to_string(&scene.records()).unwrap();
    for part in token.split('.').skip(1) {
        assert!(!all.contains(part));
    }
}

#[test]
fn enabling_is_recorded_and_reading_documents_is_not() {
    let scene = Scene::new();
    let before = scene.records();
    let enabled = before.last().unwrap();
    assert_eq!(enabled["eventName"], "EnableOutboundWebIdentityFederation");
    assert_eq!(
        enabled["responseElements"],
        json!({ "issuerIdentifier": scene.issuer })
    );
    scene.partner();
    assert_eq!(scene.records().len(), before.len());
    let all = serde_json::to_string(&before).unwrap();
    assert!(!all.contains("PRIVATE") && !all.contains("pkcs8"));
}
