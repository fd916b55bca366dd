//! Keys of tokens and messages follow each other, and what they sealed lives until it expires.

use std::sync::Arc;

use jiff::SignedDuration;
use locum_crypto::{RotationSchedule, SeededRandom};
use locum_directory::{MemoryStore, Store};

use super::scene::{EXPIRED, INVALID, Scene};
use crate::harness::World;

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

/// A machine that starts with a clock of long ago is noticed by what its store knows, whichever of its clocks was wrong.
#[test]
fn a_clock_that_is_behind_what_the_store_knows_is_noticed() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let world = World::over(Arc::clone(&store), 1);
    let begin = world.now();
    let passed = |seconds: i64| begin + SignedDuration::from_secs(seconds);
    let rotated = |world: &World| {
        let mut random = SeededRandom::new(77);
        let schedule = RotationSchedule::default();
        world.service.rotate(world.now(), &schedule, &mut random).unwrap();
    };
    assert_eq!(world.service.later_time(begin), None);
    world.advance(3 * HOUR);
    rotated(&world);
    assert_eq!(world.service.later_time(world.now()), None);
    let (near, far) = (passed(3 * HOUR - 300), passed(3 * HOUR - 301));
    assert_eq!(world.service.later_time(near), None, "as near as clocks are");
    assert_eq!(world.service.later_time(far), Some(world.now()), "by itself");
    // Nothing was stored by then, so nothing is known by the next start.
    assert_eq!(World::over(Arc::clone(&store), 1).service.later_time(begin), None);

    world.sts(&world.root, "GetCallerIdentity", &[]).ok();
    world.service.store_last_uses().unwrap();
    let again = World::over(Arc::clone(&store), 1);
    assert_eq!(
        again.service.later_time(begin),
        Some(world.now()),
        "by the last use of a key"
    );
    again.sts(&again.root, "GetCallerIdentity", &[]).ok();

    // A key was retired after that.
    world.advance(6 * 24 * HOUR);
    rotated(&world);
    world.advance(24 * HOUR);
    rotated(&world);
    let retired = world.now();
    let again = World::over(store, 1);
    assert_eq!(again.service.later_time(begin), Some(retired), "by its keys");
    // Times of the keys are brought back by then; what was noticed stays so.
    rotated(&again);
    assert_eq!(again.service.later_time(begin), Some(retired));
}

#[test]
fn rotation_without_need_changes_nothing() {
    let scene = Scene::new();
    let before = scene.snapshot().revision();
    pass(&scene, 24);
    assert_eq!(scene.snapshot().revision(), before);
}
