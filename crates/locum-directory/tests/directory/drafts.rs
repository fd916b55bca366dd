//! Writes in several steps: each sees those before it, and the store sees one.

use std::sync::Arc;

use locum_crypto::{Random, SeededRandom};
use locum_directory::{
    AccessKey, ChangeError, Changes, Directory, Draft, EntityKey, KeyOwner, MemoryStore, Revision, Store,
    User, WriteError,
};

use crate::{
    commits::faulty,
    fixture::{account, in_memory, now, open, put, view},
};

fn user(name: &str, seed: u64) -> User {
    User::new(account(), "/", name, now(), &mut SeededRandom::new(seed))
}

fn putting(entity: impl Into<locum_directory::Entity>) -> Changes {
    let mut changes = Changes::new();
    changes.put(entity);
    changes
}

fn deleting(user: &User) -> Changes {
    let mut changes = Changes::new();
    changes.delete(user);
    changes
}

/// The user of this name in a draft, changed.
fn moved(draft: &Draft, name: &str, path: &str) -> User {
    User {
        path: path.into(),
        ..User::clone(draft.snapshot().user(account(), name).unwrap())
    }
}

#[test]
fn each_step_sees_those_before_it_and_the_store_sees_one_commit() {
    let (store, directory) = faulty();
    let (before, begun) = (directory.snapshot().revision(), store.begun());
    let steps = |draft: &mut Draft| {
        draft.step(putting(user("a", 1)))?;
        // The same entity again, at the revision that the commit will have.
        draft.step(putting(moved(draft, "a", "/x/")))?;
        draft.step(putting(moved(draft, "a", "/y/")))?;
        let (first, revision) = {
            let user = draft.snapshot().user(account(), "a").unwrap();
            (user.id, user.revision)
        };
        assert_eq!(revision, before.next());
        // A name is free as soon as it is.
        draft.step(deleting(&user_named(draft, "a")))?;
        draft.step(putting(user("A", 2)))?;
        assert_ne!(draft.snapshot().user(account(), "a").unwrap().id, first);
        assert_eq!(draft.snapshot().counts(account()).users, 1);
        Ok::<_, ChangeError>(())
    };
    let ((), pending) = directory.write_steps(steps).unwrap();
    assert_eq!(pending.wait(), Ok(before.next()));
    assert_eq!(store.begun(), begun + 1);
    assert_eq!(&*directory.snapshot().user(account(), "a").unwrap().name, "A");
    // What is stored is what is shown, so the next write is no conflict.
    let all = directory.snapshot();
    drop(directory);
    let again = open(store);
    assert_eq!(view(&again.snapshot()), view(&all));
    put(
        &again,
        User {
            path: "/z/".into(),
            ..User::clone(again.snapshot().user(account(), "a").unwrap())
        },
    );
}

fn user_named(draft: &Draft, name: &str) -> User {
    User::clone(draft.snapshot().user(account(), name).unwrap())
}

#[test]
fn a_step_that_cannot_be_made_leaves_the_others_and_a_refusal_leaves_nothing() {
    let directory = in_memory();
    put(&directory, user("taken", 1));
    let before = view(&directory.snapshot());
    let refused = directory.write_steps(|draft| {
        draft.step(putting(user("a", 2)))?;
        let taken = draft.step(putting(user("TAKEN", 3))).unwrap_err();
        assert!(matches!(taken, ChangeError::NameTaken(EntityKey::User(..), _)));
        assert!(draft.snapshot().user(account(), "a").is_some());
        // An entity as it was before the draft changed it.
        let old = user_named(draft, "taken");
        draft.step(putting(moved(draft, "taken", "/x/")))?;
        draft.step(deleting(&old))
    });
    assert!(matches!(
        refused,
        Err(WriteError::Refused(ChangeError::Conflict(_)))
    ));
    assert_eq!(view(&directory.snapshot()), before);
}

#[test]
fn a_draft_is_committed_only_on_the_state_it_was_begun_on() {
    let (store, directory) = faulty();
    let draft = |seed: u64| {
        let mut draft = directory.draft();
        draft.step(putting(user(&format!("user-{seed}"), seed))).unwrap();
        draft
    };
    let commit = |draft: Draft| directory.commit(draft).unwrap();

    // Nobody wrote: it is queued as it is.
    let revision = commit(draft(1)).unwrap().wait().unwrap();
    assert_eq!(
        directory.snapshot().user(account(), "user-1").unwrap().revision,
        revision
    );

    // Somebody wrote, and it is durable; or waits; or is being committed.
    let late = draft(2);
    put(&directory, user("other", 3));
    assert!(commit(late).is_none());
    store.set_hanging(true);
    let late = draft(4);
    let waiting = directory
        .write(|_| Ok::<_, ()>(((), putting(user("waiting", 5)))))
        .unwrap()
        .1;
    assert!(commit(late).is_none());
    let late = draft(6);
    assert!(
        commit(late).is_none(),
        "the published state is not the newest one"
    );
    store.set_hanging(false);
    waiting.wait().unwrap();
    commit(draft(7)).unwrap().wait().unwrap();
    for lost in ["user-2", "user-4", "user-6"] {
        assert!(directory.snapshot().user(account(), lost).is_none());
    }
}

#[test]
fn steps_join_the_batch_that_is_being_gathered() {
    let (store, directory) = faulty();
    store.set_hanging(true);
    let first = directory
        .write(|_| Ok::<_, ()>(((), putting(user("a", 1)))))
        .unwrap()
        .1;
    store.wait_for_commit();
    // In the next batch: a plain write, steps on what it and the batch before it left, a plain write on top.
    let second = directory
        .write(|_| Ok::<_, ()>(((), putting(user("b", 2)))))
        .unwrap()
        .1;
    let steps = |draft: &mut Draft| {
        draft.step(putting(moved(draft, "a", "/1/")))?;
        draft.step(putting(moved(draft, "b", "/1/")))?;
        draft.step(putting(moved(draft, "a", "/2/")))?;
        draft.step(deleting(&user_named(draft, "b")))
    };
    let ((), third) = directory.write_steps(steps).unwrap();
    let last = |snapshot: &locum_directory::Snapshot| {
        let user = snapshot.user(account(), "a").unwrap();
        Ok::<_, ()>((
            (),
            putting(User {
                path: "/3/".into(),
                ..User::clone(user)
            }),
        ))
    };
    let fourth = directory.write(last).unwrap().1;
    store.set_hanging(false);
    let revision = first.wait().unwrap();
    for pending in [second, third, fourth] {
        assert_eq!(pending.wait(), Ok(revision.next()));
    }
    let snapshot = directory.snapshot();
    assert_eq!(&*snapshot.user(account(), "a").unwrap().path, "/3/");
    assert!(snapshot.user(account(), "b").is_none());
    drop(directory);
    assert_eq!(view(&open(store).snapshot()), view(&snapshot));
}

#[test]
fn a_commit_that_fails_takes_all_steps_with_it() {
    let (store, directory) = faulty();
    let before = view(&directory.snapshot());
    store.set_full(true);
    let steps = |draft: &mut Draft| {
        draft.step(putting(user("a", 1)))?;
        draft.step(putting(user("b", 2)))
    };
    let ((), pending) = directory.write_steps(steps).unwrap();
    pending.wait().unwrap_err();
    assert_eq!(view(&directory.snapshot()), before);
    store.set_full(false);
    directory.write_steps(steps).unwrap().1.wait().unwrap();
    assert_eq!(directory.snapshot().counts(account()).users, 2);
}

/// Whatever the steps, memory and store agree on what they came to.
#[test]
fn any_steps_leave_in_the_store_what_they_leave_in_memory() {
    for seed in 0..60 {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let directory: Directory = open(Arc::clone(&store));
        let mut rng = SeededRandom::new(seed);
        for _ in 0..4 {
            let ((), pending) = directory
                .write_steps(|draft| {
                    for _ in 0..rng.next_u64() % 12 {
                        random_step(draft, &mut rng);
                    }
                    Ok::<_, ()>(())
                })
                .unwrap();
            let revision = pending.wait().unwrap();
            assert!(revision > Revision::NEW);
        }
        let shown = view(&directory.snapshot());
        drop(directory);
        assert_eq!(view(&open(store).snapshot()), shown, "seed {seed}");
    }
}

fn random_step(draft: &mut Draft, rng: &mut SeededRandom) {
    let mut below = |most: u64| rng.next_u64() % most;
    let name = format!("user-{}", below(4));
    let (what, other, seed) = (below(5), below(4), below(1 << 40));
    let found = draft.snapshot().user(account(), &name).cloned();
    let changes = match (what, found) {
        (0, _) | (_, None) => putting(user(&name, seed)),
        (1, Some(user)) => putting(User {
            name: format!("USER-{other}").into(),
            ..User::clone(&user)
        }),
        (2, Some(user)) => deleting(&user),
        (3, Some(user)) => {
            let owner = KeyOwner::User(user.id);
            putting(AccessKey::generate(
                account(),
                owner,
                now(),
                &mut SeededRandom::new(seed),
            ))
        }
        (_, Some(user)) => {
            let Some(key) = draft.snapshot().access_keys(KeyOwner::User(user.id)).next() else {
                return;
            };
            let mut changes = Changes::new();
            changes.delete(&**key);
            changes
        }
    };
    // A name that is taken, or a user who still has keys, is refused and changes nothing.
    let _ = draft.step(changes);
}
