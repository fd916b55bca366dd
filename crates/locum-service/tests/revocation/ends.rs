//! What a revocation ends, and what it does not.

use std::sync::Arc;

use locum_api::model::Service as Api;
use locum_directory::MemoryStore;
use serde_json::json;

use super::scene::{ROLE, ROOT, Scene, USER};
use crate::harness::{Credentials, World};

/// The sessions of everybody, with the principal whose revocation ends each.
fn everybodys(scene: &Scene) -> [(&'static str, Credentials); 5] {
    [
        (USER, scene.session_of(&scene.alice)),
        (USER, scene.federated_by(&scene.alice)),
        (ROLE, scene.assumed()),
        (ROOT, scene.session_of(&scene.root)),
        (ROOT, scene.federated_by(&scene.root)),
    ]
}

#[test]
fn the_sessions_of_one_principal_end_and_no_others() {
    for principal in [USER, ROLE, ROOT] {
        let scene = Scene::new();
        let before = everybodys(&scene);
        scene.advance(10);
        scene.revoke(&scene.root, principal).ok();
        // The order within the second of the revocation is not known.
        let same_second = everybodys(&scene);
        scene.advance(1);
        for (of, session) in before.iter().chain(&same_second) {
            assert_eq!(scene.lives(session), *of != principal, "{of} after {principal}");
        }
        for (of, session) in everybodys(&scene) {
            assert!(scene.lives(&session), "{of} is issued anew");
        }
        // Long-term keys are not sessions.
        assert!(scene.lives(&scene.alice) && scene.lives(&scene.root));
    }
}

#[test]
fn a_time_that_has_passed_leaves_what_was_issued_after_it() {
    for (given, revoked) in [
        (json!("2026-11-22T12:00:10Z"), 10),
        (json!("2026-11-22T12:00:10.999Z"), 10),
        (json!("2026-11-22T13:00:10+01:00"), 10),
        (json!("2026-11-22T12:00:00Z"), 0),
        (json!("2026-11-22T11:59:59Z"), -1),
        (json!(1_795_348_810), 10),
        (json!(0), -1_795_348_800),
    ] {
        let scene = Scene::new();
        let begin = scene.now().as_second();
        let sessions: Vec<_> = (0..3)
            .map(|_| {
                let session = (scene.now().as_second() - begin, scene.assumed());
                scene.advance(10);
                session
            })
            .collect();
        let body = json!({ "PrincipalArn": ROLE, "IssuedBefore": given });
        let answer = scene.ask(&scene.root, &body).ok().json();
        let expected = json!({ "PrincipalArn": ROLE, "RevokedBefore": begin + revoked });
        assert_eq!(answer, expected);
        for (issued, session) in sessions {
            assert_eq!(scene.lives(&session), issued > revoked, "{given}: {issued}");
        }
    }
}

#[test]
fn the_time_never_moves_back() {
    for principal in [USER, ROLE, ROOT] {
        let scene = Scene::new();
        let sessions = everybodys(&scene);
        scene.advance(10);
        let first = scene.revoke(&scene.root, principal).ok().json();
        assert_eq!(first["RevokedBefore"], scene.now().as_second());
        scene.advance(10);
        let sooner = json!({ "PrincipalArn": principal, "IssuedBefore": 0 });
        assert_eq!(scene.ask(&scene.root, &sooner).ok().json(), first);
        for (of, session) in &sessions {
            assert_eq!(scene.lives(session), *of != principal);
        }
        let later = scene.revoke(&scene.root, principal).ok().json();
        assert_eq!(later["RevokedBefore"], scene.now().as_second());
    }
}

/// Neither with a second revocation nor in any other way.
#[test]
fn what_was_revoked_does_nothing_more() {
    let scene = Scene::new();
    let session = scene.assumed();
    // A session may end its own kind, and is the first that it ends.
    scene.revoke(&session, ROLE).ok();
    assert!(!scene.lives(&session));
    let again = json!({ "PrincipalArn": ROLE, "IssuedBefore": 0 });
    let answer = scene.ask(&session, &again);
    assert_eq!(answer.json()["__type"], "ExpiredToken", "{}", answer.body);
    // Changes of the role leave the time where it is.
    let described = [("RoleName", "worker"), ("Description", "changed")];
    scene.iam(&scene.root, "UpdateRole", &described).ok();
    assert!(!scene.lives(&session));
}

#[test]
fn a_user_of_another_name_or_path_is_still_revoked() {
    let scene = Scene::new();
    let session = scene.session_of(&scene.alice);
    scene.revoke(&scene.root, USER).ok();
    let moved = [
        ("UserName", "alice"),
        ("NewUserName", "alicia"),
        ("NewPath", "/team/"),
    ];
    scene.iam(&scene.root, "UpdateUser", &moved).ok();
    assert!(!scene.lives(&session));
    scene.advance(1);
    scene
        .revoke(&scene.root, "arn:aws:iam::111122223333:user/team/alicia")
        .ok();
}

/// What a session issued to itself goes with it; what it issued of another role does not.
#[test]
fn a_chain_ends_where_its_role_does() {
    let scene = Scene::new();
    let trust = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}}"#;
    let next = scene.role(&scene.root, "next", trust, None);
    let first = scene.assumed();
    let chained = |role: &str| {
        let parameters = [("RoleArn", role), ("RoleSessionName", "chained")];
        scene.sts(&first, "AssumeRole", &parameters).credentials()
    };
    let (same, other) = (chained(ROLE), chained(&next));
    scene.revoke(&scene.root, ROLE).ok();
    assert_eq!(
        [&first, &same, &other].map(|who| scene.lives(who)),
        [false, false, true]
    );
    scene.revoke(&scene.root, &next).ok();
    assert!(!scene.lives(&other));
}

#[test]
fn it_is_stored() {
    let store = Arc::new(MemoryStore::new());
    let scene = Scene::of(World::over(Arc::clone(&store) as _, 1));
    let sessions = everybodys(&scene);
    scene.revoke(&scene.root, ROLE).ok();
    scene.revoke(&scene.root, ROOT).ok();
    let restarted = World::over(store, 1);
    for (of, session) in &sessions {
        let status = restarted.sts(session, "GetCallerIdentity", &[]).status;
        assert_eq!(status, if *of == USER { 200 } else { 403 }, "{of}");
    }
}

#[test]
fn whoever_runs_the_program_may() {
    let scene = Scene::new();
    let session = scene.assumed();
    let parameters = json!({ "PrincipalArn": ROLE });
    scene
        .operator(scene.account, Api::Locum, "RevokeSessions", &parameters)
        .unwrap();
    assert!(!scene.lives(&session));
}
