//! Keys follow each other, and no token of one is ever without its public half.

use std::{collections::BTreeMap, sync::Arc};

use locum_crypto::{RotationSchedule, SeededRandom};
use locum_service::{
    Service,
    audit::{AuditSink, Unrecorded},
};

use super::{
    partner::Partner,
    scene::{Credentials, Scene},
};

const HOUR: i64 = 3600;

/// A token that has not expired.
struct Live {
    token: String,
    expires_at: i64,
}

/// What the background thread does.
fn rotate(scene: &Scene) {
    let mut random = SeededRandom::new(5);
    scene
        .service
        .rotate(scene.now(), &RotationSchedule::default(), &mut random)
        .unwrap();
}

fn issue(scene: &Scene, who: &Credentials, algorithm: &str) -> Live {
    let parameters = [("SigningAlgorithm", algorithm), ("DurationSeconds", "3600")];
    let answer = scene.ask(who, &parameters).ok();
    Live {
        token: answer.text("WebIdentityToken"),
        expires_at: scene.now().as_second() + HOUR,
    }
}

#[test]
fn every_token_verifies_at_every_moment_of_its_life() {
    let scene = Scene::new();
    let alice = scene.asker("alice");
    let mut live: Vec<Live> = Vec::new();
    let mut seen: BTreeMap<String, serde_json::Value> = BTreeMap::new();
    let mut earlier: Vec<Partner> = vec![scene.partner()];
    // Sixteen days, in steps of half an hour: two rotations, and the keys before them gone.
    for step in 0..16 * 48 {
        let partner = scene.partner();
        for token in &live {
            partner.verify(&token.token).unwrap();
        }
        for algorithm in ["RS256", "ES384"] {
            let fresh = issue(&scene, &alice, algorithm);
            let verified = partner.verify(&fresh.token).unwrap();
            // Whoever read the keys half a day ago, or whenever since, knows the one that signs now.
            for partner in &earlier {
                partner.verify(&fresh.token).unwrap();
            }
            // A name is given once.
            let key = serde_json::to_value(partner.key(verified.kid()).unwrap()).unwrap();
            let first = seen
                .entry(verified.kid().to_owned())
                .or_insert_with(|| key.clone());
            assert_eq!(*first, key);
            live.push(fresh);
        }
        if step % 8 == 0 {
            earlier.push(partner);
        }
        if earlier.len() > 3 {
            earlier.remove(0);
        }
        scene.advance(HOUR / 2);
        live.retain(|token| scene.now().as_second() < token.expires_at);
        rotate(&scene);
    }
    let kids: Vec<_> = seen.keys().map(String::as_str).collect();
    assert_eq!(kids, ["EC384_0", "EC384_1", "EC384_2", "RSA_0", "RSA_1", "RSA_2"]);
    let mut published = scene
        .partner()
        .kids()
        .into_iter()
        .map(str::to_owned)
        .collect::<Vec<_>>();
    published.sort();
    assert_eq!(published, ["EC384_2", "RSA_2"]);
}

#[test]
fn nothing_is_made_or_written_where_no_step_is_due() {
    let scene = Scene::new();
    // The first time stores when the keys of the scene were used.
    rotate(&scene);
    let before = scene.snapshot().revision();
    for _ in 0..24 {
        scene.advance(HOUR);
        rotate(&scene);
    }
    assert_eq!(scene.snapshot().revision(), before);
    scene
        .iam(&scene.root, "DisableOutboundWebIdentityFederation", &[])
        .ok();
    scene.advance(30 * 24 * HOUR);
    rotate(&scene);
    assert_eq!(scene.partner().kids(), ["RSA_0", "EC384_0"]);
}

struct Nowhere;

impl AuditSink for Nowhere {
    fn record(&self, _: &[u8]) -> Result<(), Unrecorded> {
        Ok(())
    }
}

#[test]
fn a_start_makes_no_keys_and_a_second_node_publishes_the_same_ones() {
    let scene = Scene::new();
    let alice = scene.asker("alice");
    let token = issue(&scene, &alice, "RS256");
    scene.advance(30 * 24 * HOUR);
    let second = Service::new(
        scene.service.settings().clone(),
        Arc::clone(scene.service.directory()),
        Arc::new(Nowhere),
        scene.now(),
        &RotationSchedule::default(),
        &mut SeededRandom::new(6),
    );
    let second = second.unwrap();
    assert_eq!(scene.partner().kids(), ["RSA_0", "EC384_0"]);
    let path = scene.issuer.strip_prefix("https://sts.example.com").unwrap();
    let path = format!("{path}/.well-known/jwks.json");
    let body = |service: &Service| service.publication(&path).unwrap().body;
    assert_eq!(body(&second), body(&scene.service));
    second.warm_up();
    scene.partner().verify(&token.token).unwrap();
}
