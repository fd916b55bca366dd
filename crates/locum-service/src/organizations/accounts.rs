//! The accounts of the organization, listed and described.

use locum_api::{
    ApiError, Request, errors,
    organizations::{
        self as api, DescribeAccountRequest, DescribeAccountResponse, ListAccountsRequest,
        ListAccountsResponse,
    },
};
use locum_directory::{Account, Organization, Snapshot};
use locum_names::Partition;

use super::{account_arn, authorize, management_only, organization};
use crate::{
    call::{Call, Failure},
    paging::{InvalidMarker, Pager, Question},
    route::Perform,
};

/// The page length when none is asked for, which is also the longest.
const PAGE: i32 = 20;

impl Perform for ListAccountsRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<ListAccountsResponse, Failure> {
        authorize(call, "organizations:ListAccounts", "*")?;
        let organization = organization(call)?;
        management_only(call, organization)?;
        let question = Question {
            operation: Self::OPERATION,
            filters: &[],
            marker: self.next_token.as_deref(),
            max_items: Some(self.max_results.unwrap_or(PAGE)),
        };
        let invalid =
            || errors::ORGANIZATIONS_INVALID_INPUT.with("You specified an invalid value for nextToken.");
        let pager = Pager::open(call, question).map_err(|InvalidMarker| invalid())?;
        let after = pager.after().map(str::parse).transpose().map_err(|_| invalid())?;
        let snapshot = call.snapshot;
        let page = pager.take(call, snapshot.accounts(after), |account| account.id.to_string());
        let partition = call.partition();
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
        let id = self.account_id.parse().map_err(|_| not_found())?;
        let partition = call.partition();
        // The same whether the account is there or not, so that the denial does not tell.
        let arn = account_arn(partition, organization, id);
        authorize(call, "organizations:DescribeAccount", &arn)?;
        management_only(call, organization)?;
        let account = call.snapshot.account(id).ok_or_else(not_found)?;
        Ok(DescribeAccountResponse {
            account: shown(call.snapshot, partition, organization, account),
        })
    }
}

fn not_found() -> ApiError {
    errors::ACCOUNT_NOT_FOUND.with("You specified an account that doesn't exist.")
}

fn shown(
    snapshot: &Snapshot,
    partition: Partition,
    organization: &Organization,
    account: &Account,
) -> api::Account {
    let status = account.status.as_str();
    api::Account {
        id: Some(account.id.to_string()),
        arn: Some(account_arn(partition, organization, account.id)),
        email: Some(account.email.to_string()),
        name: Some(account.name.to_string()),
        status: Some(status.to_owned()),
        state: Some(status.to_owned()),
        paths: snapshot
            .path_to(account.parent)
            .map(|path| vec![format!("{path}{}/", account.id)]),
        joined_method: Some(account.joined_method.as_str().to_owned()),
        joined_timestamp: Some(account.joined),
    }
}
