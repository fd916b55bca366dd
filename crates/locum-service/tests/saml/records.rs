//! The audit record of AssumeRoleWithSAML (`facts: sts §10`).

use serde_json::Value;

use super::{
    idp::Idp,
    scene::{ACCOUNT, Scene, trust},
};

#[test]
fn the_record_of_a_sign_in() {
    let scene = Scene::new();
    let said = scene.said().but(|said| {
        said.aws("PrincipalTag:team", &["blue"]);
        said.aws("PrincipalTag:cost", &["42"]);
        said.aws("TransitiveTagKeys", &["team"]);
        said.aws("SourceIdentity", &["alice"]);
    });
    let response = scene.idp.response(&said);
    let answer = scene.redeem(&response, &[("DurationSeconds", "900")]).ok();
    let record = scene.records().pop().unwrap();
    let line = record.to_string();
    for secret in [
        &answer.text("SecretAccessKey"),
        &answer.text("SessionToken"),
        &response,
    ] {
        assert!(!line.contains(secret.as_str()));
    }
    assert_eq!(
        record["additionalEventData"]["samlCertificateSha256"],
        scene.idp.thumbprint()
    );
    let mut shown = record;
    let role_id = answer.text("AssumedRoleId");
    for (place, name) in [
        ("/eventID", "event"),
        ("/requestID", "request"),
        ("/responseElements/credentials/accessKeyId", "key"),
        ("/additionalEventData/samlCertificateSha256", "thumbprint"),
    ] {
        *shown.pointer_mut(place).unwrap() = Value::from(format!("<{name}>"));
    }
    *shown.pointer_mut("/responseElements/packedPolicySize").unwrap() = Value::from("<size>");
    let text = serde_json::to_string_pretty(&shown)
        .unwrap()
        .replace(&role_id, "<role id>:alice");
    insta::assert_snapshot!(text, @r#"
    {
      "eventVersion": "1.11",
      "userIdentity": {
        "type": "SAMLUser",
        "principalId": "w9623T/DM68QqX6yODhgW5uvh0U=:alice@example.com",
        "userName": "alice@example.com",
        "identityProvider": "w9623T/DM68QqX6yODhgW5uvh0U="
      },
      "eventTime": "2026-11-22T12:00:00Z",
      "eventSource": "sts.amazonaws.com",
      "eventName": "AssumeRoleWithSAML",
      "awsRegion": "us-east-1",
      "sourceIPAddress": "203.0.113.7",
      "userAgent": "test/1",
      "requestParameters": {
        "roleArn": "arn:aws:iam::111122223333:role/worker",
        "principalArn": "arn:aws:iam::111122223333:saml-provider/idp",
        "durationSeconds": 900,
        "sAMLAssertionID": "_a1",
        "roleSessionName": "alice",
        "sourceIdentity": "alice",
        "principalTags": {
          "team": "blue",
          "cost": "42"
        },
        "transitiveTagKeys": [
          "team"
        ]
      },
      "responseElements": {
        "credentials": {
          "accessKeyId": "<key>",
          "expiration": "Nov 22, 2026, 12:15:00 PM"
        },
        "assumedRoleUser": {
          "assumedRoleId": "<role id>:alice",
          "arn": "arn:aws:sts::111122223333:assumed-role/worker/alice"
        },
        "packedPolicySize": "<size>",
        "subject": "alice@example.com",
        "subjectType": "persistent",
        "issuer": "https://idp.example.com/saml",
        "audience": "https://signin.aws.amazon.com/saml",
        "nameQualifier": "w9623T/DM68QqX6yODhgW5uvh0U=",
        "sourceIdentity": "alice"
      },
      "additionalEventData": {
        "samlAssertionId": "_a1",
        "samlCertificateSha256": "<thumbprint>"
      },
      "resources": [
        {
          "ARN": "arn:aws:iam::111122223333:role/worker",
          "accountId": "111122223333",
          "type": "AWS::IAM::Role"
        },
        {
          "ARN": "arn:aws:iam::111122223333:saml-provider/idp",
          "accountId": "111122223333",
          "type": "AWS::IAM::SAMLProvider"
        }
      ],
      "requestID": "<request>",
      "eventID": "<event>",
      "readOnly": true,
      "eventType": "AwsApiCall",
      "managementEvent": true,
      "recipientAccountId": "111122223333",
      "eventCategory": "Management",
      "tlsDetails": {
        "tlsVersion": "TLSv1.3",
        "cipherSuite": "TLS_AES_128_GCM_SHA256",
        "clientProvidedHostHeader": "sts.us-east-1.example.com"
      }
    }
    "#);
}

/// One that was verified and then refused is the user's all the same.
#[test]
fn the_record_of_a_denial() {
    let scene = Scene::new();
    let (role, said) = scene.role_with(
        "closed",
        &trust("arn:aws:iam::111122223333:saml-provider/another"),
    );
    scene.ask_for(&role, &said);
    let record = scene.records().pop().unwrap();
    assert_eq!(record["userIdentity"]["type"], "SAMLUser");
    assert_eq!(record["userIdentity"]["userName"], "alice@example.com");
    assert_eq!(record["recipientAccountId"], ACCOUNT);
    assert_eq!(record["errorCode"], "AccessDenied");
    assert_eq!(record["responseElements"], Value::Null);
    assert_eq!(record["requestParameters"]["sAMLAssertionID"], "_closed");
    assert_eq!(record["additionalEventData"]["samlAssertionId"], "_closed");
    assert_eq!(
        record["additionalEventData"]["authorization"]["layer"],
        "role trust policy"
    );
    assert_eq!(record["resources"][0]["ARN"], role);
    assert_eq!(record["resources"][1]["type"], "AWS::IAM::SAMLProvider");

    scene.ask(&scene.said()).ok();
    scene.ask(&scene.said());
    let record = scene.records().pop().unwrap();
    assert_eq!(record["errorCode"], "InvalidIdentityToken");
    assert_eq!(record["userIdentity"]["userName"], "alice@example.com");
}

/// One text stands for many reasons; the log tells them apart.
#[test]
fn the_reason_of_a_refusal_is_in_the_record() {
    let scene = Scene::new();
    let mut unsigned = scene.said();
    unsigned.signed = super::idp::Part::Nothing;
    let refused = scene.ask(&unsigned);
    assert!(
        refused.body.contains("Response signature invalid"),
        "{}",
        refused.body
    );
    let record = scene.records().pop().unwrap();
    assert_eq!(record["userIdentity"]["type"], "Unknown");
    assert_eq!(
        record["additionalEventData"]["samlRefused"],
        "the assertion is not signed"
    );
}

/// What was not verified is nobody's word: nothing of it is recorded as if it were, and there is little room for it.
#[test]
fn the_record_of_a_forgery() {
    let scene = Scene::new();
    let thief = Idp::new(&scene.idp.entity_id);
    let forged = thief.response(&scene.said());
    scene.redeem(&forged, &[]);
    let record = scene.records().pop().unwrap();
    assert_eq!(record["userIdentity"]["type"], "Unknown");
    assert_eq!(record.get("recipientAccountId"), None);
    assert_eq!(record.get("resources"), None);
    assert_eq!(record["errorMessage"], "Response signature invalid");
    assert_eq!(record["requestParameters"]["roleArn"], scene.role);
    let line = record.to_string();
    assert!(!line.contains("alice") && !line.contains(&forged[..40]), "{line}");
    let before = scene.records().len();
    for _ in 0..300 {
        scene.redeem(&forged, &[]);
    }
    assert!(scene.records().len() - before < 150);
    // Whoever is known is always recorded.
    let before = scene.records().len();
    scene.ask(&scene.said()).ok();
    assert_eq!(scene.records().len(), before + 1);
}
