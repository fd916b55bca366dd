//! AssumeRoot and the organization's root features (`facts: sts §2.7`).

use serde_json::Value;

use super::scene::{ACCOUNT, ALLOW_ALL, Answer, Credentials, OTHER, Scene, allow, inline, trust};

const AUDIT: &str = "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials";
const DELETE: &str = "arn:aws:iam::aws:policy/root-task/IAMDeleteRootUserCredentials";
const THEIR_ROOT: &str = "arn:aws:iam::444455556666:root";

/// A scene with a member account and root sessions turned on, and the member's root key.
fn scene() -> (Scene, Credentials, Credentials) {
    let scene = Scene::new();
    let member = scene.other_account(OTHER);
    let admin = scene.admin("admin");
    for feature in ["RootSessions", "RootCredentialsManagement"] {
        scene
            .iam(&admin, &format!("EnableOrganizations{feature}"), &[])
            .ok();
    }
    (scene, admin, member)
}

fn assume_root(scene: &Scene, who: &Credentials, target: &str, task: &str) -> Answer {
    let parameters = [("TargetPrincipal", target), ("TaskPolicyArn.arn", task)];
    scene.sts(who, "AssumeRoot", &parameters)
}

fn denied(who: &str, target: &str) -> String {
    format!("User: {who} is not authorized to perform: sts:AssumeRoot on resource: {target}")
}

#[test]
fn the_session_is_the_members_root_and_does_its_task_alone() {
    let (scene, admin, member) = scene();
    for target in [OTHER, THEIR_ROOT] {
        let root = assume_root(&scene, &admin, target, AUDIT).ok().credentials();
        let identity = scene.sts(&root, "GetCallerIdentity", &[]).ok();
        assert_eq!(identity.text("Arn"), THEIR_ROOT);
        assert_eq!(identity.text("UserId"), OTHER);
        let keys = scene.iam(&root, "ListAccessKeys", &[]).ok();
        assert_eq!(keys.texts("AccessKeyId"), [member.access_key_id.as_str()]);
        for (action, parameters) in [
            (
                "DeleteAccessKey",
                &[("AccessKeyId", member.access_key_id.as_str())][..],
            ),
            ("CreateAccessKey", &[]),
            ("CreateLoginProfile", &[("Password", "a-Password-of-16")]),
            ("DeleteLoginProfile", &[]),
            ("CreateUser", &[("UserName", "eve")]),
            ("ListUsers", &[]),
        ] {
            let answer = scene.iam(&root, action, parameters);
            assert_eq!(answer.status, 403, "{action}: {}", answer.body);
            assert!(answer.body.contains("session policy"), "{}", answer.body);
        }
        for operation in [
            "GetSessionToken",
            "DecodeAuthorizationMessage",
            "GetFederationToken",
            "AssumeRoot",
        ] {
            let answer = scene.sts(&root, operation, &[("Name", "eve"), ("EncodedMessage", "x")]);
            assert_eq!(answer.status, 403, "{operation}: {}", answer.body);
        }
        let answer = scene.revoke(&root, THEIR_ROOT);
        assert_eq!(answer.status, 403, "{}", answer.body);
        assert!(answer.body.contains("session policy"), "{}", answer.body);
    }
}

#[test]
fn the_deleting_task_takes_the_members_root_its_keys() {
    let (scene, admin, member) = scene();
    let root = assume_root(&scene, &admin, OTHER, DELETE).ok().credentials();
    scene
        .iam(
            &root,
            "DeleteAccessKey",
            &[("AccessKeyId", &member.access_key_id)],
        )
        .ok();
    assert_eq!(scene.sts(&member, "GetCallerIdentity", &[]).status, 403);
}

#[test]
fn a_revocation_of_the_members_root_ends_it() {
    let (scene, admin, member) = scene();
    let root = assume_root(&scene, &admin, OTHER, AUDIT).ok().credentials();
    scene.revoke(&member, THEIR_ROOT).ok();
    let answer = scene.sts(&root, "GetCallerIdentity", &[]);
    assert_eq!(answer.text("Code"), "ExpiredToken");
    scene.advance(1);
    let root = assume_root(&scene, &admin, OTHER, AUDIT).ok().credentials();
    scene.sts(&root, "GetCallerIdentity", &[]).ok();
}

#[test]
fn policies_see_that_root_was_assumed_and_for_what() {
    let (scene, _, _) = scene();
    let condition = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"sts:AssumeRoot","Resource":"{THEIR_ROOT}",
            "Condition":{{"StringEquals":{{"sts:TaskPolicyArn":"{AUDIT}","aws:ResourceAccount":"{OTHER}"}}}}}}}}"#
    );
    let auditor = scene.user(ACCOUNT, "auditor", |user| user.inline.push(inline(&condition)));
    let root = assume_root(&scene, &auditor, OTHER, AUDIT).ok().credentials();
    let arn = format!("arn:aws:iam::{ACCOUNT}:user/auditor");
    assume_root(&scene, &auditor, OTHER, DELETE).fails(403, "AccessDenied", &denied(&arn, THEIR_ROOT));
    let refused = scene.iam(&root, "ListUsers", &[]);
    let records = scene.records();
    let last: &Value = records.last().unwrap();
    assert_eq!(refused.status, 403);
    assert_eq!(last["userIdentity"]["type"], "Root");
    assert_eq!(last["userIdentity"]["sessionContext"]["assumedRoot"], "true");
}

#[test]
fn everything_that_stands_in_the_way_is_the_same_denial() {
    let (scene, admin, member) = scene();
    let arn = format!("arn:aws:iam::{ACCOUNT}:user/admin");
    for target in [ACCOUNT, "999988887777"] {
        let root = format!("arn:aws:iam::{target}:root");
        assume_root(&scene, &admin, target, AUDIT).fails(403, "AccessDenied", &denied(&arn, &root));
    }
    let nobody = scene.user(ACCOUNT, "nobody", |_| ());
    let arn = format!("arn:aws:iam::{ACCOUNT}:user/nobody");
    assume_root(&scene, &nobody, OTHER, AUDIT).fails(403, "AccessDenied", &denied(&arn, THEIR_ROOT));
    let foreign = scene.user(OTHER, "foreign", |user| user.inline.push(inline(ALLOW_ALL)));
    let arn = format!("arn:aws:iam::{OTHER}:user/foreign");
    for target in [OTHER, ACCOUNT] {
        let root = format!("arn:aws:iam::{target}:root");
        assume_root(&scene, &foreign, target, AUDIT).fails(403, "AccessDenied", &denied(&arn, &root));
    }
    for root in [&scene.root, &member] {
        let text = "Root sessions may not be assumed by root accounts.";
        assume_root(&scene, root, OTHER, AUDIT).fails(403, "AccessDenied", text);
    }
    let session = scene.sts(&admin, "GetSessionToken", &[]).ok().credentials();
    let text = "Cannot call AssumeRoot with session credentials";
    assume_root(&scene, &session, OTHER, AUDIT).fails(403, "AccessDenied", text);
}

#[test]
fn only_the_five_tasks_and_root_users_are_targets() {
    let (scene, admin, _) = scene();
    for task in [
        "arn:aws:iam::aws:policy/AdministratorAccess",
        "arn:aws:iam::aws:policy/root-task/AdministratorAccess",
        "arn:aws-cn:iam::aws:policy/root-task/S3UnlockBucketPolicy",
        "arn:aws:iam::444455556666:policy/root-task/S3UnlockBucketPolicy",
    ] {
        let answer = assume_root(&scene, &admin, OTHER, task);
        assert_eq!(
            (answer.status, answer.text("Code").as_str()),
            (400, "ValidationError"),
            "{task}"
        );
    }
    for target in [
        "arn:aws:iam::444455556666:user/eve",
        "arn:aws:iam::444455556666:role/eve",
        "arn:aws-cn:iam::444455556666:root",
        "44445555666x",
    ] {
        let answer = assume_root(&scene, &admin, target, AUDIT);
        assert_eq!(
            (answer.status, answer.text("Code").as_str()),
            (400, "ValidationError"),
            "{target}"
        );
    }
}

#[test]
fn turning_a_feature_off_ends_its_tasks_and_no_others() {
    const UNLOCK: &str = "arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy";
    let arn = format!("arn:aws:iam::{ACCOUNT}:user/admin");
    for (feature, ended, other) in [
        ("RootSessions", UNLOCK, AUDIT),
        ("RootCredentialsManagement", AUDIT, UNLOCK),
    ] {
        let (scene, admin, _) = scene();
        let session = |task| assume_root(&scene, &admin, OTHER, task).ok().credentials();
        let (dead, alive) = (session(ended), session(other));
        scene.sts(&dead, "GetCallerIdentity", &[]).ok();
        scene
            .iam(&admin, &format!("DisableOrganizations{feature}"), &[])
            .ok();
        assert_eq!(
            scene.sts(&dead, "GetCallerIdentity", &[]).status,
            403,
            "{feature}"
        );
        scene.sts(&alive, "GetCallerIdentity", &[]).ok();
        assume_root(&scene, &admin, OTHER, ended).fails(403, "AccessDenied", &denied(&arn, THEIR_ROOT));
        session(other);
        // What has ended does not begin anew with the feature.
        scene.advance(1);
        scene
            .iam(&admin, &format!("EnableOrganizations{feature}"), &[])
            .ok();
        scene.sts(&dead, "GetCallerIdentity", &[]).fails(
            403,
            "ExpiredToken",
            "The security token included in the request is expired",
        );
        scene.sts(&session(ended), "GetCallerIdentity", &[]).ok();
        scene.sts(&alive, "GetCallerIdentity", &[]).ok();
    }
}

#[test]
fn a_session_lasts_a_quarter_of_an_hour_at_most() {
    let (scene, admin, _) = scene();
    let parameters = [
        ("TargetPrincipal", OTHER),
        ("TaskPolicyArn.arn", AUDIT),
        ("DurationSeconds", "901"),
    ];
    assert_eq!(scene.sts(&admin, "AssumeRoot", &parameters).status, 400);
    let root = assume_root(&scene, &admin, OTHER, AUDIT).ok().credentials();
    scene.advance(899);
    scene.sts(&root, "GetCallerIdentity", &[]).ok();
    scene.advance(1);
    assert_eq!(scene.sts(&root, "GetCallerIdentity", &[]).status, 403);
}

#[test]
fn source_identity_comes_along_from_a_role() {
    let (scene, admin, _) = scene();
    let role = scene.role(ACCOUNT, "operator", &trust(ACCOUNT), |role| {
        role.inline.push(inline(&allow("sts:AssumeRoot", "*")));
    });
    let assumed = scene
        .assume(&admin, &role, &[("SourceIdentity", "ann")])
        .ok()
        .credentials();
    let answer = assume_root(&scene, &assumed, OTHER, AUDIT).ok();
    assert_eq!(answer.text("SourceIdentity"), "ann");
    let records = scene.records();
    let record = records
        .iter()
        .rfind(|record| record["eventName"] == "AssumeRoot")
        .unwrap();
    assert_eq!(record["readOnly"], false);
    assert_eq!(record["requestParameters"]["targetPrincipal"], OTHER);
    assert_eq!(record["requestParameters"]["taskPolicyArn"]["arn"], AUDIT);
    // The session has it too, not only the answer.
    scene.sts(&answer.credentials(), "GetCallerIdentity", &[]).ok();
    let record = scene.last_record();
    assert_eq!(record["userIdentity"]["sessionContext"]["sourceIdentity"], "ann");
}

#[test]
fn features_are_the_management_accounts_to_set() {
    let (scene, admin, member) = scene();
    scene
        .iam(&admin, "EnableOrganizationsRootCredentialsManagement", &[])
        .ok();
    let listed = scene.iam(&admin, "ListOrganizationsFeatures", &[]).ok();
    assert_eq!(
        listed.texts("member"),
        ["RootCredentialsManagement", "RootSessions"]
    );
    assert!(listed.text("OrganizationId").starts_with("o-"));
    scene
        .iam(&admin, "DisableOrganizationsRootCredentialsManagement", &[])
        .ok();
    let listed = scene.iam(&admin, "ListOrganizationsFeatures", &[]).ok();
    assert_eq!(listed.texts("member"), ["RootSessions"]);
    let text = "The request must come from the management account of the organization.";
    for (operation, code) in [
        (
            "EnableOrganizationsRootSessions",
            "CallerIsNotManagementAccountException",
        ),
        (
            "EnableOrganizationsRootCredentialsManagement",
            "CallerIsNotManagementAccountException",
        ),
        (
            "DisableOrganizationsRootSessions",
            "AccountNotManagementOrDelegatedAdministratorException",
        ),
        (
            "DisableOrganizationsRootCredentialsManagement",
            "AccountNotManagementOrDelegatedAdministratorException",
        ),
        (
            "ListOrganizationsFeatures",
            "AccountNotManagementOrDelegatedAdministratorException",
        ),
    ] {
        scene.iam(&member, operation, &[]).fails(400, code, text);
        let nobody = scene.user(ACCOUNT, &format!("nobody-{operation}"), |_| ());
        assert_eq!(scene.iam(&nobody, operation, &[]).status, 403, "{operation}");
    }
}
