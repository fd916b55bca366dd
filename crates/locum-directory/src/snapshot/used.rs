//! Which assertions were redeemed already, for as long as they could be redeemed again.
//!
//! A clock can be wrong, and go back after it made us forget. So each account keeps marks of what it has forgotten: what
//! would have been forgotten between their times may have been redeemed, whatever the clock says later.

use std::sync::Arc;

use imbl::{HashMap, OrdMap, OrdSet};
use jiff::Timestamp;
use locum_names::AccountId;

use super::{ChangeError, Snapshot};
use crate::{EntityKey, UsedAssertion, entity::is_mark};

type Key = (AccountId, [u8; 32]);

#[derive(Debug, Clone, Default)]
pub(super) struct UsedAssertions {
    by_digest: HashMap<Key, Arc<UsedAssertion>>,
    by_end: OrdSet<(Timestamp, Key)>,
    marks: OrdMap<Key, Arc<UsedAssertion>>,
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
        let key = (mark.account, mark.digest);
        let before = self.marks.get(&key);
        if before.is_some_and(|before| before.until > mark.until) {
            let key = EntityKey::UsedAssertion(mark.account, mark.digest);
            return Err(ChangeError::Invalid(key, "what was forgotten is not known again"));
        }
        self.marks.insert(key, mark);
        Ok(())
    }

    pub(super) fn delete(&mut self, account: AccountId, digest: [u8; 32]) {
        let key = (account, digest);
        if is_mark(&digest) {
            self.marks.remove(&key);
            return;
        }
        if let Some(used) = self.by_digest.remove(&key) {
            self.by_end.remove(&(used.until, key));
        }
    }
}

impl Snapshot {
    /// The memory of the assertion with this digest, if it was redeemed and is not forgotten yet.
    #[must_use]
    pub fn used_assertion(&self, account: AccountId, digest: [u8; 32]) -> Option<&Arc<UsedAssertion>> {
        let key = (account, digest);
        if is_mark(&digest) {
            return self.used.marks.get(&key);
        }
        self.used.by_digest.get(&key)
    }

    /// The marks of what an account has forgotten, a few, in no order of time.
    pub fn forgotten_assertions(&self, account: AccountId) -> impl Iterator<Item = &Arc<UsedAssertion>> {
        let marks = self.used.marks.range((account, [0; 32])..=(account, [0xff; 32]));
        marks.map(|(_, mark)| mark)
    }

    /// Whether an account may have forgotten an assertion that was to be remembered until then: it may have been redeemed.
    #[must_use]
    pub fn may_have_forgotten(&self, account: AccountId, until: Timestamp) -> bool {
        let mut marks = self.forgotten_assertions(account);
        marks.any(|mark| mark.forgotten_from() <= until && until <= mark.until)
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
