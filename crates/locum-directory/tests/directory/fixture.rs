//! A directory with a management account, and a view of everything in a snapshot.

use std::{collections::BTreeMap, fmt::Debug, sync::Arc};

use jiff::Timestamp;
use locum_crypto::{KeyEncryptionKey, Purpose, SeededRandom};
use locum_directory::{
    Changes, Directory, Entity, KeyOwner, MemoryStore, Pending, PolicyUse, Revision, Snapshot, Store,
    WriteError,
};
use locum_names::AccountId;
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
        .bootstrap(Some(account()), now(), &mut SeededRandom::new(3), |_| Ok(()))
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

/// Everything in a snapshot, the derived too, as text by where it was found.
pub(crate) fn view(snapshot: &Snapshot) -> BTreeMap<String, String> {
    let mut seen = BTreeMap::new();
    let mut see = |place: String, what: &dyn Debug| {
        assert!(seen.insert(place, format!("{what:?}")).is_none());
    };
    see("organization".into(), &snapshot.organization());
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
        see(format!("counts {id}"), &snapshot.counts(id));
        let mut owners = vec![KeyOwner::Root(id)];
        for (place, user) in snapshot.users(id, None, "/").enumerate() {
            see(format!("user {id} {place}"), user);
            owners.push(KeyOwner::User(user.id));
        }
        for (place, role) in snapshot.roles(id, None, "/").enumerate() {
            see(format!("role {id} {place}"), role);
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
        for owner in owners {
            for key in snapshot.access_keys(owner) {
                assert_eq!(snapshot.access_key(&key.id).unwrap().owner, owner);
                see(format!("key {}", key.id), &(key, key.secret.expose()));
            }
        }
    }
    seen
}
