//! Session policies, and what a chain of sessions may do (`facts: sts §2.4`, `security §1.2`).

use locum_directory::{Changes, ManagedPolicy, Role};
use locum_policy::{Policy, PolicyKind};

use super::scene::{ACCOUNT, ALLOW_ALL, Credentials, OTHER, Scene, account, all_but, allow, inline, trust};

const KEY: &[(&str, &str)] = &[("AccessKeyId", "AKIAQNZGKIQY56JQ7WML")];

/// Whether a session may call the one operation that needs nothing but a permission.
fn may(scene: &Scene, who: &Credentials) -> bool {
    scene.sts(who, "GetAccessKeyInfo", KEY).status == 200
}

fn all(role: &mut Role) {
    role.inline.push(inline(ALLOW_ALL));
}

#[test]
fn a_session_policy_only_takes_away() {
    let scene = Scene::new();
    let alice = scene.admin("alice");
    let wide = scene.role(ACCOUNT, "wide", &trust(ACCOUNT), all);
    let empty = scene.role(ACCOUNT, "empty", &trust(ACCOUNT), |_| ());
    let session = |role: &str, policy: &str| scene.assume(&alice, role, &[("Policy", policy)]).credentials();
    assert!(may(&scene, &session(&wide, &allow("sts:GetAccessKeyInfo", "*"))));
    assert!(!may(&scene, &session(&wide, &allow("sts:AssumeRole", "*"))));
    assert!(!may(&scene, &session(&wide, &all_but("sts:GetAccessKeyInfo"))));
    assert!(!may(&scene, &session(&empty, ALLOW_ALL)));
    let unlimited = scene.assume(&alice, &wide, &[]).credentials();
    assert!(may(&scene, &unlimited));
    // GetCallerIdentity needs no permission and no deny takes it away.
    let none = session(&wide, &all_but("*"));
    scene.sts(&none, "GetCallerIdentity", &[]).ok();
}

#[test]
fn session_policies_by_arn_are_a_union_that_limits() {
    let scene = Scene::new();
    let alice = scene.admin("alice");
    let wide = scene.role(ACCOUNT, "wide", &trust(ACCOUNT), all);
    let (_, info) = scene.policy(ACCOUNT, "info", &allow("sts:GetAccessKeyInfo", "*"));
    let (_, s3) = scene.policy(ACCOUNT, "s3", &allow("s3:*", "*"));
    let session = |more: &[(&str, &str)]| scene.assume(&alice, &wide, more).credentials();
    let arn = "PolicyArns.member.1.arn";
    assert!(may(&scene, &session(&[(arn, &info)])));
    assert!(!may(&scene, &session(&[(arn, &s3)])));
    assert!(may(
        &scene,
        &session(&[(arn, &s3), ("PolicyArns.member.2.arn", &info)])
    ));
    let narrow = allow("s3:*", "*");
    assert!(may(&scene, &session(&[(arn, &info), ("Policy", &narrow)])));
}

#[test]
fn a_session_policy_that_is_deleted_leaves_nothing() {
    // It might have been the one that denied.
    let scene = Scene::new();
    let alice = scene.admin("alice");
    let wide = scene.role(ACCOUNT, "wide", &trust(ACCOUNT), all);
    let (id, never) = scene.policy(ACCOUNT, "never", &all_but("sts:GetAccessKeyInfo"));
    let more = [("PolicyArns.member.1.arn", &*never), ("Policy", ALLOW_ALL)];
    let session = scene.assume(&alice, &wide, &more).credentials();
    assert!(!may(&scene, &session));
    scene.change(|snapshot| {
        let mut changes = Changes::new();
        changes.delete(&**snapshot.policy_by_id(&id).unwrap());
        changes
    });
    assert!(!may(&scene, &session));
}

#[test]
fn a_session_policy_that_is_made_again_is_another() {
    let scene = Scene::new();
    let alice = scene.admin("alice");
    let wide = scene.role(ACCOUNT, "wide", &trust(ACCOUNT), all);
    let session = |arn: &str| {
        let more = [("PolicyArns.member.1.arn", arn)];
        scene.assume(&alice, &wide, &more).credentials()
    };
    let (id, arn) = scene.policy(ACCOUNT, "limit", &allow("s3:*", "*"));
    let before = session(&arn);
    assert!(!may(&scene, &before));
    scene.change(|snapshot| {
        let mut changes = Changes::new();
        changes.delete(&**snapshot.policy_by_id(&id).unwrap());
        changes
    });
    scene.advance(1);
    let (id, again) = scene.policy(ACCOUNT, "limit", &allow("sts:*", "*"));
    assert_eq!(again, arn);
    assert!(!may(&scene, &before), "a namesake does not let it out");
    let after = session(&arn);
    assert!(may(&scene, &after));
    // Another version of the same policy counts at once.
    scene.change(|snapshot| {
        let mut policy = ManagedPolicy::clone(snapshot.policy_by_id(&id).unwrap());
        policy.versions[0].policy = Policy::compile(&all_but("sts:*"), PolicyKind::Managed).unwrap();
        let mut changes = Changes::new();
        changes.put(policy);
        changes
    });
    assert!(!may(&scene, &after));
}

#[test]
fn a_chained_call_must_pass_the_first_sessions_policies() {
    let scene = Scene::new();
    let alice = scene.admin("alice");
    let first = scene.role(ACCOUNT, "first", &trust(ACCOUNT), all);
    let second = scene.role(ACCOUNT, "second", &trust(ACCOUNT), all);
    let narrow = allow("s3:*", "*");
    let limited = scene.assume(&alice, &first, &[("Policy", &narrow)]).credentials();
    assert_eq!(scene.assume(&limited, &second, &[]).status, 403);
    let only_assume = allow("sts:AssumeRole", &second);
    let limited = scene
        .assume(&alice, &first, &[("Policy", &only_assume)])
        .credentials();
    assert!(may(&scene, &scene.assume(&limited, &second, &[]).credentials()));
    assert_eq!(scene.assume(&limited, &first, &[]).status, 403);
}

#[test]
fn the_policies_of_the_role_bind_sessions_at_once() {
    let scene = Scene::new();
    let alice = scene.admin("alice");
    let wide = scene.role(ACCOUNT, "wide", &trust(ACCOUNT), all);
    let session = scene.assume(&alice, &wide, &[]).credentials();
    assert!(may(&scene, &session));
    scene.edit_role("wide", |role| {
        role.inline.push(inline(&all_but("sts:GetAccessKeyInfo")))
    });
    assert!(!may(&scene, &session));
    scene.edit_role("wide", |role| role.inline.clear());
    assert!(!may(&scene, &session));
    scene.edit_role("wide", all);
    assert!(may(&scene, &session));
    let (boundary, _) = scene.policy(ACCOUNT, "bound", &allow("s3:*", "*"));
    scene.edit_role("wide", |role| role.boundary = Some(boundary));
    assert!(!may(&scene, &session));
}

#[test]
fn session_policies_by_arn_are_those_of_the_roles_account() {
    let scene = Scene::new();
    scene.other_account(OTHER);
    let alice = scene.admin("alice");
    let theirs = scene.role(OTHER, "theirs", &trust(ACCOUNT), |_| ());
    let (_, own) = scene.policy(ACCOUNT, "own", ALLOW_ALL);
    let (_, foreign) = scene.policy(OTHER, "foreign", ALLOW_ALL);
    let ask = |arn: &str| scene.assume(&alice, &theirs, &[("PolicyArns.member.1.arn", arn)]);
    assert_eq!(ask(&own).text("Code"), "MalformedPolicyDocument");
    ask(&foreign).ok();
}

#[test]
fn a_session_does_not_outlive_its_roles_account_or_itself() {
    let scene = Scene::new();
    let alice = scene.admin("alice");
    let wide = scene.role(ACCOUNT, "wide", &trust(ACCOUNT), all);
    let session = scene
        .assume(&alice, &wide, &[("DurationSeconds", "900")])
        .credentials();
    scene.advance(800);
    let chained = scene.assume(&session, &wide, &[("DurationSeconds", "3600")]).ok();
    assert_eq!(chained.text("Expiration"), "2026-11-22T13:13:20Z");
    scene.advance(100);
    assert_eq!(scene.assume(&session, &wide, &[]).text("Code"), "ExpiredToken");
    assert!(scene.snapshot().role(account(ACCOUNT), "wide").is_some());
}
