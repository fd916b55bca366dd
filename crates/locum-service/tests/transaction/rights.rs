//! Whose rights decide: the caller's, as each request finds them.

use serde_json::{Value, json};

use super::state::{Asked, alone, failed_at, outcome, state};
use crate::harness::{Credentials, World};

const ALL: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
const PUT_ONLY: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:PutUserPolicy","Resource":"*"}}"#;

fn create(name: &str) -> Asked {
    ("iam", "CreateUser", json!({"UserName": name}))
}

#[track_caller]
fn refused(world: &World, who: &Credentials, requests: &[Asked], at: u64, code: &str) {
    let before = state(world);
    let answer = world.transaction(who, requests);
    assert_eq!(outcome(&answer).unwrap_err().1, code, "{}", answer.body);
    assert_eq!(failed_at(&answer), Some(at), "{}", answer.body);
    assert_eq!(state(world), before);
}

#[test]
fn a_right_that_the_transaction_takes_away_is_gone_for_the_next_request() {
    let world = World::new();
    let admin = world.user(&world.root, "admin", Some(ALL));
    let key = admin.access_key_id.clone();
    let delete_policy = json!({"UserName": "admin", "PolicyName": "inline"});
    let no_deletes =
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"iam:Create*","Resource":"*"}}"#;
    for (first, code) in [
        (("iam", "DeleteUserPolicy", delete_policy), "AccessDenied"),
        (
            (
                "iam",
                "PutUserPolicy",
                json!({"UserName": "admin", "PolicyName": "more", "PolicyDocument": no_deletes}),
            ),
            "AccessDenied",
        ),
        (
            (
                "iam",
                "UpdateAccessKey",
                json!({"UserName": "admin", "AccessKeyId": key, "Status": "Inactive"}),
            ),
            "InvalidClientTokenId",
        ),
        (
            (
                "iam",
                "DeleteAccessKey",
                json!({"UserName": "admin", "AccessKeyId": key}),
            ),
            "InvalidClientTokenId",
        ),
    ] {
        refused(&world, &admin, &[first.clone(), create("x")], 1, code);
        // The other way round it is what the caller may do.
        let answer = world.locum(
            &admin,
            &json!({"Requests": [crate::harness::contained(&create("x")), crate::harness::contained(&first)], "DryRun": true}),
        );
        assert_eq!(answer.json(), json!({"Applied": 0}), "{}", answer.body);
    }
}

#[test]
fn a_right_that_the_transaction_gives_is_there_for_the_next_request() {
    let world = World::new();
    let caller = world.user(&world.root, "caller", Some(PUT_ONLY));
    let give = (
        "iam",
        "PutUserPolicy",
        json!({"UserName": "caller", "PolicyName": "all", "PolicyDocument": ALL}),
    );
    refused(&world, &caller, &[create("x"), give.clone()], 0, "AccessDenied");
    assert_eq!(outcome(&world.transaction(&caller, &[give, create("x")])), Ok(()));
}

/// What decides is looked up anew for each request: a name, a path, a tag of the caller.
#[test]
fn a_caller_who_is_renamed_is_who_he_is_then() {
    let own = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["iam:UpdateUser","iam:TagUser"],"Resource":["arn:aws:iam::*:user/${aws:username}","arn:aws:iam::*:user/next"]}}"#;
    let world = World::new();
    let caller = world.user(&world.root, "caller", Some(own));
    let rename = (
        "iam",
        "UpdateUser",
        json!({"UserName": "caller", "NewUserName": "next"}),
    );
    let tag = |name: &str| {
        (
            "iam",
            "TagUser",
            json!({"UserName": name, "Tags": [{"Key": "a", "Value": "b"}]}),
        )
    };
    // Back again would need a right to the old name, which is no longer the caller's own.
    let again = (
        "iam",
        "UpdateUser",
        json!({"UserName": "next", "NewUserName": "caller"}),
    );
    refused(
        &world,
        &caller,
        &[tag("caller"), rename.clone(), tag("next"), again],
        3,
        "AccessDenied",
    );
    let answer = world.transaction(&caller, &[tag("caller"), rename, tag("next")]);
    assert_eq!(outcome(&answer), Ok(()));
}

#[test]
fn a_denial_is_that_of_the_request_alone_and_explains_itself() {
    let world = World::new();
    let nobody = world.user(&world.root, "nobody", None);
    let expected = alone(&world, &nobody, &create("x"));
    let answer = world.transaction(&nobody, &[create("x")]);
    assert_eq!(outcome(&answer), expected);
    assert_eq!(answer.status, 403);
    let message = answer.header("x-locum-authorization-message").unwrap();
    let decoded = world.sts(
        &world.root,
        "DecodeAuthorizationMessage",
        &[("EncodedMessage", message)],
    );
    let decoded: Value =
        serde_json::from_str(&decoded.ok().text("DecodedMessage").replace("&quot;", "\"")).unwrap();
    assert_eq!(decoded["context"]["action"], "iam:CreateUser");

    let account: Asked = (
        "organizations",
        "CreateAccount",
        json!({"AccountName": "a", "Email": "a@example.com"}),
    );
    let answer = world.transaction(&nobody, std::slice::from_ref(&account));
    assert_eq!(outcome(&answer), alone(&world, &nobody, &account));
    assert_eq!(outcome(&answer).unwrap_err().1, "AccessDeniedException");
    // And not for members, whatever they may do in their own account.
    let member = world.other_account("222222222222");
    refused(
        &world,
        &member,
        &[create("fine"), account],
        1,
        "AccessDeniedException",
    );
    assert_eq!(outcome(&world.transaction(&member, &[create("fine")])), Ok(()));
    assert!(
        world
            .snapshot()
            .user("222222222222".parse().unwrap(), "fine")
            .is_some()
    );
}

/// Credentials that may not call an operation alone may not in a transaction.
#[test]
fn sessions_may_what_they_may_alone() {
    let world = World::new();
    let admin = world.user(&world.root, "admin", Some(ALL));
    let session = world.sts(&admin, "GetSessionToken", &[]).credentials();
    let federated = world
        .sts(&admin, "GetFederationToken", &[("Name", "fed"), ("Policy", ALL)])
        .credentials();
    let trust = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}}"#;
    let role = world.role(&world.root, "worker", trust, Some(ALL));
    let assume = |more: &[(&str, &str)]| {
        let parameters = [
            &[("RoleArn", role.as_str()), ("RoleSessionName", "one")][..],
            more,
        ]
        .concat();
        world.sts(&admin, "AssumeRole", &parameters).credentials()
    };
    for who in [&session, &federated] {
        refused(&world, who, &[create("x")], 0, "InvalidClientTokenId");
        assert_eq!(
            alone(&world, who, &create("x")).unwrap_err().1,
            "InvalidClientTokenId"
        );
    }
    refused(
        &world,
        &assume(&[("Policy", PUT_ONLY)]),
        &[create("x")],
        0,
        "AccessDenied",
    );
    // A session ends with its role.
    let worker = assume(&[]);
    let gone = [
        (
            "iam",
            "DeleteRolePolicy",
            json!({"RoleName": "worker", "PolicyName": "inline"}),
        ),
        ("iam", "DeleteRole", json!({"RoleName": "worker"})),
    ];
    refused(
        &world,
        &worker,
        &[create("x"), gone[0].clone(), create("y")],
        2,
        "AccessDenied",
    );
    assert_eq!(
        outcome(&world.transaction(&worker, &[create("x"), create("y")])),
        Ok(())
    );
}
