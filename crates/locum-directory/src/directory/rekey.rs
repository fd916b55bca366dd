//! Another key-encryption key for a store that nobody serves.
//!
//! The key seals every value itself, so every value is sealed anew. The store is not changed where it is: a copy is written, opened with
//! the new key and read to its end, and then takes the store's place. So at every moment the store opens with exactly one of the two keys,
//! and its file holds nothing that is sealed under the old one.

use std::borrow::Cow;

use locum_crypto::{KeyEncryptionKey, Random};
use zeroize::Zeroizing;

use super::{OpenError, RekeyError, load};
use crate::{Documents, RedbStore, Store};

/// What becomes of the sessions that were given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sessions {
    /// They go on.
    Keep,
    /// They end: the keys that sealed them, and with which others could be forged, are left out. The next start makes new ones.
    End,
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

/// Seals a store that was sealed under `old` under `new`, and returns it, held all the time.
///
/// # Errors
/// [`RekeyError`]. The store is as it was, unless the error is that its new name could not be made sure of: then it opens with one of the two.
pub fn rekey(
    store: RedbStore,
    old: &KeyEncryptionKey,
    new: &KeyEncryptionKey,
    sessions: Sessions,
    rng: &mut dyn Random,
) -> Result<RedbStore, RekeyError> {
    if old.id() == new.id() {
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
            load::snapshot(copy, new, &deployment, &Documents::new(usize::MAX))?;
            Ok(())
        },
    )
}
