//! Requests that name what earlier ones answered.

use serde_json::{Value, json};

use crate::harness::World;

fn account() -> (&'static str, &'static str, Value) {
    let parameters = json!({"AccountName": "dev", "Email": "dev@example.com"});
    ("organizations", "CreateAccount", parameters)
}

fn user_named(reference: Value) -> (&'static str, &'static str, Value) {
    ("iam", "CreateUser", json!({"UserName": {"$result": reference}}))
}

#[test]
fn a_text_of_an_earlier_answer_can_be_named() {
    let world = World::new();
    let number = json!([1, "CreateAccountStatus", "AccountId"]);
    let tags = json!({"UserName": "alice", "Tags": [{"Key": "account", "Value": {"$result": number}}]});
    let requests = [
        ("iam", "CreateUser", json!({"UserName": "alice"})),
        account(),
        user_named(number.clone()),
        ("iam", "TagUser", tags),
    ];
    let answer = world.transaction(&world.root, &requests);
    assert_eq!(answer.status, 200, "{}", answer.body);
    let snapshot = world.snapshot();
    let number = snapshot
        .account_by_email("dev@example.com")
        .unwrap()
        .id
        .to_string();
    assert!(snapshot.user(world.account, &number).is_some());
    let alice = snapshot.user(world.account, "alice").unwrap();
    assert!(format!("{:?}", alice.tags).contains(&number));
}

#[test]
fn texts_of_earlier_answers_are_joined_with_others() {
    let world = World::new();
    let number = json!({"$result": [0, "CreateAccountStatus", "AccountId"]});
    let name = json!({"$text": ["of-", number, "-", number]});
    let user = ("iam", "CreateUser", json!({"UserName": name}));
    let answer = world.transaction(&world.root, &[account(), user]);
    assert_eq!(answer.status, 200, "{}", answer.body);
    let snapshot = world.snapshot();
    let number = snapshot.account_by_email("dev@example.com").unwrap().id;
    assert!(
        snapshot
            .user(world.account, &format!("of-{number}-{number}"))
            .is_some()
    );
}

#[test]
fn what_is_no_list_of_texts_is_refused() {
    let world = World::new();
    let number = json!({"$result": [0, "CreateAccountStatus", "AccountId"]});
    for name in [
        json!({"$text": number}),
        json!({"$text": "a"}),
        json!({"$text": ["a", 1]}),
        json!({"$text": ["a", {"$text": ["b"]}]}),
        json!({"$text": ["a", {"$result": [0, "CreateAccountStatus"]}]}),
        json!({"$text": ["a"], "$result": [0, "CreateAccountStatus", "AccountId"]}),
        json!({"$text": ["a"], "b": "c"}),
    ] {
        let user = ("iam", "CreateUser", json!({"UserName": name}));
        let answer = world.transaction(&world.root, &[account(), user]);
        let body = answer.json();
        let found = (answer.status, &body["__type"], &body["RequestIndex"]);
        assert_eq!(found, (400, &json!("ValidationException"), &json!(1)), "{body}");
        assert!(world.snapshot().account_by_email("dev@example.com").is_none());
    }
}

#[test]
fn what_leads_to_no_text_is_refused_and_stores_nothing() {
    let world = World::new();
    for reference in [
        json!([1, "CreateAccountStatus", "AccountId"]),
        json!([2, "CreateAccountStatus", "AccountId"]),
        json!([0, "CreateAccountStatus", "Nothing"]),
        json!([0, "CreateAccountStatus"]),
        json!([0, "CreateAccountStatus", 0]),
        json!([-1, "CreateAccountStatus", "AccountId"]),
        json!(["0", "CreateAccountStatus", "AccountId"]),
        json!([]),
        json!("CreateAccountStatus"),
    ] {
        let answer = world.transaction(&world.root, &[account(), user_named(reference.clone())]);
        let body = answer.json();
        let found = (answer.status, &body["__type"], &body["RequestIndex"]);
        assert_eq!(
            found,
            (400, &json!("ValidationException"), &json!(1)),
            "{reference}: {body}"
        );
    }
    let more = json!({"UserName": {"$result": [0, "CreateAccountStatus", "AccountId"], "Also": 1}});
    let answer = world.transaction(&world.root, &[account(), ("iam", "CreateUser", more)]);
    assert_eq!(answer.json()["RequestIndex"], 1);
    // What IAM answers is known beforehand.
    let arn = user_named(json!([0, "User", "Arn"]));
    let answer = world.transaction(
        &world.root,
        &[("iam", "CreateUser", json!({"UserName": "a"})), arn],
    );
    assert_eq!(answer.json()["RequestIndex"], 1);
    let snapshot = world.snapshot();
    assert!(snapshot.account_by_email("dev@example.com").is_none());
    assert!(snapshot.user(world.account, "a").is_none());
}

#[test]
fn what_stands_for_long_texts_is_counted_before_it_is_filled_in() {
    let world = World::new();
    let statement =
        |sid: usize| format!(r#"{{"Sid":"S{sid:0>9000}","Effect":"Deny","Action":"iam:*","Resource":"*"}}"#);
    let content = format!(r#"{{"Version":"2012-10-17","Statement":{}}}"#, statement(1));
    let policy =
        json!({"Type": "SERVICE_CONTROL_POLICY", "Name": "p", "Description": "", "Content": content});
    let text = json!({"$result": [0, "Policy", "Content"]});
    let fits = 256 * 1024 / content.len();
    for (times, too_long) in [(fits, false), (fits + 1, true), (5000, true)] {
        // Nothing is called like this, so the request fails in any case; how is what is looked at.
        let parameters = json!({"UserName": "alice", "Tags": vec![&text; times]});
        let requests = [
            ("organizations", "CreatePolicy", policy.clone()),
            ("iam", "CreateUser", parameters),
        ];
        let answer = world.transaction(&world.root, &requests);
        let body = answer.json();
        assert_eq!((answer.status, &body["RequestIndex"]), (400, &json!(1)), "{body}");
        let message = body["Message"].as_str().or(body["message"].as_str()).unwrap();
        let told = message == "The texts that $result stands for are longer than 262144 bytes.";
        assert_eq!(told, too_long, "{times}: {body}");
    }
}
