//! Another key-encryption key for a store that nobody serves.
//!
//! The key seals every value itself, so every value is sealed anew. The store is not changed where it is: a copy is written, opened with
//! the new key and read to its end, and then takes the store's place. So at every moment the store opens with exactly one of the two keys,
//! and its file holds nothing that is sealed under the old one.

use std::borrow::Cow;

use locum_crypto::{KeyEncryptionKey, Random, SigningError};
use zeroize::Zeroizing;

use super::{OpenError, RekeyError, load};
use crate::{
    Documents, Entity, OutboundFederation, RedbStore, Store,
    record::{self, Recent},
};

/// What becomes of the sessions that were given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sessions {
    /// They go on.
    Keep,
    /// They end: the keys that sealed them, and with which others could be forged, are left out. The next start makes new ones.
    End,
}

/// What becomes of the keys that sign web identity tokens.
pub enum SigningKeys<'f> {
    /// They sign on, and are replaced in their turn.
    Keep,
    /// Each issuer is changed by this, which gives it others.
    Replace(&'f mut dyn FnMut(&mut OutboundFederation) -> Result<(), SigningError>),
}

/// Whether a store was sealed under a key. An empty one was not.
///
/// # Errors
/// [`OpenError`]: another version, a damaged value, a store that cannot be read.
pub fn opens(store: &dyn Store, kek: &KeyEncryptionKey) -> Result<bool, OpenError> {
    match load::stamped(store, kek) {
        Ok(deployment) => Ok(deployment.is_some()),
        Err(OpenError::WrongKey { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Seals a store that was sealed under `old` under `new`, and returns it, held all the time. The two may be the same key where
/// something else is to be changed.
///
/// # Errors
/// [`RekeyError`]. The store is as it was, unless the error is that its new name could not be made sure of: then it opens with one of the two.
pub fn rekey(
    store: RedbStore,
    old: &KeyEncryptionKey,
    new: &KeyEncryptionKey,
    sessions: Sessions,
    mut signing_keys: SigningKeys<'_>,
    rng: &mut dyn Random,
) -> Result<RedbStore, RekeyError> {
    let changes_nothing = sessions == Sessions::Keep && matches!(signing_keys, SigningKeys::Keep);
    if changes_nothing && old.id() == new.id() {
        return Err(RekeyError::SameKey(old.id()));
    }
    let deployment = load::stamped(&store, old)?.ok_or(RekeyError::Empty)?;
    // What this program does not know, it cannot tell from what is to be left out.
    load::refuse_unknown(&store)?;
    let prefix = load::sealing_path(&deployment, "");
    let mut seal_anew = |key: &str, value: &[u8]| {
        let path = format!("{prefix}{key}");
        let mut buffer = Zeroizing::new(value.to_vec());
        let plaintext = old
            .open_value_in_place(&path, &mut buffer)
            .map_err(|error| load::not_opened(key, value, error))?;
        let changed = match &mut signing_keys {
            SigningKeys::Replace(replace) if key.starts_with(load::ISSUERS) => {
                Some(with_other_keys(key, plaintext, replace)?)
            }
            SigningKeys::Replace(_) | SigningKeys::Keep => None,
        };
        let plaintext = changed.as_ref().map_or(plaintext, |changed| changed.as_slice());
        Ok::<_, RekeyError>(new.seal_value(&path, plaintext, rng))
    };
    store.rewrite(
        |key, value| {
            if key == load::STAMP_KEY {
                return Ok(Some(Cow::Borrowed(value)));
            }
            if sessions == Sessions::End && key.starts_with(load::RINGS) {
                return Ok(None);
            }
            seal_anew(key, value).map(|sealed| Some(Cow::Owned(sealed)))
        },
        |copy| {
            if load::stamped(copy, new)? != Some(deployment) {
                return Err(RekeyError::Empty);
            }
            load::snapshot(copy, new, &deployment)?;
            Ok(())
        },
    )
}

/// The record of an issuer whose keys were replaced.
fn with_other_keys(
    key: &str,
    plaintext: &[u8],
    replace: &mut dyn FnMut(&mut OutboundFederation) -> Result<(), SigningError>,
) -> Result<Zeroizing<Vec<u8>>, RekeyError> {
    // It has no policies.
    let documents = Documents::default();
    let entity = record::decode(load::ISSUERS, plaintext, &documents, &mut Recent::default())
        .map_err(|error| load::damaged(key, error))?;
    let Entity::OutboundFederation(issuer) = entity else {
        return Err(load::damaged(key, "it is no issuer").into());
    };
    let mut issuer = OutboundFederation::clone(&issuer);
    replace(&mut issuer)?;
    record::encode(&issuer.into()).map_err(|error| load::damaged(key, error).into())
}
