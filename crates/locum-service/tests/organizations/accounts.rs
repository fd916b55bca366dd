//! Accounts: made with tags, moved, closed.

use locum_directory::{Account, Changes, JoinedMethod, Parent, Snapshot};
use locum_names::AccountId;
use serde_json::json;

use super::scene::{ACCOUNT, ALLOW_ALL, FULL, MEMBER, OTHER, SCP, Scene, ids, trust};

const INVALID: &str = "The security token included in the request is invalid.";

#[test]
fn a_new_account_has_tags_and_the_policy_that_allows_everything() {
    let scene = Scene::new();
    let body = json!({
        "Email": "dev@example.com", "AccountName": "dev", "Tags": [{ "Key": "team", "Value": "a" }],
    });
    let status = scene.done("CreateAccount", &body)["CreateAccountStatus"].clone();
    let account = status["AccountId"].as_str().unwrap();
    let tags = scene.done("ListTagsForResource", &json!({ "ResourceId": account }));
    assert_eq!(tags["Tags"], json!([{ "Key": "team", "Value": "a" }]));
    assert_eq!(scene.attached(SCP, account), [FULL]);
    let failed = scene.done("CreateAccount", &body)["CreateAccountStatus"].clone();
    assert_eq!(failed["State"], "FAILED");
    let listed = |states: &[&str]| {
        let found = scene.done("ListCreateAccountStatus", &json!({ "States": states }));
        let mut found = ids(&found["CreateAccountStatuses"], "Id");
        found.sort();
        found
    };
    let id = |status: &serde_json::Value| status["Id"].as_str().unwrap().to_owned();
    let mut both = vec![id(&status), id(&failed)];
    both.sort();
    assert_eq!(listed(&["SUCCEEDED"]), [id(&status)]);
    assert_eq!(listed(&["FAILED"]), [id(&failed)]);
    assert_eq!(listed(&["FAILED", "SUCCEEDED"]), both);
    assert_eq!(listed(&[]), both);
    assert!(listed(&["IN_PROGRESS"]).is_empty());
    let twice = json!({
        "Email": "e@example.com", "AccountName": "e", "Tags": [{ "Key": "a", "Value": "" }, { "Key": "A", "Value": "" }],
    });
    scene.fails(
        "CreateAccount",
        &twice,
        "InvalidInputException",
        Some("DUPLICATE_TAG_KEY"),
    );
}

#[test]
fn moves_that_cannot_be() {
    let scene = Scene::new();
    let root = scene.root_id();
    let unit = scene.unit(&root, "a");
    for (account, from, to, code) in [
        ("999900001111", &*root, &*unit, "AccountNotFoundException"),
        (MEMBER, &unit, &root, "SourceParentNotFoundException"),
        (MEMBER, "r-zzzz", &unit, "SourceParentNotFoundException"),
        (
            MEMBER,
            &root,
            "ou-zzzz-zzzzzzzz",
            "DestinationParentNotFoundException",
        ),
        (MEMBER, &root, &root, "DuplicateAccountException"),
    ] {
        let body = json!({ "AccountId": account, "SourceParentId": from, "DestinationParentId": to });
        scene.fails("MoveAccount", &body, code, None);
    }
    scene.move_account(MEMBER, &root, &unit);
    scene.move_account(ACCOUNT, &root, &unit);
}

#[test]
fn a_closed_account_is_shut_at_once() {
    let scene = Scene::new();
    let user = scene.user(&scene.member, "alice", Some(ALLOW_ALL));
    let role = scene.role(&scene.member, "worker", &trust("*"), Some(ALLOW_ALL));
    let session = scene.assume(&user, &role).credentials();
    let admin = scene.user(&scene.root, "admin", Some(ALLOW_ALL));
    scene.assume(&admin, &role).ok();
    let body = json!({ "AccountId": MEMBER });
    scene.done("CloseAccount", &body);
    for who in [&scene.member, &user, &session] {
        scene
            .sts(who, "GetCallerIdentity", &[])
            .fails(403, "InvalidClientTokenId", INVALID);
    }
    assert_eq!(scene.assume(&admin, &role).status, 403);
    let shown = scene.done("DescribeAccount", &body)["Account"].clone();
    assert_eq!(
        (&shown["Status"], &shown["State"]),
        (&json!("SUSPENDED"), &json!("CLOSED"))
    );
    scene.fails("CloseAccount", &body, "AccountAlreadyClosedException", None);
    let body = json!({ "AccountId": "999900001111" });
    scene.fails("CloseAccount", &body, "AccountNotFoundException", None);
    let body = json!({ "AccountId": ACCOUNT });
    let reason = Some("CANNOT_CLOSE_MANAGEMENT_ACCOUNT");
    scene.fails("CloseAccount", &body, "ConstraintViolationException", reason);
    scene.sts(&scene.other, "GetCallerIdentity", &[]).ok();
}

#[test]
fn ten_accounts_may_be_closed_in_thirty_days() {
    let scene = Scene::new();
    let now = scene.now();
    let write = |_: &Snapshot| {
        let mut changes = Changes::new();
        for number in 0..10 {
            let id = AccountId::from_random(number);
            changes.put(Account {
                closed: Some(now),
                parent: Parent::Root,
                ..Account::new(
                    id,
                    "closed",
                    &format!("{id}@example.com"),
                    JoinedMethod::Created,
                    now,
                )
            });
        }
        Ok::<_, ()>(((), changes))
    };
    scene.service.directory().write(write).unwrap().1.wait().unwrap();
    let reason = Some("CLOSE_ACCOUNT_QUOTA_EXCEEDED");
    let body = json!({ "AccountId": OTHER });
    scene.fails("CloseAccount", &body, "ConstraintViolationException", reason);
    scene.advance(30 * 24 * 3600 + 1);
    scene.done("CloseAccount", &body);
}
