//! A directory of more than one page, which several threads decode: it is what was written, and as strict.

use std::{
    sync::{Arc, Barrier},
    thread,
};

use locum_crypto::SeededRandom;
use locum_directory::{
    AccessKey, Changes, Directory, KeyOwner, MemoryStore, OpenError, Snapshot, Store, Transaction, User,
};

use crate::fixture::{account, kek, now, open, queue};

const USERS: u32 = 6_500;

/// Users in the order of their names, which is not that of their ids, each with a key.
fn filled() -> Arc<MemoryStore> {
    let store = Arc::new(MemoryStore::new());
    let directory = open(Arc::clone(&store) as Arc<dyn Store>);
    let mut rng = SeededRandom::new(5);
    let mut changes = Changes::new();
    for number in 0..USERS {
        let user = User::new(account(), "/", &format!("user-{number:05}"), now(), &mut rng);
        let key = AccessKey::generate(account(), KeyOwner::User(user.id), now(), &mut rng);
        changes.put(user).put(key);
    }
    queue(&directory, changes).unwrap().wait().unwrap();
    store
}

fn reopen(store: &Arc<MemoryStore>) -> Result<Directory, OpenError> {
    Directory::open(
        Arc::clone(store) as Arc<dyn Store>,
        kek(),
        Box::new(SeededRandom::new(2)),
    )
}

#[test]
fn a_directory_of_many_pages_is_there_after_reopening() {
    let store = filled();
    let directory = reopen(&store).unwrap();
    let snapshot = directory.snapshot();
    let names: Vec<String> = snapshot
        .users(account(), None, "/")
        .map(|user| user.name.to_string())
        .collect();
    let expected: Vec<String> = (0..USERS).map(|number| format!("user-{number:05}")).collect();
    assert_eq!(names, expected);
    for user in snapshot.users(account(), Some("user-06400"), "/") {
        let key = snapshot.access_keys(KeyOwner::User(user.id)).next().unwrap();
        assert_eq!(
            snapshot.access_key(&key.id).unwrap().owner,
            KeyOwner::User(user.id)
        );
        assert_eq!(
            snapshot.user(account(), &user.name.to_uppercase()).unwrap().id,
            user.id
        );
    }
    assert_eq!(snapshot.revision(), store.revision().unwrap());
}

#[test]
fn the_first_damaged_value_of_many_pages_is_named() {
    let store = filled();
    let items = store.range("/users/", None, usize::MAX).unwrap();
    assert_eq!(items.len(), usize::try_from(USERS).unwrap());
    // In pages far apart, the last one of the store first.
    for place in [6_499, 4_200, 2_999] {
        let mut item = items[place].clone();
        *item.value.last_mut().unwrap() ^= 1;
        let puts = vec![(item.key.clone(), item.value)];
        store
            .transact(&Transaction {
                puts,
                ..Transaction::default()
            })
            .unwrap();
        match reopen(&store).unwrap_err() {
            OpenError::Damaged { key, .. } => assert_eq!(key, item.key),
            other => panic!("{other}"),
        }
    }
}

fn names(snapshot: &Snapshot, after: Option<&str>) -> Vec<String> {
    let users = snapshot.users(account(), after, "/");
    users.map(|user| user.name.to_string()).collect()
}

#[test]
fn a_write_right_after_opening_is_in_the_lists_and_not_in_those_of_before() {
    let store = filled();
    for round in 0..4 {
        let directory = reopen(&store).unwrap();
        let before = directory.snapshot();
        let first = before.user(account(), &format!("user-{round:05}")).unwrap();
        let key = before.access_keys(KeyOwner::User(first.id)).next().unwrap();
        let mut changes = Changes::new();
        let name = format!("User-{:05}x", 100 + round);
        changes
            .put(User::new(
                account(),
                "/",
                &name,
                now(),
                &mut SeededRandom::new(round),
            ))
            .delete(&**key)
            .delete(&**first);
        queue(&directory, changes).unwrap().wait().unwrap();
        let all = |round: u64| {
            let mut names: Vec<_> = (round..u64::from(USERS))
                .map(|n| format!("user-{n:05}"))
                .collect();
            names.extend((0..round).map(|n| format!("User-{:05}x", 100 + n)));
            names.sort_unstable_by_key(|name| name.to_lowercase());
            names
        };
        assert_eq!(names(&directory.snapshot(), None), all(round + 1));
        assert_eq!(names(&before, None), all(round));
    }
}

#[test]
fn lists_and_writes_that_come_together_right_after_opening_miss_and_repeat_nobody() {
    let store = filled();
    let directory = reopen(&store).unwrap();
    let together = Barrier::new(6);
    let old: Vec<_> = (0..USERS).map(|number| format!("user-{number:05}")).collect();
    let new = |number: u64| format!("user-0{}000b", 1 + number);
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                together.wait();
                let names = names(&directory.snapshot(), None);
                assert!(names.is_sorted());
                let kept: Vec<_> = names.iter().filter(|name| !name.ends_with('b')).collect();
                assert!(kept.into_iter().eq(&old));
            });
        }
        for number in 0..3 {
            let (directory, together) = (&directory, &together);
            scope.spawn(move || {
                together.wait();
                let mut changes = Changes::new();
                let rng = &mut SeededRandom::new(number);
                changes.put(User::new(account(), "/", &new(number), now(), rng));
                queue(directory, changes).unwrap().wait().unwrap();
                assert!(names(&directory.snapshot(), None).contains(&new(number)));
            });
        }
    });
    let mut all = old;
    all.extend((0..3).map(new));
    all.sort_unstable();
    let snapshot = directory.snapshot();
    assert_eq!(names(&snapshot, None), all);
    assert_eq!(
        names(&snapshot, Some("user-02000")).first(),
        Some(&"user-02000b".to_owned())
    );
}
