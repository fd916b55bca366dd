//! What is asked, what is answered, and what the record says.

use std::{convert::Infallible, sync::Arc};

use locum_directory::{Changes, ProviderRevocation};
use serde_json::{Value, json};

use super::scene::{ACCOUNT, OTHER, ROLE, Scene, USER, refused};

#[test]
fn what_is_wrong_is_refused() {
    let scene = Scene::new();
    let mut cases: Vec<(Value, &str)> = vec![
        (json!({}), "ValidationException"),
        (json!({ "IssuedBefore": 0 }), "ValidationException"),
        (json!({ "PrincipalArn": "" }), "ValidationException"),
        (json!({ "PrincipalArn": [ROLE] }), "SerializationException"),
        // A time that is misspelt must not become now, nor one that is not understood.
        (
            json!({ "PrincipalArn": ROLE, "issuedBefore": 0 }),
            "SerializationException",
        ),
        (
            json!({ "PrincipalArn": ROLE, "IssuedBefore": null }),
            "SerializationException",
        ),
        (
            json!({ "PrincipalArn": ROLE, "IssuedBefore": 1.5 }),
            "SerializationException",
        ),
        (
            json!({ "PrincipalArn": ROLE, "IssuedBefore": 1e18 }),
            "SerializationException",
        ),
        (
            json!({ "PrincipalArn": ROLE, "IssuedBefore": 9_999_999_999_999_i64 }),
            "SerializationException",
        ),
        (
            json!({ "PrincipalArn": ROLE, "IssuedBefore": true }),
            "SerializationException",
        ),
    ];
    for time in ["", "yesterday", "1795348810", "2026-11-22", "2026-11-22T11:00:00"] {
        cases.push((
            json!({ "PrincipalArn": ROLE, "IssuedBefore": time }),
            "SerializationException",
        ));
    }
    for arn in [
        "alice",
        "111122223333",
        "arn:aws:iam::111122223333:group/staff",
        "arn:aws:iam::111122223333:policy/everything",
        "arn:aws:iam::111122223333:user",
        "arn:aws:iam::111122223333:roles/worker",
        "arn:aws:iam::111122223333:root/",
        "arn:aws:iam:us-east-1:111122223333:role/worker",
        "arn:aws:sts::111122223333:role/worker",
        "arn:aws:sts::111122223333:assumed-role/worker/session",
        "arn:aws:sts::111122223333:federated-user/guest",
    ] {
        cases.push((json!({ "PrincipalArn": arn }), "ValidationException"));
    }
    let session = scene.assumed();
    for (body, code) in cases {
        let (status, found, message) = refused(&scene.ask(&scene.root, &body));
        assert_eq!((status, &*found), (400, code), "{body}: {message}");
    }
    assert!(scene.lives(&session));
}

#[test]
fn the_future_is_refused() {
    let scene = Scene::new();
    let session = scene.assumed();
    scene.advance(5);
    let ask = |time: &str| {
        scene.ask(
            &scene.root,
            &json!({ "PrincipalArn": ROLE, "IssuedBefore": time }),
        )
    };
    let text = "IssuedBefore must not be in the future: it is 2026-11-22T12:00:05Z now.";
    for time in [
        "2026-11-22T12:00:06Z",
        "2027-11-22T12:00:00Z",
        "9999-12-30T00:00:00Z",
    ] {
        let expected = (400, "ValidationException".to_owned(), text.to_owned());
        assert_eq!(refused(&ask(time)), expected, "{time}");
    }
    assert!(scene.lives(&session));
    ask("2026-11-22T12:00:05.9Z").ok();
    assert!(!scene.lives(&session));
}

/// What does not exist to the letter does not exist, and what another account has looks the same.
#[test]
fn what_is_not_there_cannot_be_found() {
    let scene = Scene::new();
    let other = scene.other_account(OTHER);
    scene.user(&other, "alice", None);
    for (arn, kind) in [
        ("arn:aws:iam::111122223333:user/nobody", "user"),
        ("arn:aws:iam::111122223333:user/Alice", "user"),
        ("arn:aws:iam::111122223333:user/team/alice", "user"),
        ("arn:aws:iam::111122223333:user//alice", "user"),
        ("arn:aws-cn:iam::111122223333:user/alice", "user"),
        ("arn:aws:iam::444455556666:user/alice", "user"),
        ("arn:aws:iam::444455556666:user/nobody", "user"),
        ("arn:aws:iam::444455556666:root", "root user"),
        ("arn:aws:iam::999999999999:root", "root user"),
        ("arn:aws:iam::11112222333:root", "root user"),
        ("arn:aws:iam::aws:role/worker", "role"),
        ("arn:aws:iam::111122223333:role/Worker", "role"),
        ("arn:aws:iam::111122223333:role/team/worker", "role"),
        ("arn:aws:iam::111122223333:saml-provider/idp", "SAML provider"),
        (
            "arn:aws:iam::111122223333:oidc-provider/idp",
            "OpenID Connect provider",
        ),
    ] {
        let message = format!("The {kind} with ARN {arn} cannot be found in the caller's account.");
        let expected = (404, "NoSuchEntity".to_owned(), message);
        assert_eq!(refused(&scene.revoke(&scene.root, arn)), expected);
    }
    assert!(scene.lives(&scene.session_of(&scene.alice)));
}

#[test]
fn it_leaves_the_record_of_a_write() {
    let scene = Scene::new();
    let body = json!({ "PrincipalArn": USER, "IssuedBefore": "2026-11-22T11:00:00Z" });
    scene.ask(&scene.alice, &body).ok();
    let record = scene.last_record();
    for (name, value) in [
        ("eventSource", json!("locum")),
        ("eventName", json!("RevokeSessions")),
        ("eventType", json!("AwsApiCall")),
        ("eventCategory", json!("Management")),
        ("managementEvent", json!(true)),
        ("readOnly", json!(false)),
        ("recipientAccountId", json!(ACCOUNT)),
        (
            "requestParameters",
            json!({ "principalArn": USER, "issuedBefore": "Nov 22, 2026, 11:00:00 AM" }),
        ),
        (
            "responseElements",
            json!({ "principalArn": USER, "revokedBefore": "Nov 22, 2026, 11:00:00 AM" }),
        ),
    ] {
        assert_eq!(record[name], value, "{name}");
    }
    assert_eq!(record["userIdentity"]["arn"], USER);
    scene.revoke(&scene.alice, "arn:aws:iam::111122223333:role/none");
    assert_eq!(scene.last_record()["errorCode"], "NoSuchEntity");
}

/// Providers come and go, and what is revoked of them stays for a day: whoever makes and deletes them must not fill the
/// account's record, which every write of it carries.
#[test]
fn so_many_providers_are_remembered_and_no_more() {
    let scene = Scene::new();
    let arn = |name: &str| format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{name}");
    let made = |name: &str| {
        let url = format!("https://{name}");
        let parameters = [("Url", &*url), ("ClientIDList.member.1", "client")];
        scene
            .iam(&scene.root, "CreateOpenIDConnectProvider", &parameters)
            .ok();
        arn(name)
    };
    let remembered = || {
        let snapshot = scene.snapshot();
        snapshot
            .account(scene.account)
            .unwrap()
            .provider_revocations
            .len()
    };
    let write = |changes: Changes| {
        let written = scene
            .service
            .directory()
            .write(|_| Ok::<_, Infallible>(((), changes)));
        written.unwrap().1.wait().unwrap();
    };
    let mut account = Arc::unwrap_or_clone(Arc::clone(scene.snapshot().account(scene.account).unwrap()));
    account.provider_revocations = (0..999)
        .map(|n| ProviderRevocation {
            provider: arn(&format!("gone{n}.example.com")).into(),
            revoke_before: scene.now(),
        })
        .collect();
    let mut changes = Changes::new();
    changes.put(account);
    write(changes);

    let last = made("last.example.com");
    scene.revoke(&scene.root, &last).ok();
    let more = made("more.example.com");
    let text = "Cannot exceed quota for RevokedIdentityProvidersPerAccount: 1000";
    let expected = (409, "LimitExceeded".to_owned(), text.to_owned());
    assert_eq!(refused(&scene.revoke(&scene.root, &more)), expected);
    assert_eq!(remembered(), 1000);
    // One that is remembered already is revoked again, and what ended nothing any more makes room.
    scene.advance(60);
    let again = scene.revoke(&scene.root, &last).ok().json();
    assert_eq!(again["RevokedBefore"], scene.now().as_second());
    scene.advance(24 * 3600);
    scene.revoke(&scene.root, &more).ok();
    assert_eq!(remembered(), 2);
}
