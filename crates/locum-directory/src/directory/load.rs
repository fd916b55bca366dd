//! From the store into memory: the stamp, the key's mark, and every entity.

use locum_crypto::{DeploymentId, KeyEncryptionKey, OpenError as SealError, Random};
use serde::{Deserialize, Serialize};

use super::OpenError;
use crate::{AwsPolicies, Documents, Revision, Snapshot, Store, Transaction, record};

const STAMP_KEY: &str = "/stamp";
const MARK_KEY: &str = "/mark";
const MARK: &[u8] = b"sealed under the right key";
const FORMAT: &str = "locum directory";
const VERSION: u32 = 1;

/// Items read at a time.
const PAGE: usize = 1000;

/// Where entities are, each kind after those it refers to.
const PREFIXES: [&str; 24] = [
    "/accounts/",
    "/organization",
    "/units/",
    "/control-policies/",
    "/control-attachments/",
    "/delegated-administrators/",
    "/rings/",
    "/create-account/",
    "/policies/",
    "/groups/",
    "/users/",
    "/roles/",
    "/instance-profiles/",
    "/access-keys/",
    "/saml-providers/",
    "/oidc-providers/",
    "/mfa-devices/",
    "/used-assertions/",
    "/outbound-federation/",
    "/delegation-requests/",
    "/login-profiles/",
    "/password-policies/",
    "/last-uses/",
    "/credential-reports/",
];

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
    let Some(item) = store.get(STAMP_KEY)? else {
        return if store.range("", None, 1)?.is_empty() {
            initialise(store, kek, rng)
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
    open(kek, &deployment, MARK_KEY, &mark.value)?;
    Ok(deployment)
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
    documents: &mut Documents,
) -> Result<Snapshot, OpenError> {
    let mut snapshot = Snapshot::empty(AwsPolicies::load()?);
    for prefix in PREFIXES {
        let mut after: Option<String> = None;
        loop {
            let items = store.range(prefix, after.as_deref(), PAGE)?;
            let Some(last) = items.last() else { break };
            after = Some(last.key.clone());
            let mut entities = Vec::with_capacity(items.len());
            for item in items {
                let plaintext = open(kek, deployment, &item.key, &item.value)?;
                let entity =
                    record::decode(prefix, &plaintext, documents).map_err(|e| damaged(&item.key, e))?;
                if entity.key().to_string() != item.key {
                    return Err(damaged(&item.key, "it belongs under another key"));
                }
                entities.push(entity.at(item.revision));
            }
            snapshot.load(entities)?;
        }
    }
    snapshot.verify_places()?;
    Ok(snapshot.loaded_at(store.revision()?))
}

fn open(
    kek: &KeyEncryptionKey,
    deployment: &DeploymentId,
    key: &str,
    sealed: &[u8],
) -> Result<zeroize::Zeroizing<Vec<u8>>, OpenError> {
    match kek.open_value(&sealing_path(deployment, key), sealed) {
        Ok(plaintext) => Ok(plaintext.into()),
        Err(SealError::UnknownKey) => Err(OpenError::WrongKey),
        Err(error) => Err(damaged(key, error)),
    }
}

fn damaged(key: &str, reason: impl ToString) -> OpenError {
    OpenError::Damaged {
        key: key.to_owned(),
        reason: reason.to_string(),
    }
}
