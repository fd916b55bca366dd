//! Keys of tokens and messages follow each other, and what they sealed lives until it expires.

use locum_crypto::{RotationSchedule, SeededRandom};

use super::scene::{EXPIRED, INVALID, Scene};

const HOUR: i64 = 3600;

/// What the background thread does, every hour for so long.
fn pass(scene: &Scene, hours: i64) {
    let mut random = SeededRandom::new(77);
    for _ in 0..hours {
        scene.advance(HOUR);
        let rotated = scene
            .service
            .rotate(scene.now(), &RotationSchedule::default(), &mut random);
        rotated.unwrap();
    }
}

#[test]
fn a_session_outlives_the_key_it_was_sealed_with() {
    let scene = Scene::new();
    let alice = scene.admin("alice");
    // An hour before the key is retired, the longest session there is.
    pass(&scene, 7 * 24 - 1);
    let long = [("DurationSeconds", "129600")];
    let session = scene.sts(&alice, "GetSessionToken", &long).ok().credentials();
    pass(&scene, 2);
    scene.sts(&session, "GetCallerIdentity", &[]).ok();
    let newer = scene.sts(&alice, "GetSessionToken", &long).ok().credentials();
    pass(&scene, 33);
    scene.sts(&session, "GetCallerIdentity", &[]).ok();
    pass(&scene, 1);
    scene
        .sts(&session, "GetCallerIdentity", &[])
        .fails(403, "ExpiredToken", EXPIRED);
    scene.sts(&newer, "GetCallerIdentity", &[]).ok();
    // A key that is gone opens nothing, and the answer says no more than for any other token.
    pass(&scene, 8 * 24);
    scene
        .sts(&session, "GetCallerIdentity", &[])
        .fails(403, "InvalidClientTokenId", INVALID);
}

#[test]
fn rotation_without_need_changes_nothing() {
    let scene = Scene::new();
    let before = scene.snapshot().revision();
    pass(&scene, 24);
    assert_eq!(scene.snapshot().revision(), before);
}
