//! The member accounts that administer services for the whole organization.

use std::{ops::Bound, sync::Arc};

use locum_names::AccountId;

use super::{ChangeError, Snapshot};
use crate::{DelegatedAdministrator, EntityKey};

impl Snapshot {
    /// The account as a delegated administrator, if it is one.
    #[must_use]
    pub fn delegated_administrator(&self, account: AccountId) -> Option<&Arc<DelegatedAdministrator>> {
        self.administrators.get(&account)
    }

    /// The delegated administrators after an account, in the order of numbers.
    pub fn delegated_administrators(
        &self,
        after: Option<AccountId>,
    ) -> impl Iterator<Item = &Arc<DelegatedAdministrator>> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        self.administrators
            .range((from, Bound::Unbounded))
            .map(|(_, administrator)| administrator)
    }

    pub(super) fn verify_administrator(
        &self,
        key: EntityKey,
        administrator: &DelegatedAdministrator,
    ) -> Result<(), ChangeError> {
        let organization = self.organization();
        if organization.is_some_and(|o| o.management_account == administrator.account) {
            return Err(ChangeError::Invalid(
                key,
                "the management account needs no delegation",
            ));
        }
        let services = &administrator.services;
        if services.is_empty() || !services.is_sorted_by(|a, b| a.service < b.service) {
            return Err(ChangeError::Invalid(
                key,
                "its services are none, or not in the order of names",
            ));
        }
        self.verify_account(key, administrator.account)
    }
}
