//! Which assertions were redeemed already, for as long as they could be redeemed again.

use std::sync::Arc;

use imbl::{HashMap, OrdSet};
use jiff::Timestamp;
use locum_names::AccountId;

use super::{ChangeError, Snapshot};
use crate::{EntityKey, UsedAssertion};

type Key = (AccountId, [u8; 32]);

#[derive(Debug, Clone, Default)]
pub(super) struct UsedAssertions {
    by_digest: HashMap<Key, Arc<UsedAssertion>>,
    by_end: OrdSet<(Timestamp, Key)>,
}

impl UsedAssertions {
    /// Remembers an assertion. What is remembered cannot be changed: it could only be forgotten earlier.
    pub(super) fn put(&mut self, used: Arc<UsedAssertion>) -> Result<(), ChangeError> {
        let key = (used.account, used.digest);
        if self.by_digest.contains_key(&key) {
            let key = EntityKey::UsedAssertion(used.account, used.digest);
            return Err(ChangeError::Invalid(key, "a redeemed assertion stays redeemed"));
        }
        self.by_end.insert((used.until, key));
        self.by_digest.insert(key, used);
        Ok(())
    }

    pub(super) fn delete(&mut self, account: AccountId, digest: [u8; 32]) {
        let key = (account, digest);
        if let Some(used) = self.by_digest.remove(&key) {
            self.by_end.remove(&(used.until, key));
        }
    }
}

impl Snapshot {
    /// The memory of the assertion with this digest, if it was redeemed and is not forgotten yet.
    #[must_use]
    pub fn used_assertion(&self, account: AccountId, digest: [u8; 32]) -> Option<&Arc<UsedAssertion>> {
        self.used.by_digest.get(&(account, digest))
    }

    /// What need not be remembered at `now`: `until` is then or before. Oldest first, at the cost of what is taken.
    pub fn used_assertions_until(&self, now: Timestamp) -> impl Iterator<Item = &Arc<UsedAssertion>> {
        self.used
            .by_end
            .iter()
            .take_while(move |(until, _)| *until <= now)
            .filter_map(|(_, key)| self.used.by_digest.get(key))
    }

    /// How many redeemed assertions are remembered.
    #[must_use]
    pub fn used_assertion_count(&self) -> usize {
        self.used.by_digest.len()
    }
}
