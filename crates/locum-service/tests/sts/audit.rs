//! The record of every call (`facts: sts §10`).

use serde_json::{Value, json};

use super::scene::{
    ACCOUNT, ALLOW_ALL, Credentials, OTHER, Scene, Wire, all_but, inline, role, trust, user_arn,
};

/// The records that a call left.
fn left(scene: &Scene, call: impl FnOnce()) -> Vec<Value> {
    let before = scene.records().len();
    call();
    scene.records().split_off(before)
}

/// The one record that a call left.
#[track_caller]
fn record(scene: &Scene, call: impl FnOnce()) -> Value {
    let mut records = left(scene, call);
    assert_eq!(records.len(), 1, "{records:?}");
    records.remove(0)
}

fn identity(scene: &Scene, who: &Credentials) -> Value {
    let record = record(scene, || drop(scene.sts(who, "GetCallerIdentity", &[]).ok()));
    record["userIdentity"].clone()
}

#[test]
fn a_record_has_the_fields_of_cloudtrail() {
    let scene = Scene::new();
    let mut id = String::new();
    let record = record(&scene, || {
        let answer = scene.sts(&scene.root, "GetCallerIdentity", &[]).ok();
        answer.header("x-amzn-requestid").unwrap().clone_into(&mut id);
    });
    for (field, value) in [
        ("eventSource", json!("sts.amazonaws.com")),
        ("eventName", json!("GetCallerIdentity")),
        ("eventTime", json!("2026-11-22T12:00:00Z")),
        ("eventType", json!("AwsApiCall")),
        ("eventCategory", json!("Management")),
        ("managementEvent", json!(true)),
        ("readOnly", json!(true)),
        ("awsRegion", json!("us-east-1")),
        ("sourceIPAddress", json!("203.0.113.7")),
        ("userAgent", json!("test/1")),
        ("recipientAccountId", json!(ACCOUNT)),
        ("requestID", json!(id)),
        ("requestParameters", Value::Null),
        ("responseElements", Value::Null),
    ] {
        assert_eq!(record[field], value, "{field}");
    }
    let tls = json!({
        "tlsVersion": "TLSv1.3",
        "cipherSuite": "TLS_AES_128_GCM_SHA256",
        "clientProvidedHostHeader": "sts.us-east-1.example.com",
    });
    assert_eq!(record["tlsDetails"], tls);
    assert_eq!(record["eventID"].as_str().unwrap().len(), 36);
    assert_eq!(record.get("errorCode"), None);
    assert_eq!(record.get("sharedEventID"), None);
}

#[test]
fn each_kind_of_caller() {
    let scene = Scene::new();
    let alice = scene.admin("alice");
    let user = scene
        .snapshot()
        .user(super::scene::account(ACCOUNT), "alice")
        .unwrap()
        .id
        .to_string();
    let root_arn = format!("arn:aws:iam::{ACCOUNT}:root");
    let expected = json!({
        "type": "Root", "principalId": ACCOUNT, "arn": root_arn, "accountId": ACCOUNT,
        "accessKeyId": scene.root.access_key_id,
    });
    assert_eq!(identity(&scene, &scene.root), expected);
    let expected = json!({
        "type": "IAMUser", "principalId": user, "arn": user_arn("alice"), "accountId": ACCOUNT,
        "accessKeyId": alice.access_key_id, "userName": "alice",
    });
    assert_eq!(identity(&scene, &alice), expected);
    let attributes = json!({ "creationDate": "2026-11-22T12:00:00Z", "mfaAuthenticated": "false" });

    let own = scene.sts(&alice, "GetSessionToken", &[]).credentials();
    let got = identity(&scene, &own);
    assert_eq!(got["type"], "IAMUser");
    assert_eq!(got["sessionContext"], json!({ "attributes": attributes }));

    let arn = scene.role(ACCOUNT, "worker", &trust(ACCOUNT), |_| ());
    let session = scene
        .assume(&alice, &arn, &[("SourceIdentity", "alice")])
        .credentials();
    let id = role(&scene, "worker").id.to_string();
    let expected = json!({
        "type": "AssumedRole", "principalId": format!("{id}:session"),
        "arn": format!("arn:aws:sts::{ACCOUNT}:assumed-role/worker/session"), "accountId": ACCOUNT,
        "accessKeyId": session.access_key_id,
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role", "principalId": id, "arn": arn, "accountId": ACCOUNT, "userName": "worker",
            },
            "attributes": attributes,
            "sourceIdentity": "alice",
        },
    });
    assert_eq!(identity(&scene, &session), expected);

    let federated = scene
        .sts(&alice, "GetFederationToken", &[("Name", "guest")])
        .credentials();
    let got = identity(&scene, &federated);
    assert_eq!(got["type"], "FederatedUser");
    assert_eq!(got["principalId"], format!("{ACCOUNT}:guest"));
    assert_eq!(got["sessionContext"]["sessionIssuer"]["type"], "IAMUser");
    assert_eq!(got["sessionContext"]["sessionIssuer"]["principalId"], user);
    let federated = scene
        .sts(&scene.root, "GetFederationToken", &[("Name", "guest")])
        .credentials();
    let got = identity(&scene, &federated);
    assert_eq!(got["sessionContext"]["sessionIssuer"]["type"], "Root");
}

#[test]
fn what_assume_role_says_of_itself() {
    let scene = Scene::new();
    let alice = scene.admin("alice");
    let arn = scene.role(ACCOUNT, "worker", &trust(ACCOUNT), |role| {
        role.inline.push(inline(ALLOW_ALL))
    });
    let more = [
        ("DurationSeconds", "900"),
        ("ExternalId", "external"),
        ("SourceIdentity", "alice"),
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "a"),
        ("TransitiveTagKeys.member.1", "team"),
        ("Policy", ALLOW_ALL),
    ];
    let mut session = None;
    let record = record(&scene, || {
        session = Some(scene.assume(&alice, &arn, &more).credentials())
    });
    let session = session.unwrap();
    assert_eq!(record["readOnly"], true);
    let expected = json!({
        "roleArn": arn, "roleSessionName": "session", "durationSeconds": 900, "externalId": "external",
        "sourceIdentity": "alice", "tags": [{ "key": "team", "value": "a" }], "transitiveTagKeys": ["team"],
        "policy": ALLOW_ALL,
    });
    assert_eq!(record["requestParameters"], expected);
    let elements = &record["responseElements"];
    let credentials = json!({
        "accessKeyId": session.access_key_id, "expiration": "Nov 22, 2026, 12:15:00 PM",
    });
    assert_eq!(elements["credentials"], credentials);
    let user = json!({
        "assumedRoleId": format!("{}:session", role(&scene, "worker").id),
        "arn": format!("arn:aws:sts::{ACCOUNT}:assumed-role/worker/session"),
    });
    assert_eq!(elements["assumedRoleUser"], user);
    assert_eq!(elements["sourceIdentity"], "alice");
    assert!(elements["packedPolicySize"].is_i64());

    let chained = left(&scene, || drop(scene.assume(&session, &arn, &[]).ok())).remove(0);
    assert_eq!(
        chained["requestParameters"]["incomingTransitiveTags"],
        json!({ "team": "a" })
    );
}

#[test]
fn which_operations_only_read() {
    let scene = Scene::new();
    let alice = scene.admin("alice");
    let ask = |action: &str, parameters: &[(&str, &str)]| {
        let record = record(&scene, || drop(scene.sts(&alice, action, parameters)));
        record["readOnly"].as_bool().unwrap()
    };
    assert!(ask("AssumeRole", &[]));
    assert!(ask("GetCallerIdentity", &[]));
    assert!(ask(
        "GetAccessKeyInfo",
        &[("AccessKeyId", "AKIAQNZGKIQY56JQ7WML")]
    ));
    assert!(ask("DecodeAuthorizationMessage", &[("EncodedMessage", "x")]));
    assert!(!ask("GetSessionToken", &[]));
    assert!(!ask("GetFederationToken", &[("Name", "guest")]));
}

#[test]
fn a_call_across_accounts_leaves_two_records() {
    let scene = Scene::new();
    scene.other_account(OTHER);
    let alice = scene.admin("alice");
    let arn = scene.role(OTHER, "worker", &trust(ACCOUNT), |_| ());
    let records = left(&scene, || drop(scene.assume(&alice, &arn, &[]).ok()));
    let [own, theirs] = records.as_slice() else {
        panic!("{records:?}");
    };
    assert_eq!(own["recipientAccountId"], ACCOUNT);
    assert_eq!(own["userIdentity"]["type"], "IAMUser");
    assert_eq!(theirs["recipientAccountId"], OTHER);
    let expected = json!({
        "type": "AWSAccount", "principalId": own["userIdentity"]["principalId"], "accountId": ACCOUNT,
    });
    assert_eq!(theirs["userIdentity"], expected);
    assert!(own["sharedEventID"].is_string());
    assert_eq!(own["sharedEventID"], theirs["sharedEventID"]);
    assert_ne!(own["eventID"], theirs["eventID"]);
    assert_eq!(own["requestID"], theirs["requestID"]);

    // None in the target account for a denial, nor for a call that failed later.
    let closed = scene.role(OTHER, "closed", &trust(OTHER), |_| ());
    let denied = record(&scene, || drop(scene.assume(&alice, &closed, &[])));
    assert_eq!(denied["recipientAccountId"], ACCOUNT);
    assert_eq!(denied["errorCode"], "AccessDenied");
    let failed = record(&scene, || {
        drop(scene.assume(&alice, &arn, &[("DurationSeconds", "7200")]))
    });
    assert_eq!(failed["errorCode"], "ValidationError");
    assert_eq!(failed["recipientAccountId"], ACCOUNT);
}

#[test]
fn errors_have_their_code_and_denials_their_reason() {
    let scene = Scene::new();
    let bob = scene.user(ACCOUNT, "bob", |user| {
        user.inline.push(inline(&all_but("sts:AssumeRole")))
    });
    let arn = scene.role(ACCOUNT, "worker", &trust(ACCOUNT), |_| ());
    let record = record(&scene, || drop(scene.assume(&bob, &arn, &[])));
    assert_eq!(record["errorCode"], "AccessDenied");
    assert!(
        record["errorMessage"]
            .as_str()
            .unwrap()
            .starts_with("User: arn:aws:iam::")
    );
    assert_eq!(record["responseElements"], Value::Null);
    assert_eq!(record["requestParameters"]["roleArn"], arn);
    let why = &record["additionalEventData"]["authorization"];
    assert_eq!(why["statementId"], "Never");
    assert!(why["reason"].as_str().unwrap().contains("denies sts:AssumeRole"));
}

#[test]
fn calls_of_nobody_are_recorded() {
    let scene = Scene::new();
    let missing = record(&scene, || drop(Wire::identity().send(&scene)));
    assert_eq!(missing["userIdentity"], json!({ "type": "Unknown" }));
    assert_eq!(missing["errorCode"], "MissingAuthenticationToken");
    assert_eq!(missing["eventName"], "GetCallerIdentity");
    assert_eq!(missing.get("recipientAccountId"), None);
    let mut stranger = scene.root.clone();
    stranger.access_key_id = "AKIAQNZGKIQY56JQ7WML".to_owned();
    let unknown = record(&scene, || drop(scene.sts(&stranger, "GetCallerIdentity", &[])));
    let expected = json!({ "type": "Unknown", "accessKeyId": "AKIAQNZGKIQY56JQ7WML" });
    assert_eq!(unknown["userIdentity"], expected);
    assert_eq!(unknown["errorCode"], "InvalidClientTokenId");
    // A real key with a wrong signature is nobody either: it was only claimed.
    let mut thief = scene.root.clone();
    thief.secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".into();
    let forged = record(&scene, || drop(scene.sts(&thief, "GetCallerIdentity", &[])));
    assert_eq!(forged["userIdentity"]["type"], "Unknown");
    assert_eq!(forged["errorCode"], "SignatureDoesNotMatch");
    let nothing = record(&scene, || drop(Wire::post(&[("Action", "Nothing")]).send(&scene)));
    assert_eq!(nothing["errorCode"], "InvalidAction");
}

#[test]
fn no_secret_and_no_token_is_ever_recorded() {
    let scene = Scene::new();
    scene.other_account(OTHER);
    let alice = scene.admin("alice");
    let arn = scene.role(ACCOUNT, "worker", &trust(ACCOUNT), |role| {
        role.inline.push(inline(ALLOW_ALL))
    });
    let theirs = scene.role(OTHER, "theirs", &trust(ACCOUNT), |_| ());
    let mut all = vec![scene.root.clone(), alice.clone()];
    all.push(scene.assume(&alice, &arn, &[("Policy", ALLOW_ALL)]).credentials());
    all.push(scene.assume(&alice, &theirs, &[]).credentials());
    all.push(scene.sts(&alice, "GetSessionToken", &[]).credentials());
    all.push(scene.sts(&scene.root, "GetSessionToken", &[]).credentials());
    all.push(
        scene
            .sts(&alice, "GetFederationToken", &[("Name", "guest")])
            .credentials(),
    );
    for who in &all {
        scene.sts(who, "GetCallerIdentity", &[]).ok();
        scene.assume(who, "arn:aws:iam::111122223333:role/nowhere", &[]);
    }
    let code = [
        ("SerialNumber", "arn:aws:iam::111122223333:mfa/alice"),
        ("TokenCode", "918273"),
    ];
    scene.sts(&alice, "GetSessionToken", &code);
    let log: Vec<String> = scene.records().iter().map(Value::to_string).collect();
    assert!(log.len() > 20);
    let log = log.join("\n");
    assert!(
        !log.contains("918273"),
        "a code is a secret for as long as it works"
    );
    assert!(!log.contains("IQoJb3JpZ2luX2Vj"));
    for who in &all {
        assert!(!log.contains(who.secret.expose()));
        if let Some(token) = &who.token {
            assert!(!log.contains(&token.expose()[16..80]));
        }
    }
}
