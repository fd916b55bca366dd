//! What was used when, and the reports that tell of it.
//!
//! A last use may outlive the key or role that it tells of; then it waits among the orphans until somebody takes it
//! away. So whoever deletes a key or a role need not know of it.

use std::sync::Arc;

use imbl::{HashMap, OrdSet};
use jiff::Timestamp;
use locum_names::AccountId;

use super::{ChangeError, Snapshot};
use crate::{CredentialReport, EntityKey, LastUse, UsedBy};

#[derive(Debug, Clone, Default)]
pub(super) struct Usage {
    last_uses: HashMap<UsedBy, Arc<LastUse>>,
    orphans: OrdSet<UsedBy>,
    reports: HashMap<AccountId, Arc<CredentialReport>>,
    /// Those that have a content, the oldest first.
    by_age: OrdSet<(Timestamp, AccountId)>,
}

impl Usage {
    pub(super) fn delete_last_use(&mut self, by: UsedBy) {
        self.last_uses.remove(&by);
        self.orphans.remove(&by);
    }

    /// Notes that a key or a role is gone.
    pub(super) fn orphan(&mut self, by: UsedBy) {
        if self.last_uses.contains_key(&by) {
            self.orphans.insert(by);
        }
    }

    /// Notes that a key or a role is there.
    pub(super) fn adopt(&mut self, by: UsedBy) {
        if self.orphans.contains(&by) {
            self.orphans.remove(&by);
        }
    }

    pub(super) fn put_report(&mut self, report: Arc<CredentialReport>) {
        self.delete_report(report.account);
        if report.content.is_some() {
            self.by_age.insert((report.generated, report.account));
        }
        self.reports.insert(report.account, report);
    }

    pub(super) fn delete_report(&mut self, account: AccountId) {
        if let Some(report) = self.reports.remove(&account) {
            self.by_age.remove(&(report.generated, account));
        }
    }
}

impl Snapshot {
    /// The last use of an access key or a role, as far as it is stored.
    #[must_use]
    pub fn last_use(&self, by: UsedBy) -> Option<&Arc<LastUse>> {
        self.usage.last_uses.get(&by)
    }

    /// All last uses that are stored, in no order.
    pub fn last_uses(&self) -> impl Iterator<Item = &Arc<LastUse>> {
        self.usage.last_uses.values()
    }

    /// The last uses of keys and roles that do not exist any more.
    pub fn orphaned_last_uses(&self) -> impl Iterator<Item = &Arc<LastUse>> {
        let orphans = self.usage.orphans.iter();
        orphans.filter_map(|by| self.usage.last_uses.get(by))
    }

    /// The account of an access key or a role, if it exists.
    #[must_use]
    pub fn account_of(&self, by: UsedBy) -> Option<AccountId> {
        match by {
            UsedBy::Key(id) => self.access_key(&id).map(|key| key.account),
            UsedBy::Role(id) => self.role_by_id(&id).map(|role| role.account),
        }
    }

    /// The last credential report of an account.
    #[must_use]
    pub fn credential_report(&self, account: AccountId) -> Option<&Arc<CredentialReport>> {
        self.usage.reports.get(&account)
    }

    /// The credential reports that were made at `time` or before and still have a content, the oldest first.
    pub fn credential_reports_until(&self, time: Timestamp) -> impl Iterator<Item = &Arc<CredentialReport>> {
        self.usage
            .by_age
            .iter()
            .take_while(move |(generated, _)| *generated <= time)
            .filter_map(|(_, account)| self.usage.reports.get(account))
    }

    pub(super) fn put_last_use(&mut self, used: Arc<LastUse>) -> Result<(), ChangeError> {
        let by = used.by;
        let account = self
            .account_of(by)
            .or_else(|| self.last_use(by).map(|previous| previous.account));
        if account.is_some_and(|account| account != used.account) {
            return Err(ChangeError::IdTaken(EntityKey::LastUse(used.account, by)));
        }
        self.usage.last_uses.insert(by, used);
        if self.account_of(by).is_none() {
            self.usage.orphan(by);
        }
        Ok(())
    }
}
