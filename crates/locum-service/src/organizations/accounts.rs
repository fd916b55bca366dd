//! The accounts of the organization, listed and described.

use locum_api::{
    ApiError, errors,
    organizations::{
        self as api, DescribeAccountRequest, DescribeAccountResponse, ListAccountsRequest,
        ListAccountsResponse,
    },
};
use locum_directory::{Account, Organization};
use locum_names::AccountId;

use super::{account_arn, authorize, management_only, organization};
use crate::{
    call::{Call, Failure},
    paging,
    route::Perform,
};

/// The page length when none is asked for, which is also the longest.
const PAGE: usize = 20;
/// What the tokens of this list are bound to.
const LIST: &str = "organizations:ListAccounts";

impl Perform for ListAccountsRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<ListAccountsResponse, Failure> {
        authorize(call, LIST, "*")?;
        let organization = organization(call)?;
        management_only(call, organization)?;
        let scope = paging::Scope {
            account: call.account(),
            list: LIST,
            filters: &[],
        };
        let after = self
            .next_token
            .as_deref()
            .map(|token| opened(call, &scope, token))
            .transpose()?;
        let length = self
            .max_results
            .and_then(|n| usize::try_from(n).ok())
            .unwrap_or(PAGE);
        let mut rest = call.snapshot.accounts(after);
        let page: Vec<_> = rest.by_ref().take(length).collect();
        let next_token = match (rest.next(), page.last()) {
            (Some(_), Some(last)) => Some(last.id.to_string()),
            _ => None,
        };
        let partition = call.partition();
        let accounts = page
            .into_iter()
            .map(|account| shown(partition, organization, account))
            .collect();
        let next_token = next_token.map(|last| paging::seal(call, &scope, &last));
        Ok(ListAccountsResponse { accounts, next_token })
    }
}

fn opened(call: &Call<'_>, scope: &paging::Scope<'_>, token: &str) -> Result<AccountId, ApiError> {
    let last = paging::open(call, scope, token).and_then(|last| last.parse().ok());
    last.ok_or_else(|| {
        errors::ORGANIZATIONS_INVALID_INPUT.with("You specified an invalid value for nextToken.")
    })
}

impl Perform for DescribeAccountRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<DescribeAccountResponse, Failure> {
        let organization = organization(call)?;
        let id = self.account_id.parse().map_err(|_| not_found())?;
        let account = call.snapshot.account(id);
        let partition = call.partition();
        let arn = account.map_or_else(
            || "*".to_owned(),
            |account| account_arn(partition, organization, account),
        );
        authorize(call, "organizations:DescribeAccount", &arn)?;
        management_only(call, organization)?;
        let account = account.ok_or_else(not_found)?;
        Ok(DescribeAccountResponse {
            account: shown(partition, organization, account),
        })
    }
}

fn not_found() -> ApiError {
    errors::ACCOUNT_NOT_FOUND.with("You specified an account that doesn't exist.")
}

fn shown(partition: locum_names::Partition, organization: &Organization, account: &Account) -> api::Account {
    let status = account.status.as_str();
    let Organization { id, root_id, .. } = organization;
    api::Account {
        id: Some(account.id.to_string()),
        arn: Some(account_arn(partition, organization, account)),
        email: Some(account.email.to_string()),
        name: Some(account.name.to_string()),
        status: Some(status.to_owned()),
        state: Some(status.to_owned()),
        paths: Some(vec![format!("{id}/{root_id}/{}/", account.id)]),
        joined_method: Some(account.joined_method.as_str().to_owned()),
        joined_timestamp: Some(account.joined),
    }
}
