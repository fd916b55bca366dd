//! The parts of one credential used with those of another (`facts: security §1.2`).

use locum_crypto::SecretString;
use locum_directory::AccountStatus;

use super::scene::{
    ACCOUNT, ALLOW_ALL, Credentials, EXPIRED, INVALID, MISMATCH, OTHER, Scene, inline, mixed, trust,
};

struct Two {
    scene: Scene,
    alice: Credentials,
    role: String,
    a: Credentials,
    b: Credentials,
}

fn two() -> Two {
    two_of(Scene::new())
}

fn two_of(scene: Scene) -> Two {
    let alice = scene.admin("alice");
    let role = scene.role(ACCOUNT, "worker", &trust(ACCOUNT), |_| ());
    let a = scene.assume(&alice, &role, &[]).credentials();
    let b = scene.assume(&alice, &role, &[]).credentials();
    Two {
        scene,
        alice,
        role,
        a,
        b,
    }
}

#[track_caller]
fn refused(scene: &Scene, who: &Credentials) {
    for action in ["GetCallerIdentity", "AssumeRole", "GetSessionToken"] {
        scene
            .sts(who, action, &[])
            .fails(403, "InvalidClientTokenId", INVALID);
    }
}

#[test]
fn tokens_keys_and_secrets_belong_together() {
    let Two {
        scene, alice, a, b, ..
    } = two();
    // A's token with B's key, whoever's secret.
    refused(&scene, &mixed(&b, &b, &a));
    refused(&scene, &mixed(&b, &a, &a));
    // A's key and token with B's secret: the signature is wrong.
    let answer = scene.sts(&mixed(&a, &b, &a), "GetCallerIdentity", &[]);
    answer.fails(403, "SignatureDoesNotMatch", MISMATCH);
    // A temporary key without its token, and a user's with one.
    refused(&scene, &mixed(&a, &a, &alice));
    refused(&scene, &mixed(&alice, &alice, &a));
    refused(&scene, &mixed(&alice, &a, &a));
}

#[test]
fn a_token_of_another_deployment() {
    // Same clock, accounts and names: only the deployment and its keys differ.
    let Two { a, .. } = two();
    let elsewhere = two_of(Scene::seeded(2));
    let mut stranger = a;
    refused(&elsewhere.scene, &stranger);
    stranger.access_key_id.clone_from(&elsewhere.a.access_key_id);
    refused(&elsewhere.scene, &stranger);
    elsewhere.scene.sts(&elsewhere.a, "GetCallerIdentity", &[]).ok();
}

#[test]
fn truncated_and_altered_tokens() {
    let Two { scene, a, .. } = two();
    let token = a.token.clone().unwrap();
    let token = token.expose();
    for text in [
        String::new(),
        "IQoJb3JpZ2luX2Vj".to_owned(),
        token[..token.len() - 1].to_owned(),
        token[..token.len() - 4].to_owned(),
        token[..token.len() / 2].to_owned(),
        format!("{token}AAAA"),
        token.replace("IQoJb3JpZ2luX2Vj", "FwoGZXIvYXdz"),
        token.replace('/', "_").replace('+', "-").to_lowercase(),
    ] {
        let altered = Credentials {
            token: Some(SecretString::new(text)),
            ..a.clone()
        };
        refused(&scene, &altered);
    }
}

#[test]
fn sessions_from_before_a_revocation() {
    let Two {
        scene,
        alice,
        role,
        a,
        ..
    } = two();
    scene.advance(10);
    let time = scene.now();
    scene.edit_role("worker", |role| role.revoke_before = Some(time));
    scene
        .sts(&a, "GetCallerIdentity", &[])
        .fails(403, "ExpiredToken", EXPIRED);
    // One of the very second is not known to be later, so it is refused; the next second's is not.
    let same = scene.assume(&alice, &role, &[]).credentials();
    scene
        .sts(&same, "GetCallerIdentity", &[])
        .fails(403, "ExpiredToken", EXPIRED);
    scene.advance(1);
    let later = scene.assume(&alice, &role, &[]).credentials();
    scene.sts(&later, "GetCallerIdentity", &[]).ok();
}

#[test]
fn revoked_users_and_roots() {
    let scene = Scene::new();
    let alice = scene.admin("alice");
    let of_user = scene.sts(&alice, "GetSessionToken", &[]).credentials();
    let federated = scene
        .sts(&alice, "GetFederationToken", &[("Name", "guest")])
        .credentials();
    let of_root = scene.sts(&scene.root, "GetSessionToken", &[]).credentials();
    let by_root = scene
        .sts(&scene.root, "GetFederationToken", &[("Name", "guest")])
        .credentials();
    let all = [of_user, federated, of_root, by_root];
    for session in &all {
        scene.sts(session, "GetCallerIdentity", &[]).ok();
    }
    let time = scene.now();
    scene.edit_user("alice", |user| user.revoke_before = Some(time));
    scene.edit_account(ACCOUNT, |account| account.root.revoke_before = Some(time));
    for session in &all {
        scene
            .sts(session, "GetCallerIdentity", &[])
            .fails(403, "ExpiredToken", EXPIRED);
    }
    // Long-term keys are not sessions.
    scene.sts(&alice, "GetCallerIdentity", &[]).ok();
}

#[test]
fn a_closed_account_has_no_credentials_and_no_roles() {
    let scene = Scene::new();
    let root = scene.other_account(OTHER);
    let bob = scene.user(OTHER, "bob", |user| user.inline.push(inline(ALLOW_ALL)));
    let alice = scene.admin("alice");
    let role = scene.role(OTHER, "worker", &trust("*"), |_| ());
    let session = scene.assume(&bob, &role, &[]).credentials();
    let federated = scene
        .sts(&bob, "GetFederationToken", &[("Name", "guest")])
        .credentials();
    scene.assume(&alice, &role, &[]).ok();
    scene.edit_account(OTHER, |account| account.status = AccountStatus::Suspended);
    for who in [&root, &bob, &session, &federated] {
        refused(&scene, who);
    }
    assert_eq!(scene.assume(&alice, &role, &[]).status, 403);
}
