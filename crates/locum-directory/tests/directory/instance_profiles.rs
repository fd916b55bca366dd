use std::sync::Arc;

use locum_crypto::SeededRandom;
use locum_directory::{
    Account, ChangeError, Changes, Directory, GlobalTokenVersion, InstanceProfile, JoinedMethod, RedbStore,
    Role, Tag,
};
use locum_names::{AccountId, Partition, UniqueKind};
use locum_policy::PolicyKind;

use crate::fixture::{account, in_memory, now, open, policy, put, put_refused, queue, refused, view};

fn role(name: &str, seed: u64) -> Role {
    let trust = policy(PolicyKind::Trust);
    Role::new(account(), "/", name, trust, now(), &mut SeededRandom::new(seed))
}

fn profile(name: &str, seed: u64) -> InstanceProfile {
    InstanceProfile::new(account(), "/", name, now(), &mut SeededRandom::new(seed))
}

/// Another account beside the management account.
fn foreign() -> Account {
    let id: AccountId = "210987654321".parse().unwrap();
    let (email, joined) = ("other@example.com", JoinedMethod::Created);
    Account::new(id, "other", email, joined, now())
}

#[test]
fn a_profile_with_everything_it_may_have_is_there_after_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("directory.redb");
    let directory = open(Arc::new(RedbStore::open(&path).unwrap()));
    let web = role("web", 1);
    let full = InstanceProfile {
        path: "/machines/".into(),
        role: Some(web.id),
        tags: vec![Tag {
            key: "Team".into(),
            value: "\"blue\"".into(),
        }],
        ..profile("Web", 2)
    };
    assert_eq!(full.id.kind(), UniqueKind::InstanceProfile);
    assert_eq!(
        full.arn(Partition::Aws),
        "arn:aws:iam::123456789012:instance-profile/machines/Web"
    );
    let (role_id, id) = (web.id, full.id);
    put(&directory, web);
    put(&directory, full);
    put(&directory, profile("empty", 3));
    let before = view(&directory.snapshot());
    drop(directory);

    let directory = open(Arc::new(RedbStore::open(&path).unwrap()));
    let snapshot = directory.snapshot();
    assert_eq!(view(&snapshot), before);
    assert_eq!(snapshot.counts(account()).instance_profiles, 2);
    let found = snapshot.instance_profile(account(), "wEB").unwrap();
    assert_eq!((found.id, found.role, found.tags.len()), (id, Some(role_id), 1));
    let of_path: Vec<_> = snapshot
        .instance_profiles(account(), None, "/machines/")
        .map(|profile| &*profile.name)
        .collect();
    assert_eq!(of_path, ["Web"]);
}

#[test]
fn a_role_stays_while_a_profile_has_it() {
    let directory = in_memory();
    let web = role("web", 1);
    let holding = |role: Option<&Role>, seed| InstanceProfile {
        role: role.map(|role| role.id),
        ..profile("web", seed)
    };
    let refusal = put_refused(&directory, holding(Some(&web), 2));
    assert!(matches!(refusal, ChangeError::Dangling(..)), "{refusal}");
    put(&directory, web.clone());
    put(&directory, holding(Some(&web), 2));
    let refusal = put_refused(&directory, profile("WEB", 3));
    assert!(matches!(refusal, ChangeError::NameTaken(..)), "{refusal}");
    let delete_role = |directory: &Directory| {
        let mut changes = Changes::new();
        changes.delete(&**directory.snapshot().role_by_id(&web.id).unwrap());
        changes
    };
    let refusal = refused(&directory, delete_role(&directory));
    assert!(matches!(refusal, ChangeError::InUse(..)), "{refusal}");

    let stored = Arc::clone(directory.snapshot().instance_profile(account(), "web").unwrap());
    put(
        &directory,
        InstanceProfile {
            role: None,
            ..InstanceProfile::clone(&stored)
        },
    );
    assert_eq!(directory.snapshot().instance_profiles_of_role(web.id).count(), 0);
    queue(&directory, delete_role(&directory))
        .unwrap()
        .wait()
        .unwrap();
    let mut changes = Changes::new();
    changes.delete(&**directory.snapshot().instance_profile(account(), "web").unwrap());
    queue(&directory, changes).unwrap().wait().unwrap();
    assert_eq!(directory.snapshot().counts(account()).instance_profiles, 0);
}

#[test]
fn a_profile_is_of_the_account_of_its_role_and_of_no_service() {
    let directory = in_memory();
    let (web, other) = (role("web", 1), foreign());
    let linked = Role::service_linked(
        account(),
        "autoscaling.amazonaws.com",
        "AWSServiceRoleForAutoScaling",
        now(),
        &mut SeededRandom::new(4),
    );
    let linked = linked.unwrap();
    put(&directory, web.clone());
    put(&directory, linked.clone());
    let stranger = InstanceProfile {
        role: Some(web.id),
        ..InstanceProfile::new(other.id, "/", "web", now(), &mut SeededRandom::new(5))
    };
    put(&directory, other.clone());
    let refusal = put_refused(&directory, stranger);
    assert!(matches!(refusal, ChangeError::Dangling(..)), "{refusal}");
    let of_service = InstanceProfile {
        role: Some(linked.id),
        ..profile("web", 6)
    };
    let refusal = put_refused(&directory, of_service);
    assert!(matches!(refusal, ChangeError::Invalid(..)), "{refusal}");
    let misnamed = InstanceProfile {
        id: web.id,
        ..profile("x", 7)
    };
    let refusal = put_refused(&directory, misnamed);
    assert!(matches!(refusal, ChangeError::Invalid(..)), "{refusal}");

    // An account with a profile in it stays.
    let its_own = InstanceProfile::new(other.id, "/", "web", now(), &mut SeededRandom::new(8));
    put(&directory, its_own);
    let mut changes = Changes::new();
    changes.delete(&**directory.snapshot().account(other.id).unwrap());
    let refusal = refused(&directory, changes);
    assert!(matches!(refusal, ChangeError::InUse(..)), "{refusal}");
}

#[test]
fn an_alias_is_of_one_account_and_kept_with_its_preferences() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("directory.redb");
    let directory = open(Arc::new(RedbStore::open(&path).unwrap()));
    let other = foreign();
    put(&directory, other.clone());
    let with_alias = |directory: &Directory, id: AccountId, alias: Option<&str>| Account {
        alias: alias.map(Box::from),
        global_tokens: GlobalTokenVersion::V2,
        ..Account::clone(directory.snapshot().account(id).unwrap())
    };
    put(&directory, with_alias(&directory, account(), Some("acme")));
    let refusal = put_refused(&directory, with_alias(&directory, other.id, Some("acme")));
    assert_eq!(refusal, ChangeError::AliasTaken(account()));
    put(&directory, with_alias(&directory, account(), Some("acme-2")));
    assert!(directory.snapshot().account_by_alias("acme").is_none());
    put(&directory, with_alias(&directory, other.id, Some("acme")));
    drop(directory);

    let directory = open(Arc::new(RedbStore::open(&path).unwrap()));
    let snapshot = directory.snapshot();
    assert_eq!(snapshot.account_by_alias("acme").unwrap().id, other.id);
    let management = snapshot.account_by_alias("acme-2").unwrap();
    assert_eq!(
        (management.id, management.global_tokens),
        (account(), GlobalTokenVersion::V2)
    );
    let mut changes = Changes::new();
    changes.delete(&**snapshot.account(other.id).unwrap());
    queue(&directory, changes).unwrap().wait().unwrap();
    assert!(directory.snapshot().account_by_alias("acme").is_none());
}
