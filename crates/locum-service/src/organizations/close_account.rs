//! CloseAccount. An account is closed in one write, so a closing is never seen under way; what the account has stays, and
//! none of it can be used: whoever authenticates for it or assumes a role in it asks whether it is open.

use locum_api::{NoResult, Request, errors, organizations::CloseAccountRequest};
use locum_directory::{Account, AccountStatus};

use super::{
    access::{Keys, management_only, permitted},
    accounts, organization, quotas, resources,
};
use crate::{
    call::{Call, Failure},
    route::Perform,
};

impl Perform for CloseAccountRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let organization = organization(call)?;
        let found = self
            .account_id
            .parse()
            .ok()
            .and_then(|id| call.snapshot.account(id));
        let arn = resources::arn(call.partition(), organization, &self.account_id);
        let keys = Keys {
            resource_tags: found.map_or(&[], |account| &account.tags),
            ..Keys::default()
        };
        permitted(call, organization, Self::OPERATION, &arn, keys)?;
        management_only(call, organization)?;
        let account = found.ok_or_else(accounts::not_found)?;
        if account.id == organization.management_account {
            let text = "You cannot close the management account.";
            let error = errors::CONSTRAINT_VIOLATION.with(text);
            return Err(error.because("CANNOT_CLOSE_MANAGEMENT_ACCOUNT").into());
        }
        if account.status != AccountStatus::Active {
            let text = "The account is already closed.";
            return Err(errors::ACCOUNT_ALREADY_CLOSED.with(text).into());
        }
        let now = call.now();
        let since = now
            .checked_sub(quotas::CLOSING_PERIOD)
            .unwrap_or(jiff::Timestamp::MIN);
        let members = call.snapshot.account_count().saturating_sub(1);
        quotas::check(
            call.snapshot.closed_since(since).saturating_add(1),
            quotas::closings(members),
            "CLOSE_ACCOUNT_QUOTA_EXCEEDED",
            "accounts that can be closed in 30 days",
        )?;
        call.changes.put(Account {
            status: AccountStatus::Suspended,
            closed: Some(now),
            ..Account::clone(account)
        });
        call.notes.other_account = Some(account.id);
        Ok(NoResult)
    }
}
