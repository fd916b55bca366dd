//! What several calls at once, and a store that fails, make of a password.

use std::sync::{Arc, Barrier};

use locum_api::model::Service as Api;
use locum_crypto::SeededRandom;

use super::login_profiles::{FIRST, INCORRECT, NOT_ALLOWED, SECOND, VIOLATION};
use crate::harness::{Signed, World};
use locum_directory::FaultyStore;

/// Status and message of calls that begin at one moment.
fn at_once(world: &World, calls: &[Signed]) -> Vec<(u16, String)> {
    let (service, now, start) = (&world.service, world.now(), &Barrier::new(calls.len()));
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..)
            .zip(calls)
            .map(|(seed, call)| {
                scope.spawn(move || {
                    let mut random = SeededRandom::new(seed);
                    start.wait();
                    let answer = call.answered(service, now, &mut random);
                    (answer.status, answer.find("Message").unwrap_or_default())
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

fn change(world: &World, who: &crate::harness::Credentials, old: &str, new: &str) -> Signed {
    let parameters = [("OldPassword", old), ("NewPassword", new)];
    world.signed_call(who, Api::Iam, "ChangePassword", &parameters)
}

#[test]
fn of_eight_threads_that_guess_each_guess_is_counted_and_ten_are_looked_at() {
    let world = World::new();
    let alice = world.user_with_password("alice", FIRST);
    let wrong: Vec<Signed> = (0..8)
        .map(|n| change(&world, &alice, &format!("guess {n}"), SECOND))
        .collect();
    let incorrect = (403, INCORRECT.to_owned());
    assert_eq!(at_once(&world, &wrong), vec![incorrect.clone(); 8]);
    assert_eq!(world.wrong_passwords("alice"), 8);
    // Of eight more only two are looked at.
    assert_eq!(at_once(&world, &wrong), vec![incorrect.clone(); 8]);
    assert_eq!(world.wrong_passwords("alice"), 10);
    assert!(world.profile("alice").locked_until.is_some());
    let right = change(&world, &alice, FIRST, SECOND);
    assert_eq!(at_once(&world, &[right]), [incorrect]);
}

/// The right guess among many is told like the wrong ones once ten of them were counted.
#[test]
fn of_many_threads_none_learns_more_than_ten_wrong_guesses_tell() {
    let world = World::new();
    let alice = world.user_with_password("alice", FIRST);
    let mut calls: Vec<Signed> = (0..31)
        .map(|n| change(&world, &alice, &format!("guess {n}"), "Ab1!"))
        .collect();
    calls.push(change(&world, &alice, FIRST, "Ab1!"));
    let before = world.profile("alice").revision;
    let answers = at_once(&world, &calls);
    assert!(answers.iter().all(|(status, text)| match status {
        400 => text == NOT_ALLOWED,
        _ => *status == 403 && text == INCORRECT,
    }));
    assert_eq!(world.wrong_passwords("alice"), 10);
    assert_ne!(world.profile("alice").revision, before);
}

#[test]
fn a_right_password_is_told_on_a_write_though_the_new_one_is_refused() {
    let world = World::new();
    let alice = world.user_with_password("alice", FIRST);
    let policy = [("PasswordReusePrevention", "1")];
    world.change_password(&alice, "wrong", SECOND);
    world.admin("UpdateAccountPasswordPolicy", &policy).ok();
    for new in ["Ab1!", FIRST] {
        let before = world.profile("alice");
        let answer = world.change_password(&alice, FIRST, new);
        answer.fails(VIOLATION.0, VIOLATION.1, NOT_ALLOWED);
        let after = world.profile("alice");
        assert_ne!(after.revision, before.revision, "{new}");
        // A right one forgives no wrong one.
        assert_eq!((after.failures, after.changed), (before.failures, before.changed));
        assert!(after.password.matches(&before.password));
    }
}

#[test]
fn of_eight_threads_that_know_the_password_one_changes_it() {
    let world = World::new();
    let alice = world.user_with_password("alice", FIRST);
    let calls: Vec<Signed> = (0..8)
        .map(|n| change(&world, &alice, FIRST, &format!("{SECOND} {n}")))
        .collect();
    let answers = at_once(&world, &calls);
    assert_eq!(answers.iter().filter(|(status, _)| *status == 200).count(), 1);
    assert!(
        answers
            .iter()
            .all(|(status, text)| *status == 200 || text == INCORRECT)
    );
    assert_eq!(world.profile("alice").previous.len(), 1);
    let winner = answers.iter().position(|(status, _)| *status == 200).unwrap();
    let profile = world.profile("alice");
    let hash = profile.password.scheme().hash(&format!("{SECOND} {winner}"));
    assert!(hash.matches(&profile.password));
}

#[test]
fn of_eight_threads_that_give_a_password_one_does() {
    let world = World::new();
    world.admin("CreateUser", &[("UserName", "alice")]).ok();
    let call = |n: usize| {
        let password = format!("{SECOND} {n}");
        let parameters = [("UserName", "alice"), ("Password", password.as_str())];
        world.signed_call(&world.root, Api::Iam, "CreateLoginProfile", &parameters)
    };
    let calls: Vec<Signed> = (0..8).map(call).collect();
    let answers = at_once(&world, &calls);
    let text = "Login Profile for user alice already exists.";
    assert_eq!(answers.iter().filter(|(status, _)| *status == 200).count(), 1);
    assert!(
        answers
            .iter()
            .all(|(status, told)| *status == 200 || told == text)
    );
}

#[test]
fn while_the_store_fails_no_verdict_is_given_and_nothing_changes() {
    let store = Arc::new(FaultyStore::default());
    let world = World::over(Arc::clone(&store) as _, 1);
    let alice = world.user_with_password("alice", FIRST);
    let before = world.profile("alice");
    store.set_full(true);
    // That the account does not allow the new one is told to those only who know the old one: a verdict too.
    for (old, new) in [("wrong", SECOND), (FIRST, SECOND), (FIRST, "Ab1!")] {
        let answer = world.change_password(&alice, old, new);
        assert_eq!(
            (answer.status, answer.text("Code")),
            (503, "ServiceUnavailable".to_owned()),
            "{old} {new}"
        );
    }
    assert_eq!(world.set_password("alice", SECOND).status, 503);
    store.set_full(false);
    let after = world.profile("alice");
    assert_eq!(after.revision, before.revision);
    world.change_password(&alice, FIRST, SECOND).ok();
    assert_eq!(world.wrong_passwords("alice"), 0);
}

/// Whatever hashes is told from the rest before it is performed, so that it is given a thread of its own.
#[test]
fn only_a_known_key_has_a_password_hashed() {
    let world = World::new();
    let alice = world.user_with_password("alice", FIRST);
    let hashes = |call: Signed| call.hashes_password(&world.service, world.now());
    for (api, action, expected) in [
        (Api::Iam, "ChangePassword", true),
        (Api::Iam, "CreateLoginProfile", true),
        (Api::Iam, "UpdateLoginProfile", true),
        (Api::Iam, "GetLoginProfile", false),
        (Api::Iam, "Nothing", false),
        (Api::Sts, "GetCallerIdentity", false),
        (Api::Sts, "ChangePassword", false),
    ] {
        let call = world.signed_call(&alice, api, action, &[]);
        assert_eq!(hashes(call), expected, "{action}");
    }
    let stranger = crate::harness::Credentials {
        access_key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
        ..alice
    };
    assert!(!hashes(change(&world, &stranger, FIRST, SECOND)));
    let call = change(&world, &world.root, FIRST, SECOND);
    assert!(hashes(
        call.with_body(b"%41ction=%43hangePassword&Version=2010-05-08")
    ));
}
