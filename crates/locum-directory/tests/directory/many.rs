//! A directory of more than one page, which several threads decode: it is what was written, and as strict.

use std::sync::Arc;

use locum_crypto::SeededRandom;
use locum_directory::{
    AccessKey, Changes, Directory, KeyOwner, MemoryStore, OpenError, Store, Transaction, User,
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
