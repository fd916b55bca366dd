//! The one law of transactions: they do what their requests would do one after another, or nothing.
//!
//! Two worlds are made alike. In one the requests are sent alone until the first fails; in the other they are one
//! transaction. Callers have any of many rights, and the requests may change them, so this is also the search for a
//! transaction that allows what its requests alone would not.

use locum_crypto::{Random, SeededRandom};
use serde_json::{Value, json};

use super::state::{Asked, alone, failed_at, outcome, state};
use crate::harness::{Credentials, World};

/// Draws from small sets, so that requests meet each other.
struct Draw(SeededRandom);

impl Draw {
    fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.0.next_u64() % most as u64).unwrap()
    }

    fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }
}

const USERS: &[&str] = &["caller", "ada", "ADA", "bob"];
const GROUPS: &[&str] = &["staff", "Staff", "empty"];
const ROLES: &[&str] = &["worker", "guard"];
const POLICIES: &[&str] = &["one", "two"];
const PATHS: &[&str] = &["/", "/a/", "/b/"];
const EMAILS: &[&str] = &["dev@example.com", "DEV@example.com", "root@example.com"];
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}}"#;

/// Rights that a caller may have, or give, or lose.
const RIGHTS: &[&str] = &[
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#,
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["iam:*User*","iam:*Group*"],"Resource":"*"}}"#,
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"iam:*","Resource":"arn:aws:iam::*:user/b/*"}]}"#,
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/team":"red"}}},{"Effect":"Allow","Action":"iam:TagUser","Resource":"*"}]}"#,
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:*","Resource":["arn:aws:iam::*:user/${aws:username}","arn:aws:iam::*:policy/*"]}}"#,
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:*","Resource":"*"},{"Effect":"Deny","Action":"iam:*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/team":"blue"}}}]}"#,
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["iam:AttachUserPolicy","iam:CreatePolicy","iam:PutUserPolicy"],"Resource":"*"}}"#,
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"iam:Delete*","Resource":"*"}}"#,
];

fn arn(policy: &str) -> String {
    format!("arn:aws:iam::111122223333:policy/{policy}")
}

fn request(draw: &mut Draw) -> Asked {
    let user = draw.of(USERS);
    let group = draw.of(GROUPS);
    let role = draw.of(ROLES);
    let policy = draw.of(POLICIES);
    let path = draw.of(PATHS);
    let rights = draw.of(RIGHTS);
    let team = draw.of(&["red", "blue"]);
    let (action, parameters): (&'static str, Value) = match draw.below(28) {
        0 | 1 => ("CreateUser", json!({"UserName": user, "Path": path})),
        2 => ("DeleteUser", json!({"UserName": user})),
        3 => (
            "UpdateUser",
            json!({"UserName": user, "NewUserName": draw.of(USERS)}),
        ),
        4 => ("UpdateUser", json!({"UserName": user, "NewPath": path})),
        5 => (
            "TagUser",
            json!({"UserName": user, "Tags": [{"Key": "team", "Value": team}]}),
        ),
        6 => ("UntagUser", json!({"UserName": user, "TagKeys": ["team"]})),
        7 => ("CreateGroup", json!({"GroupName": group, "Path": path})),
        8 => ("DeleteGroup", json!({"GroupName": group})),
        9 => ("AddUserToGroup", json!({"GroupName": group, "UserName": user})),
        10 => (
            "RemoveUserFromGroup",
            json!({"GroupName": group, "UserName": user}),
        ),
        11 => (
            "PutGroupPolicy",
            json!({"GroupName": group, "PolicyName": "in", "PolicyDocument": rights}),
        ),
        12 => (
            "DeleteGroupPolicy",
            json!({"GroupName": group, "PolicyName": "in"}),
        ),
        13 | 14 => (
            "PutUserPolicy",
            json!({"UserName": user, "PolicyName": "in", "PolicyDocument": rights}),
        ),
        15 => ("DeleteUserPolicy", json!({"UserName": user, "PolicyName": "in"})),
        16 | 17 => (
            "CreatePolicy",
            json!({"PolicyName": policy, "PolicyDocument": rights}),
        ),
        18 => ("DeletePolicy", json!({"PolicyArn": arn(policy)})),
        19 => (
            "CreatePolicyVersion",
            json!({"PolicyArn": arn(policy), "PolicyDocument": rights, "SetAsDefault": true}),
        ),
        20 => (
            "AttachUserPolicy",
            json!({"UserName": user, "PolicyArn": arn(policy)}),
        ),
        21 => (
            "DetachUserPolicy",
            json!({"UserName": user, "PolicyArn": arn(policy)}),
        ),
        22 => (
            "PutUserPermissionsBoundary",
            json!({"UserName": user, "PermissionsBoundary": arn(policy)}),
        ),
        23 => ("DeleteUserPermissionsBoundary", json!({"UserName": user})),
        24 => (
            "CreateRole",
            json!({"RoleName": role, "AssumeRolePolicyDocument": TRUST, "Path": path}),
        ),
        25 => (
            "AttachRolePolicy",
            json!({"RoleName": role, "PolicyArn": arn(policy)}),
        ),
        26 => ("DeleteRole", json!({"RoleName": role})),
        _ => {
            let parameters = json!({"AccountName": "dev", "Email": draw.of(EMAILS)});
            return ("organizations", "CreateAccount", parameters);
        }
    };
    ("iam", action, parameters)
}

/// A world with a user who may do what `rights` say, and a few things to act on.
fn world(seed: u64, rights: Option<&str>, draw: u64) -> (World, Credentials) {
    let world = World::seeded(seed);
    let root = world.root.clone();
    let caller = world.user(&root, "caller", rights);
    let mut draw = Draw(SeededRandom::new(draw));
    for _ in 0..8 {
        let set_up = request(&mut draw);
        // What removes the caller, or gives it rights, is left to what is tested.
        if !set_up.2.to_string().contains("caller") {
            let _ = alone(&world, &root, &set_up);
        }
    }
    (world, caller)
}

#[test]
fn a_transaction_is_what_its_requests_are_one_by_one() {
    let mut applied = [0_u32; 2];
    let mut refused = std::collections::BTreeMap::<String, u32>::new();
    for case in 0..150_u64 {
        let mut draw = Draw(SeededRandom::new(7_000 + case));
        let as_root = draw.below(5) == 0;
        let rights = draw.of(RIGHTS);
        let rights = (draw.below(12) > 0).then_some(rights);

        // Most requests fail; one that does changes nothing, so it may be left out, or be the one that ends it all.
        let (single, caller) = world(case, rights, case);
        let who = if as_root { single.root.clone() } else { caller };
        let mut requests: Vec<Asked> = Vec::new();
        let mut expected = Ok(());
        for _ in 0..24 {
            let asked = request(&mut draw);
            let outcome = alone(&single, &who, &asked);
            let Err(refusal) = outcome else {
                requests.push(asked);
                continue;
            };
            if draw.below(10) == 0 {
                expected = Err((requests.len(), refusal));
                requests.push(asked);
                break;
            }
        }
        if requests.is_empty() {
            continue;
        }

        let (whole, caller) = world(case, rights, case);
        let who = if as_root { whole.root.clone() } else { caller };
        let before = state(&whole);
        let answer = whole.transaction(&who, &requests);
        let got = outcome(&answer);
        match &expected {
            Ok(()) => {
                assert_eq!(got, Ok(()), "case {case}: {requests:#?}");
                assert_eq!(answer.json(), json!({"Applied": requests.len()}));
                assert_eq!(state(&whole), state(&single), "case {case}: {requests:#?}");
                applied[usize::from(requests.len() > 2)] += 1;
            }
            Err((at, refusal)) => {
                assert_eq!(got.as_ref(), Err(refusal), "case {case}: {requests:#?}");
                assert_eq!(failed_at(&answer), Some(*at as u64), "case {case}: {requests:#?}");
                assert_eq!(state(&whole), before, "case {case}: {requests:#?}");
                *refused.entry(refusal.1.clone()).or_default() += 1;
                // Those before it, alone, are a transaction too, and leave what they left.
                if *at > 0 {
                    let begin = whole.transaction(&who, &requests[..*at]);
                    assert_eq!(begin.json(), json!({"Applied": at}), "case {case}: {requests:#?}");
                    assert_eq!(state(&whole), state(&single), "case {case}: {requests:#?}");
                }
            }
        }
    }
    // It would prove little if nearly all failed, or nothing was denied.
    assert!(applied[1] > 15, "{applied:?} {refused:?}");
    for code in [
        "AccessDenied",
        "EntityAlreadyExists",
        "NoSuchEntity",
        "DeleteConflict",
    ] {
        assert!(refused.contains_key(code), "{code}: {refused:?}");
    }
}
