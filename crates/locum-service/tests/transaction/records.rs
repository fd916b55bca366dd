//! What the audit log tells of a transaction.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::state::Asked;
use crate::harness::{World, contained};

fn create(name: &str) -> Asked {
    ("iam", "CreateUser", json!({"UserName": name}))
}

/// The records of what `act` does.
fn recorded(world: &World, act: impl FnOnce()) -> Vec<Value> {
    let before = world.records().len();
    act();
    world.records().split_off(before)
}

fn texts<'a>(records: &'a [Value], name: &str) -> Vec<&'a str> {
    records
        .iter()
        .map(|record| record[name].as_str().unwrap_or("-"))
        .collect()
}

#[test]
fn what_cannot_be_recorded_is_not_done() {
    let world = World::new();
    let before = world.snapshot().revision();
    world.fail_audit(true);
    let answer = world.transaction(&world.root, &[create("alice"), create("bob")]);
    assert_eq!(answer.status, 503);
    assert_eq!(world.snapshot().revision(), before);
    world.fail_audit(false);
    world
        .transaction(&world.root, &[create("alice"), create("bob")])
        .ok();
}

#[test]
fn each_request_leaves_the_record_it_would_leave_alone() {
    let world = World::new();
    let account: Asked = (
        "organizations",
        "CreateAccount",
        json!({"AccountName": "a", "Email": "a@example.com"}),
    );
    let records = recorded(&world, || {
        world
            .transaction(&world.root, &[create("alice"), account, create("bob")])
            .ok();
    });
    assert_eq!(
        texts(&records, "eventName"),
        ["ApplyTransaction", "CreateUser", "CreateAccount", "CreateUser"]
    );
    assert_eq!(
        texts(&records, "eventSource"),
        [
            "locum",
            "iam.amazonaws.com",
            "organizations.amazonaws.com",
            "iam.amazonaws.com"
        ]
    );
    assert_eq!(
        texts(&records, "requestID")
            .into_iter()
            .collect::<BTreeSet<_>>()
            .len(),
        1
    );
    assert_eq!(
        texts(&records, "eventID")
            .into_iter()
            .collect::<BTreeSet<_>>()
            .len(),
        4
    );
    let own = &records[0];
    assert_eq!(
        own["requestParameters"],
        json!({"requestCount": 3, "dryRun": false})
    );
    assert_eq!(own["responseElements"], json!({"applied": 3}));
    for (at, record) in records[1..].iter().enumerate() {
        let transaction = json!({"eventID": own["eventID"], "requestIndex": at});
        assert_eq!(record["additionalEventData"]["transaction"], transaction);
        assert_eq!(record["userIdentity"], own["userIdentity"]);
        assert_eq!(record["readOnly"], false);
    }

    // But for the ids it is the record of the request alone.
    let mut alone = recorded(&world, || {
        world
            .iam(&world.root, "CreateUser", &[("UserName", "carol")])
            .ok();
    });
    let mut part = records[1].clone();
    for record in [&mut alone[0], &mut part] {
        let object = record.as_object_mut().unwrap();
        for own in [
            "eventID",
            "requestID",
            "additionalEventData",
            "tlsDetails",
            "responseElements",
        ] {
            object.remove(own);
        }
    }
    part["requestParameters"]["userName"] = "carol".into();
    assert_eq!(part, alone[0]);
}

#[test]
fn a_failure_leaves_the_record_of_what_failed_and_of_the_transaction() {
    let world = World::new();
    let rights =
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:CreateUser","Resource":"*"}}"#;
    let caller = world.user(&world.root, "caller", Some(rights));
    let records = recorded(&world, || {
        let group = ("iam", "CreateGroup", json!({"GroupName": "g"}));
        let answer = world.transaction(&caller, &[create("alice"), group, create("bob")]);
        assert_eq!(answer.status, 403);
    });
    assert_eq!(texts(&records, "eventName"), ["ApplyTransaction", "CreateGroup"]);
    assert_eq!(texts(&records, "errorCode"), ["AccessDenied", "AccessDenied"]);
    assert_eq!(records[1]["requestParameters"], json!({"groupName": "g"}));
    assert_eq!(
        records[1]["additionalEventData"]["transaction"]["requestIndex"],
        1
    );
    assert!(records[1]["additionalEventData"]["authorization"].is_object());
    assert_eq!(records[0]["additionalEventData"]["requestIndex"], 1);

    // An operation that may not stand in one has no record of its own.
    let records = recorded(&world, || {
        world.transaction(&caller, &[create("alice"), ("iam", "ListUsers", json!({}))]);
    });
    assert_eq!(texts(&records, "eventName"), ["ApplyTransaction"]);
    assert_eq!(records[0]["additionalEventData"]["requestIndex"], 1);
}

#[test]
fn a_dry_run_leaves_one_record() {
    let world = World::new();
    let records = recorded(&world, || {
        let body = json!({"Requests": [contained(&create("alice"))], "DryRun": true});
        world.locum(&world.root, &body).ok();
    });
    assert_eq!(texts(&records, "eventName"), ["ApplyTransaction"]);
    assert_eq!(
        records[0]["requestParameters"],
        json!({"requestCount": 1, "dryRun": true})
    );
}

/// Parameters may be secrets; what a record shows is decided by each operation's own declaration.
#[test]
fn secrets_stay_out_of_the_records() {
    let world = World::new();
    let records = recorded(&world, || {
        let secret =
            json!({"Name": "idp", "SAMLMetadataDocument": "x".repeat(1200), "AddPrivateKey": "TOPSECRET"});
        world.transaction(&world.root, &[("iam", "CreateSAMLProvider", secret)]);
    });
    assert_eq!(
        texts(&records, "eventName"),
        ["ApplyTransaction", "CreateSAMLProvider"]
    );
    assert!(!format!("{records:?}").contains("TOPSECRET"));
}
