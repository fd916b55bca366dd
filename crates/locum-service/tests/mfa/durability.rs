//! What several calls at once, and a store that fails, make of a code.

use std::sync::{Arc, Barrier};

use locum_api::model::Service as Api;
use locum_crypto::SeededRandom;

use super::phone::{ALLOW_ALL, INVALID_CODE, Phone, TRUST_ACCOUNT};
use crate::harness::{Signed, World};
use locum_directory::FaultyStore;

#[test]
fn of_many_calls_at_once_with_one_code_one_succeeds() {
    let world = World::new();
    let alice = world.user(&world.root, "alice", Some(ALLOW_ALL));
    let phone = Phone::of_user(&world, "alice");
    let role = world.role(&world.root, "worker", TRUST_ACCOUNT, None);
    let code = phone.shows(&world, 0);
    let factor = [
        ("SerialNumber", phone.serial.as_str()),
        ("TokenCode", code.as_str()),
    ];
    let assume = [
        &factor[..],
        &[("RoleArn", &*role), ("RoleSessionName", "session")],
    ]
    .concat();
    let sign_in = world.signed_call(&alice, Api::Sts, "GetSessionToken", &factor);
    let assume = world.signed_call(&alice, Api::Sts, "AssumeRole", &assume);
    let calls: Vec<Signed> = (0..4).flat_map(|_| [sign_in.clone(), assume.clone()]).collect();
    let answers = at_once(&world, &calls);
    let (done, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|(status, _)| *status == 200);
    assert_eq!(done.len(), 1);
    assert_eq!(refused, vec![(403, INVALID_CODE.to_owned()); 7]);
    assert_eq!(phone.failures(&world), 7);
}

#[test]
fn of_many_guesses_at_once_each_is_counted() {
    let world = World::new();
    let alice = world.user(&world.root, "alice", None);
    let phone = Phone::of_user(&world, "alice");
    let wrong = phone.wrong(&world);
    let factor = [
        ("SerialNumber", phone.serial.as_str()),
        ("TokenCode", wrong.as_str()),
    ];
    let guess = world.signed_call(&alice, Api::Sts, "GetSessionToken", &factor);
    let answers = at_once(&world, &vec![guess; 25]);
    assert_eq!(answers, vec![(403, INVALID_CODE.to_owned()); 25]);
    // Ten were looked at, however they overlapped.
    assert_eq!(phone.failures(&world), 10);
    assert!(phone.stored(&world).locked_until.is_some());
}

/// Status and message of calls that begin at one moment.
fn at_once(world: &World, calls: &[Signed]) -> Vec<(u16, String)> {
    let (service, now, start) = (&world.service, world.now(), &Barrier::new(calls.len()));
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..)
            .zip(calls)
            .map(|(seed, call)| {
                scope.spawn(move || {
                    start.wait();
                    let answer = call.answered(service, now, &mut SeededRandom::new(seed));
                    (answer.status, answer.find("Message").unwrap_or_default())
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn without_a_store_no_code_opens_anything_and_no_guess_is_answered() {
    let store = Arc::new(FaultyStore::default());
    let world = World::over(Arc::clone(&store) as _, 1);
    let alice = world.user(&world.root, "alice", Some(ALLOW_ALL));
    let phone = Phone::of_user(&world, "alice");
    let role = world.role(&world.root, "worker", TRUST_ACCOUNT, None);
    store.set_full(true);
    // Right and wrong look alike.
    for code in [phone.wrong(&world), phone.shows(&world, 0)] {
        for answer in [
            phone.sign_in(&world, &alice, &code),
            phone.assume(&world, &alice, &role, &code),
        ] {
            assert_eq!(answer.status, 503, "{}", answer.body);
            assert_eq!(answer.find("SessionToken"), None);
        }
    }
    let pair = phone.prove(&world, &world.root, "ResyncMFADevice", "alice", [0, 30]);
    assert_eq!(pair.status, 503);
    assert_eq!(phone.failures(&world), 0);
    // What opened nothing is not used up, and still works once only.
    store.set_full(false);
    let code = phone.shows(&world, 0);
    phone.sign_in(&world, &alice, &code).ok();
    phone
        .sign_in(&world, &alice, &code)
        .fails(403, "AccessDenied", INVALID_CODE);
}
