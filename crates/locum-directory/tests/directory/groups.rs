use std::sync::Arc;

use locum_crypto::SeededRandom;
use locum_directory::{
    Account, ChangeError, Changes, Group, InlinePolicy, JoinedMethod, ManagedPolicy, RedbStore, User,
};
use locum_names::{AccountId, Partition, UniqueId, UniqueKind};
use locum_policy::PolicyKind;

use crate::fixture::{account, in_memory, now, open, policy, put, put_refused, queue, refused, view};

fn user(name: &str, seed: u64, groups: &[UniqueId]) -> User {
    User {
        groups: groups.to_vec(),
        ..User::new(account(), "/", name, now(), &mut SeededRandom::new(seed))
    }
}

fn group(name: &str, seed: u64) -> Group {
    Group::new(account(), "/", name, now(), &mut SeededRandom::new(seed))
}

#[test]
fn a_group_with_everything_it_may_have_and_its_users_are_there_after_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("directory.redb");
    let directory = open(Arc::new(RedbStore::open(&path).unwrap()));
    let managed = policy(PolicyKind::Managed);
    let managed = ManagedPolicy::new(account(), "/", "read", managed, now(), &mut SeededRandom::new(8));
    put(&directory, managed.clone());
    let inline = InlinePolicy {
        name: "own".into(),
        policy: policy(PolicyKind::Inline),
    };
    let developers = Group {
        path: "/staff/".into(),
        inline: vec![inline],
        attached: vec![managed.id],
        ..group("Developers", 1)
    };
    let others = group("others", 2);
    let (id, other) = (developers.id, others.id);
    assert_eq!(id.kind(), UniqueKind::Group);
    assert_eq!(
        developers.arn(Partition::Aws),
        "arn:aws:iam::123456789012:group/staff/Developers"
    );
    put(&directory, developers);
    put(&directory, others);
    put(&directory, user("alice", 3, &[other, id]));
    put(&directory, user("bob", 4, &[id]));
    put(&directory, user("carol", 5, &[]));
    let before = view(&directory.snapshot());
    drop(directory);

    let directory = open(Arc::new(RedbStore::open(&path).unwrap()));
    let snapshot = directory.snapshot();
    assert_eq!(view(&snapshot), before);
    assert_eq!(snapshot.counts(account()).groups, 2);
    assert_eq!(snapshot.policy_usage(&managed.id, account()).attachments, 1);
    let mut members: Vec<_> = snapshot.group_members(id).map(|user| &*user.name).collect();
    members.sort_unstable();
    assert_eq!(members, ["alice", "bob"]);
    assert_eq!(snapshot.user(account(), "alice").unwrap().groups, [other, id]);
}

#[test]
fn a_user_that_leaves_or_goes_is_in_the_group_no_more() {
    let directory = in_memory();
    let developers = group("developers", 1);
    let id = developers.id;
    put(&directory, developers);
    let (alice, bob) = (user("alice", 2, &[id]), user("bob", 3, &[id]));
    put(&directory, alice.clone());
    put(&directory, bob.clone());
    let alice = User::clone(directory.snapshot().user_by_id(&alice.id).unwrap());
    put(
        &directory,
        User {
            groups: Vec::new(),
            ..alice
        },
    );
    let names = |directory: &locum_directory::Directory| -> Vec<String> {
        let snapshot = directory.snapshot();
        snapshot
            .group_members(id)
            .map(|user| user.name.to_string())
            .collect()
    };
    assert_eq!(names(&directory), ["bob"]);
    let mut changes = Changes::new();
    changes.delete(&**directory.snapshot().user_by_id(&bob.id).unwrap());
    queue(&directory, changes).unwrap().wait().unwrap();
    assert!(names(&directory).is_empty());
}

#[test]
fn no_group_is_missing_foreign_or_taken_away_under_its_users() {
    let directory = in_memory();
    let developers = group("Developers", 1);
    let id = developers.id;
    let refusal = put_refused(&directory, user("alice", 2, &[id]));
    assert!(matches!(refusal, ChangeError::Dangling(..)), "{refusal}");
    put(&directory, developers);
    let refusal = put_refused(&directory, group("dEVELOPERS", 3));
    assert!(matches!(refusal, ChangeError::NameTaken(..)), "{refusal}");
    let refusal = put_refused(&directory, user("alice", 2, &[id, id]));
    assert!(matches!(refusal, ChangeError::Invalid(..)), "{refusal}");
    put(&directory, user("alice", 2, &[id]));
    let mut changes = Changes::new();
    changes.delete(&**directory.snapshot().group_by_id(&id).unwrap());
    let refusal = refused(&directory, changes);
    assert!(matches!(refusal, ChangeError::InUse(..)), "{refusal}");

    // Of another account.
    let foreign: AccountId = "210987654321".parse().unwrap();
    let email = "other@example.com";
    put(
        &directory,
        Account::new(foreign, "other", email, JoinedMethod::Created, now()),
    );
    let stranger = User {
        groups: vec![id],
        ..User::new(foreign, "/", "mallory", now(), &mut SeededRandom::new(9))
    };
    let refusal = put_refused(&directory, stranger);
    assert!(matches!(refusal, ChangeError::Dangling(..)), "{refusal}");

    // A user's id is no group's.
    let misnamed = Group {
        id: user("x", 11, &[]).id,
        ..group("x", 12)
    };
    let refusal = put_refused(&directory, misnamed);
    assert!(matches!(refusal, ChangeError::Invalid(..)), "{refusal}");
}

#[test]
fn a_policy_that_a_group_has_stays() {
    let directory = in_memory();
    let managed = policy(PolicyKind::Managed);
    let managed = ManagedPolicy::new(account(), "/", "read", managed, now(), &mut SeededRandom::new(8));
    let with = |seed| Group {
        attached: vec![managed.id],
        ..group("developers", seed)
    };
    let refusal = put_refused(&directory, with(1));
    assert!(matches!(refusal, ChangeError::Dangling(..)), "{refusal}");
    put(&directory, managed.clone());
    put(&directory, with(1));
    let delete = |directory: &locum_directory::Directory| {
        let mut changes = Changes::new();
        changes.delete(&**directory.snapshot().policy_by_id(&managed.id).unwrap());
        changes
    };
    let refusal = refused(&directory, delete(&directory));
    assert!(matches!(refusal, ChangeError::InUse(..)), "{refusal}");
    let mut changes = Changes::new();
    changes.delete(&**directory.snapshot().group(account(), "developers").unwrap());
    queue(&directory, changes).unwrap().wait().unwrap();
    queue(&directory, delete(&directory)).unwrap().wait().unwrap();
    assert_eq!(directory.snapshot().counts(account()).groups, 0);
}
