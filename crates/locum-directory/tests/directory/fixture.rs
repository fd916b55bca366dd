//! A directory with a management account, and a view of everything in a snapshot.

use std::{collections::BTreeMap, fmt::Debug, sync::Arc};

use jiff::Timestamp;
use locum_crypto::{KeyEncryptionKey, PasswordHash, Purpose, SecretBytes, SeededRandom};
use locum_directory::{
    ChangeError, Changes, ControlPolicyType, Directory, Entity, KeyOwner, MemoryStore, Pending, PolicyUse,
    Revision, Ring, Snapshot, Store, UsedBy, WriteError,
};
use locum_names::{AccountId, Partition};
use locum_policy::{Policy, PolicyKind};

pub(crate) const ALLOW: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}"#;
pub(crate) const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"sts:AssumeRole"}]}"#;

pub(crate) fn now() -> Timestamp {
    "2026-11-22T01:02:03Z".parse().unwrap()
}

pub(crate) fn kek() -> KeyEncryptionKey {
    KeyEncryptionKey::generate(&mut SeededRandom::new(1))
}

pub(crate) fn account() -> AccountId {
    "123456789012".parse().unwrap()
}

pub(crate) fn policy(kind: PolicyKind) -> Policy {
    let document = if kind == PolicyKind::Trust { TRUST } else { ALLOW };
    Policy::compile(document, kind).unwrap()
}

/// Opens the directory in `store` and makes its management account if there is none.
pub(crate) fn open(store: Arc<dyn Store>) -> Directory {
    let directory = Directory::open(store, kek(), Box::new(SeededRandom::new(2))).unwrap();
    directory
        .bootstrap(
            Some(account()),
            Partition::Aws,
            now(),
            &mut SeededRandom::new(3),
            |_| Ok(()),
        )
        .unwrap();
    directory
}

pub(crate) fn in_memory() -> Directory {
    open(Arc::new(MemoryStore::new()))
}

/// Queues puts and deletes that need no look at the snapshot.
pub(crate) fn queue(directory: &Directory, changes: Changes) -> Result<Pending, WriteError<String>> {
    directory
        .write(|_| Ok(((), changes)))
        .map(|((), pending)| pending)
}

/// Puts one entity and waits until it is durable.
pub(crate) fn put(directory: &Directory, entity: impl Into<Entity>) -> Revision {
    let mut changes = Changes::new();
    changes.put(entity);
    queue(directory, changes).unwrap().wait().unwrap()
}

/// A key ring that was read at `revision`.
pub(crate) fn ring(purpose: Purpose, revision: Revision, bytes: &[u8]) -> Ring {
    Ring {
        revision,
        purpose,
        bytes: SecretBytes::new(bytes),
    }
}

/// Everything in a snapshot, the derived too, as text by where it was found.
pub(crate) fn view(snapshot: &Snapshot) -> BTreeMap<String, String> {
    let mut seen = BTreeMap::new();
    let mut see = |place: String, what: &dyn Debug| {
        assert!(seen.insert(place, format!("{what:?}")).is_none());
    };
    see("organization".into(), &snapshot.organization());
    for unit in snapshot.units(None) {
        see(format!("unit {}", unit.id), unit);
    }
    for policy_type in ControlPolicyType::ALL {
        for policy in snapshot.control_policies(policy_type, None) {
            let targets: Vec<_> = snapshot.control_policy_targets(policy, None).collect();
            see(format!("control policy {}", policy.id), &(policy, targets));
        }
        for attachments in snapshot.all_control_attachments(policy_type) {
            see(
                format!("attached {policy_type:?} {}", attachments.target),
                attachments,
            );
        }
    }
    for administrator in snapshot.delegated_administrators(None) {
        see(format!("administrator {}", administrator.account), administrator);
    }
    for purpose in Purpose::ALL {
        let ring = snapshot.ring(purpose);
        see(
            format!("ring {purpose:?}"),
            &ring.map(|r| (r.revision, r.bytes.expose())),
        );
    }
    for status in snapshot.create_account_statuses(None) {
        see(format!("create account {}", status.id), status);
    }
    for account in snapshot.accounts(None) {
        let id = account.id;
        see(format!("account {id}"), account);
        if let Some(alias) = &account.alias {
            assert_eq!(snapshot.account_by_alias(alias).unwrap().id, id);
        }
        see(format!("counts {id}"), &snapshot.counts(id));
        see(format!("path {id}"), &snapshot.organization_path(id));
        let mut owners = vec![KeyOwner::Root(id)];
        for (place, group) in snapshot.groups(id, None, "/").enumerate() {
            see(format!("group {id} {place}"), group);
            let members: Vec<_> = snapshot.group_members(group.id).map(|user| user.id).collect();
            see(format!("members {id} {place}"), &members);
        }
        for (place, user) in snapshot.users(id, None, "/").enumerate() {
            see(format!("user {id} {place}"), user);
            owners.push(KeyOwner::User(user.id));
        }
        for (place, role) in snapshot.roles(id, None, "/").enumerate() {
            see(format!("role {id} {place}"), role);
            see(
                format!("last use {}", role.id),
                &snapshot.last_use(UsedBy::Role(role.id)),
            );
            let profiles = snapshot.instance_profiles_of_role(role.id);
            let profiles: Vec<_> = profiles.map(|profile| profile.id).collect();
            see(format!("profiles of role {id} {place}"), &profiles);
        }
        for (place, profile) in snapshot.instance_profiles(id, None, "/").enumerate() {
            see(format!("profile {id} {place}"), profile);
        }
        let policies = snapshot
            .policies(id, None, "/")
            .chain(snapshot.aws_policies().iter());
        for (place, policy) in policies.enumerate() {
            see(format!("policy {id} {place}"), policy);
            let entities: Vec<_> = snapshot.policy_entities(policy.id, id, None).collect();
            let usage = snapshot.policy_usage(&policy.id, id);
            let counted = |usage| entities.iter().filter(|e| e.usage == usage).count();
            assert_eq!(usage.attachments, counted(PolicyUse::Attached));
            assert_eq!(usage.boundaries, counted(PolicyUse::Boundary));
            see(format!("uses {id} {place}"), &entities);
        }
        for provider in snapshot.saml_providers(id) {
            let pems: Vec<_> = provider.private_keys.iter().map(|key| key.pem.expose()).collect();
            see(format!("saml {id} {}", provider.name), &(provider, pems));
            assert_eq!(
                snapshot.saml_provider(id, &provider.name).unwrap().uuid,
                provider.uuid
            );
        }
        for provider in snapshot.oidc_providers(id) {
            see(format!("oidc {id} {}", provider.url), provider);
        }
        for device in snapshot.mfa_devices(id, None) {
            see(
                format!("mfa {id} {}", device.place()),
                &(device, device.seed.expose()),
            );
        }
        if let Some(issuer) = snapshot.outbound_federation(id) {
            let keys: Vec<_> = issuer.keys.iter().map(|key| key.pkcs8.expose()).collect();
            see(format!("outbound {id}"), &(issuer, keys));
            let found = snapshot.outbound_federation_by_issuer(&issuer.issuer_id).unwrap();
            assert_eq!(found.account, id);
        }
        for request in snapshot.delegation_requests(id, None) {
            see(format!("delegation {id} {}", request.id), request);
        }
        if let Some(policy) = snapshot.password_policy(id) {
            see(format!("password policy {id}"), policy);
        }
        if let Some(report) = snapshot.credential_report(id) {
            see(format!("report {id}"), report);
        }
        for owner in owners {
            if let KeyOwner::User(user) = owner
                && let Some(profile) = snapshot.login_profile(&user)
            {
                let hashes: Vec<_> = profile.last(usize::MAX).map(PasswordHash::to_bytes).collect();
                let hashes: Vec<_> = hashes.iter().map(SecretBytes::expose).collect();
                see(format!("password {user}"), &(profile, hashes));
            }
            for key in snapshot.access_keys(owner) {
                see(
                    format!("last use {}", key.id),
                    &snapshot.last_use(UsedBy::Key(key.id)),
                );
            }
            for (place, device) in snapshot.mfa_devices_of(owner, None).enumerate() {
                assert_eq!(device.owner, Some(owner));
                see(format!("mfa of {owner:?} {place}"), &device.place());
            }
            for key in snapshot.access_keys(owner) {
                assert_eq!(snapshot.access_key(&key.id).unwrap().owner, owner);
                see(format!("key {}", key.id), &(key, key.secret.expose()));
            }
        }
    }
    for orphan in snapshot.orphaned_last_uses() {
        see(format!("orphan {}", orphan.by), orphan);
    }
    for (place, report) in snapshot.credential_reports_until(Timestamp::MAX).enumerate() {
        see(format!("aged report {place}"), &report.account);
    }
    for (place, used) in snapshot.used_assertions_until(Timestamp::MAX).enumerate() {
        assert_eq!(snapshot.used_assertion(used.account, used.digest), Some(used));
        see(format!("used {place}"), used);
    }
    for (place, request) in snapshot.delegation_requests_until(Timestamp::MAX).enumerate() {
        let (requestor, workflow) = (request.requestor, &request.workflow_id);
        let found = snapshot
            .delegation_request_by_workflow(requestor, workflow)
            .unwrap();
        assert_eq!(found.id, request.id);
        see(format!("request {place}"), request);
    }
    let issuers: Vec<_> = snapshot
        .all_oidc_providers()
        .map(|p| (p.account, &p.url))
        .collect();
    see("oidc everywhere".into(), &issuers);
    seen
}

/// The write is refused, and nothing has changed.
pub(crate) fn refused(directory: &Directory, changes: Changes) -> ChangeError {
    let before = view(&directory.snapshot());
    let Err(WriteError::Change(error)) = queue(directory, changes) else {
        panic!("the change was accepted");
    };
    assert_eq!(view(&directory.snapshot()), before);
    error
}

pub(crate) fn put_refused(directory: &Directory, entity: impl Into<Entity>) -> ChangeError {
    let mut changes = Changes::new();
    changes.put(entity);
    refused(directory, changes)
}
