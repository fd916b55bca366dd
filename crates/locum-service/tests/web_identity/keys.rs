//! Keys: at hand, on their way, rotated, vouched for by a thumbprint; and whoever floods them.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Instant,
};

use locum_federation::oidc::{FetchProblem, Verification};
use serde_json::{Value, json};

use super::{
    issuer::{EC, RSA, STRANGER, token},
    scene::{CLIENT, EC_ID, RSA_ID, Scene, URL, octets},
};

const UNREACHABLE: &str = "The identity provider could not be reached to verify the incoming identity token. Please retry the request";
const NO_KEY: &str = "Couldn't retrieve verification key from your identity provider,  please reference \
                      AssumeRoleWithWebIdentity documentation for requirements";
const MISMATCH: &str = "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint";

/// Counts how often the fetcher is woken.
fn woken(scene: &Scene) -> Arc<AtomicUsize> {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let wake = move || {
        counted.fetch_add(1, SeqCst);
    };
    scene.service.identity_keys().set_waker(wake);
    count
}

#[test]
fn an_unknown_key_is_asked_for_once_and_then_refused() {
    let scene = Scene::new();
    let role = scene.open_role("worker");
    let woken = woken(&scene);
    let token = token("new-1", &STRANGER, &Value::Object(scene.claims()));
    let assume = || scene.assume(&role, &token, &[]);
    assume().fails(400, "IDPCommunicationError", UNREACHABLE);
    assume().fails(400, "IDPCommunicationError", UNREACHABLE);
    assert_eq!(woken.load(SeqCst), 1);
    // The fetch brings the same keys as before: there is none for this token.
    scene.publish(URL, &[(RSA_ID, &RSA), (EC_ID, &EC)]);
    assume().fails(400, "InvalidIdentityToken", NO_KEY);
    assert_eq!(woken.load(SeqCst), 1);
    // Half a minute later it may ask again, and the issuer has published the key by now.
    scene.advance(30);
    assume().fails(400, "IDPCommunicationError", UNREACHABLE);
    assert_eq!(woken.load(SeqCst), 2);
    scene.publish(URL, &[(EC_ID, &EC), ("new-1", &STRANGER)]);
    assume().ok();
}

#[test]
fn a_withdrawn_key_verifies_nothing_more() {
    let scene = Scene::new();
    let role = scene.open_role("worker");
    let token = scene.token(json!({}));
    scene.assume(&role, &token, &[]).ok();
    scene.publish(URL, &[(RSA_ID, &RSA)]);
    scene
        .assume(&role, &token, &[])
        .fails(400, "IDPCommunicationError", UNREACHABLE);
    scene.publish(URL, &[(RSA_ID, &RSA)]);
    scene
        .assume(&role, &token, &[])
        .fails(400, "InvalidIdentityToken", NO_KEY);
}

#[test]
fn the_last_good_keys_serve_while_the_issuer_is_away() {
    let scene = Scene::new();
    let role = scene.open_role("worker");
    for _ in 0..24 {
        scene.advance(3600);
        scene.fetch(URL, Err(FetchProblem::Unreachable));
        scene.assume_with(&role, json!({})).ok();
    }
    scene.advance(7 * 24 * 3600);
    assert_eq!(
        scene.assume_with(&role, json!({})).text("Code"),
        "IDPCommunicationError"
    );
}

#[test]
fn a_flood_of_unknown_keys_causes_one_fetch_and_stops_nobody() {
    let scene = Scene::new();
    let role = scene.open_role("worker");
    let woken = woken(&scene);
    // The signatures are not looked at without a key: one token's serves them all.
    let good = scene.token(json!({}));
    let parts: Vec<&str> = good.split('.').collect();
    let began = Instant::now();
    for number in 0..10_000 {
        use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
        let header = json!({ "alg": "ES384", "kid": format!("random-{number}") }).to_string();
        let token = format!(
            "{}.{}.{}",
            BASE64_URL_SAFE_NO_PAD.encode(header),
            parts[1],
            parts[2]
        );
        assert_eq!(scene.assume(&role, &token, &[]).status, 400);
        if number % 1000 == 0 {
            scene.assume(&role, &good, &[]).ok();
        }
    }
    assert_eq!(woken.load(SeqCst), 1, "in {:?}", began.elapsed());
    let due = scene.service.identity_keys().due(scene.now(), 1000);
    assert_eq!(due.len(), 1);
}

#[test]
fn tokens_of_unregistered_issuers_take_no_room() {
    let scene = Scene::new();
    let role = scene.open_role("worker");
    let before = format!("{:?}", scene.service.identity_keys());
    for number in 0..100 {
        let answer = scene.assume_with(
            &role,
            json!({ "iss": format!("https://random-{number}.example.com") }),
        );
        assert_eq!(answer.text("Code"), "InvalidIdentityToken");
    }
    assert_eq!(format!("{:?}", scene.service.identity_keys()), before);
    assert!(before.contains('1'), "{before}");
}

#[test]
fn a_thumbprint_vouches_for_whoever_registered_it() {
    let scene = Scene::new();
    let (registered, other) = ("a".repeat(40), "b".repeat(40));
    let url = "https://private.example.com";
    let other_account = scene.other_account("444455556666");
    scene.provider(&scene.root, url, &[CLIENT], &[&registered]).ok();
    scene.provider(&other_account, url, &[CLIENT], &[&other]).ok();
    let arn = |account| super::scene::provider_arn(account, "private.example.com");
    let action = r#""sts:AssumeRoleWithWebIdentity""#;
    let trust = |account| super::scene::trust(&arn(account), action, "{}");
    let here = scene.role(&scene.root, "worker", &trust("111122223333"), None);
    let there = scene.role(&other_account, "worker", &trust("444455556666"), None);
    let print = |hex: &str| Verification::Thumbprint(Arc::from([octets(hex)]));
    scene.fetched(url, &[(EC_ID, &EC)], print(&registered));
    let token = scene.token(json!({ "iss": url }));
    scene.assume(&here, &token, &[]).ok();
    let method = &scene.record()["additionalEventData"]["identityProviderConnectionVerificationMethod"];
    assert_eq!(method, "Thumbprint");
    scene
        .assume(&there, &token, &[])
        .fails(400, "InvalidIdentityToken", MISMATCH);
    // Another thumbprint: from now on the keys that the old one vouched for count for nothing.
    let parameters = [
        ("OpenIDConnectProviderArn", &*arn("111122223333")),
        ("ThumbprintList.member.1", &*other),
    ];
    scene
        .iam(&scene.root, "UpdateOpenIDConnectProviderThumbprint", &parameters)
        .ok();
    scene
        .assume(&here, &token, &[])
        .fails(400, "InvalidIdentityToken", MISMATCH);
    scene.fetched(url, &[(EC_ID, &EC)], print(&other));
    scene.assume(&here, &token, &[]).ok();
    scene.assume(&there, &token, &[]).ok();
}
