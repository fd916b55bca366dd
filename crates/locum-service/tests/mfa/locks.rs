use super::phone::{ALLOW_ALL, INVALID_CODE, INVALID_PAIR, Phone, TRUST_ACCOUNT};
use crate::harness::{Credentials, World};

fn scene() -> (World, Credentials, Phone) {
    let world = World::new();
    let alice = world.user(&world.root, "alice", Some(ALLOW_ALL));
    let phone = Phone::of_user(&world, "alice");
    (world, alice, phone)
}

#[track_caller]
fn refused(world: &World, who: &Credentials, phone: &Phone, code: &str) {
    phone
        .sign_in(world, who, code)
        .fails(403, "AccessDenied", INVALID_CODE);
}

#[test]
fn failures_are_stored_though_the_call_fails() {
    let (world, alice, phone) = scene();
    let wrong = phone.wrong(&world);
    for count in 1..=10 {
        assert_eq!(phone.failures(&world), count - 1);
        refused(&world, &alice, &phone, &wrong);
    }
    let locked = phone.stored(&world);
    assert_eq!(locked.failures.unwrap().count, 10);
    assert!(locked.locked_until.is_some());
}

#[test]
fn a_locked_device_tells_right_codes_from_wrong_ones_by_nothing() {
    let (world, alice, phone) = scene();
    let role = world.role(&world.root, "worker", TRUST_ACCOUNT, None);
    let wrong = phone.wrong(&world);
    (0..10).for_each(|_| refused(&world, &alice, &phone, &wrong));
    let locked = phone.stored(&world);
    let right = phone.shows(&world, 0);
    for code in [&wrong, &right] {
        refused(&world, &alice, &phone, code);
        phone
            .assume(&world, &alice, &role, code)
            .fails(403, "AccessDenied", INVALID_CODE);
    }
    let pair = phone.prove(&world, &world.root, "ResyncMFADevice", "alice", [0, 30]);
    pair.fails(403, "InvalidAuthenticationCode", INVALID_PAIR);
    // Nothing was counted and nothing used up: it was not even written.
    assert_eq!(phone.stored(&world).revision, locked.revision);
    world.advance(999);
    refused(&world, &alice, &phone, &phone.shows(&world, 0));
    world.advance(1);
    // One is forgiven: one try.
    refused(&world, &alice, &phone, &phone.wrong(&world));
    refused(&world, &alice, &phone, &phone.shows(&world, 0));
    world.advance(1000);
    phone.sign_in(&world, &alice, &phone.shows(&world, 0)).ok();
}

#[test]
fn wrong_codes_count_together_whatever_they_are_for() {
    let (world, alice, phone) = scene();
    let role = world.role(&world.root, "worker", TRUST_ACCOUNT, None);
    let wrong = phone.wrong(&world);
    for _ in 0..3 {
        refused(&world, &alice, &phone, &wrong);
        phone
            .assume(&world, &alice, &role, &wrong)
            .fails(403, "AccessDenied", INVALID_CODE);
        phone
            .prove_with(&world, &world.root, "ResyncMFADevice", "alice", [&wrong, &wrong])
            .fails(403, "InvalidAuthenticationCode", INVALID_PAIR);
    }
    assert_eq!(phone.failures(&world), 9);
    // A right code takes none of them back.
    let code = phone.shows(&world, 0);
    phone.sign_in(&world, &alice, &code).ok();
    assert_eq!(phone.failures(&world), 9);
    // A used one is a wrong one.
    refused(&world, &alice, &phone, &code);
    assert!(phone.stored(&world).locked_until.is_some());
}

#[test]
fn another_owner_inherits_the_count_and_the_lock() {
    let (world, alice, phone) = scene();
    let wrong = phone.wrong(&world);
    (0..10).for_each(|_| refused(&world, &alice, &phone, &wrong));
    let parameters = [("UserName", "alice"), ("SerialNumber", phone.serial.as_str())];
    world.iam(&world.root, "DeactivateMFADevice", &parameters).ok();
    let enable = phone.prove(&world, &world.root, "EnableMFADevice", "alice", [0, 30]);
    enable.fails(403, "InvalidAuthenticationCode", INVALID_PAIR);
    world.advance(1000);
    phone.enable(&world, &world.root, "alice").ok();
    assert_eq!(phone.failures(&world), 10);
}

#[test]
fn a_lock_is_the_devices_alone() {
    let (world, alice, phone) = scene();
    let second = Phone::new(&world, "second");
    second.enable(&world, &world.root, "alice").ok();
    world.advance(60);
    let wrong = phone.wrong(&world);
    (0..10).for_each(|_| refused(&world, &alice, &phone, &wrong));
    second.sign_in(&world, &alice, &second.shows(&world, 0)).ok();
    assert_eq!(second.failures(&world), 0);
}

#[test]
fn the_codes_of_a_day_are_bounded() {
    let (world, alice, phone) = scene();
    let mut counted = 0;
    let mut last = phone.stored(&world).revision;
    // As fast as it goes, a day long, in jumps to where each lock ends.
    let end = world.now().as_second() + 86_400;
    while world.now().as_second() <= end {
        refused(&world, &alice, &phone, &phone.wrong(&world));
        let stored = phone.stored(&world);
        if stored.revision == last {
            let until = stored.locked_until.unwrap();
            world.advance(until.as_second() - world.now().as_second());
        } else {
            counted += 1;
        }
        last = stored.revision;
    }
    assert_eq!(counted, 96);
}
