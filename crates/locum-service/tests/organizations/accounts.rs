//! Accounts: made with tags, moved, closed.

use locum_directory::{Account, Changes, JoinedMethod, Snapshot};
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

/// The rules that AWS documents for addresses; what its pattern refuses does not come this far.
#[test]
fn an_address_that_is_none_makes_no_account() {
    let scene = Scene::new();
    for (email, valid) in [
        ("dev+a.b_c-d=e!#$*/?^`{}~@example.com", true),
        ("ab@1.2", true),
        ("A.B@Sub-1.Example.COM", true),
        (".dev@example.com", false),
        ("de\"v@example.com", false),
        ("de'v@example.com", false),
        ("de(v@example.com", false),
        ("de)v@example.com", false),
        ("de<v@example.com", false),
        ("de>v@example.com", false),
        ("de[v@example.com", false),
        ("de]v@example.com", false),
        ("de:v@example.com", false),
        ("de;v@example.com", false),
        ("de,v@example.com", false),
        ("de\\v@example.com", false),
        ("de|v@example.com", false),
        ("de%v@example.com", false),
        ("de&v@example.com", false),
        ("d\u{e9}v@example.com", false),
        ("d\u{1}v@example.com", false),
        ("d\u{7f}v@example.com", false),
        ("dev@ex\u{e4}mple.com", false),
        ("dev@exa_mple.com", false),
        ("dev@-example.com", false),
        ("dev@example.com-", false),
        ("dev@.example.com", false),
        ("dev@example.com.", false),
        ("dev@[203.0.113.7]", false),
    ] {
        let before = scene.snapshot().account_count();
        let body = json!({ "Email": email, "AccountName": "dev" });
        let status = scene.done("CreateAccount", &body)["CreateAccountStatus"].clone();
        let expected = match valid {
            true => (json!("SUCCEEDED"), json!(null)),
            false => (json!("FAILED"), json!("INVALID_EMAIL")),
        };
        assert_eq!(
            (&status["State"], &status["FailureReason"]),
            (&expected.0, &expected.1),
            "{email}"
        );
        let made = scene.snapshot().account_count() - before;
        assert_eq!(made, usize::from(valid), "{email}");
        let again = json!({ "CreateAccountRequestId": status["Id"] });
        let told = scene.done("DescribeCreateAccountStatus", &again);
        assert_eq!(told["CreateAccountStatus"], status, "{email}");
    }
}

#[test]
fn a_role_that_would_pass_for_a_services_own_is_not_made_with_an_account() {
    let scene = Scene::new();
    for (role, refused) in [
        ("AWSServiceRoleFor", true),
        ("AWSServiceRoleForSupport", true),
        ("awsservicerolefororganizations", true),
        ("AWSServiceRole", false),
        ("MyAWSServiceRoleForSupport", false),
    ] {
        let before = scene.snapshot().account_count();
        let body = json!({ "Email": format!("{role}@example.com"), "AccountName": "dev", "RoleName": role });
        if refused {
            let reason = Some("INVALID_ROLE_NAME");
            scene.fails("CreateAccount", &body, "InvalidInputException", reason);
        } else {
            scene.done("CreateAccount", &body);
        }
        let made = scene.snapshot().account_count() - before;
        assert_eq!(made, usize::from(!refused), "{role}");
    }
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

/// As many as AWS lets: 250, or a fifth of the member accounts if that is more, but 1,000 at most.
#[test]
fn so_many_accounts_may_be_closed_in_thirty_days() {
    // The scene has three accounts, one of which manages the others.
    for (closed, open, allowed) in [
        (249, 0, true),
        (250, 0, false),
        (250, 998, false),
        // Of 1,255 members, 251.
        (250, 1003, true),
        (251, 1002, false),
        (999, 4100, true),
        (1000, 4100, false),
    ] {
        let scene = Scene::new();
        let now = scene.now();
        let write = |_: &Snapshot| {
            let mut changes = Changes::new();
            for number in 0..closed + open {
                let id = AccountId::from_random(number);
                let mut account = Account::new(
                    id,
                    "made",
                    &format!("{id}@example.com"),
                    JoinedMethod::Created,
                    now,
                );
                if number < closed {
                    account.closed = Some(now);
                }
                changes.put(account);
            }
            Ok::<_, ()>(((), changes))
        };
        scene.service.directory().write(write).unwrap().1.wait().unwrap();
        let body = json!({ "AccountId": OTHER });
        if !allowed {
            let reason = Some("CLOSE_ACCOUNT_QUOTA_EXCEEDED");
            scene.fails("CloseAccount", &body, "ConstraintViolationException", reason);
            scene.advance(30 * 24 * 3600 + 1);
        }
        scene.done("CloseAccount", &body);
    }
}
