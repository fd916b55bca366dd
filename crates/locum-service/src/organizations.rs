//! Organizations: one organization, whose first account manages it.

mod accounts;
mod create_account;
mod organization;

use locum_api::organizations::{
    CreateAccountRequest, DescribeAccountRequest, DescribeCreateAccountStatusRequest,
    DescribeOrganizationRequest, ListAccountsRequest,
};
use locum_api::{ApiError, errors};
use locum_directory::Organization;
use locum_names::{AccountId, Partition};

use crate::{
    call::{Call, Failure, Target},
    denial::Wording,
    route::Route,
};

/// Every operation, sorted by name.
pub(crate) const ROUTES: &[Route] = &[
    Route::of::<CreateAccountRequest>(),
    Route::of::<DescribeAccountRequest>(),
    Route::of::<DescribeCreateAccountStatusRequest>(),
    Route::of::<DescribeOrganizationRequest>(),
    Route::of::<ListAccountsRequest>(),
];

/// The organization that every account here belongs to.
fn organization<'a>(call: &Call<'a>) -> Result<&'a Organization, ApiError> {
    let organization = call.snapshot.organization();
    organization
        .map(AsRef::as_ref)
        .ok_or_else(|| errors::NO_ORGANIZATION.with("Your account is not a member of an organization."))
}

/// Asks the policies.
fn authorize(call: &Call<'_>, action: &str, arn: &str) -> Result<(), Failure> {
    call.authorize(action, Target::plain(arn, call.account()), Wording::Full, |_| ())
}

/// Refuses callers of member accounts, whatever their policies say.
fn management_only(call: &Call<'_>, organization: &Organization) -> Result<(), ApiError> {
    if call.account() == organization.management_account {
        return Ok(());
    }
    Err(errors::ORGANIZATIONS_ACCESS_DENIED.with("You don't have permissions to access this resource."))
}

fn organization_arn(partition: Partition, organization: &Organization) -> String {
    let Organization {
        id,
        management_account,
        ..
    } = organization;
    format!("arn:{partition}:organizations::{management_account}:organization/{id}")
}

fn account_arn(partition: Partition, organization: &Organization, account: AccountId) -> String {
    let Organization {
        id,
        management_account,
        ..
    } = organization;
    format!("arn:{partition}:organizations::{management_account}:account/{id}/{account}")
}
