//! Who is exempt from control policies and boundaries must be so by its making alone.

use std::sync::Arc;

use locum_crypto::SeededRandom;
use locum_directory::{ChangeError, InlinePolicy, ManagedPolicy, RedbStore, Role, Tag};
use locum_policy::PolicyKind;

use crate::fixture::{account, in_memory, now, open, policy, put, put_refused, view};

const SERVICE: &str = "autoscaling.amazonaws.com";

fn linked(seed: u64) -> Role {
    let name = "AWSServiceRoleForAutoScaling";
    Role::service_linked(account(), SERVICE, name, now(), &mut SeededRandom::new(seed)).unwrap()
}

fn plain(path: &str, seed: u64) -> Role {
    let trust = policy(PolicyKind::Trust);
    let name = format!("web-{seed}");
    Role::new(account(), path, &name, trust, now(), &mut SeededRandom::new(seed))
}

#[test]
fn a_role_linked_to_a_service_is_one_after_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("directory.redb");
    let directory = open(Arc::new(RedbStore::open(&path).unwrap()));
    put(&directory, linked(1));
    put(&directory, plain("/", 2));
    let stored = directory.snapshot().role_by_id(&linked(1).id).unwrap().clone();
    // What it is for and its tags are not the service's alone.
    put(
        &directory,
        Role {
            description: Some("scales".into()),
            tags: vec![Tag {
                key: "Team".into(),
                value: "blue".into(),
            }],
            ..Role::clone(&stored)
        },
    );
    let before = view(&directory.snapshot());
    drop(directory);

    let directory = open(Arc::new(RedbStore::open(&path).unwrap()));
    let snapshot = directory.snapshot();
    assert_eq!(view(&snapshot), before);
    let role = snapshot.role_by_id(&linked(1).id).unwrap();
    assert_eq!(
        (&*role.path, role.service.as_deref()),
        ("/aws-service-role/autoscaling.amazonaws.com/", Some(SERVICE))
    );
    assert!(role.is_service_linked());
    assert_eq!(
        role.trust.document(),
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"autoscaling.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#
    );
    assert!(!snapshot.role(account(), "web-2").unwrap().is_service_linked());
}

#[test]
fn nothing_else_makes_a_role_a_services_own() {
    let directory = in_memory();
    let managed = policy(PolicyKind::Managed);
    let managed = ManagedPolicy::new(account(), "/", "p", managed, now(), &mut SeededRandom::new(9));
    put(&directory, managed.clone());
    put(&directory, plain("/", 1));
    let stored = Role::clone(directory.snapshot().role(account(), "web-1").unwrap());
    put(&directory, linked(2));
    let kept = Role::clone(directory.snapshot().role_by_id(&linked(2).id).unwrap());
    let service: Option<Box<str>> = Some(SERVICE.into());
    for (what, role) in [
        (
            "the path alone",
            plain("/aws-service-role/autoscaling.amazonaws.com/", 3),
        ),
        ("a path below it", plain("/aws-service-role/x/y/", 3)),
        (
            "the mark without the path",
            Role {
                service: service.clone(),
                ..plain("/", 3)
            },
        ),
        (
            "the path and the mark, trusting others",
            Role {
                service: service.clone(),
                ..plain("/aws-service-role/autoscaling.amazonaws.com/", 3)
            },
        ),
        (
            "a role that was not one",
            Role {
                id: stored.id,
                revision: stored.revision,
                name: stored.name.clone(),
                ..linked(4)
            },
        ),
        (
            "one that is one no more",
            Role {
                id: kept.id,
                revision: kept.revision,
                ..plain("/", 5)
            },
        ),
        (
            "trusting others since",
            Role {
                trust: policy(PolicyKind::Trust),
                ..kept.clone()
            },
        ),
        (
            "of another service since",
            Role {
                service: Some("ec2.amazonaws.com".into()),
                ..kept.clone()
            },
        ),
        (
            "with an inline policy",
            Role {
                inline: vec![InlinePolicy {
                    name: "own".into(),
                    policy: policy(PolicyKind::Inline),
                }],
                ..kept.clone()
            },
        ),
        (
            "with a managed policy",
            Role {
                attached: vec![managed.id],
                ..kept.clone()
            },
        ),
        (
            "with a boundary",
            Role {
                boundary: Some(managed.id),
                ..kept.clone()
            },
        ),
        (
            "elsewhere",
            Role {
                path: "/".into(),
                ..kept.clone()
            },
        ),
    ] {
        let refusal = put_refused(&directory, role);
        assert!(matches!(refusal, ChangeError::Invalid(..)), "{what}: {refusal}");
    }
}
