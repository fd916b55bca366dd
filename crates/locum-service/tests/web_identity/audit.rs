//! What AssumeRoleWithWebIdentity leaves in the log (`facts: sts §10`).

use serde_json::{Value, json};

use super::{
    issuer::EC,
    scene::{ACCOUNT, ALL_ACTIONS, CLIENT, DENIED, EC_ID, PLACE, Scene, equals, provider_arn},
};

#[test]
fn the_record_of_a_session() {
    let scene = Scene::new();
    let role = scene.open_role("worker");
    let claims = json!({
        "https://aws.amazon.com/source_identity": "alice",
        "https://aws.amazon.com/tags": {
            "principal_tags": { "Team": ["blue"] }, "transitive_tag_keys": ["Team"],
        },
    });
    let token = scene.token(claims);
    let answer = scene.assume(&role, &token, &[("DurationSeconds", "900")]).ok();
    let id = answer.text("AssumedRoleId");
    let record = scene.record();
    let provider = provider_arn(ACCOUNT, PLACE);
    for (field, expected) in [
        ("eventSource", json!("sts.amazonaws.com")),
        ("eventName", json!("AssumeRoleWithWebIdentity")),
        ("readOnly", json!(true)),
        ("awsRegion", json!("us-east-1")),
        ("recipientAccountId", json!(ACCOUNT)),
        (
            "userIdentity",
            json!({
                "type": "WebIdentityUser",
                "principalId": format!("{provider}:{CLIENT}:user-1"),
                "userName": "user-1",
                "identityProvider": provider,
            }),
        ),
        (
            "requestParameters",
            json!({
                "roleArn": role,
                "roleSessionName": "session",
                "durationSeconds": 900,
                "sourceIdentity": "alice",
                "principalTags": { "Team": "blue" },
                "transitiveTagKeys": ["Team"],
            }),
        ),
        (
            "responseElements",
            json!({
                "credentials": {
                    "accessKeyId": answer.text("AccessKeyId"), "expiration": "Nov 22, 2026, 12:15:00 PM",
                },
                "subjectFromWebIdentityToken": "user-1",
                "assumedRoleUser": {
                    "assumedRoleId": id, "arn": format!("arn:aws:sts::{ACCOUNT}:assumed-role/worker/session"),
                },
                "packedPolicySize": answer.text("PackedPolicySize").parse::<u32>().unwrap(),
                "provider": provider,
                "audience": CLIENT,
                "sourceIdentity": "alice",
            }),
        ),
        (
            "additionalEventData",
            json!({ "identityProviderConnectionVerificationMethod": "IAMTrustStore" }),
        ),
        (
            "resources",
            json!([
                { "ARN": role, "accountId": ACCOUNT, "type": "AWS::IAM::Role" },
                { "ARN": provider, "accountId": ACCOUNT, "type": "AWS::IAM::OIDCProvider" },
            ]),
        ),
    ] {
        assert_eq!(record[field], expected, "{field}");
    }
    assert_eq!(record.get("errorCode"), None);
    assert_eq!(record.get("sharedEventID"), None);
}

#[test]
fn a_denied_user_is_known_and_a_refused_token_is_not() {
    let scene = Scene::new();
    let role = scene.trusting(
        "worker",
        ALL_ACTIONS,
        &equals(&format!("{PLACE}:sub"), "somebody"),
    );
    scene
        .assume_with(&role, json!({}))
        .fails(403, "AccessDenied", DENIED);
    let record = scene.record();
    assert_eq!(record["userIdentity"]["type"], "WebIdentityUser");
    assert_eq!(record["userIdentity"]["userName"], "user-1");
    assert_eq!(
        (&record["errorCode"], &record["errorMessage"]),
        (&json!("AccessDenied"), &json!(DENIED))
    );
    assert_eq!(record["responseElements"], Value::Null);
    let reason = &record["additionalEventData"]["authorization"];
    assert!(reason.is_object(), "{record}");

    scene.assume_with(&role, json!({ "sub": "somebody", "aud": "other" }));
    let record = scene.record();
    assert_eq!(
        record["userIdentity"],
        json!({ "type": "Unknown" }),
        "nothing that was only claimed"
    );
    assert_eq!(record["errorMessage"], "Incorrect token audience");
    assert_eq!(record["resources"], Value::Null);
    assert_eq!(record["requestParameters"]["roleArn"], json!(role));
}

#[test]
fn no_token_reaches_the_log() {
    let scene = Scene::new();
    let role = scene.open_role("worker");
    let mut tokens = vec![
        scene.token(json!({})),
        scene.token(json!({ "aud": "other" })),
        scene.token(json!({ "iss": "https://other.example.com" })),
        scene.token(json!({ "exp": 1 })),
        super::issuer::token("unknown", &EC, &Value::Object(scene.claims())),
        "not-a-token-but-perhaps-a-secret".to_owned(),
    ];
    tokens.push(super::issuer::token(
        EC_ID,
        &super::issuer::STRANGER,
        &Value::Object(scene.claims()),
    ));
    let before = scene.records().len();
    for token in &tokens {
        scene.assume(&role, token, &[]);
        scene.assume(&role, token, &[("ProviderId", "www.amazon.com")]);
        scene.assume(
            "arn:aws:iam::111122223333:role/absent",
            token,
            &[("DurationSeconds", "1")],
        );
    }
    let records = scene.records();
    assert!(records.len() > before);
    for record in &records[before..] {
        let line = record.to_string();
        for token in &tokens {
            // Not whole, and not the part that makes it one.
            let signature = token.rsplit('.').next().unwrap();
            assert!(
                !line.contains(token.as_str()) && !line.contains(signature),
                "{line}"
            );
        }
    }
}

#[test]
fn changes_of_a_provider_are_recorded() {
    let scene = Scene::new();
    let arn = provider_arn(ACCOUNT, PLACE);
    let parameters = [
        ("OpenIDConnectProviderArn", arn.as_str()),
        ("ClientID", "client-2"),
    ];
    scene
        .iam(&scene.root, "AddClientIDToOpenIDConnectProvider", &parameters)
        .ok();
    let record = scene.record();
    assert_eq!(record["eventSource"], "iam.amazonaws.com");
    assert_eq!(record["readOnly"], false);
    let expected = json!({ "openIDConnectProviderArn": arn, "clientID": "client-2" });
    assert_eq!(record["requestParameters"], expected);
}
