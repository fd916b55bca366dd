//! Passwords and what accounts ask of them: what is kept and what is refused.

use std::{num::NonZeroU32, sync::Arc};

use locum_crypto::{PasswordHash, PasswordScheme, SeededRandom};
use locum_directory::{
    ChangeError, Changes, LoginProfile, MOST_REMEMBERED_PASSWORDS, PasswordPolicy, RedbStore, Revision, User,
    WrongGuesses,
};
use locum_names::AccountId;

use crate::{
    fixture::{account, in_memory, now, open, put, put_refused, refused, view},
    samples::later,
};

fn user(name: &str, seed: u64) -> User {
    User::new(account(), "/", name, now(), &mut SeededRandom::new(seed))
}

fn hash(password: &str) -> PasswordHash {
    let iterations = NonZeroU32::new(2).unwrap();
    PasswordScheme::generate(iterations, &mut SeededRandom::new(7)).hash(password)
}

fn profile(user: &User) -> LoginProfile {
    LoginProfile::new(account(), user.id, hash("first"), false, now())
}

fn policy() -> PasswordPolicy {
    PasswordPolicy {
        revision: Revision::NEW,
        account: account(),
        minimum_length: 14,
        symbols: true,
        numbers: false,
        uppercase: true,
        lowercase: false,
        users_may_change: true,
        max_age: Some(90),
        reuse_prevention: Some(24),
        hard_expiry: Some(false),
    }
}

#[test]
fn passwords_with_everything_they_may_have_are_there_after_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("directory.redb");
    let directory = open(Arc::new(RedbStore::open(&path).unwrap()));
    let (alice, bob) = (user("alice", 1), user("bob", 2));
    put(&directory, alice.clone());
    put(&directory, bob.clone());
    let full = LoginProfile {
        changed: later(1),
        reset_required: true,
        previous: vec![hash("second"), hash("third")],
        failures: Some(WrongGuesses {
            count: 3,
            since: later(2),
        }),
        locked_until: Some(later(3)),
        ..profile(&alice)
    };
    put(&directory, full);
    put(&directory, profile(&bob));
    put(&directory, policy());
    let before = view(&directory.snapshot());
    drop(directory);

    let directory = open(Arc::new(RedbStore::open(&path).unwrap()));
    let snapshot = directory.snapshot();
    assert_eq!(view(&snapshot), before);
    let stored = snapshot.login_profile(&alice.id).unwrap();
    assert_eq!((stored.changed, stored.locked_until), (later(1), Some(later(3))));
    assert!(stored.password.matches(&hash("first")) && stored.previous[1].matches(&hash("third")));
    let policy = PasswordPolicy {
        max_age: None,
        reuse_prevention: None,
        hard_expiry: None,
        ..**snapshot.password_policy(account()).unwrap()
    };
    put(&directory, policy);
    put(
        &directory,
        LoginProfile {
            previous: Vec::new(),
            ..LoginProfile::clone(stored)
        },
    );
    let before = view(&directory.snapshot());
    drop(directory);
    let directory = open(Arc::new(RedbStore::open(&path).unwrap()));
    assert_eq!(view(&directory.snapshot()), before);

    let snapshot = directory.snapshot();
    let mut changes = Changes::new();
    changes.delete(&**snapshot.login_profile(&alice.id).unwrap());
    changes.delete(&**snapshot.password_policy(account()).unwrap());
    crate::fixture::queue(&directory, changes)
        .unwrap()
        .wait()
        .unwrap();
    let snapshot = directory.snapshot();
    assert!(snapshot.login_profile(&alice.id).is_none() && snapshot.password_policy(account()).is_none());
}

#[test]
fn a_password_is_of_a_user_who_cannot_go_before_it() {
    let directory = in_memory();
    let alice = user("alice", 1);
    let without = put_refused(&directory, profile(&alice));
    assert!(matches!(without, ChangeError::Dangling(..)), "{without}");
    put(&directory, alice.clone());
    put(&directory, profile(&alice));
    let again = put_refused(&directory, profile(&alice));
    assert!(matches!(again, ChangeError::Conflict(_)), "{again}");
    let other: AccountId = "999999999999".parse().unwrap();
    let elsewhere = LoginProfile {
        account: other,
        revision: directory.snapshot().login_profile(&alice.id).unwrap().revision,
        ..profile(&alice)
    };
    let elsewhere = put_refused(&directory, elsewhere);
    assert!(matches!(elsewhere, ChangeError::IdTaken(_)), "{elsewhere}");
    let elsewhere = PasswordPolicy {
        account: other,
        ..policy()
    };
    let elsewhere = put_refused(&directory, elsewhere);
    assert!(matches!(elsewhere, ChangeError::Dangling(..)), "{elsewhere}");
    let snapshot = directory.snapshot();
    let mut changes = Changes::new();
    changes.delete(&**snapshot.user_by_id(&alice.id).unwrap());
    let early = refused(&directory, changes);
    assert!(
        matches!(early, ChangeError::InUse(_, "it has a password")),
        "{early}"
    );
    let mut changes = Changes::new();
    changes.delete(&**snapshot.login_profile(&alice.id).unwrap());
    changes.delete(&**snapshot.user_by_id(&alice.id).unwrap());
    crate::fixture::queue(&directory, changes)
        .unwrap()
        .wait()
        .unwrap();
}

#[test]
fn as_many_passwords_are_remembered_as_a_policy_can_ask_for() {
    let directory = in_memory();
    let alice = user("alice", 1);
    put(&directory, alice.clone());
    let mut full = profile(&alice);
    for n in 0..30 {
        full.change(hash(&n.to_string()), later(n));
    }
    assert_eq!(full.last(usize::MAX).count(), MOST_REMEMBERED_PASSWORDS);
    assert!(full.password.matches(&hash("29")) && full.previous[22].matches(&hash("6")));
    assert_eq!(full.last(2).count(), 2);
    let more = LoginProfile {
        previous: vec![hash("x"); MOST_REMEMBERED_PASSWORDS],
        ..full.clone()
    };
    let refused = put_refused(&directory, more);
    assert!(matches!(refused, ChangeError::Invalid(..)), "{refused}");
    put(&directory, full);
}
