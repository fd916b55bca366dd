//! The envelope: what it takes, what it answers, and what may not stand in it.

use locum_api::model::Service as Api;
use serde_json::{Value, json};

use super::state::{failed_at, outcome, state};
use crate::harness::{Credentials, Signed, World, contained};

const ALLOW: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#;

fn user(name: &str) -> (&'static str, &'static str, Value) {
    ("iam", "CreateUser", json!({ "UserName": name }))
}

#[test]
fn each_request_sees_what_those_before_it_did() {
    let world = World::new();
    let answer = world.transaction(
        &world.root,
        &[
            user("alice"),
            (
                "iam",
                "CreatePolicy",
                json!({"PolicyName": "p", "PolicyDocument": ALLOW}),
            ),
            ("iam", "CreateGroup", json!({"GroupName": "g", "Path": "/a/"})),
            (
                "iam",
                "AddUserToGroup",
                json!({"GroupName": "g", "UserName": "alice"}),
            ),
            (
                "iam",
                "AttachUserPolicy",
                json!({"UserName": "alice", "PolicyArn": "arn:aws:iam::111122223333:policy/p"}),
            ),
            (
                "iam",
                "TagUser",
                json!({"UserName": "alice", "Tags": [{"Key": "a", "Value": "b"}, {"Key": "c", "Value": ""}]}),
            ),
            ("iam", "UntagUser", json!({"UserName": "alice", "TagKeys": ["a"]})),
            (
                "organizations",
                "CreateAccount",
                json!({"AccountName": "dev", "Email": "dev@example.com"}),
            ),
        ],
    );
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.json(), json!({"Applied": 8}));
    assert_eq!(answer.header("content-type"), Some("application/x-amz-json-1.1"));
    let snapshot = world.snapshot();
    let alice = snapshot.user(world.account, "alice").unwrap();
    assert_eq!(
        (alice.tags.len(), alice.groups.len(), alice.attached.len()),
        (1, 1, 1)
    );
    assert!(snapshot.account_by_email("dev@example.com").is_some());
}

/// Alone it is ignored, as AWS does; here the misspelt boundary would be missed only when it is too late.
#[test]
fn a_member_that_the_operation_does_not_have_is_refused() {
    let world = World::new();
    let boundary = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    for parameters in [
        json!({"UserName": "ada", "PermissionBoundary": boundary}),
        json!({"UserName": "ada", "Tags": [{"Key": "a", "Value": "b", "Color": "red"}]}),
        json!({"UserName": "ada", "permissionsBoundary": null}),
    ] {
        let answer = world.transaction(&world.root, &[user("bob"), ("iam", "CreateUser", parameters)]);
        assert_eq!(
            outcome(&answer).unwrap_err().1,
            "SerializationException",
            "{}",
            answer.body
        );
        assert_eq!(failed_at(&answer), Some(1));
    }
    // A boundary that whoever wrote the request did not have.
    for parameters in [
        json!({"UserName": "ada", "PermissionsBoundary": null}),
        json!({"UserName": "ada", "Tags": null}),
        json!({"UserName": "ada", "Tags": [null]}),
        json!({"UserName": "ada", "Tags": [{"Key": "a", "Value": null}]}),
    ] {
        let answer = world.transaction(&world.root, &[user("bob"), ("iam", "CreateUser", parameters)]);
        assert_eq!(outcome(&answer).unwrap_err().1, "SerializationException");
        assert!(
            answer.body.contains("null where a value belongs"),
            "{}",
            answer.body
        );
        assert_eq!(failed_at(&answer), Some(1));
    }
    let account = json!({"AccountName": "a", "Email": "a@example.com", "Mail": "b@example.com"});
    let answer = world.transaction(&world.root, &[("organizations", "CreateAccount", account)]);
    assert_eq!(failed_at(&answer), Some(0), "{}", answer.body);
    assert_eq!(world.snapshot().counts(world.account).users, 0);
}

/// Names and entities that come and go within one transaction.
#[test]
fn what_a_request_removes_the_next_may_make_again() {
    let world = World::new();
    world
        .iam(
            &world.root,
            "CreateUser",
            &[("UserName", "alice"), ("Path", "/old/")],
        )
        .ok();
    let first = world.snapshot().user(world.account, "alice").unwrap().id;
    let answer = world.transaction(
        &world.root,
        &[
            (
                "iam",
                "PutUserPolicy",
                json!({"UserName": "alice", "PolicyName": "p", "PolicyDocument": ALLOW}),
            ),
            (
                "iam",
                "DeleteUserPolicy",
                json!({"UserName": "alice", "PolicyName": "p"}),
            ),
            ("iam", "DeleteUser", json!({"UserName": "alice"})),
            user("ALICE"),
            (
                "iam",
                "UpdateUser",
                json!({"UserName": "alice", "NewUserName": "bob"}),
            ),
            user("alice"),
            ("iam", "DeleteUser", json!({"UserName": "alice"})),
            (
                "iam",
                "CreatePolicy",
                json!({"PolicyName": "gone", "PolicyDocument": ALLOW}),
            ),
            (
                "iam",
                "AttachUserPolicy",
                json!({"UserName": "bob", "PolicyArn": "arn:aws:iam::111122223333:policy/gone"}),
            ),
            (
                "iam",
                "DetachUserPolicy",
                json!({"UserName": "bob", "PolicyArn": "arn:aws:iam::111122223333:policy/gone"}),
            ),
            (
                "iam",
                "DeletePolicy",
                json!({"PolicyArn": "arn:aws:iam::111122223333:policy/gone"}),
            ),
        ],
    );
    assert_eq!(answer.json(), json!({"Applied": 11}));
    let snapshot = world.snapshot();
    let users: Vec<_> = snapshot
        .users(world.account, None, "/")
        .map(|user| user.name.to_string())
        .collect();
    assert_eq!(users, ["bob"]);
    assert_eq!(snapshot.counts(world.account).users, 1);
    assert_eq!(snapshot.counts(world.account).policies, 0);
    assert!(snapshot.user_by_id(&first).is_none());
    // The same revisions as the store has them: another write of each is no conflict.
    world.iam(&world.root, "DeleteUser", &[("UserName", "bob")]).ok();
}

#[test]
fn a_dry_run_changes_nothing_and_fails_as_the_run_would() {
    let world = World::new();
    let before = state(&world);
    let revision = world.snapshot().revision();
    let dry = |requests: &[Value]| world.locum(&world.root, &json!({"Requests": requests, "DryRun": true}));
    let answer = dry(&[contained(&user("alice"))]);
    assert_eq!(answer.json(), json!({"Applied": 0}));
    let answer = dry(&[contained(&user("alice")), contained(&user("alice"))]);
    let text = "User with name alice already exists.";
    assert_eq!(
        outcome(&answer),
        Err((409, "EntityAlreadyExists".into(), text.into()))
    );
    assert_eq!(failed_at(&answer), Some(1));
    assert_eq!(state(&world), before);
    assert_eq!(world.snapshot().revision(), revision);
}

#[test]
fn what_may_not_stand_in_a_transaction_is_refused_with_its_place() {
    let world = World::new();
    let before = state(&world);
    for (service, action, code) in [
        ("iam", "GetUser", "ValidationException"),
        ("iam", "ListUsers", "ValidationException"),
        ("iam", "CreateAccessKey", "ValidationException"),
        ("iam", "CreateVirtualMFADevice", "ValidationException"),
        ("iam", "EnableMFADevice", "ValidationException"),
        ("iam", "ResyncMFADevice", "ValidationException"),
        ("iam", "CreateDelegationRequest", "ValidationException"),
        ("iam", "SendDelegationToken", "ValidationException"),
        ("sts", "AssumeRole", "ValidationException"),
        ("sts", "AssumeRoleWithSAML", "ValidationException"),
        ("sts", "GetSessionToken", "ValidationException"),
        ("locum", "ApplyTransaction", "ValidationException"),
        ("locum", "RevokeSessions", "ValidationException"),
        ("iam", "RevokeSessions", "InvalidAction"),
        ("IAM", "CreateUser", "ValidationException"),
        ("iam", "ApplyTransaction", "InvalidAction"),
        ("iam", "AssumeRole", "InvalidAction"),
        ("iam", "createUser", "InvalidAction"),
        ("organizations", "CreateUser", "UnknownOperationException"),
        ("organizations", "ListAccounts", "ValidationException"),
    ] {
        let answer = world.transaction(&world.root, &[user("alice"), (service, action, json!({}))]);
        let (status, found, _) = outcome(&answer).unwrap_err();
        assert_eq!((status, &*found), (400, code), "{service} {action}");
        assert_eq!(failed_at(&answer), Some(1), "{service} {action}");
    }
    assert_eq!(state(&world), before);
}

#[test]
fn an_envelope_that_is_wrong_is_refused_as_a_whole() {
    let world = World::new();
    let before = state(&world);
    let send = |body: &str| {
        let headers = [
            ("content-type", "application/x-amz-json-1.1"),
            ("x-amz-target", "Locum_20261122.ApplyTransaction"),
        ];
        world.send(&world.root, Api::Locum, &headers, body.as_bytes())
    };
    let request = r#"{"Service":"iam","Action":"CreateUser","Parameters":{"UserName":"alice"}}"#;
    let many = |count: usize| format!(r#"{{"Requests":[{}]}}"#, vec![request; count].join(","));
    let long = "x".repeat(256 * 1024);
    for (body, code) in [
        (String::new(), "ValidationException"),
        ("{}".to_owned(), "ValidationException"),
        (r#"{"Requests":[]}"#.to_owned(), "ValidationException"),
        (r#"{"Requests":[{}]}"#.to_owned(), "ValidationException"),
        (r#"{"Requests":[null]}"#.to_owned(), "SerializationException"),
        (r#"{"Requests":null}"#.to_owned(), "SerializationException"),
        (r#"{"Requests":{}}"#.to_owned(), "SerializationException"),
        ("[]".to_owned(), "SerializationException"),
        ("{".to_owned(), "SerializationException"),
        // A misspelt DryRun must not store.
        (format!(r#"{{"Requests":[{request}],"dryRun":true}}"#), "SerializationException"),
        (format!(r#"{{"Requests":[{request}],"DryRun":"true"}}"#), "SerializationException"),
        (format!(r#"{{"Requests":[{request}],"DryRun":null}}"#), "SerializationException"),
        (format!(r#"{{"Requests":[{request}],"Requests":[{request}]}}"#), "SerializationException"),
        (
            r#"{"Requests":[{"Service":"iam","Action":"CreateUser","Parameters":{"UserName":"a","UserName":"b"}}]}"#
                .to_owned(),
            "SerializationException",
        ),
        (r#"{"Requests":[{"Service":"iam","Action":"CreateUser","Parameters":[]}]}"#.to_owned(), "SerializationException"),
        (r#"{"Requests":[{"Service":"iam","Action":"CreateUser","Extra":1}]}"#.to_owned(), "SerializationException"),
        (
            format!(r#"{{"Requests":[{{"Service":"iam","Action":"CreateUser","Parameters":{{"UserName":"{long}"}}}}]}}"#),
            "SerializationException",
        ),
        (many(5_001), "SerializationException"),
    ] {
        let answer = send(&body);
        let (status, found, message) = outcome(&answer).unwrap_err();
        assert_eq!((status, &*found), (400, code), "{} {message}", &body[..body.len().min(200)]);
        assert_eq!(failed_at(&answer), None);
    }
    assert_eq!(state(&world), before);
    // As many as may be are read, and the second one fails.
    assert_eq!(failed_at(&send(&many(5_000))), Some(1));
}

#[test]
fn parameters_that_are_wrong_fail_as_they_would_alone() {
    let world = World::new();
    for (parameters, code) in [
        (json!({}), "ValidationError"),
        (json!({"UserName": "a b"}), "ValidationError"),
        (json!({"UserName": 7}), "SerializationException"),
    ] {
        let answer = world.transaction(&world.root, &[user("x"), ("iam", "CreateUser", parameters)]);
        assert_eq!(outcome(&answer).unwrap_err().1, code);
        assert_eq!(failed_at(&answer), Some(1));
    }
    // Without parameters an operation gets none.
    let bare = json!({"Requests": [{"Service": "iam", "Action": "CreateUser"}]});
    assert_eq!(
        outcome(&world.locum(&world.root, &bare)).unwrap_err().1,
        "ValidationError"
    );
}

#[test]
fn a_transaction_is_signed_for_locum_and_whole() {
    let world = World::new();
    let body = json!({"Requests": [contained(&user("alice"))]}).to_string();
    let headers = [
        ("content-type", "application/x-amz-json-1.1"),
        ("x-amz-target", "Locum_20261122.ApplyTransaction"),
    ];
    let answer = world.send(&world.root, Api::Iam, &headers, body.as_bytes());
    assert_eq!(outcome(&answer).unwrap_err().1, "SignatureDoesNotMatch");
    // The body is signed.
    let signed: Signed = world.signed(&world.root, Api::Locum, &headers, body.as_bytes());
    let changed = signed.with_body(body.replace("alice", "mallory").as_bytes());
    let answer = world.sent(&changed);
    assert_eq!(outcome(&answer).unwrap_err().1, "SignatureDoesNotMatch");
    assert!(world.snapshot().users(world.account, None, "/").next().is_none());
    assert_eq!(world.sent(&signed).json(), json!({"Applied": 1}));
}

/// What lets a body be longer than most: the target, and a key that is in use.
#[test]
fn only_a_known_key_announces_a_transaction() {
    const ALL: &str =
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
    let world = World::new();
    let alice = world.user(&world.root, "alice", Some(ALL));
    let session = world.sts(&alice, "GetSessionToken", &[]).credentials();
    let announced = |who: &Credentials, api: Api, target: &str| {
        let headers = [
            ("content-type", "application/x-amz-json-1.1"),
            ("x-amz-target", target),
        ];
        let signed = world.signed(who, api, &headers, b"{}");
        signed.announces_transaction(&world.service, world.now())
    };
    let target = "Locum_20261122.ApplyTransaction";
    for who in [&world.root, &alice, &session] {
        assert!(announced(who, Api::Locum, target));
        assert!(!announced(who, Api::Iam, target), "signed for another service");
        for other in [
            "Locum_20261122.Other",
            "Locum_20261122.RevokeSessions",
            "AWSOrganizationsV20161128.CreateAccount",
            "",
        ] {
            assert!(!announced(who, Api::Locum, other), "{other}");
        }
    }
    let stranger = Credentials {
        access_key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
        ..alice.clone()
    };
    let no_token = Credentials {
        token: None,
        ..session.clone()
    };
    let other_token = Credentials {
        token: session.token.clone(),
        ..alice.clone()
    };
    for who in [&stranger, &no_token, &other_token] {
        assert!(!announced(who, Api::Locum, target));
    }
    let key = [
        ("UserName", "alice"),
        ("AccessKeyId", &*alice.access_key_id),
        ("Status", "Inactive"),
    ];
    world.iam(&world.root, "UpdateAccessKey", &key).ok();
    assert!(!announced(&alice, Api::Locum, target));
    // An old head, and a session that has run out.
    let headers = [
        ("content-type", "application/x-amz-json-1.1"),
        ("x-amz-target", target),
    ];
    let old = world.signed(&world.root, Api::Locum, &headers, b"{}");
    world.advance(3600);
    assert!(!old.announces_transaction(&world.service, world.now()));
    world.advance(13 * 3600);
    assert!(!announced(&session, Api::Locum, target));
    assert!(announced(&world.root, Api::Locum, target));
}
