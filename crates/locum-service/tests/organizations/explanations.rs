//! What a denial by the organization says (`facts: policy §2.6`, `sts §7.2`).

use serde_json::Value;

use super::scene::{
    ACCOUNT, ALLOW_ALL, Answer, Credentials, FULL, MEMBER, OTHER, RCP, SCP, Scene, deny_everybody, statement,
    trust,
};

fn explanation(scene: &Scene, by: &Credentials, denied: &Answer) -> Value {
    let message = denied.header("x-locum-authorization-message").unwrap();
    let answer = scene.sts(by, "DecodeAuthorizationMessage", &[("EncodedMessage", message)]);
    serde_json::from_str(&answer.ok().text("DecodedMessage")).unwrap()
}

#[test]
fn an_explicit_deny_names_the_policy() {
    let scene = Scene::new();
    let deny = scene.policy(SCP, "deny", &statement("Deny", "iam:ListUsers"));
    scene.attach(&deny, MEMBER);
    let answer = scene.iam(&scene.member, "ListUsers", &[]);
    let arn = format!(
        "arn:aws:organizations::{ACCOUNT}:policy/{}/service_control_policy/{deny}",
        scene.organization_id()
    );
    let resource = format!("arn:aws:iam::{MEMBER}:user/");
    answer.fails(
        403,
        "AccessDenied",
        &format!(
            "User: arn:aws:iam::{MEMBER}:root is not authorized to perform: iam:ListUsers on resource: {resource} with an \
             explicit deny in a service control policy: {arn}"
        ),
    );
    let decoded = explanation(&scene, &scene.member, &answer);
    assert_eq!(decoded["explicitDeny"], true);
    let told = &decoded["explanation"];
    assert_eq!(told["layer"], "service control policy");
    assert_eq!(told["policy"], arn.as_str());
    assert_eq!(told["statement"], 1);
    let path = format!("{}/{}/", scene.organization_id(), scene.root_id());
    let keys = decoded["context"]["conditions"]["items"].as_array().unwrap();
    for key in ["aws:PrincipalOrgPaths", "aws:ResourceOrgPaths"] {
        let found = keys.iter().find(|item| item["key"] == key).unwrap();
        assert_eq!(found["values"]["items"][0]["value"], path.as_str(), "{key}");
    }
}

#[test]
fn what_no_level_allows_says_so_and_what_would() {
    let scene = Scene::new();
    let conditional = r#"{"Version":"2012-10-17","Statement":{"Sid":"Tls","Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}}"#;
    let little = scene.policy(SCP, "little", conditional);
    scene.attach(&little, MEMBER);
    scene.detach(FULL, MEMBER);
    let answer = scene.iam(&scene.member, "ListUsers", &[]);
    assert!(
        answer
            .text("Message")
            .ends_with("because no service control policy allows the iam:ListUsers action"),
        "{}",
        answer.body
    );
    scene.attach(FULL, MEMBER);
    let told = &explanation(&scene, &scene.member, &answer)["explanation"];
    assert_eq!(told["layer"], "service control policy");
    assert!(told["policy"].as_str().unwrap().ends_with(&little), "{told}");
    assert!(
        told["reason"].as_str().unwrap().contains("aws:SecureTransport"),
        "{told}"
    );
}

#[test]
fn a_policy_that_is_named_like_one_of_the_organization_is_not_taken_for_it() {
    let scene = Scene::new();
    let innocent = scene.policy(SCP, "innocent", ALLOW_ALL);
    let user = scene.user(&scene.member, "alice", Some(ALLOW_ALL));
    let document = statement("Deny", "iam:ListUsers");
    let parameters = [
        ("UserName", "alice"),
        ("PolicyName", &*innocent),
        ("PolicyDocument", &*document),
    ];
    scene.iam(&scene.member, "PutUserPolicy", &parameters).ok();
    let message = scene.iam(&user, "ListUsers", &[]).text("Message");
    assert!(
        message.ends_with("with an explicit deny in an identity-based policy"),
        "{message}"
    );
}

#[test]
fn the_owners_policies_are_told_to_the_owner_alone() {
    let scene = Scene::new();
    scene.enable(RCP);
    let nobody = scene.policy(RCP, "nobody", &deny_everybody("sts:AssumeRole", "{}"));
    scene.attach(&nobody, MEMBER);
    let role = scene.role(&scene.member, "worker", &trust("*"), None);
    let own = scene.user(&scene.member, "alice", Some(ALLOW_ALL));
    let foreign = scene.user(&scene.other, "bob", Some(ALLOW_ALL));
    let told = explanation(&scene, &scene.member, &scene.assume(&own, &role));
    assert_eq!(told["explanation"]["layer"], "resource control policy");
    assert!(
        told["explanation"]["policy"]
            .as_str()
            .unwrap()
            .contains("/resource_control_policy/")
    );

    let told = explanation(&scene, &scene.other, &scene.assume(&foreign, &role));
    assert_eq!(told["explanation"]["layer"], "resource account");
    let text = told.to_string();
    assert!(
        !text.contains(&nobody) && !text.contains("aws:ResourceOrgPaths"),
        "{text}"
    );
    // The same as of an account that is not there.
    let nowhere = explanation(
        &scene,
        &scene.other,
        &scene.assume(&foreign, "arn:aws:iam::999900001111:role/worker"),
    );
    let without_account = |told: &Value| {
        told["explanation"]["reason"]
            .as_str()
            .unwrap()
            .replace(MEMBER, "")
            .replace("999900001111", "")
    };
    assert_eq!(without_account(&told), without_account(&nowhere));
    let keys = |told: &Value| told["context"]["conditions"]["items"].as_array().unwrap().len();
    assert_eq!(keys(&told), keys(&nowhere));
}

/// A number of the length of [`MEMBER`] that no account has.
const NOWHERE: &str = "999900001111";

const TASK: &str = "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials";

/// Asserts that two denials, over an account that is there and over one that is not, are one and the same to the caller's
/// account: the sentence, the sealed header's length, the decoded document and the audit record.
#[track_caller]
fn indistinguishable(scene: &Scene, by: &Credentials, ask: impl Fn(&str) -> Answer) -> Value {
    let told = |account: &str| {
        let answer = ask(account);
        assert_eq!(answer.status, 403, "{}", answer.body);
        let header = answer.header("x-locum-authorization-message").unwrap().len();
        let mut record = scene.records().pop().unwrap();
        for name in ["eventID", "requestID", "eventTime"] {
            record.as_object_mut().unwrap().remove(name);
        }
        let decoded = explanation(scene, by, &answer);
        let parts = [answer.text("Message"), decoded.to_string(), record.to_string()];
        (header, parts.map(|text| plain(&text, account)), decoded)
    };
    let (there, nowhere) = (told(MEMBER), told(NOWHERE));
    assert_eq!((there.0, there.1), (nowhere.0, nowhere.1));
    there.2
}

/// A text without the number of an account and the id that a delegation request was drawn.
fn plain(text: &str, account: &str) -> String {
    let text = text.replace(account, "ACCOUNT");
    let mut parts = text.split("delegation-request/");
    let mut plain = parts.next().unwrap().to_owned();
    for part in parts {
        plain.push_str(part.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '-'));
    }
    plain
}

#[test]
fn whom_a_foreign_root_user_belongs_to_is_told_to_the_manager_alone() {
    let scene = Scene::new();
    scene.enable(RCP);
    let nobody = scene.policy(RCP, "nobody", &deny_everybody("sts:AssumeRoot", "{}"));
    scene.attach(&nobody, MEMBER);
    let ask = |who: &Credentials, account: &str| {
        let parameters = [("TargetPrincipal", account), ("TaskPolicyArn.arn", TASK)];
        scene.sts(who, "AssumeRoot", &parameters)
    };
    let manager = scene.user(&scene.root, "alice", Some(ALLOW_ALL));
    let told = explanation(&scene, &scene.root, &ask(&manager, MEMBER));
    assert_eq!(told["explanation"]["layer"], "resource control policy");
    let policy = told["explanation"]["policy"].as_str().unwrap();
    assert!(policy.ends_with(&nobody), "{policy}");

    let reading = statement("Allow", "sts:DecodeAuthorizationMessage");
    for (name, document) in [("bob", ALLOW_ALL), ("carol", &*reading)] {
        let foreign = scene.user(&scene.other, name, Some(document));
        let told = indistinguishable(&scene, &scene.other, |account| ask(&foreign, account));
        assert!(!told.to_string().contains(&nobody), "{told}");
        let path = format!("{}/{}/", scene.organization_id(), scene.root_id());
        let keys = told["context"]["conditions"]["items"].as_array().unwrap();
        let at = keys
            .iter()
            .find(|item| item["key"] == "aws:ResourceAccount")
            .unwrap();
        assert_eq!(at["values"]["items"][0]["value"], OTHER);
        let places = keys
            .iter()
            .find(|item| item["key"] == "aws:ResourceOrgPaths")
            .unwrap();
        assert_eq!(
            places["values"]["items"][0]["value"],
            path.as_str(),
            "the caller's own"
        );
    }
}

#[test]
fn whether_an_account_that_is_asked_for_delegation_exists_is_not_told() {
    let scene = Scene::new();
    let asks = |who: &Credentials, account: &str| {
        let parameters = [
            ("OwnerAccountId", account),
            ("Description", "a"),
            (
                "Permissions.PolicyTemplateArn",
                "arn:aws:iam::aws:policy/AdministratorAccess",
            ),
            ("RequestorWorkflowId", "workflow"),
            ("NotificationChannel", "arn:aws:sns:us-east-1:777788889999:news"),
            ("SessionDuration", "3600"),
        ];
        scene.iam(who, "CreateDelegationRequest", &parameters)
    };
    let nobody = scene.user(&scene.other, "nobody", Some(&statement("Allow", "sts:*")));
    let told = indistinguishable(&scene, &scene.other, |account| asks(&nobody, account));
    assert_eq!(told["explanation"]["layer"], "identity-based policy");
    assert!(!told.to_string().contains("aws:ResourceOrgPaths"), "{told}");

    // Nor does where it stands decide: a condition would tell.
    for (name, asked_by) in [("member", &scene.other), ("manager", &scene.root)] {
        let by_place = |is_absent: bool| {
            let document = format!(
                r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{{"Null":{{"aws:ResourceOrgPaths":"{is_absent}"}}}}}}}}"#
            );
            scene.user(asked_by, &format!("{name}-{is_absent}"), Some(&document))
        };
        let placed = by_place(false);
        let unplaced = by_place(true);
        for account in [MEMBER, NOWHERE] {
            assert_eq!(asks(&placed, account).status, 403, "{name} {account}");
        }
        let created = [MEMBER, NOWHERE].map(|account| asks(&unplaced, account).status);
        // Of the second one the workflow is known.
        assert_eq!(created, [200, 409], "{name}");
        // Its own place an account knows.
        let own = if name == "member" { OTHER } else { ACCOUNT };
        assert_eq!(asks(&placed, own).status, 409, "{name}");
        assert_eq!(asks(&unplaced, own).status, 403, "{name}");
    }
}

#[test]
fn what_denies_by_the_managers_place_is_not_told_from_what_the_manager_denies() {
    let scene = Scene::new();
    let placed = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Sid":"Placed","Effect":"Deny","Action":"organizations:*","Resource":"*","Condition":{"Null":{"aws:ResourceOrgPaths":"false"}}}]}"#;
    let placed = scene.user(&scene.other, "placed", Some(placed));
    let body = serde_json::json!({ "AccountId": MEMBER });
    let answer = scene.organizations(&placed, "DescribeAccount", &body);
    let body = answer.json();
    let message = body["Message"].as_str().unwrap();
    assert!(
        message.contains("perform: organizations:DescribeAccount on resource: "),
        "{message}"
    );
    assert!(
        !message.contains("deny") && !message.contains("because"),
        "{message}"
    );
    let told = explanation(&scene, &scene.other, &answer);
    assert_eq!(told["explanation"]["layer"], "resource account");
    let reason = told["explanation"]["reason"].as_str().unwrap();
    assert!(
        reason.contains(&format!("Account {ACCOUNT} does not allow")),
        "{reason}"
    );
    assert_eq!(told["explicitDeny"], false);
}

#[test]
fn the_place_of_the_management_account_is_not_told_with_its_denials() {
    let scene = Scene::new();
    let who = |account: &Credentials| scene.user(account, "nobody", Some(&statement("Allow", "sts:*")));
    for (account, is_told) in [(&scene.other, false), (&scene.root, true)] {
        let body = serde_json::json!({ "AccountId": MEMBER });
        let answer = scene.organizations(&who(account), "DescribeAccount", &body);
        let told = explanation(&scene, account, &answer);
        assert_eq!(told["explanation"]["layer"], "identity-based policy");
        assert_eq!(
            told.to_string().contains("aws:ResourceOrgPaths"),
            is_told,
            "{told}"
        );
    }
}
