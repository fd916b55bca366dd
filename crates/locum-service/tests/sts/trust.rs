//! Whom a trust policy means (`facts: sts §4.6`).

use locum_directory::User;

use super::scene::{
    ACCOUNT, ALLOW_ALL, Credentials, OTHER, Scene, all_but, allow, inline, trust, trust_if, user_arn,
};

fn nothing(_: &mut User) {}

fn all(user: &mut User) {
    user.inline.push(inline(ALLOW_ALL));
}

#[track_caller]
fn assumes(scene: &Scene, who: &Credentials, role: &str, expected: bool) {
    let answer = scene.assume(who, role, &[]);
    assert_eq!(answer.status == 200, expected, "{}", answer.body);
}

#[test]
fn an_account_delegates_and_a_user_is_enough() {
    let scene = Scene::new();
    let (alice, bob) = (
        scene.user(ACCOUNT, "alice", nothing),
        scene.user(ACCOUNT, "bob", all),
    );
    let root_arn = format!("arn:aws:iam::{ACCOUNT}:root");
    for (at, account) in [ACCOUNT, &root_arn].into_iter().enumerate() {
        let role = scene.role(ACCOUNT, &format!("account{at}"), &trust(account), |_| ());
        assumes(&scene, &alice, &role, false);
        assumes(&scene, &bob, &role, true);
    }
    let role = scene.role(ACCOUNT, "direct", &trust(&user_arn("alice")), |_| ());
    assumes(&scene, &alice, &role, true);
    assumes(&scene, &bob, &role, false);
    // An explicit deny wins over a direct grant.
    scene.edit_user("alice", |user| {
        user.inline.push(inline(&all_but("sts:AssumeRole")))
    });
    assumes(&scene, &alice, &role, false);
}

#[test]
fn an_identity_policy_alone_is_never_enough() {
    let scene = Scene::new();
    let alice = scene.admin("alice");
    let role = scene.role(ACCOUNT, "other", &trust(OTHER), |_| ());
    assumes(&scene, &alice, &role, false);
}

#[test]
fn a_direct_grant_passes_the_boundary_of_a_user() {
    let scene = Scene::new();
    let (boundary, _) = scene.policy(ACCOUNT, "bound", &allow("s3:*", "*"));
    let bounded = |user: &mut User| {
        user.boundary = Some(boundary);
        all(user);
    };
    let alice = scene.user(ACCOUNT, "alice", bounded);
    let direct = scene.role(ACCOUNT, "direct", &trust(&user_arn("alice")), |_| ());
    let delegated = scene.role(ACCOUNT, "delegated", &trust(ACCOUNT), |_| ());
    assumes(&scene, &alice, &direct, true);
    assumes(&scene, &alice, &delegated, false);
}

#[test]
fn a_role_arn_does_not_pass_boundary_or_session_policy() {
    let scene = Scene::new();
    let alice = scene.admin("alice");
    let (boundary, _) = scene.policy(ACCOUNT, "bound", &allow("s3:*", "*"));
    let worker = scene.role(ACCOUNT, "worker", &trust(ACCOUNT), |_| ());
    let via_role = scene.role(ACCOUNT, "via-role", &trust(&worker), |_| ());
    let session_arn = format!("arn:aws:sts::{ACCOUNT}:assumed-role/worker/session");
    let direct = scene.role(ACCOUNT, "direct", &trust(&session_arn), |_| ());

    // The role has no permissions: its ARN in the trust policy is enough.
    let plain = scene.assume(&alice, &worker, &[]).credentials();
    assumes(&scene, &plain, &via_role, true);
    assumes(&scene, &plain, &direct, true);
    let narrow = allow("s3:*", "*");
    let limited = scene
        .assume(&alice, &worker, &[("Policy", &narrow)])
        .credentials();
    assumes(&scene, &limited, &via_role, false);
    assumes(&scene, &limited, &direct, true);
    scene.edit_role("worker", |role| role.boundary = Some(boundary));
    assumes(&scene, &plain, &via_role, false);
    assumes(&scene, &plain, &direct, true);
    // A session of another name is another principal.
    let other = [("RoleArn", &*worker), ("RoleSessionName", "other")];
    let other = scene.sts(&alice, "AssumeRole", &other).credentials();
    assumes(&scene, &other, &direct, false);
}

#[test]
fn across_accounts_both_sides_must_allow() {
    let scene = Scene::new();
    scene.other_account(OTHER);
    let (alice, bob) = (
        scene.user(ACCOUNT, "alice", nothing),
        scene.user(ACCOUNT, "bob", all),
    );
    let by_account = scene.role(OTHER, "by-account", &trust(ACCOUNT), |_| ());
    let by_alice = scene.role(OTHER, "by-alice", &trust(&user_arn("alice")), |_| ());
    let everyone = scene.role(OTHER, "everyone", &trust("*"), |_| ());
    let nobody = scene.role(OTHER, "nobody", &trust(OTHER), |_| ());
    for role in [&by_account, &by_alice, &everyone] {
        assumes(&scene, &alice, role, false);
    }
    assumes(&scene, &bob, &by_account, true);
    assumes(&scene, &bob, &by_alice, false);
    assumes(&scene, &bob, &everyone, true);
    assumes(&scene, &bob, &nobody, false);
    scene.edit_user("alice", |user| {
        user.inline.push(inline(&allow("sts:AssumeRole", &by_alice)))
    });
    assumes(&scene, &alice, &by_alice, true);
    assumes(&scene, &alice, &by_account, false);
}

#[test]
fn everyone_means_everyone_of_the_account() {
    let scene = Scene::new();
    let alice = scene.user(ACCOUNT, "alice", nothing);
    let role = scene.role(ACCOUNT, "open", &trust("*"), |_| ());
    assumes(&scene, &alice, &role, true);
}

#[test]
fn a_namesake_is_a_stranger() {
    let scene = Scene::new();
    let alice = scene.admin("alice");
    let worker = scene.role(ACCOUNT, "worker", &trust(ACCOUNT), |_| ());
    let inner = scene.role(ACCOUNT, "inner", &trust(&worker), |_| ());
    let session = scene.assume(&alice, &worker, &[]).credentials();
    assumes(&scene, &session, &inner, true);
    scene.delete_role("worker");
    let again = scene.role(ACCOUNT, "worker", &trust(ACCOUNT), |_| ());
    let session = scene.assume(&alice, &again, &[]).credentials();
    assumes(&scene, &session, &inner, false);
    // By condition the name counts, whoever has it.
    let named = format!(r#"{{"ArnEquals":{{"aws:PrincipalArn":"{again}"}}}}"#);
    let by_name = scene.role(ACCOUNT, "by-name", &trust_if("*", &named), |_| ());
    assumes(&scene, &session, &by_name, true);
    assumes(&scene, &alice, &by_name, false);
}

#[test]
fn a_session_of_a_namesake_is_a_stranger() {
    let scene = Scene::new();
    let alice = scene.admin("alice");
    let worker = scene.role(ACCOUNT, "worker", &trust(ACCOUNT), |_| ());
    let named = format!("arn:aws:sts::{ACCOUNT}:assumed-role/worker/session");
    let inner = scene.role(ACCOUNT, "inner", &trust(&named), |_| ());
    let session = scene.assume(&alice, &worker, &[]).credentials();
    assumes(&scene, &session, &inner, true);
    // Whoever may make roles could else make one that is trusted already.
    scene.delete_role("worker");
    let again = scene.role(ACCOUNT, "worker", &trust(ACCOUNT), |_| ());
    let session = scene.assume(&alice, &again, &[]).credentials();
    assumes(&scene, &session, &inner, false);
    // The same written anew means the role that there is now.
    let inner = scene.role(ACCOUNT, "anew", &trust(&named), |_| ());
    assumes(&scene, &session, &inner, true);
}

#[test]
fn a_role_assumes_itself_only_if_it_is_trusted() {
    // §2.4: since 2022 a role needs an explicit grant for itself too.
    let scene = Scene::new();
    let alice = scene.admin("alice");
    let grant = |role: &mut locum_directory::Role| role.inline.push(inline(ALLOW_ALL));
    let arn = scene.role(ACCOUNT, "worker", &trust(&user_arn("alice")), grant);
    let session = scene.assume(&alice, &arn, &[]).credentials();
    assumes(&scene, &session, &arn, false);
    let trusting = scene.role(ACCOUNT, "narcissus", &trust(&user_arn("alice")), |_| ());
    let id = super::scene::role(&scene, "narcissus").id;
    scene.edit_role("narcissus", |role| {
        let document = trust(&user_arn("alice")).replace(&user_arn("alice"), &id.to_string());
        role.trust = locum_policy::Policy::compile(&document, locum_policy::PolicyKind::Trust).unwrap();
    });
    assumes(&scene, &alice, &trusting, false);
    let both = format!(
        r#"["{id}","{}"]"#,
        scene
            .snapshot()
            .user(super::scene::account(ACCOUNT), "alice")
            .unwrap()
            .id
    );
    scene.edit_role("narcissus", |role| {
        let document = trust("X").replace(r#""X""#, &both);
        role.trust = locum_policy::Policy::compile(&document, locum_policy::PolicyKind::Trust).unwrap();
    });
    let session = scene.assume(&alice, &trusting, &[]).credentials();
    assumes(&scene, &session, &trusting, true);
}
