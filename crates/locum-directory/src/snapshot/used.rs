//! Which assertions were redeemed already, for as long as they could be redeemed again.
//!
//! A clock can be wrong, and go back after it made us forget. So each account keeps a mark of how far it has forgotten: what
//! would have been forgotten by then may have been redeemed, whatever the clock says later.

use std::sync::Arc;

use imbl::{HashMap, OrdSet};
use jiff::Timestamp;
use locum_names::AccountId;

use super::{ChangeError, Snapshot};
use crate::{EntityKey, UsedAssertion, entity::FORGOTTEN};

type Key = (AccountId, [u8; 32]);

#[derive(Debug, Clone, Default)]
pub(super) struct UsedAssertions {
    by_digest: HashMap<Key, Arc<UsedAssertion>>,
    by_end: OrdSet<(Timestamp, Key)>,
    marks: HashMap<AccountId, Arc<UsedAssertion>>,
}

impl UsedAssertions {
    /// Remembers an assertion. What is remembered cannot be changed: it could only be forgotten earlier.
    pub(super) fn put(&mut self, used: Arc<UsedAssertion>) -> Result<(), ChangeError> {
        if used.is_mark() {
            return self.put_mark(used);
        }
        let key = (used.account, used.digest);
        if self.by_digest.contains_key(&key) {
            let key = EntityKey::UsedAssertion(used.account, used.digest);
            return Err(ChangeError::Invalid(key, "a redeemed assertion stays redeemed"));
        }
        self.by_end.insert((used.until, key));
        self.by_digest.insert(key, used);
        Ok(())
    }

    /// A mark moves forward only.
    fn put_mark(&mut self, mark: Arc<UsedAssertion>) -> Result<(), ChangeError> {
        let before = self.marks.get(&mark.account);
        if before.is_some_and(|before| before.until > mark.until) {
            let key = EntityKey::UsedAssertion(mark.account, mark.digest);
            return Err(ChangeError::Invalid(key, "what was forgotten is not known again"));
        }
        self.marks.insert(mark.account, mark);
        Ok(())
    }

    pub(super) fn delete(&mut self, account: AccountId, digest: [u8; 32]) {
        if digest == FORGOTTEN {
            self.marks.remove(&account);
            return;
        }
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
        if digest == FORGOTTEN {
            return self.forgotten_assertions(account);
        }
        self.used.by_digest.get(&(account, digest))
    }

    /// The mark of what an account has forgotten: an assertion that was to be remembered until then or less may have been
    /// redeemed.
    #[must_use]
    pub fn forgotten_assertions(&self, account: AccountId) -> Option<&Arc<UsedAssertion>> {
        self.used.marks.get(&account)
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
