//! A store in which one value was changed, sealed with the right key: four bytes say which value, where and how much is cut, the rest
//! is put there. It is refused or opened without a panic, and read the same by the quick readers as by the parser of JSON.
#![no_main]

use std::sync::{Arc, LazyLock};

use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use locum_crypto::{KeyEncryptionKey, SecretBytes, SeededRandom};
use locum_directory::{
    AccessKey, Changes, Directory, Group, InlinePolicy, InstanceProfile, Item, KeyOwner, ManagedPolicy,
    MemoryStore, MfaDevice, OidcProvider, OutboundAlgorithm, OutboundFederation, OutboundKey, Role,
    SamlProvider, Snapshot, Store, Tag, Transaction, User,
};
use locum_names::{AccountId, Partition};
use locum_policy::{Policy, PolicyKind};

const ALLOW: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}"#;
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"sts:AssumeRole"}]}"#;

fn kek() -> KeyEncryptionKey {
    KeyEncryptionKey::generate(&mut SeededRandom::new(1))
}

fn account() -> AccountId {
    "123456789012".parse().expect("an account")
}

fn policy(document: &str, kind: PolicyKind) -> Policy {
    Policy::compile(document, kind).expect("a policy")
}

/// What a store holds, each value opened, and the name that all are sealed for.
struct World {
    items: Vec<Item>,
    opened: Vec<Option<Vec<u8>>>,
    deployment: String,
}

static KEK: LazyLock<KeyEncryptionKey> = LazyLock::new(kek);
static WORLD: LazyLock<World> = LazyLock::new(|| {
    let now: Timestamp = "2026-11-22T01:02:03Z".parse().expect("a time");
    let store = Arc::new(MemoryStore::new());
    let directory = Directory::open(Arc::clone(&store) as _, kek(), Box::new(SeededRandom::new(2)))
        .expect("an empty store");
    let rng = &mut SeededRandom::new(3);
    directory
        .bootstrap(Some(account()), Partition::Aws, now, rng, |_| Ok(()))
        .expect("a first start");
    let inline = || InlinePolicy {
        name: "inline".into(),
        policy: policy(ALLOW, PolicyKind::Inline),
    };
    let tag = || Tag {
        key: "team".into(),
        value: "a \"b\"".into(),
    };
    let mut changes = Changes::new();
    let managed = ManagedPolicy::new(
        account(),
        "/",
        "read",
        policy(ALLOW, PolicyKind::Managed),
        now,
        rng,
    );
    let group = Group::new(account(), "/", "staff", now, rng);
    let mut user = User::new(account(), "/app/", "alice", now, rng);
    user.inline.push(inline());
    user.attached.push(managed.id);
    user.boundary = Some(managed.id);
    user.groups.push(group.id);
    user.tags.push(tag());
    let key = AccessKey::generate(account(), KeyOwner::User(user.id), now, rng);
    let mut role = Role::new(
        account(),
        "/",
        "worker",
        policy(TRUST, PolicyKind::Trust),
        now,
        rng,
    );
    role.inline.push(inline());
    role.attached.push(managed.id);
    role.tags.push(tag());
    let mut other = Role::new(
        account(),
        "/",
        "other",
        policy(TRUST, PolicyKind::Trust),
        now,
        rng,
    );
    other.description = Some("another".into());
    let mut oidc = OidcProvider::new(account(), "idp.example.com/tenant", now);
    oidc.client_ids.push("client".into());
    let saml = SamlProvider::new(
        account(),
        "corp",
        "<a/>",
        "https://idp.example.com",
        vec![Box::new([1, 2])],
        now,
        rng,
    );
    let mut issuer = OutboundFederation::new(account(), now, rng);
    issuer.keys.push(OutboundKey {
        kid: "RSA_0".into(),
        algorithm: OutboundAlgorithm::Rs256,
        pkcs8: SecretBytes::new([1, 2, 3]),
        created: now,
        signs_from: now,
        published_until: Some(now),
    });
    changes
        .put(managed)
        .put(group)
        .put(user)
        .put(key)
        .put(role)
        .put(other);
    changes.put(InstanceProfile::new(account(), "/", "profile", now, rng));
    changes.put(oidc).put(saml).put(issuer);
    changes.put(MfaDevice::new(
        account(),
        "/",
        "phone",
        SecretBytes::new([7; 20]),
        now,
    ));
    let write = directory.write(|_| Ok::<_, std::convert::Infallible>(((), changes)));
    let ((), pending) = write.unwrap_or_else(|error| panic!("{error}"));
    pending.wait().expect("written");
    let deployment = directory.deployment().to_string();
    drop(directory);
    let items = store.range("", None, usize::MAX).expect("readable");
    let open = |item: &Item| {
        KEK.open_value(&format!("{deployment}{}", item.key), &item.value)
            .ok()
    };
    World {
        opened: items.iter().map(open).collect(),
        items,
        deployment,
    }
});

/// Opens the store with another value in one place.
fn opened(at: usize, plaintext: &[u8]) -> Option<String> {
    let world = &*WORLD;
    let item = &world.items[at];
    let path = format!("{}{}", world.deployment, item.key);
    let value = match &world.opened[at] {
        Some(_) => KEK.seal_value(&path, plaintext, &mut SeededRandom::new(4)),
        None => plaintext.to_vec(),
    };
    let store = MemoryStore::new();
    let puts = world.items.iter().enumerate().map(|(place, item)| {
        let value = if place == at {
            value.clone()
        } else {
            item.value.clone()
        };
        (item.key.clone(), value)
    });
    let transaction = Transaction {
        puts: puts.collect(),
        ..Transaction::default()
    };
    store.transact(&transaction).expect("stored");
    let directory = Directory::open(Arc::new(store), kek(), Box::new(SeededRandom::new(5))).ok()?;
    Some(view(&directory.snapshot()))
}

fn view(snapshot: &Snapshot) -> String {
    let mut seen = String::new();
    for account in snapshot.accounts(None) {
        let id = account.id;
        let users: Vec<_> = snapshot.users(id, None, "/").collect();
        let keys = users
            .iter()
            .flat_map(|user| snapshot.access_keys(KeyOwner::User(user.id)));
        let keys: Vec<_> = keys.map(|key| (key, key.secret.expose())).collect();
        let roles: Vec<_> = snapshot.roles(id, None, "/").collect();
        let groups: Vec<_> = snapshot.groups(id, None, "/").collect();
        let policies: Vec<_> = snapshot.policies(id, None, "/").collect();
        seen.push_str(&format!(
            "{account:?} {users:?} {keys:?} {roles:?} {groups:?} {policies:?}"
        ));
    }
    seen
}

fuzz_target!(|input: &[u8]| {
    let Some((&[which, high, low, cut], put)) = input.split_first_chunk::<4>() else {
        return;
    };
    let world = &*WORLD;
    let at = usize::from(which) % world.items.len();
    let original = world.opened[at].as_ref().unwrap_or(&world.items[at].value);
    let place = usize::from(u16::from_be_bytes([high, low])) % original.len();
    let end = (place + usize::from(cut)).min(original.len());
    let changed = [&original[..place], put, &original[end..]].concat();
    let read = opened(at, &changed);
    // A blank makes it no plain record, and means nothing to the parser.
    if let Some((brace, rest)) = changed.split_first_chunk::<2>()
        && brace[1] == b'{'
    {
        let blank = [brace.as_slice(), b" ", rest].concat();
        assert_eq!(read, opened(at, &blank), "{}", String::from_utf8_lossy(&changed));
    }
});
