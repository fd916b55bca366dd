//! Transactions and ordinary writes at the same time.

use std::{
    sync::{
        Barrier,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use locum_api::model::Service as Api;
use locum_crypto::{Random, SeededRandom};
use serde_json::{Value, json};

use super::state::Asked;
use crate::harness::{Signed, World, contained};

fn signed(world: &World, requests: &[Asked]) -> Signed {
    let requests: Vec<Value> = requests.iter().map(contained).collect();
    let headers = [
        ("content-type", "application/x-amz-json-1.1"),
        ("x-amz-target", "Locum_20261122.ApplyTransaction"),
    ];
    let body = json!({"Requests": requests}).to_string();
    world.signed(&world.root, Api::Locum, &headers, body.as_bytes())
}

/// Four threads of transactions that make pairs, four of ordinary writes on the same entities, one that looks.
#[test]
fn nobody_sees_half_a_transaction_and_none_is_lost() {
    const ROUNDS: usize = 12;
    let world = World::new();
    world
        .iam(&world.root, "CreateGroup", &[("GroupName", "all")])
        .ok();
    let (service, now) = (&world.service, world.now());
    let pairs = |thread: usize, round: usize| -> Vec<Asked> {
        let (a, b) = (
            format!("pair-{thread}-{round}-a"),
            format!("pair-{thread}-{round}-b"),
        );
        vec![
            ("iam", "CreateUser", json!({"UserName": a})),
            (
                "iam",
                "AddUserToGroup",
                json!({"UserName": a, "GroupName": "all"}),
            ),
            (
                "iam",
                "TagUser",
                json!({"UserName": a, "Tags": [{"Key": "k", "Value": "v"}]}),
            ),
            ("iam", "CreateUser", json!({"UserName": b})),
        ]
    };
    let work: Vec<Vec<Signed>> = (0..8)
        .map(|thread| {
            (0..ROUNDS)
                .map(|round| match thread {
                    0..4 => signed(&world, &pairs(thread, round)),
                    _ => {
                        let path = format!("/{thread}/{round}/");
                        let parameters = [("GroupName", "all"), ("NewPath", path.as_str())];
                        world.signed_call(&world.root, Api::Iam, "UpdateGroup", &parameters)
                    }
                })
                .collect()
        })
        .collect();
    let (start, done) = (Barrier::new(9), AtomicBool::new(false));
    thread::scope(|scope| {
        let reader = scope.spawn(|| {
            start.wait();
            while !done.load(Ordering::SeqCst) {
                let snapshot = service.directory().snapshot();
                let users: Vec<_> = snapshot.users(world.account, None, "/").collect();
                assert_eq!(users.len() % 2, 0, "half a transaction is to be seen");
                let tagged = users.iter().filter(|user| user.tags.len() == 1).count();
                assert_eq!(tagged * 2, users.len());
            }
        });
        let threads: Vec<_> = (0_u64..)
            .zip(&work)
            .map(|(seed, calls)| {
                let start = &start;
                scope.spawn(move || {
                    let mut random = SeededRandom::new(900 + seed);
                    start.wait();
                    for call in calls {
                        call.answered(service, now, &mut random).ok();
                    }
                })
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        done.store(true, Ordering::SeqCst);
        reader.join().unwrap();
    });
    assert_eq!(world.snapshot().counts(world.account).users, 4 * ROUNDS * 2);
    let group = world.snapshot().group(world.account, "all").unwrap().id;
    assert_eq!(world.snapshot().group_members(group).count(), 4 * ROUNDS);
}

/// Of transactions that want the same name, one gets all it asks for and the others nothing.
#[test]
fn of_transactions_that_want_the_same_one_wins() {
    let world = World::new();
    let (service, now) = (&world.service, world.now());
    for round in 0..6 {
        let calls: Vec<Signed> = (0..8)
            .map(|thread| {
                let own = format!("own-{round}-{thread}");
                let shared = format!("shared-{round}");
                let requests = [
                    ("iam", "CreateUser", json!({"UserName": own})),
                    ("iam", "CreateUser", json!({"UserName": shared})),
                ];
                signed(&world, &requests)
            })
            .collect();
        let start = Barrier::new(calls.len());
        let statuses: Vec<u16> = thread::scope(|scope| {
            let threads: Vec<_> = (0_u64..)
                .zip(&calls)
                .map(|(seed, call)| {
                    let start = &start;
                    scope.spawn(move || {
                        let mut random = SeededRandom::new(round * 100 + seed);
                        start.wait();
                        call.answered(service, now, &mut random).status
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(
            statuses.iter().filter(|status| **status == 200).count(),
            1,
            "{statuses:?}"
        );
        assert_eq!(
            statuses.iter().filter(|status| **status == 409).count(),
            7,
            "{statuses:?}"
        );
        let users = world.snapshot().counts(world.account).users;
        assert_eq!(users, 2 * (usize::try_from(round).unwrap() + 1));
    }
}

/// Randomness that does an ordinary write at every hundredth draw: nothing else happens within a decision at a moment that
/// a test can choose.
struct Meddling<'a> {
    world: &'a World,
    calls: std::slice::Iter<'a, Signed>,
    own: SeededRandom,
    draws: usize,
}

impl Random for Meddling<'_> {
    fn fill(&mut self, bytes: &mut [u8]) {
        self.draws += 1;
        if self.draws.is_multiple_of(100)
            && let Some(call) = self.calls.next()
        {
            let random = &mut SeededRandom::new(self.own.next_u64());
            call.answered(&self.world.service, self.world.now(), random).ok();
        }
        self.own.fill(bytes);
    }
}

#[test]
fn a_long_transaction_is_decided_again_and_gives_up_in_the_end() {
    let world = World::new();
    let users: Vec<Asked> = (0..201)
        .map(|at| ("iam", "CreateUser", json!({"UserName": format!("user-{at}")})))
        .collect();
    let call = signed(&world, &users);
    let groups: Vec<Signed> = (0..60)
        .map(|at| {
            let name = format!("group-{at}");
            world.signed_call(&world.root, Api::Iam, "CreateGroup", &[("GroupName", &name)])
        })
        .collect();
    let (many, one) = groups.split_at(59);
    for (seed, others, stored) in [(5_000, many, 0), (5_001, one, 201)] {
        let mut random = Meddling {
            world: &world,
            calls: others.iter(),
            own: SeededRandom::new(seed),
            draws: 0,
        };
        let answer = call.answered(&world.service, world.now(), &mut random);
        assert_eq!(world.snapshot().counts(world.account).users, stored);
        if stored == 0 {
            assert_eq!(answer.status, 400, "{}", answer.body);
            assert_eq!(answer.json()["__type"], "ConcurrentModificationException");
            assert!(answer.json().get("RequestIndex").is_none());
        } else {
            assert_eq!(answer.json(), json!({"Applied": 201}));
        }
    }
}
