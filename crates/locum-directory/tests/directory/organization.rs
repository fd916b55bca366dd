//! The tree of accounts, what control policies are attached to it, and who administers it.

use std::sync::Arc;

use locum_crypto::SeededRandom;
use locum_directory::{
    Account, ChangeError, Changes, ControlAttachments, ControlPolicy, ControlPolicyType, ControlTarget,
    DelegatedAdministrator, Directory, JoinedMethod, MAX_UNIT_DEPTH, Organization, OrganizationalUnit,
    Parent, RedbStore, ServiceGrant, Tag, UnitId,
};
use locum_names::{AccountId, Partition};
use locum_policy::{Policy, PolicyKind};

use crate::fixture::{account, in_memory, now, open, put, put_refused, refused, view};
use ControlPolicyType::{ResourceControl, ServiceControl};

const DENY: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"s3:*","Resource":"*"}}"#;
const DENY_EVERYBODY: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}}"#;

pub(crate) fn unit(directory: &Directory, parent: Parent, name: &str, seed: u64) -> OrganizationalUnit {
    let snapshot = directory.snapshot();
    let organization = snapshot.organization().unwrap();
    OrganizationalUnit::new(organization, parent, name, now(), &mut SeededRandom::new(seed))
}

pub(crate) fn control(policy_type: ControlPolicyType, name: &str, seed: u64) -> ControlPolicy {
    let document = match policy_type {
        ServiceControl => DENY,
        ResourceControl => DENY_EVERYBODY,
    };
    let policy = Policy::compile(document, policy_type.policy_kind()).unwrap();
    ControlPolicy::new(policy_type, name, "", policy, now(), &mut SeededRandom::new(seed))
}

pub(crate) fn member(number: u64, parent: Parent) -> Account {
    let id = AccountId::from_random(number);
    Account {
        parent,
        ..Account::new(
            id,
            "dev",
            &format!("{id}@example.com"),
            JoinedMethod::Created,
            now(),
        )
    }
}

fn attached(policy_type: ControlPolicyType, target: ControlTarget, policies: &[&str]) -> ControlAttachments {
    ControlAttachments {
        policies: policies.iter().map(|id| (*id).into()).collect(),
        ..ControlAttachments::initial(policy_type, target)
    }
}

fn grant(service: &str) -> ServiceGrant {
    ServiceGrant {
        service: service.into(),
        since: now(),
    }
}

fn tags() -> Vec<Tag> {
    vec![Tag {
        key: "Team".into(),
        value: "\"quoted\"\n".into(),
    }]
}

fn invalid(error: &ChangeError) -> bool {
    matches!(error, ChangeError::Invalid(..))
}

#[test]
fn every_field_is_there_after_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("directory.redb");
    let directory = open(Arc::new(RedbStore::open(&path).unwrap()));
    let outer = OrganizationalUnit {
        tags: tags(),
        ..unit(&directory, Parent::Root, "Workloads", 1)
    };
    let inner = unit(&directory, Parent::Unit(outer.id), "Workloads", 2);
    let scp = ControlPolicy {
        description: "No S3".into(),
        tags: tags(),
        ..control(ServiceControl, "no-s3", 3)
    };
    let rcp = control(ResourceControl, "no-s3", 4);
    let account = Account {
        closed: Some(now()),
        tags: tags(),
        ..member(7, Parent::Unit(inner.id))
    };
    let (outer_id, inner_id, id) = (outer.id, inner.id, account.id);
    let (scp_id, rcp_id) = (scp.id.clone(), rcp.id.clone());
    put(&directory, outer);
    put(&directory, inner);
    put(&directory, scp);
    put(&directory, rcp);
    put(&directory, account);
    let unit_target = ControlTarget::Unit(outer_id);
    put(
        &directory,
        attached(ServiceControl, unit_target, &["p-FullAWSAccess", &scp_id]),
    );
    let account_target = ControlTarget::Account(id);
    put(
        &directory,
        attached(ResourceControl, account_target, &["p-RCPFullAWSAccess", &rcp_id]),
    );
    put(
        &directory,
        attached(ServiceControl, ControlTarget::Root, &[&scp_id]),
    );
    let organization = Organization {
        policy_types: vec![ResourceControl, ServiceControl],
        trusted_services: vec![grant("iam.amazonaws.com")],
        root_tags: tags(),
        ..Organization::clone(directory.snapshot().organization().unwrap())
    };
    put(&directory, organization);
    put(
        &directory,
        DelegatedAdministrator {
            revision: locum_directory::Revision::NEW,
            account: id,
            enabled: now(),
            services: vec![grant("guardduty.amazonaws.com"), grant("iam.amazonaws.com")],
        },
    );
    let before = view(&directory.snapshot());
    drop(directory);

    let snapshot = open(Arc::new(RedbStore::open(&path).unwrap())).snapshot();
    assert_eq!(view(&snapshot), before);
    let organization = snapshot.organization().unwrap();
    assert!(organization.enforces(ServiceControl) && organization.enforces(ResourceControl));
    let root = format!("{}/{}/", organization.id, organization.root_id);
    assert_eq!(
        snapshot.organization_path(id).unwrap(),
        format!("{root}{outer_id}/{inner_id}/")
    );
    let targets: Vec<_> = snapshot.control_targets(id).unwrap().collect();
    let expected = [
        ControlTarget::Root,
        unit_target,
        ControlTarget::Unit(inner_id),
        account_target,
    ];
    assert_eq!(targets, expected);
    let attached: Vec<Vec<_>> = targets
        .iter()
        .map(|target| snapshot.attached_controls(ServiceControl, *target).collect())
        .collect();
    assert_eq!(
        attached,
        [
            vec![&*scp_id],
            vec!["p-FullAWSAccess", &scp_id],
            vec!["p-FullAWSAccess"],
            vec!["p-FullAWSAccess"]
        ]
    );
    assert_eq!(
        snapshot
            .control_policy(&scp_id)
            .unwrap()
            .arn(Partition::Aws, organization),
        format!(
            "arn:aws:organizations::{}:policy/{}/service_control_policy/{scp_id}",
            organization.management_account, organization.id
        )
    );
    let built_in = snapshot.control_policy("p-RCPFullAWSAccess").unwrap();
    assert_eq!(
        built_in.arn(Partition::Aws, organization),
        "arn:aws:organizations::aws:policy/resource_control_policy/p-RCPFullAWSAccess"
    );
}

#[test]
fn ids_of_units_are_read_as_they_are_written() {
    let directory = in_memory();
    let id = unit(&directory, Parent::Root, "a", 1).id;
    let text = id.to_string();
    let root = directory.snapshot().organization().unwrap().root_id.clone();
    assert!(
        text.starts_with(&format!("ou-{}-", &root[2..])) && text.len() == 16,
        "{text}"
    );
    assert_eq!(text.parse::<UnitId>(), Ok(id));
    for wrong in [
        "",
        "ou-",
        "ou-abcd",
        "ou-abcd-",
        "ou-abcd-1234567",
        "ou-abcd-123456789",
        "ou-ABCD-12345678",
        "ou-abcd-1234é67",
    ] {
        assert!(wrong.parse::<UnitId>().is_err(), "{wrong}");
    }
}

#[test]
fn units_form_a_tree_of_at_most_five_levels() {
    let directory = in_memory();
    let mut parent = Parent::Root;
    for seed in 0..MAX_UNIT_DEPTH as u64 {
        let unit = unit(&directory, parent, "level", seed);
        parent = Parent::Unit(unit.id);
        put(&directory, unit);
    }
    let deepest = parent;
    assert!(invalid(&put_refused(
        &directory,
        unit(&directory, deepest, "level", 9)
    )));
    put(&directory, member(5, deepest));
    let snapshot = directory.snapshot();
    assert_eq!(snapshot.unit_depth(deepest), Some(MAX_UNIT_DEPTH));
    let targets = snapshot.control_targets(AccountId::from_random(5)).unwrap();
    assert_eq!(targets.count(), MAX_UNIT_DEPTH + 2);
}

#[test]
fn what_stands_nowhere_is_refused() {
    let directory = in_memory();
    let nowhere = Parent::Unit("ou-zzzz-zzzzzzzz".parse().unwrap());
    for error in [
        put_refused(&directory, unit(&directory, nowhere, "a", 1)),
        put_refused(&directory, member(5, nowhere)),
    ] {
        assert!(matches!(error, ChangeError::Dangling(..)), "{error}");
    }
}

#[test]
fn names_are_unique_under_a_parent_and_units_do_not_move() {
    let directory = in_memory();
    let first = unit(&directory, Parent::Root, "a", 1);
    let second = unit(&directory, Parent::Root, "b", 2);
    let id = first.id;
    put(&directory, first);
    put(&directory, second);
    put(&directory, unit(&directory, Parent::Unit(id), "a", 3));
    put(&directory, unit(&directory, Parent::Root, "A", 4));
    assert!(invalid(&put_refused(
        &directory,
        unit(&directory, Parent::Root, "a", 5)
    )));
    let snapshot = directory.snapshot();
    let stored = snapshot.unit_by_name(Parent::Root, "b").unwrap();
    let renamed = |name: &str| OrganizationalUnit {
        name: name.into(),
        ..OrganizationalUnit::clone(stored)
    };
    assert!(invalid(&put_refused(&directory, renamed("a"))));
    assert!(invalid(&put_refused(&directory, renamed(""))));
    let moved = OrganizationalUnit {
        parent: Parent::Unit(id),
        name: "c".into(),
        ..OrganizationalUnit::clone(stored)
    };
    assert!(invalid(&put_refused(&directory, moved)));
    put(&directory, renamed("c"));
    assert!(directory.snapshot().unit_by_name(Parent::Root, "b").is_none());
}

#[test]
fn what_is_in_use_stays() {
    let directory = in_memory();
    let outer = unit(&directory, Parent::Root, "outer", 1);
    let inner = unit(&directory, Parent::Unit(outer.id), "inner", 2);
    let scp = control(ServiceControl, "scp", 3);
    let (outer_id, inner_id, scp_id) = (outer.id, inner.id, scp.id.clone());
    put(&directory, outer);
    put(&directory, inner);
    put(&directory, scp);
    put(&directory, member(5, Parent::Unit(inner_id)));
    put(
        &directory,
        attached(ServiceControl, ControlTarget::Unit(inner_id), &[&scp_id]),
    );
    let deletion = |what: &dyn Fn(&mut Changes)| {
        let mut changes = Changes::new();
        what(&mut changes);
        changes
    };
    let snapshot = directory.snapshot();
    let account = snapshot.account(AccountId::from_random(5)).unwrap();
    let attachments = snapshot
        .control_attachments(ServiceControl, ControlTarget::Unit(inner_id))
        .unwrap();
    let [outer, inner] = [outer_id, inner_id].map(|id| snapshot.unit(id).unwrap());
    for changes in [
        deletion(&|changes| {
            changes.delete(&**outer);
        }),
        deletion(&|changes| {
            changes.delete(&**inner);
        }),
        deletion(&|changes| {
            changes.delete(&**inner).delete(&**account);
        }),
        deletion(&|changes| {
            changes.delete(&**snapshot.control_policy(&scp_id).unwrap());
        }),
    ] {
        let error = refused(&directory, changes);
        assert!(matches!(error, ChangeError::InUse(..)), "{error}");
    }
    let all = deletion(&|changes| {
        changes
            .delete(&**inner)
            .delete(&**account)
            .delete(&**attachments)
            .delete(&**snapshot.control_policy(&scp_id).unwrap())
            .delete(&**outer);
    });
    crate::fixture::queue(&directory, all).unwrap().wait().unwrap();
    assert_eq!(directory.snapshot().unit_count(), 0);
}

#[test]
fn attachments_that_would_mean_nothing_are_refused() {
    let directory = in_memory();
    let (scp, rcp) = (control(ServiceControl, "a", 1), control(ResourceControl, "a", 2));
    let (scp_id, rcp_id) = (scp.id.clone(), rcp.id.clone());
    put(&directory, scp);
    put(&directory, rcp);
    let root = ControlTarget::Root;
    let nobody = ControlTarget::Account(AccountId::from_random(9));
    let full = ["p-FullAWSAccess", "p-RCPFullAWSAccess"];
    for wrong in [
        attached(ServiceControl, root, &[]),
        attached(ServiceControl, root, &[full[0]]),
        attached(ServiceControl, root, &[&scp_id, &scp_id]),
        attached(ServiceControl, root, &[full[0], "p-aaaaaaaaaa"]),
        attached(ServiceControl, root, &[full[0], &rcp_id]),
        attached(ServiceControl, root, &[full[0], full[1]]),
        attached(ResourceControl, root, &[&rcp_id]),
        attached(ServiceControl, nobody, &[&scp_id]),
    ] {
        let error = put_refused(&directory, wrong.clone());
        let expected = matches!(error, ChangeError::Invalid(..) | ChangeError::Dangling(..));
        assert!(expected, "{wrong:?}: {error}");
    }
    put(&directory, attached(ServiceControl, root, &[&scp_id]));
}

#[test]
fn control_policies_that_contradict_themselves_are_refused() {
    let directory = in_memory();
    put(&directory, control(ServiceControl, "a", 1));
    put(&directory, control(ResourceControl, "a", 2));
    let stored = ControlPolicy::clone(
        directory
            .snapshot()
            .control_policy_by_name(ServiceControl, "a")
            .unwrap(),
    );
    let managed = Policy::compile(crate::fixture::ALLOW, PolicyKind::Managed).unwrap();
    for wrong in [
        control(ServiceControl, "a", 3),
        control(ServiceControl, "", 4),
        ControlPolicy {
            id: "p-FullAWSAccess".into(),
            ..control(ServiceControl, "b", 5)
        },
        ControlPolicy {
            policy: managed,
            ..control(ServiceControl, "b", 6)
        },
        ControlPolicy {
            policy: control(ResourceControl, "b", 7).policy,
            policy_type: ResourceControl,
            name: "b".into(),
            ..stored
        },
    ] {
        assert!(invalid(&put_refused(&directory, wrong)));
    }
}

#[test]
fn administrators_are_members_with_services_in_order() {
    let directory = in_memory();
    put(&directory, member(5, Parent::Root));
    let administrator = |account, services: &[&str]| DelegatedAdministrator {
        revision: locum_directory::Revision::NEW,
        account,
        enabled: now(),
        services: services.iter().map(|service| grant(service)).collect(),
    };
    let id = AccountId::from_random(5);
    for wrong in [
        administrator(account(), &["a"]),
        administrator(id, &[]),
        administrator(id, &["b", "a"]),
        administrator(id, &["a", "a"]),
    ] {
        assert!(invalid(&put_refused(&directory, wrong)));
    }
    let stranger = put_refused(&directory, administrator(AccountId::from_random(6), &["a"]));
    assert!(matches!(stranger, ChangeError::Dangling(..)));
    put(&directory, administrator(id, &["a", "b"]));
    let snapshot = directory.snapshot();
    let stored = snapshot.delegated_administrator(id).unwrap();
    assert!(stored.administers("a") && !stored.administers("c"));
    let mut changes = Changes::new();
    changes.delete(&**snapshot.account(id).unwrap());
    assert!(matches!(refused(&directory, changes), ChangeError::InUse(..)));
}

#[test]
fn closed_accounts_are_counted_by_time() {
    let directory = in_memory();
    for (number, minutes) in [(1, 1), (2, 2), (3, 3)] {
        put(
            &directory,
            Account {
                closed: Some(crate::samples::later(minutes)),
                ..member(number, Parent::Root)
            },
        );
    }
    let snapshot = directory.snapshot();
    let counts: Vec<_> = (0..4)
        .map(|minutes| snapshot.closed_since(crate::samples::later(minutes)))
        .collect();
    assert_eq!(counts, [3, 2, 1, 0]);
}
