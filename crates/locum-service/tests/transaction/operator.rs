//! Acting for whoever runs the program.

use locum_api::model::Service as Api;
use locum_service::OperatorError;
use serde_json::{Value, json};

use crate::harness::World;

fn call(world: &World, api: Api, action: &str, parameters: &Value) -> Result<Value, OperatorError> {
    world.operator(world.account, api, action, parameters)
}

#[test]
fn the_operator_is_the_root_user_of_an_account_without_a_key() {
    let world = World::new();
    let made = call(&world, Api::Iam, "CreateUser", &json!({"UserName": "alice"})).unwrap();
    assert_eq!(made["User"]["Arn"], "arn:aws:iam::111122223333:user/alice");
    assert_eq!(
        call(
            &world,
            Api::Iam,
            "TagUser",
            &json!({"UserName": "alice", "Tags": []})
        )
        .unwrap(),
        json!({})
    );
    let read = call(&world, Api::Iam, "GetUser", &json!({"UserName": "alice"})).unwrap();
    assert_eq!(read["User"]["UserId"], made["User"]["UserId"]);
    let organization = call(&world, Api::Organizations, "DescribeOrganization", &json!({})).unwrap();
    assert_eq!(organization["Organization"]["MasterAccountId"], "111122223333");

    let record = world
        .records()
        .into_iter()
        .find(|record| record["eventName"] == "CreateUser")
        .unwrap();
    assert_eq!(
        record["userIdentity"],
        json!({
            "type": "Root",
            "principalId": "111122223333",
            "arn": "arn:aws:iam::111122223333:root",
            "accountId": "111122223333",
            "invokedBy": "locum serve --apply",
        })
    );
    assert_eq!(record["sourceIPAddress"], "127.0.0.1");
}

#[test]
fn the_operator_applies_transactions() {
    let world = World::new();
    let request =
        |name: &str| json!({"Service": "iam", "Action": "CreateUser", "Parameters": {"UserName": name}});
    let both = json!({"Requests": [request("a"), request("b")]});
    assert_eq!(
        call(&world, Api::Locum, "ApplyTransaction", &both).unwrap(),
        json!({"Applied": 2})
    );
    let again = json!({"Requests": [request("c"), request("b")]});
    let error = call(&world, Api::Locum, "ApplyTransaction", &again).unwrap_err();
    assert_eq!(error.request_index, Some(1));
    assert_eq!(
        (error.error.status, &*error.error.code),
        (409, "EntityAlreadyExists")
    );
    assert_eq!(
        error.to_string(),
        "request 1: EntityAlreadyExists: User with name b already exists."
    );
    assert!(world.snapshot().user(world.account, "c").is_none());
}

#[test]
fn errors_are_those_of_the_operation() {
    let world = World::new();
    let fails = |api, action, parameters: Value| {
        let error = call(&world, api, action, &parameters).unwrap_err();
        assert_eq!(error.request_index, None);
        error.error.code.into_owned()
    };
    assert_eq!(
        fails(Api::Iam, "GetUser", json!({"UserName": "nobody"})),
        "NoSuchEntity"
    );
    assert_eq!(fails(Api::Iam, "CreateUser", json!({})), "ValidationError");
    assert_eq!(
        fails(Api::Iam, "Nonsense", json!({})),
        "UnknownOperationException"
    );
    assert_eq!(
        fails(
            Api::Organizations,
            "DescribeAccount",
            json!({"AccountId": "999999999999"})
        ),
        "AccountNotFoundException"
    );
    // It makes no credentials.
    for action in [
        "GetSessionToken",
        "AssumeRole",
        "GetFederationToken",
        "GetCallerIdentity",
    ] {
        assert_eq!(fails(Api::Sts, action, json!({})), "UnknownOperationException");
    }
    // And it acts in accounts that exist.
    let nowhere = world.operator("999999999999".parse().unwrap(), Api::Iam, "ListUsers", &json!({}));
    assert_eq!(nowhere.unwrap_err().error.code, "InvalidClientTokenId");
}
