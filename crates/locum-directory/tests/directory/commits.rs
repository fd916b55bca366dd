//! When a write becomes visible and acknowledged, and what happens when it cannot.

use std::{
    sync::{
        Arc, Barrier, Mutex,
        atomic::{AtomicBool, Ordering},
        mpsc::channel,
    },
    thread,
};

use locum_crypto::{Purpose, SeededRandom};
use locum_directory::{
    ChangeError, Changes, CommitError, Directory, FaultyStore, MemoryStore, Revision, Store, StoreError,
    StoreNews, Transaction, User, WriteError,
};

use crate::fixture::{account, kek, now, open, put, put_refused, queue, ring, view};

pub(crate) fn faulty() -> (Arc<FaultyStore>, Directory) {
    let store = Arc::new(FaultyStore::default());
    let directory = open(Arc::clone(&store) as Arc<dyn Store>);
    (store, directory)
}

fn new_user(number: u64) -> User {
    User::new(
        account(),
        "/",
        &format!("user-{number}"),
        now(),
        &mut SeededRandom::new(number),
    )
}

fn put_user(number: u64) -> Changes {
    let mut changes = Changes::new();
    changes.put(new_user(number));
    changes
}

#[test]
fn readers_see_only_what_is_durable_and_writers_see_each_other() {
    let (store, directory) = faulty();
    store.set_hanging(true);
    let pending = queue(&directory, put_user(1)).unwrap();
    assert!(directory.snapshot().user(account(), "user-1").is_none());

    let write = |snapshot: &locum_directory::Snapshot| {
        let waiting = snapshot.user(account(), "user-1").ok_or("not seen")?;
        let mut changes = Changes::new();
        changes.put(User {
            path: "/moved/".into(),
            ..User::clone(waiting)
        });
        Ok::<_, &str>(((), changes))
    };
    let ((), moved) = directory.write(write).unwrap();
    assert!(directory.snapshot().user(account(), "user-1").is_none());

    store.set_hanging(false);
    let first = pending.wait().unwrap();
    assert!(moved.wait().unwrap() >= first);
    assert_eq!(
        &*directory.snapshot().user(account(), "user-1").unwrap().path,
        "/moved/"
    );
}

#[test]
fn writes_that_wait_share_one_transaction() {
    let (store, directory) = faulty();
    let before = store.begun();
    store.set_hanging(true);
    let first = queue(&directory, put_user(0)).unwrap();
    store.wait_for_commit();
    let waiting: Vec<_> = (1..=500)
        .map(|n| queue(&directory, put_user(n)).unwrap())
        .collect();
    assert_eq!(directory.write_counts().waiting, 501);
    store.set_hanging(false);
    let first = first.wait().unwrap();
    for pending in waiting {
        assert_eq!(pending.wait(), Ok(first.next()));
    }
    directory.settle();
    assert_eq!(store.begun(), before + 2);
    assert_eq!(directory.snapshot().counts(account()).users, 501);
}

#[test]
fn a_failed_commit_fails_every_waiter_and_leaves_the_durable_state() {
    let (store, directory) = faulty();
    put(&directory, new_user(1));
    let before = view(&directory.snapshot());
    store.set_hanging(true);
    store.set_full(true);
    let failed = queue(&directory, put_user(2)).unwrap();
    store.wait_for_commit();
    // Decided while the first is on its way, on a state that will never be.
    let abandoned = queue(&directory, put_user(3)).unwrap();
    let (sender, called) = channel();
    queue(&directory, Changes::new())
        .unwrap()
        .on_durable(move |outcome| sender.send(outcome).unwrap());
    store.set_hanging(false);
    assert!(matches!(
        failed.wait(),
        Err(CommitError::Store(StoreError::Unavailable { .. }))
    ));
    assert_eq!(abandoned.wait(), Err(CommitError::Abandoned));
    assert_eq!(called.recv().unwrap(), Err(CommitError::Abandoned));
    assert_eq!(view(&directory.snapshot()), before);

    store.set_full(false);
    put(&directory, new_user(2));
    let after = view(&directory.snapshot());
    drop(directory);
    assert_eq!(view(&open(store).snapshot()), after);
}

#[test]
fn a_store_written_by_somebody_else_stops_the_directory_instead_of_diverging() {
    let store = Arc::new(MemoryStore::new());
    let directory = open(Arc::clone(&store) as Arc<dyn Store>);
    store
        .transact(&Transaction {
            puts: vec![("/elsewhere".into(), vec![1])],
            ..Transaction::default()
        })
        .unwrap();
    assert!(!directory.is_closed());
    let outcome = queue(&directory, put_user(1)).unwrap().wait();
    assert_eq!(outcome, Err(CommitError::Diverged));
    assert!(directory.is_closed(), "whoever asks whether it is well is told");
    assert!(matches!(queue(&directory, put_user(2)), Err(WriteError::Closed)));
}

/// A queue that takes no more has not told everybody yet: whoever closes what they write to must wait for that.
#[test]
fn settling_waits_for_those_who_are_told_that_the_store_went_on_without_them() {
    let (store, directory) = faulty();
    store.transact(&Transaction::default()).unwrap();
    // Until somebody is to be told: who asks later is told at once, by the thread that asks.
    store.set_hanging(true);
    let (told, (begin, begun), (go_on, going_on)) = (Arc::new(AtomicBool::new(false)), channel(), channel());
    let done = Arc::clone(&told);
    queue(&directory, put_user(1))
        .unwrap()
        .on_durable(move |outcome| {
            assert_eq!(outcome, Err(CommitError::Diverged));
            begin.send(()).unwrap();
            going_on.recv().unwrap();
            done.store(true, Ordering::SeqCst);
        });
    store.set_hanging(false);
    begun.recv().unwrap();
    assert!(directory.is_closed());
    thread::scope(|scope| {
        scope.spawn(move || {
            // Late, so that whoever does not wait is seen.
            (0..1_000).for_each(|_| thread::yield_now());
            go_on.send(()).unwrap();
        });
        directory.settle();
        assert!(told.load(Ordering::SeqCst));
    });
    // Nobody is left to wait for.
    directory.settle();
}

#[test]
fn whoever_asked_is_told_when_commits_begin_to_fail_and_when_they_no_longer_do() {
    let (store, directory) = faulty();
    let news = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&news);
    directory.report_to(move |told| {
        seen.lock().unwrap().push(match told {
            StoreNews::Failing(error) => format!("failing: {error}"),
            StoreNews::Closed(error) => format!("closed: {error}"),
            StoreNews::Working => "working".to_owned(),
        });
    });
    let write = |number| queue(&directory, put_user(number)).unwrap().wait().is_ok();
    assert!(write(1));
    store.set_full(true);
    assert!(!write(2) && !write(3));
    store.set_full(false);
    assert!(write(4) && write(5));
    store.transact(&Transaction::default()).unwrap();
    assert!(!write(6));
    // It is told after whoever waits.
    drop(directory);
    assert_eq!(
        *news.lock().unwrap(),
        [
            "failing: cannot use directory.redb: no space left on device",
            "working",
            "closed: the store was written by somebody else; open the directory again",
        ]
    );
}

#[test]
fn closing_writes_what_is_queued() {
    let store = Arc::new(MemoryStore::new());
    let directory = open(Arc::clone(&store) as Arc<dyn Store>);
    let pending: Vec<_> = (0..100)
        .map(|n| queue(&directory, put_user(n)).unwrap())
        .collect();
    drop(directory);
    for write in pending {
        write.wait().unwrap();
    }
    assert_eq!(open(store).snapshot().counts(account()).users, 100);
}

#[test]
fn a_write_of_nothing_waits_for_what_it_saw() {
    let (store, directory) = faulty();
    store.set_hanging(true);
    let write = queue(&directory, put_user(1)).unwrap();
    let nothing = queue(&directory, Changes::new()).unwrap();
    let (sender, called) = channel();
    nothing.on_durable(move |outcome| sender.send(outcome).unwrap());
    assert!(called.try_recv().is_err());
    store.set_hanging(false);
    let revision = write.wait().unwrap();
    assert_eq!(called.recv().unwrap(), Ok(revision));
    // And on a directory at rest it is done at once, without a transaction.
    let begun = store.begun();
    assert_eq!(queue(&directory, Changes::new()).unwrap().wait(), Ok(revision));
    assert_eq!(store.begun(), begun);
}

#[test]
fn a_created_and_deleted_entity_of_one_batch_leaves_nothing() {
    let (store, directory) = faulty();
    store.set_hanging(true);
    let first = queue(&directory, put_user(0)).unwrap();
    store.wait_for_commit();
    let created = queue(&directory, put_user(1)).unwrap();
    let delete = |snapshot: &locum_directory::Snapshot| {
        let mut changes = Changes::new();
        changes.delete(&**snapshot.user(account(), "user-1").ok_or("not seen")?);
        Ok::<_, &str>(((), changes))
    };
    let ((), deleted) = directory.write(delete).unwrap();
    store.set_hanging(false);
    first.wait().unwrap();
    assert_eq!(created.wait(), deleted.wait());
    assert!(
        store
            .get(&format!("/users/{}/{}", account(), new_user(1).id))
            .unwrap()
            .is_none()
    );
    let before = view(&directory.snapshot());
    drop(directory);
    assert_eq!(view(&open(store).snapshot()), before);
}

#[test]
fn a_callback_that_panics_harms_nobody_else() {
    let (store, directory) = faulty();
    store.set_hanging(true);
    queue(&directory, put_user(1))
        .unwrap()
        .on_durable(|_| panic!("a caller's fault"));
    let other = queue(&directory, put_user(2)).unwrap();
    store.set_hanging(false);
    other.wait().unwrap();
    put(&directory, new_user(3));
}

#[test]
fn concurrent_readers_never_see_half_a_write() {
    let directory = Arc::new(open(Arc::new(MemoryStore::new())));
    let stop = Arc::new(AtomicBool::new(false));
    // Nobody writes before every reader has its turn, which on a busy machine may be late.
    let begin = Arc::new(Barrier::new(4));
    let readers: Vec<_> = (0..3)
        .map(|_| {
            let (directory, stop, begin) = (Arc::clone(&directory), Arc::clone(&stop), Arc::clone(&begin));
            thread::spawn(move || {
                begin.wait();
                let mut last = Revision::NEW;
                loop {
                    let is_last = stop.load(Ordering::SeqCst);
                    let snapshot = directory.snapshot();
                    assert!(snapshot.revision() >= last, "a reader never goes back in time");
                    last = snapshot.revision();
                    // Users are only ever made in pairs.
                    let users = snapshot.users(account(), None, "/").count();
                    assert_eq!(users % 2, 0);
                    assert_eq!(snapshot.counts(account()).users, users);
                    if is_last {
                        break users;
                    }
                }
            })
        })
        .collect();
    begin.wait();
    let writers: Vec<_> = (0..4_u64)
        .map(|writer| {
            let directory = Arc::clone(&directory);
            thread::spawn(move || {
                for pair in 0..50 {
                    let mut changes = Changes::new();
                    changes
                        .put(new_user(writer * 1000 + pair * 2))
                        .put(new_user(writer * 1000 + pair * 2 + 1));
                    let revision = queue(&directory, changes).unwrap().wait().unwrap();
                    assert!(
                        directory.snapshot().revision() >= revision,
                        "acknowledged is visible"
                    );
                }
            })
        })
        .collect();
    for writer in writers {
        writer.join().unwrap();
    }
    stop.store(true, Ordering::SeqCst);
    for reader in readers {
        assert_eq!(
            reader.join().unwrap(),
            400,
            "acknowledged is visible to everybody"
        );
    }
    assert_eq!(directory.snapshot().counts(account()).users, 400);
}

#[test]
fn key_rings_are_kept_and_a_second_first_one_is_a_conflict() {
    let store = Arc::new(MemoryStore::new());
    let directory = open(Arc::clone(&store) as Arc<dyn Store>);
    let ring = |expected, bytes| ring(Purpose::SessionToken, expected, bytes);
    let revision = put(&directory, ring(Revision::NEW, b"one"));
    let second = put_refused(&directory, ring(Revision::NEW, b"two"));
    assert!(matches!(second, ChangeError::Conflict(_)), "{second}");
    put(&directory, ring(revision, b"three"));
    let deployment = *directory.deployment();
    drop(directory);

    let directory = Directory::open(store, kek(), Box::new(SeededRandom::new(9))).unwrap();
    assert_eq!(*directory.deployment(), deployment);
    let snapshot = directory.snapshot();
    assert_eq!(
        snapshot.ring(Purpose::SessionToken).unwrap().bytes.expose(),
        b"three"
    );
    assert!(snapshot.ring(Purpose::AuthorizationMessage).is_none());
}
