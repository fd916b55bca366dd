//! The accounts of the organization, listed and described.

use locum_api::{
    ApiError, Request, errors,
    organizations::{
        self as api, DescribeAccountRequest, DescribeAccountResponse, ListAccountsRequest,
        ListAccountsResponse,
    },
};
use locum_directory::{Account, AccountStatus, Organization, Snapshot};
use locum_names::Partition;

use super::{
    access::{Keys, administrators_only, after, pager, permitted},
    organization, resources,
};
use crate::{
    call::{Call, Failure},
    route::Perform,
};

impl Perform for ListAccountsRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<ListAccountsResponse, Failure> {
        let organization = organization(call)?;
        permitted(call, organization, Self::OPERATION, "*", Keys::default())?;
        administrators_only(call, organization)?;
        let pager = pager(
            call,
            Self::OPERATION,
            &[],
            self.next_token.as_deref(),
            self.max_results,
        )?;
        let (snapshot, partition) = (call.snapshot, call.partition());
        let accounts = snapshot.accounts(after(&pager)?);
        let page = pager.take(call, accounts, |account| account.id.to_string());
        let page = page.map(|account| shown(snapshot, partition, organization, account));
        Ok(ListAccountsResponse {
            accounts: page.items,
            next_token: page.marker,
        })
    }
}

impl Perform for DescribeAccountRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<DescribeAccountResponse, Failure> {
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
        administrators_only(call, organization)?;
        let account = found.ok_or_else(not_found)?;
        Ok(DescribeAccountResponse {
            account: shown(call.snapshot, call.partition(), organization, account),
        })
    }
}

/// The error of an id that no account has.
pub(super) fn not_found() -> ApiError {
    errors::ACCOUNT_NOT_FOUND.with("You specified an account that doesn't exist.")
}

/// What `State` says, which tells a closed account from one that somebody suspended.
pub(super) const fn state(account: &Account) -> &'static str {
    match (account.status, account.closed) {
        (AccountStatus::Suspended, Some(_)) => "CLOSED",
        (status, _) => status.as_str(),
    }
}

/// An account, as it is shown.
pub(super) fn shown(
    snapshot: &Snapshot,
    partition: Partition,
    organization: &Organization,
    account: &Account,
) -> api::Account {
    let path = snapshot.path_to(account.parent);
    api::Account {
        id: Some(account.id.to_string()),
        arn: Some(resources::account_arn(partition, organization, account.id)),
        email: Some(account.email.to_string()),
        name: Some(account.name.to_string()),
        status: Some(account.status.as_str().to_owned()),
        state: Some(state(account).to_owned()),
        paths: path.map(|path| vec![format!("{path}{}/", account.id)]),
        joined_method: Some(account.joined_method.as_str().to_owned()),
        joined_timestamp: Some(account.joined),
    }
}
