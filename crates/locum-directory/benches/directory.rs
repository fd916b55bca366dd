//! What a write and the look-ups of a request cost at ten, ten thousand and a hundred thousand users and roles: the
//! numbers of one row should not grow with its size.

#![allow(
    clippy::unwrap_used,
    reason = "a benchmark that cannot be set up has nothing to measure"
)]

use std::{hint::black_box, sync::Arc};

use criterion::{Criterion, criterion_group, criterion_main};
use jiff::Timestamp;
use locum_crypto::{KeyEncryptionKey, SeededRandom};
use locum_directory::{AccessKey, Changes, Directory, KeyOwner, MemoryStore, Revision, Role, Snapshot, User};
use locum_names::{AccountId, Partition};
use locum_policy::{Policy, PolicyKind};

const SIZES: [u64; 3] = [10, 10_000, 100_000];
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"sts:AssumeRole"}}"#;

fn account() -> AccountId {
    "123456789012".parse().unwrap()
}

fn now() -> Timestamp {
    "2026-11-22T00:00:00Z".parse().unwrap()
}

/// A directory with `size` users, each with a key, and `size` roles.
fn directory(size: u64) -> Directory {
    let mut rng = SeededRandom::new(1);
    let kek = KeyEncryptionKey::generate(&mut rng);
    let directory = Directory::open(Arc::new(MemoryStore::new()), kek, Box::new(rng.clone())).unwrap();
    directory
        .bootstrap(Some(account()), Partition::Aws, now(), &mut rng, |_| Ok(()))
        .unwrap();
    let trust = Policy::compile(TRUST, PolicyKind::Trust).unwrap();
    for number in 0..size {
        let user = User::new(account(), "/", &format!("user-{number:07}"), now(), &mut rng);
        let key = AccessKey::generate(account(), KeyOwner::User(user.id), now(), &mut rng);
        let role = Role::new(
            account(),
            "/",
            &format!("role-{number:07}"),
            trust.clone(),
            now(),
            &mut rng,
        );
        let mut changes = Changes::new();
        changes.put(user).put(key).put(role);
        let written = directory.write(|_| Ok::<_, std::convert::Infallible>(((), changes)));
        let ((), pending) = written.unwrap();
        if number % 1000 == 0 || number + 1 == size {
            pending.wait().unwrap();
        }
    }
    directory
}

fn change(snapshot: &Snapshot) -> Changes {
    let user = snapshot.user(account(), "user-0000005").unwrap();
    let mut changes = Changes::new();
    changes.put(User {
        path: "/changed/".into(),
        ..User::clone(user)
    });
    changes
}

fn writes_and_look_ups(criterion: &mut Criterion) {
    for size in SIZES {
        let directory = directory(size);
        let snapshot = directory.snapshot();
        let id = |name| format!("{name}/{size}");

        criterion.bench_function(&id("apply one put"), |bench| {
            let changes = change(&snapshot);
            bench.iter(|| snapshot.apply(black_box(&changes), Revision(u64::MAX)).unwrap());
        });
        criterion.bench_function(&id("write and wait"), |bench| {
            let write =
                || directory.write(|snapshot| Ok::<_, std::convert::Infallible>(((), change(snapshot))));
            bench.iter(|| write().unwrap().1.wait().unwrap());
        });

        let role = snapshot.role(account(), "role-0000007").unwrap();
        let user = snapshot.user(account(), "user-0000007").unwrap();
        let key = snapshot.access_keys(KeyOwner::User(user.id)).next().unwrap();
        criterion.bench_function(&id("role by name"), |bench| {
            bench.iter(|| snapshot.role(account(), black_box("Role-0000007")));
        });
        criterion.bench_function(&id("role by id"), |bench| {
            bench.iter(|| snapshot.role_by_id(black_box(&role.id)));
        });
        criterion.bench_function(&id("access key by id"), |bench| {
            bench.iter(|| snapshot.access_key(black_box(&key.id)));
        });
        criterion.bench_function(&id("snapshot"), |bench| bench.iter(|| directory.snapshot()));
    }
}

criterion_group!(benches, writes_and_look_ups);
criterion_main!(benches);
