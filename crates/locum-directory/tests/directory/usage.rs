//! Last uses and credential reports; and last uses against plain lists, before and after reopening.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use locum_crypto::SeededRandom;
use locum_directory::{
    AccessKey, ChangeError, Changes, CredentialReport, Directory, KeyOwner, LastUse, RedbStore, Revision,
    Role, UsedBy,
};
use locum_policy::PolicyKind;
use proptest::prelude::*;

use crate::{
    fixture::{account, in_memory, now, open, policy, put, put_refused, queue, view},
    samples::later,
};

fn key(seed: u64) -> AccessKey {
    AccessKey::generate(
        account(),
        KeyOwner::Root(account()),
        now(),
        &mut SeededRandom::new(seed),
    )
}

fn role(seed: u64) -> Role {
    let name = format!("role{seed}");
    Role::new(
        account(),
        "/",
        &name,
        policy(PolicyKind::Trust),
        now(),
        &mut SeededRandom::new(seed),
    )
}

fn used(by: UsedBy, at: Timestamp) -> LastUse {
    LastUse {
        revision: Revision::NEW,
        account: account(),
        by,
        at,
        region: "eu-north-1".into(),
        service: "sts".into(),
    }
}

#[test]
fn a_last_use_is_of_one_account_and_outlives_what_was_used() {
    let directory = in_memory();
    let key = key(1);
    put(&directory, key.clone());
    let elsewhere = LastUse {
        account: "999999999999".parse().unwrap(),
        ..used(UsedBy::Key(key.id), now())
    };
    let refused = put_refused(&directory, elsewhere);
    assert!(matches!(refused, ChangeError::IdTaken(_)), "{refused}");
    put(&directory, used(UsedBy::Key(key.id), now()));
    let snapshot = directory.snapshot();
    assert_eq!(snapshot.orphaned_last_uses().count(), 0);
    let mut changes = Changes::new();
    changes.delete(&**snapshot.access_key(&key.id).unwrap());
    queue(&directory, changes).unwrap().wait().unwrap();
    let snapshot = directory.snapshot();
    assert_eq!(snapshot.orphaned_last_uses().count(), 1);
    assert_eq!(snapshot.last_use(UsedBy::Key(key.id)).unwrap().at, now());
}

#[test]
fn a_report_is_found_by_age_until_its_content_is_forgotten() {
    let directory = in_memory();
    let report = |content: Option<&str>, minutes| CredentialReport {
        revision: directory
            .snapshot()
            .credential_report(account())
            .map_or(Revision::NEW, |report| report.revision),
        account: account(),
        generated: later(minutes),
        content: content.map(Into::into),
    };
    put(&directory, report(Some("user\n\"a,b\""), 1));
    let until = |minutes| {
        directory
            .snapshot()
            .credential_reports_until(later(minutes))
            .count()
    };
    assert_eq!((until(0), until(1)), (0, 1));
    put(&directory, report(Some("later"), 5));
    assert_eq!((until(4), until(5)), (0, 1));
    put(&directory, report(None, 5));
    assert_eq!(until(9), 0);
    let stored = directory.snapshot();
    assert_eq!(stored.credential_report(account()).unwrap().generated, later(5));
}

#[derive(Debug, Clone)]
enum Step {
    Make(usize),
    Use(usize, i64),
    Delete(usize),
    Sweep,
    Report(i64, bool),
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..6_usize).prop_map(Step::Make),
        8 => (0..6_usize, 0..9_i64).prop_map(|(which, at)| Step::Use(which, at)),
        3 => (0..6_usize).prop_map(Step::Delete),
        1 => Just(Step::Sweep),
        1 => (0..9_i64, any::<bool>()).prop_map(|(at, content)| Step::Report(at, content)),
        1 => Just(Step::Reopen),
    ]
}

/// Keys are even, roles odd: whether each exists, and its last use.
#[derive(Default)]
struct Model {
    existing: BTreeMap<usize, bool>,
    uses: BTreeMap<usize, i64>,
}

fn by(which: usize) -> UsedBy {
    let seed = u64::try_from(which).unwrap();
    if which.is_multiple_of(2) {
        UsedBy::Key(key(seed).id)
    } else {
        UsedBy::Role(role(seed).id)
    }
}

fn decide(step: &Step, directory: &Directory, model: &mut Model) -> Changes {
    let snapshot = directory.snapshot();
    let mut changes = Changes::new();
    match step {
        Step::Make(which) => {
            let seed = u64::try_from(*which).unwrap();
            if model.existing.insert(*which, true) != Some(true) {
                if which.is_multiple_of(2) {
                    changes.put(key(seed));
                } else {
                    changes.put(role(seed));
                }
            }
        }
        Step::Use(which, at) => {
            let revision = snapshot
                .last_use(by(*which))
                .map_or(Revision::NEW, |used| used.revision);
            changes.put(LastUse {
                revision,
                ..used(by(*which), later(*at))
            });
            model.uses.insert(*which, *at);
        }
        Step::Delete(which) => match by(*which) {
            _ if model.existing.insert(*which, false) != Some(true) => {}
            UsedBy::Key(id) => {
                changes.delete(&**snapshot.access_key(&id).unwrap());
            }
            UsedBy::Role(id) => {
                changes.delete(&**snapshot.role_by_id(&id).unwrap());
            }
        },
        Step::Sweep => {
            for orphan in snapshot.orphaned_last_uses() {
                changes.delete(&**orphan);
            }
            let existing = &model.existing;
            model.uses.retain(|which, _| existing.get(which) == Some(&true));
        }
        Step::Report(at, content) => {
            changes.put(CredentialReport {
                revision: snapshot
                    .credential_report(account())
                    .map_or(Revision::NEW, |report| report.revision),
                account: account(),
                generated: later(*at),
                content: content.then(|| "csv".into()),
            });
        }
        Step::Reopen => {}
    }
    changes
}

fn agree(directory: &Directory, model: &Model) {
    let snapshot = directory.snapshot();
    let mut orphans = 0;
    for which in 0..6 {
        let stored = snapshot.last_use(by(which)).map(|used| used.at);
        assert_eq!(stored, model.uses.get(&which).map(|at| later(*at)));
        let exists = model.existing.get(&which) == Some(&true);
        assert_eq!(snapshot.account_of(by(which)), exists.then(account));
        orphans += usize::from(!exists && stored.is_some());
    }
    assert_eq!(snapshot.orphaned_last_uses().count(), orphans);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn last_uses_are_their_model_before_and_after_reopening(steps in prop::collection::vec(step(), 1..30)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("directory.redb");
        let mut directory = open(Arc::new(RedbStore::open(&path).unwrap()));
        let mut model = Model::default();
        for step in steps {
            if matches!(step, Step::Reopen) {
                let before = view(&directory.snapshot());
                drop(directory);
                directory = open(Arc::new(RedbStore::open(&path).unwrap()));
                assert_eq!(view(&directory.snapshot()), before);
            }
            let changes = decide(&step, &directory, &mut model);
            queue(&directory, changes).unwrap().wait().unwrap();
            agree(&directory, &model);
        }
    }
}
