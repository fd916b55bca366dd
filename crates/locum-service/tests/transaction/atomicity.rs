//! All or nothing: wherever a request fails, and when the store does.

use std::sync::Arc;

use serde_json::json;

use super::state::{Asked, failed_at, outcome, state};
use crate::harness::World;
use locum_directory::FaultyStore;

const ALLOW: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#;
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}}"#;

fn good() -> Vec<Asked> {
    let arn = "arn:aws:iam::111122223333:policy/p";
    vec![
        ("iam", "CreateUser", json!({"UserName": "alice"})),
        ("iam", "CreateGroup", json!({"GroupName": "staff"})),
        (
            "iam",
            "AddUserToGroup",
            json!({"UserName": "alice", "GroupName": "staff"}),
        ),
        (
            "iam",
            "CreatePolicy",
            json!({"PolicyName": "p", "PolicyDocument": ALLOW}),
        ),
        (
            "iam",
            "CreateRole",
            json!({"RoleName": "r", "AssumeRolePolicyDocument": TRUST}),
        ),
        (
            "iam",
            "AttachRolePolicy",
            json!({"RoleName": "r", "PolicyArn": arn}),
        ),
        (
            "iam",
            "PutUserPermissionsBoundary",
            json!({"UserName": "alice", "PermissionsBoundary": arn}),
        ),
        (
            "organizations",
            "CreateAccount",
            json!({"AccountName": "dev", "Email": "dev@example.com"}),
        ),
    ]
}

#[test]
fn wherever_a_request_fails_nothing_is_stored() {
    let world = World::new();
    world
        .iam(&world.root, "CreateUser", &[("UserName", "there")])
        .ok();
    let before = state(&world);
    let revision = world.snapshot().revision();
    let bad: [(Asked, u16, &str); 4] = [
        (
            ("iam", "CreateUser", json!({"UserName": "there"})),
            409,
            "EntityAlreadyExists",
        ),
        (
            ("iam", "DeleteRole", json!({"RoleName": "none"})),
            404,
            "NoSuchEntity",
        ),
        (
            (
                "iam",
                "CreatePolicy",
                json!({"PolicyName": "x", "PolicyDocument": "{}"}),
            ),
            400,
            "MalformedPolicyDocument",
        ),
        (
            ("organizations", "CreateAccount", json!({"AccountName": "x"})),
            400,
            "InvalidInputException",
        ),
    ];
    for (refused, status, code) in bad {
        for at in 0..=good().len() {
            let mut requests = good();
            requests.insert(at, refused.clone());
            let answer = world.transaction(&world.root, &requests);
            let (found, named, _) = outcome(&answer).unwrap_err();
            assert_eq!((found, &*named), (status, code), "at {at}");
            assert_eq!(failed_at(&answer), Some(at as u64));
            assert_eq!(state(&world), before);
        }
    }
    assert_eq!(
        world.snapshot().revision(),
        revision,
        "nothing was written at all"
    );
    assert_eq!(outcome(&world.transaction(&world.root, &good())), Ok(()));
    assert_eq!(world.snapshot().revision(), revision.next(), "and then once");
}

#[test]
fn a_store_that_fails_takes_all_of_it() {
    let store = Arc::new(FaultyStore::default());
    let world = World::over(Arc::clone(&store) as _, 1);
    let before = state(&world);
    let recorded = world.records().len();
    store.set_full(true);
    let answer = world.transaction(&world.root, &good());
    let (status, code, _) = outcome(&answer).unwrap_err();
    assert_eq!((status, &*code), (503, "ServiceUnavailable"));
    assert_eq!(failed_at(&answer), None);
    assert_eq!(state(&world), before);
    // No record tells of what did not happen.
    let records = world.records().split_off(recorded);
    let names: Vec<_> = records
        .iter()
        .map(|record| record["eventName"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["ApplyTransaction"]);
    assert_eq!(records[0]["errorCode"], "ServiceUnavailable");
    store.set_full(false);
    assert_eq!(outcome(&world.transaction(&world.root, &good())), Ok(()));
}

/// Quotas are counted on what the requests before have made.
#[test]
fn quotas_hold_within_a_transaction() {
    let world = World::new();
    let mut requests: Vec<Asked> = vec![("iam", "CreateUser", json!({"UserName": "alice"}))];
    for number in 0..11 {
        let group = format!("g{number}");
        requests.push(("iam", "CreateGroup", json!({"GroupName": group})));
        requests.push((
            "iam",
            "AddUserToGroup",
            json!({"GroupName": group, "UserName": "alice"}),
        ));
    }
    let answer = world.transaction(&world.root, &requests);
    assert_eq!(outcome(&answer).unwrap_err().1, "LimitExceeded");
    assert_eq!(failed_at(&answer), Some(22));
    requests.truncate(21);
    assert_eq!(outcome(&world.transaction(&world.root, &requests)), Ok(()));
}
