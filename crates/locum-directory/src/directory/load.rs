//! From the store into memory: the stamp, the key's mark, and every entity.

use std::fmt::{self, Write as _};

use locum_crypto::{DeploymentId, KeyEncryptionKey, KeyId, OpenError as SealError, Random};
use locum_names::AccountId;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{OpenError, reading};
use crate::{
    AwsPolicies, Documents, Entity, EntityKey, Item, Revision, Snapshot, Store, Transaction,
    record::{self, Recent},
};

/// In clear.
pub(super) const STAMP_KEY: &str = "/stamp";
const MARK_KEY: &str = "/mark";
const MARK: &[u8] = b"sealed under the right key";
const FORMAT: &str = "locum directory";
const VERSION: u32 = 1;

/// Where the keys that seal sessions are.
pub(super) const RINGS: &str = "/rings/";

/// Where the keys that sign web identity tokens are.
pub(super) const ISSUERS: &str = "/outbound-federation/";

/// Where entities are, each kind after those it refers to.
const PREFIXES: [&str; 24] = [
    "/accounts/",
    "/organization",
    "/units/",
    "/control-policies/",
    "/control-attachments/",
    "/delegated-administrators/",
    RINGS,
    "/create-account/",
    "/policies/",
    "/groups/",
    "/users/",
    "/roles/",
    "/access-keys/",
    "/instance-profiles/",
    "/saml-providers/",
    "/oidc-providers/",
    "/mfa-devices/",
    "/used-assertions/",
    ISSUERS,
    "/delegation-requests/",
    "/login-profiles/",
    "/password-policies/",
    "/last-uses/",
    "/credential-reports/",
];

/// Most values are smaller, in bytes.
const LARGE_VALUE: usize = 16 << 10;

/// The one value in clear: it must be readable before anything is known.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stamp {
    format: String,
    version: u32,
    deployment: String,
}

/// The name a value is sealed for: moved to another key or another deployment, it does not open.
pub(super) fn sealing_path(deployment: &DeploymentId, key: &str) -> String {
    format!("{deployment}{key}")
}

/// Reads and checks the stamp and the key's mark, or writes them into an empty store.
pub(super) fn stamp(
    store: &dyn Store,
    kek: &KeyEncryptionKey,
    rng: &mut dyn Random,
) -> Result<DeploymentId, OpenError> {
    stamped(store, kek)?.map_or_else(|| initialise(store, kek, rng), Ok)
}

/// Reads and checks the stamp and the key's mark; `None` for an empty store.
pub(super) fn stamped(store: &dyn Store, kek: &KeyEncryptionKey) -> Result<Option<DeploymentId>, OpenError> {
    let Some(item) = store.get(STAMP_KEY)? else {
        return if store.range("", None, 1)?.is_empty() {
            Ok(None)
        } else {
            Err(OpenError::Unstamped)
        };
    };
    let stamp: Stamp = serde_json::from_slice(&item.value).map_err(|error| damaged(STAMP_KEY, error))?;
    if stamp.format != FORMAT {
        return Err(damaged(STAMP_KEY, "it is of another program"));
    }
    if stamp.version != VERSION {
        return Err(OpenError::Version {
            found: stamp.version,
            expected: VERSION,
        });
    }
    let deployment = stamp
        .deployment
        .parse()
        .map_err(|error| damaged(STAMP_KEY, error))?;
    let mark = store
        .get(MARK_KEY)?
        .ok_or_else(|| damaged(MARK_KEY, "it is missing"))?;
    let path = sealing_path(&deployment, MARK_KEY);
    kek.open_value(&path, &mark.value)
        .map_err(|error| not_opened(MARK_KEY, &mark.value, error))?;
    Ok(Some(deployment))
}

fn initialise(
    store: &dyn Store,
    kek: &KeyEncryptionKey,
    rng: &mut dyn Random,
) -> Result<DeploymentId, OpenError> {
    let deployment = DeploymentId::generate(rng);
    let stamp = Stamp {
        format: FORMAT.to_owned(),
        version: VERSION,
        deployment: deployment.to_string(),
    };
    let stamp = serde_json::to_vec(&stamp).map_err(|error| damaged(STAMP_KEY, error))?;
    let mark = kek.seal_value(&sealing_path(&deployment, MARK_KEY), MARK, rng);
    store.transact(&Transaction {
        compare: vec![
            (STAMP_KEY.to_owned(), Revision::NEW),
            (MARK_KEY.to_owned(), Revision::NEW),
        ],
        puts: vec![(STAMP_KEY.to_owned(), stamp), (MARK_KEY.to_owned(), mark)],
        deletes: Vec::new(),
    })?;
    Ok(deployment)
}

/// Reads every entity. Identical policy documents are compiled once.
pub(super) fn snapshot(
    store: &dyn Store,
    kek: &KeyEncryptionKey,
    deployment: &DeploymentId,
) -> Result<Snapshot, OpenError> {
    let decoder = Decoder {
        kek,
        deployment: deployment.to_string(),
        documents: Documents::default(),
    };
    refuse_unknown(store)?;
    let pages = reading::read(store, &PREFIXES, &decoder)?;
    Ok(Snapshot::load(AwsPolicies::load()?, pages, store.revision()?)?)
}

/// Refuses a store with values of another kind than those that are read: a newer program may have put a restriction there,
/// and what is not read is not enforced.
pub(super) fn refuse_unknown(store: &dyn Store) -> Result<(), OpenError> {
    let mut after = None;
    // One look at each kind: what follows the last key that a known one may have.
    while let Some(Item { key, .. }) = store.range("", after.as_deref(), 1)?.pop() {
        let kind = PREFIXES.iter().find(|prefix| key.starts_with(**prefix));
        after = Some(match kind {
            Some(prefix) => format!("{prefix}{}", char::MAX),
            None if key == STAMP_KEY || key == MARK_KEY => key,
            None => return Err(OpenError::UnknownKind { key }),
        });
    }
    Ok(())
}

/// What it takes to make entities of stored values.
pub(super) struct Decoder<'a> {
    kek: &'a KeyEncryptionKey,
    /// As [`sealing_path`] begins.
    deployment: String,
    documents: Documents,
}

impl Decoder<'_> {
    /// Opens and decodes items whose keys begin with `prefix`.
    pub(super) fn decode(&self, prefix: &str, items: Vec<Item>) -> Result<Vec<Entity>, OpenError> {
        let mut path = self.deployment.clone();
        let mut value = Zeroizing::new(Vec::with_capacity(LARGE_VALUE));
        let mut trusts = Recent::default();
        let mut entities = Vec::with_capacity(items.len());
        for item in items {
            path.truncate(self.deployment.len());
            path.push_str(&item.key);
            // All are opened in one place, which is wiped at the end, or when a larger one is needed: to grow would leave a
            // copy behind.
            if item.value.len() > value.capacity() {
                value = Zeroizing::new(Vec::with_capacity(item.value.len()));
            }
            value.clear();
            value.extend_from_slice(&item.value);
            let opened = self.kek.open_value_in_place(&path, &mut value);
            let plaintext = opened.map_err(|error| not_opened(&item.key, &item.value, error))?;
            let entity = record::decode(prefix, plaintext, &self.documents, &mut trusts)
                .map_err(|e| damaged(&item.key, e))?;
            if !is_key_of(&item.key, &entity) {
                return Err(damaged(&item.key, "it belongs under another key"));
            }
            entities.push(entity.at(item.revision));
        }
        Ok(entities)
    }
}

/// Whether a text is the key of an entity.
fn is_key_of(text: &str, entity: &Entity) -> bool {
    match entity {
        Entity::User(user) => is_key(text, "/users/", user.account, user.id.as_str()),
        Entity::Role(role) => is_key(text, "/roles/", role.account, role.id.as_str()),
        Entity::AccessKey(key) => is_key(text, "/access-keys/", key.account, key.id.as_str()),
        _ => is_written(text, &entity.key()),
    }
}

/// Whether a text is a key of these pieces, of which there may be a million.
fn is_key(text: &str, prefix: &str, account: AccountId, id: &str) -> bool {
    let pieces = text.strip_prefix(prefix).and_then(|rest| rest.split_once('/'));
    // A number has one text only.
    pieces.is_some_and(|(number, rest)| rest == id && number.parse() == Ok(account))
}

/// Whether a text is a key: compared piece by piece, for writing it out would be an allocation each.
fn is_written(text: &str, key: &EntityKey) -> bool {
    struct Rest<'a>(&'a str);

    impl fmt::Write for Rest<'_> {
        fn write_str(&mut self, piece: &str) -> fmt::Result {
            self.0 = self.0.strip_prefix(piece).ok_or(fmt::Error)?;
            Ok(())
        }
    }

    let mut rest = Rest(text);
    write!(rest, "{key}").is_ok() && rest.0.is_empty()
}

pub(super) fn not_opened(key: &str, sealed: &[u8], error: SealError) -> OpenError {
    match (error, KeyId::of(sealed)) {
        (SealError::UnknownKey, Some(needed)) => OpenError::WrongKey { needed },
        (error, _) => damaged(key, error),
    }
}

pub(super) fn damaged(key: &str, reason: impl ToString) -> OpenError {
    OpenError::Damaged {
        key: key.to_owned(),
        reason: reason.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use locum_crypto::SeededRandom;

    use super::*;
    use crate::{AccessKey, InstanceProfile, KeyOwner, User};

    #[test]
    fn a_key_is_its_entitys_to_the_letter() {
        let account = "123456789012".parse().unwrap();
        let now = "2026-11-22T00:00:00Z".parse().unwrap();
        let rng = &mut SeededRandom::new(1);
        let user = User::new(account, "/", "Alice", now, rng);
        let key = AccessKey::generate(account, KeyOwner::User(user.id), now, rng);
        let profile = InstanceProfile::new(account, "/", "Alice", now, rng);
        is_only_its(&user.into());
        is_only_its(&key.into());
        is_only_its(&profile.into());
    }

    fn is_only_its(user: &Entity) {
        let key = user.key().to_string();
        assert!(is_key_of(&key, user));
        for length in 0..key.len() {
            assert!(!is_key_of(&key[..length], user), "{length}");
        }
        assert!(!is_key_of(&format!("{key}A"), user));
        assert!(!is_key_of(&key.to_lowercase(), user));
        let (kind, rest) = key[1..].split_once('/').unwrap();
        assert!(!is_key_of(&format!("/roles/{rest}"), user));
        assert!(!is_key_of(&format!("{kind}/{rest}"), user));
        assert!(!is_key_of(&key.replace("012/", "013/"), user));
        assert!(!is_key_of(&key.replace("/123", "/0123"), user));
    }
}
