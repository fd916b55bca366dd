//! What no write can bring about, whoever asks for it.

use jiff::Timestamp;
use locum_crypto::{Random, SeededRandom};
use locum_directory::{
    AccessKey, Account, Attachment, ChangeError, Changes, InlinePolicy, JoinedMethod, KeyOwner,
    ManagedPolicy, PolicyUse, Revision, Role, User, VersionId,
};
use locum_names::{AccountId, Arn, Partition, UniqueId, UniqueKind};
use locum_policy::PolicyKind;

use crate::fixture::{account, in_memory, now, policy, put, put_refused, queue, refused};

fn user(name: &str, seed: u64) -> User {
    User::new(account(), "/", name, now(), &mut SeededRandom::new(seed))
}

#[test]
fn a_write_decided_on_an_older_state_is_a_conflict() {
    let directory = in_memory();
    let new = user("alice", 1);
    let id = new.id;
    let first = put(&directory, new.clone());
    let read = User::clone(directory.snapshot().user_by_id(&id).unwrap());
    assert_eq!(read.revision, first);
    let second = put(
        &directory,
        User {
            path: "/a/".into(),
            ..read.clone()
        },
    );
    assert_eq!(second, first.next());

    let stale = put_refused(
        &directory,
        User {
            path: "/b/".into(),
            ..read.clone()
        },
    );
    assert!(matches!(stale, ChangeError::Conflict(_)), "{stale}");
    assert!(matches!(put_refused(&directory, new), ChangeError::Conflict(_)));
    let mut changes = Changes::new();
    changes.delete(&read);
    assert!(matches!(refused(&directory, changes), ChangeError::Conflict(_)));
    let mut changes = Changes::new();
    changes.delete(&user("nobody", 9));
    assert!(matches!(refused(&directory, changes), ChangeError::Conflict(_)));
}

#[test]
fn names_are_unique_in_an_account_ignoring_case_and_keep_their_case() {
    // facts: sts §8.4
    let directory = in_memory();
    put(&directory, user("Alice", 1));
    let again = put_refused(&directory, user("aLICE", 2));
    assert!(matches!(again, ChangeError::NameTaken(..)), "{again}");
    let snapshot = directory.snapshot();
    assert_eq!(&*snapshot.user(account(), "ALICE").unwrap().name, "Alice");
    assert!(snapshot.user(AccountId::from_random(1), "Alice").is_none());

    // A role and a policy of the same name are other things.
    let mut rng = SeededRandom::new(4);
    put(
        &directory,
        Role::new(
            account(),
            "/",
            "alice",
            policy(PolicyKind::Trust),
            now(),
            &mut rng,
        ),
    );
    put(
        &directory,
        ManagedPolicy::new(
            account(),
            "/",
            "alice",
            policy(PolicyKind::Managed),
            now(),
            &mut rng,
        ),
    );

    // Renamed, the old name is free, and a change of case alone is no clash.
    let renamed = User {
        name: "ALICE".into(),
        ..User::clone(snapshot.user(account(), "alice").unwrap())
    };
    put(&directory, renamed);
    let renamed = User::clone(directory.snapshot().user(account(), "alice").unwrap());
    put(
        &directory,
        User {
            name: "bob".into(),
            ..renamed
        },
    );
    put(&directory, user("alice", 2));
    assert_eq!(directory.snapshot().counts(account()).users, 2);
}

#[test]
fn what_is_referred_to_must_exist_and_stay() {
    let directory = in_memory();
    let mut rng = SeededRandom::new(5);
    let managed = ManagedPolicy::new(
        account(),
        "/",
        "read",
        policy(PolicyKind::Managed),
        now(),
        &mut rng,
    );
    let policy_id = managed.id;
    let missing = User {
        attached: vec![policy_id],
        ..user("alice", 1)
    };
    assert!(matches!(
        put_refused(&directory, missing.clone()),
        ChangeError::Dangling(..)
    ));
    let unbounded = User {
        boundary: Some(policy_id),
        ..user("alice", 1)
    };
    assert!(matches!(
        put_refused(&directory, unbounded),
        ChangeError::Dangling(..)
    ));

    put(&directory, managed);
    let user_id = missing.id;
    put(&directory, missing);
    put(
        &directory,
        AccessKey::generate(account(), KeyOwner::User(user_id), now(), &mut rng),
    );

    let snapshot = directory.snapshot();
    let mut changes = Changes::new();
    changes.delete(&**snapshot.policy_by_id(&policy_id).unwrap());
    let in_use = refused(&directory, changes);
    assert!(matches!(in_use, ChangeError::InUse(..)), "{in_use}");
    let mut changes = Changes::new();
    changes.delete(&**snapshot.user_by_id(&user_id).unwrap());
    assert!(matches!(refused(&directory, changes), ChangeError::InUse(..)));
    let mut changes = Changes::new();
    changes.delete(&**snapshot.account(account()).unwrap());
    assert!(matches!(refused(&directory, changes), ChangeError::InUse(..)));

    // In one write, in any order, it can all go.
    let mut changes = Changes::new();
    changes.delete(&**snapshot.policy_by_id(&policy_id).unwrap());
    changes.delete(&**snapshot.user_by_id(&user_id).unwrap());
    for key in snapshot.access_keys(KeyOwner::User(user_id)) {
        changes.delete(&**key);
    }
    queue(&directory, changes).unwrap().wait().unwrap();
    let snapshot = directory.snapshot();
    assert!(snapshot.user_by_id(&user_id).is_none() && snapshot.policy_by_id(&policy_id).is_none());
    assert_eq!(snapshot.access_keys(KeyOwner::User(user_id)).count(), 0);
}

#[test]
fn nothing_belongs_to_an_account_or_an_owner_that_is_not_there() {
    let directory = in_memory();
    let mut rng = SeededRandom::new(6);
    let elsewhere = AccountId::from_random(77);
    let stray = User::new(elsewhere, "/", "alice", now(), &mut rng);
    assert!(matches!(
        put_refused(&directory, stray),
        ChangeError::Dangling(..)
    ));
    let ownerless = AccessKey::generate(account(), KeyOwner::User(user("x", 1).id), now(), &mut rng);
    assert!(matches!(
        put_refused(&directory, ownerless),
        ChangeError::Dangling(..)
    ));
    let foreign_root = AccessKey::generate(account(), KeyOwner::Root(elsewhere), now(), &mut rng);
    assert!(matches!(
        put_refused(&directory, foreign_root),
        ChangeError::Dangling(..)
    ));
}

#[test]
fn entities_that_contradict_themselves_are_refused() {
    let directory = in_memory();
    let mut rng = SeededRandom::new(7);
    let as_role = User {
        id: UniqueId::new(UniqueKind::Role, account(), rng.next_u64()),
        ..user("alice", 1)
    };
    assert!(matches!(
        put_refused(&directory, as_role),
        ChangeError::Invalid(..)
    ));
    assert!(matches!(
        put_refused(&directory, user("", 1)),
        ChangeError::Invalid(..)
    ));

    let managed = ManagedPolicy::new(
        account(),
        "/",
        "read",
        policy(PolicyKind::Managed),
        now(),
        &mut rng,
    );
    let no_default = ManagedPolicy {
        default_version: VersionId::FIRST.next(),
        ..managed.clone()
    };
    assert!(matches!(
        put_refused(&directory, no_default),
        ChangeError::Invalid(..)
    ));
    let reused = ManagedPolicy {
        next_version: VersionId::FIRST,
        ..managed.clone()
    };
    assert!(matches!(
        put_refused(&directory, reused),
        ChangeError::Invalid(..)
    ));
    let mut six = managed.clone();
    for _ in 0..5 {
        let mut version = six.versions[0].clone();
        version.id = six.next_version;
        six.versions.push(version);
        six.next_version = six.next_version.next();
    }
    assert!(matches!(put_refused(&directory, six), ChangeError::Invalid(..)));

    let role = Role::new(account(), "/", "r", policy(PolicyKind::Inline), now(), &mut rng);
    assert!(matches!(put_refused(&directory, role), ChangeError::Invalid(..)));
    let inline = InlinePolicy {
        name: "p".into(),
        policy: policy(PolicyKind::Managed),
    };
    let as_managed = User {
        inline: vec![inline],
        ..user("alice", 1)
    };
    assert!(matches!(
        put_refused(&directory, as_managed),
        ChangeError::Invalid(..)
    ));

    let built_in = ManagedPolicy::clone(directory.snapshot().aws_policies().iter().next().unwrap());
    assert!(matches!(
        put_refused(&directory, built_in),
        ChangeError::Invalid(..)
    ));
}

#[test]
fn addresses_are_unique_in_the_organization_ignoring_case() {
    let directory = in_memory();
    let make = |number, email: &str, joined: Timestamp| {
        Account::new(
            AccountId::from_random(number),
            "dev",
            email,
            JoinedMethod::Created,
            joined,
        )
    };
    put(&directory, make(5, "Dev@example.com", now()));
    let same = put_refused(&directory, make(6, "dev@EXAMPLE.com", now()));
    assert_eq!(same, ChangeError::EmailTaken(AccountId::from_random(5)));
    let found = directory
        .snapshot()
        .account_by_email("DEV@example.com")
        .unwrap()
        .id;
    assert_eq!(found, AccountId::from_random(5));

    let moved = Account {
        email: "other@example.com".into(),
        ..Account::clone(directory.snapshot().account(found).unwrap())
    };
    put(&directory, moved);
    assert!(directory.snapshot().account_by_email("dev@example.com").is_none());
    put(&directory, make(6, "dev@EXAMPLE.com", now()));
    assert_eq!(directory.snapshot().account_count(), 3);
}

#[test]
fn policies_are_found_by_arn_to_the_letter_and_aws_ones_are_everywhere() {
    let directory = in_memory();
    let mut rng = SeededRandom::new(8);
    let managed = ManagedPolicy::new(
        account(),
        "/team/",
        "Read",
        policy(PolicyKind::Managed),
        now(),
        &mut rng,
    );
    let arn = managed.arn(Partition::Aws);
    assert_eq!(arn, "arn:aws:iam::123456789012:policy/team/Read");
    put(&directory, managed);
    let snapshot = directory.snapshot();
    let find = |arn: &str| snapshot.policy_by_arn(&Arn::parse(arn).unwrap());
    assert_eq!(&*find(&arn).unwrap().name, "Read");
    for other in [
        "arn:aws:iam::123456789012:policy/team/read",
        "arn:aws:iam::123456789012:policy/Read",
        "arn:aws:iam::123456789012:policy/Team/Read",
        "arn:aws:iam::aws:policy/team/Read",
        "arn:aws:sts::123456789012:policy/team/Read",
        "arn:aws:iam:us-east-1:123456789012:policy/team/Read",
        "arn:aws:iam::123456789012:role/team/Read",
        "arn:aws:iam::123456789012:policy",
    ] {
        assert!(find(other).is_none(), "{other}");
    }

    let administrator = find("arn:aws:iam::aws:policy/AdministratorAccess").unwrap();
    assert_eq!(
        administrator.arn(Partition::UsGov),
        "arn:aws-us-gov:iam::aws:policy/AdministratorAccess"
    );
    let admin = User {
        attached: vec![administrator.id],
        ..user("admin", 1)
    };
    let id = admin.id;
    put(&directory, admin);
    let snapshot = directory.snapshot();
    assert_eq!(snapshot.policy_usage(&administrator.id, account()).attachments, 1);
    let uses: Vec<Attachment> = snapshot
        .policy_entities(administrator.id, account(), None)
        .collect();
    assert_eq!(
        uses,
        [Attachment {
            usage: PolicyUse::Attached,
            holder: id
        }]
    );
    assert_eq!(
        snapshot
            .policy_entities(administrator.id, account(), Some(uses[0]))
            .count(),
        0
    );
}

#[test]
fn principals_resolve_by_arn_to_the_letter_and_back_while_they_exist() {
    // facts: sts §4.6
    let directory = in_memory();
    let alice = User {
        path: "/team/".into(),
        ..user("Alice", 1)
    };
    let (id, arn) = (alice.id, alice.arn(Partition::Aws));
    put(&directory, alice);
    let snapshot = directory.snapshot();
    assert_eq!(snapshot.unique_id(&arn), Some(id));
    assert_eq!(snapshot.principal_arn(&id, Partition::Aws), Some(arn.clone()));
    for other in [
        "arn:aws:iam::123456789012:user/team/alice",
        "arn:aws:iam::123456789012:user/Alice",
        "arn:aws:iam::123456789012:role/team/Alice",
        "arn:aws:iam::123456789012:root",
        "arn:aws:sts::123456789012:assumed-role/Alice/s",
    ] {
        assert_eq!(snapshot.unique_id(&other.parse().unwrap()), None, "{other}");
    }
    let mut changes = Changes::new();
    changes.delete(&**snapshot.user_by_id(&id).unwrap());
    queue(&directory, changes).unwrap().wait().unwrap();
    put(
        &directory,
        User {
            path: "/team/".into(),
            ..user("Alice", 2)
        },
    );
    let snapshot = directory.snapshot();
    assert_eq!(snapshot.principal_arn(&id, Partition::Aws), None);
    assert!(snapshot.unique_id(&arn).is_some_and(|namesake| namesake != id));
}

#[test]
fn pages_follow_lower_cased_names_and_a_path_prefix() {
    let directory = in_memory();
    for (seed, (name, path)) in [
        ("b", "/x/"),
        ("A", "/x/y/"),
        ("C", "/"),
        ("a-1", "/x/"),
        ("D", "/xy/"),
    ]
    .into_iter()
    .enumerate()
    {
        put(
            &directory,
            User {
                path: path.into(),
                ..user(name, seed as u64)
            },
        );
    }
    let snapshot = directory.snapshot();
    let names = |after, prefix| -> Vec<&str> {
        snapshot
            .users(account(), after, prefix)
            .map(|u| &*u.name)
            .collect()
    };
    assert_eq!(names(None, "/"), ["A", "a-1", "b", "C", "D"]);
    assert_eq!(names(Some("A-1"), "/"), ["b", "C", "D"]);
    assert_eq!(names(Some("aa"), "/"), ["b", "C", "D"]);
    assert_eq!(names(None, "/x/"), ["A", "a-1", "b"]);
    assert_eq!(names(Some("d"), "/"), Vec::<&str>::new());
    assert_eq!(snapshot.users(AccountId::from_random(3), None, "/").count(), 0);
    assert_eq!(snapshot.revision(), Revision(2 + 5));
}
