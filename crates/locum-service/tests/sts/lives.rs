//! Sessions whose user or role changes while they live: what is decided is decided by what there is now.

use serde_json::json;

use super::scene::{ACCOUNT, ALLOW_ALL, Credentials, INVALID, Scene, World, allow, trust, user_arn};

const USER: (&str, &str) = ("UserName", "alice");

/// What alice's key made: her own session, a guest's, and one of a role that trusts her.
fn made(scene: &Scene, alice: &Credentials) -> [Credentials; 3] {
    let role = format!("arn:aws:iam::{ACCOUNT}:role/worker");
    let guest = [("Name", "guest"), ("Policy", ALLOW_ALL)];
    [
        scene.sts(alice, "GetSessionToken", &[]).credentials(),
        scene.sts(alice, "GetFederationToken", &guest).credentials(),
        scene.assume(alice, &role, &[]).credentials(),
    ]
}

fn scene() -> (Scene, Credentials, [Credentials; 3]) {
    let scene = Scene::new();
    // Made by operations, so that operations can change them.
    let alice = World::user(&scene, &scene.root, "alice", Some(ALLOW_ALL));
    let trust = trust(&user_arn("alice"));
    World::role(&scene, &scene.root, "worker", &trust, Some(ALLOW_ALL));
    let made = made(&scene, &alice);
    (scene, alice, made)
}

#[track_caller]
fn may(scene: &Scene, sessions: &[Credentials; 3], expected: [bool; 3]) {
    let found = [0, 1, 2].map(|at| {
        let answer = scene.organizations(&sessions[at], "DescribeOrganization", &json!({}));
        answer.status == 200
    });
    assert_eq!(found, expected);
}

#[test]
fn a_key_that_is_made_inactive_or_deleted_ends_its_own_use() {
    let (scene, alice, sessions) = scene();
    let key = ("AccessKeyId", &*alice.access_key_id);
    scene
        .iam(
            &scene.root,
            "UpdateAccessKey",
            &[USER, key, ("Status", "Inactive")],
        )
        .ok();
    for action in ["GetCallerIdentity", "GetSessionToken"] {
        scene
            .sts(&alice, action, &[])
            .fails(403, "InvalidClientTokenId", INVALID);
    }
    may(&scene, &sessions, [true; 3]);
    scene.iam(&scene.root, "DeleteAccessKey", &[USER, key]).ok();
    may(&scene, &sessions, [true; 3]);
    // Another key is no reason for the old one to work again.
    let again = scene.iam(&scene.root, "CreateAccessKey", &[USER]).credentials();
    scene.sts(&again, "GetCallerIdentity", &[]).ok();
    scene
        .sts(&alice, "GetCallerIdentity", &[])
        .fails(403, "InvalidClientTokenId", INVALID);
}

#[test]
fn whoever_is_renamed_or_moved_is_the_same_and_is_called_anew() {
    let (scene, alice, sessions) = scene();
    let moved = [USER, ("NewUserName", "bob"), ("NewPath", "/team/")];
    scene.iam(&scene.root, "UpdateUser", &moved).ok();
    let arn = |who: &Credentials| scene.sts(who, "GetCallerIdentity", &[]).ok().text("Arn");
    let bob = format!("arn:aws:iam::{ACCOUNT}:user/team/bob");
    assert_eq!([arn(&alice), arn(&sessions[0])], [bob.clone(), bob]);
    may(&scene, &sessions, [true; 3]);
    // The role trusts her by her id.
    let role = format!("arn:aws:iam::{ACCOUNT}:role/worker");
    scene.assume(&sessions[0], &role, &[]).ok();
    // What is denied to the new name is denied to the sessions of before; what is denied to the old one is not.
    for (name, expected) in [("bob", [false, true, true]), ("alice", [true; 3])] {
        let deny = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Deny","Action":"*","Resource":"*","Condition":{{"StringEquals":{{"aws:username":"{name}"}}}}}}}}"#
        );
        let policy = [
            ("UserName", "bob"),
            ("PolicyName", "deny"),
            ("PolicyDocument", &*deny),
        ];
        scene.iam(&scene.root, "PutUserPolicy", &policy).ok();
        may(&scene, &sessions, expected);
    }
}

#[test]
fn a_boundary_binds_sessions_of_before_for_as_long_as_it_is_there() {
    let (scene, _, sessions) = scene();
    let document = allow("s3:*", "*");
    let policy = [("PolicyName", "bounds"), ("PolicyDocument", &*document)];
    let boundary = scene.iam(&scene.root, "CreatePolicy", &policy).ok().text("Arn");
    let bound = [USER, ("PermissionsBoundary", &*boundary)];
    scene.iam(&scene.root, "PutUserPermissionsBoundary", &bound).ok();
    may(&scene, &sessions, [false, false, true]);
    let role = ("RoleName", "worker");
    let bound = [role, ("PermissionsBoundary", &*boundary)];
    scene.iam(&scene.root, "PutRolePermissionsBoundary", &bound).ok();
    may(&scene, &sessions, [false; 3]);
    scene
        .iam(&scene.root, "DeleteUserPermissionsBoundary", &[USER])
        .ok();
    may(&scene, &sessions, [true, true, false]);
    scene
        .iam(&scene.root, "DeleteRolePermissionsBoundary", &[role])
        .ok();
    may(&scene, &sessions, [true; 3]);
}

#[test]
fn a_shorter_limit_of_a_role_is_for_sessions_to_come() {
    let (scene, alice, _) = scene();
    let arn = format!("arn:aws:iam::{ACCOUNT}:role/worker");
    let limit = |seconds| [("RoleName", "worker"), ("MaxSessionDuration", seconds)];
    scene.iam(&scene.root, "UpdateRole", &limit("7200")).ok();
    let long = scene
        .assume(&alice, &arn, &[("DurationSeconds", "7200")])
        .credentials();
    scene.iam(&scene.root, "UpdateRole", &limit("3600")).ok();
    let answer = scene.assume(&alice, &arn, &[("DurationSeconds", "7200")]);
    assert_eq!(answer.text("Code"), "ValidationError");
    scene.advance(7199);
    scene.sts(&long, "GetCallerIdentity", &[]).ok();
    scene.advance(1);
    assert_eq!(
        scene.sts(&long, "GetCallerIdentity", &[]).text("Code"),
        "ExpiredToken"
    );
}
