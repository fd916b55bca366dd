//! With which credentials it can be called at all.

use serde_json::json;

use super::{
    phone::Phone,
    scene::{ROLE, Scene, refused},
};

#[test]
fn what_was_lent_without_a_second_factor_cannot() {
    let scene = Scene::new();
    let message = "Cannot call RevokeSessions with session credentials";
    let expected = (403, "AccessDenied".to_owned(), message.to_owned());
    let victim = scene.assumed();
    for who in [
        scene.session_of(&scene.alice),
        scene.session_of(&scene.root),
        scene.federated_by(&scene.alice),
        scene.federated_by(&scene.root),
    ] {
        for body in [
            json!({ "PrincipalArn": ROLE }),
            json!({ "PrincipalArn": "arn:aws:iam::111122223333:role/none" }),
        ] {
            assert_eq!(refused(&scene.ask(&who, &body)), expected);
        }
    }
    assert!(scene.lives(&victim));
}

#[test]
fn keys_roles_and_sessions_with_a_second_factor_can() {
    let scene = Scene::new();
    let phone = Phone::of_user(&scene, "alice");
    let with_code = phone
        .sign_in(&scene, &scene.alice, &phone.shows(&scene, 0))
        .credentials();
    let assumed = scene.assumed();
    let bob = scene.user(&scene.root, "bob", None);
    for who in [&scene.root, &scene.alice, &with_code, &assumed] {
        scene.advance(1);
        let victim = scene.session_of(&bob);
        assert!(scene.lives(&victim));
        scene.revoke(who, "arn:aws:iam::111122223333:user/bob").ok();
        assert!(!scene.lives(&victim));
    }
}
