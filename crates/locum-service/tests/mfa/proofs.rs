//! EnableMFADevice and ResyncMFADevice: two codes in a row.

use super::phone::{ALLOW_ALL, INVALID_CODE, INVALID_PAIR, Phone};
use crate::harness::World;

#[test]
fn only_two_codes_in_a_row_enable_a_device() {
    let world = World::new();
    world.user(&world.root, "alice", None);
    let phone = Phone::new(&world, "phone");
    for pair in [[0, -30], [0, 0], [-60, 0], [-690, -660], [660, 690]] {
        let answer = phone.prove(&world, &world.root, "EnableMFADevice", "alice", pair);
        answer.fails(403, "InvalidAuthenticationCode", INVALID_PAIR);
    }
    let stored = phone.stored(&world);
    assert_eq!(
        (stored.owner, stored.enabled_at, stored.last_step),
        (None, None, None)
    );
    assert_eq!(phone.failures(&world), 5);
    phone.enable(&world, &world.root, "alice").ok();
    assert!(phone.stored(&world).owner.is_some());
}

#[test]
fn a_device_whose_clock_is_off_is_read_by_its_clock() {
    for off in [-600, -300, 300, 600] {
        let world = World::new();
        let alice = world.user(&world.root, "alice", None);
        let phone = Phone::new(&world, "phone");
        let pair = [off - 30, off];
        phone
            .prove(&world, &world.root, "EnableMFADevice", "alice", pair)
            .ok();
        world.advance(60);
        phone
            .sign_in(&world, &alice, &phone.shows(&world, 0))
            .fails(403, "AccessDenied", INVALID_CODE);
        phone.sign_in(&world, &alice, &phone.shows(&world, off)).ok();
        phone.sign_in(&world, &alice, &phone.shows(&world, off + 30)).ok();
    }
}

#[test]
fn a_clock_that_was_set_is_found_again() {
    let world = World::new();
    let alice = world.user(&world.root, "alice", None);
    let phone = Phone::of_user(&world, "alice");
    world.advance(600);
    // It went five minutes back.
    let code = phone.shows(&world, -300);
    phone
        .sign_in(&world, &alice, &code)
        .fails(403, "AccessDenied", INVALID_CODE);
    let resync = |pair| phone.prove(&world, &world.root, "ResyncMFADevice", "alice", pair);
    resync([-330, -300]).ok();
    // Both are used up, and all before.
    for ago in [-360, -330, -300] {
        let code = phone.shows(&world, ago);
        phone
            .sign_in(&world, &alice, &code)
            .fails(403, "AccessDenied", INVALID_CODE);
    }
    resync([-330, -300]).fails(403, "InvalidAuthenticationCode", INVALID_PAIR);
    phone.sign_in(&world, &alice, &phone.shows(&world, -270)).ok();
    // And right again.
    resync([-30, 0]).ok();
    assert_eq!(phone.stored(&world).drift, 0);
    phone.sign_in(&world, &alice, &phone.shows(&world, 30)).ok();
}

#[test]
fn only_the_owners_device_is_found_again() {
    let world = World::new();
    world.user(&world.root, "alice", None);
    world.user(&world.root, "bob", None);
    let phone = Phone::of_user(&world, "alice");
    let spare = Phone::new(&world, "spare");
    for (device, user) in [(&phone, "bob"), (&spare, "alice"), (&phone, "root")] {
        let text = format!("MFA Device with serial number {} does not exist.", device.serial);
        let answer = device.prove(&world, &world.root, "ResyncMFADevice", user, [-30, 0]);
        answer.fails(404, "NoSuchEntity", &text);
        assert_eq!(device.failures(&world), 0);
    }
    let answer = phone.prove(&world, &world.root, "ResyncMFADevice", "nobody", [-30, 0]);
    answer.fails(404, "NoSuchEntity", "The user with name nobody cannot be found.");
}

#[test]
fn a_device_has_one_owner() {
    let world = World::new();
    world.user(&world.root, "alice", None);
    world.user(&world.root, "bob", None);
    let phone = Phone::of_user(&world, "alice");
    let text = "MFA Device is already in use.";
    for user in ["alice", "bob", "root"] {
        let answer = phone.enable(&world, &world.root, user);
        answer.fails(409, "EntityAlreadyExists", text);
    }
    let none = phone.called("arn:aws:iam::111122223333:mfa/none");
    let text = "MFA Device with serial number arn:aws:iam::111122223333:mfa/none does not exist.";
    none.enable(&world, &world.root, "alice")
        .fails(404, "NoSuchEntity", text);
}

#[test]
fn another_accounts_device_is_as_if_it_did_not_exist() {
    let world = World::new();
    world.user(&world.root, "alice", None);
    let other = world.other_account("444455556666");
    let made = world.iam(
        &other,
        "CreateVirtualMFADevice",
        &[("VirtualMFADeviceName", "phone")],
    );
    let foreign = Phone::of(&made.ok());
    let text = format!("MFA Device with serial number {} does not exist.", foreign.serial);
    let answer = foreign.enable(&world, &world.root, "alice");
    answer.fails(404, "NoSuchEntity", &text);
    let serial = [("SerialNumber", foreign.serial.as_str())];
    for action in [
        "DeleteVirtualMFADevice",
        "GetMFADevice",
        "DeactivateMFADevice",
        "ListMFADeviceTags",
    ] {
        world
            .iam(&world.root, action, &serial)
            .fails(404, "NoSuchEntity", &text);
    }
}

#[test]
fn root_is_a_user_to_everybody_but_the_root_user() {
    let world = World::new();
    let admin = world.user(&world.root, "admin", Some(ALLOW_ALL));
    let phone = Phone::new(&world, "phone");
    let text = "The user with name root cannot be found.";
    phone
        .enable(&world, &admin, "root")
        .fails(404, "NoSuchEntity", text);
    world.iam(&world.root, "CreateUser", &[("UserName", "root")]).ok();
    phone.enable(&world, &admin, "root").ok();
    let owner = phone.stored(&world).owner;
    let user = world.snapshot().user(world.account, "root").unwrap().id;
    assert_eq!(owner, Some(locum_directory::KeyOwner::User(user)));
    let second = Phone::new(&world, "second");
    second.enable(&world, &world.root, "root").ok();
    let owner = second.stored(&world).owner;
    assert_eq!(owner, Some(locum_directory::KeyOwner::Root(world.account)));
    // Nobody but the root user takes its device away.
    let serial = ("SerialNumber", second.serial.as_str());
    let deactivate = [("UserName", "root"), serial];
    assert_eq!(world.iam(&admin, "DeactivateMFADevice", &deactivate).status, 404);
    assert_eq!(world.iam(&admin, "DeleteVirtualMFADevice", &[serial]).status, 409);
    world.iam(&world.root, "DeactivateMFADevice", &[serial]).ok();
}
