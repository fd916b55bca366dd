//! Organizations: one organization, whose first account manages it.

mod access;
mod accounts;
mod address;
mod administrators;
mod attachments;
mod close_account;
mod content;
mod create_account;
mod organization;
mod policies;
mod policy_types;
mod quotas;
mod resources;
mod services;
mod tags;
mod tree;
mod units;

use locum_api::organizations::{
    AttachPolicyRequest, CloseAccountRequest, CreateAccountRequest, CreateOrganizationalUnitRequest,
    CreatePolicyRequest, DeleteOrganizationalUnitRequest, DeletePolicyRequest,
    DeregisterDelegatedAdministratorRequest, DescribeAccountRequest, DescribeCreateAccountStatusRequest,
    DescribeOrganizationRequest, DescribeOrganizationalUnitRequest, DescribePolicyRequest,
    DetachPolicyRequest, DisableAWSServiceAccessRequest, DisablePolicyTypeRequest,
    EnableAWSServiceAccessRequest, EnablePolicyTypeRequest, ListAWSServiceAccessForOrganizationRequest,
    ListAccountsForParentRequest, ListAccountsRequest, ListChildrenRequest, ListCreateAccountStatusRequest,
    ListDelegatedAdministratorsRequest, ListDelegatedServicesForAccountRequest,
    ListOrganizationalUnitsForParentRequest, ListParentsRequest, ListPoliciesForTargetRequest,
    ListPoliciesRequest, ListRootsRequest, ListTagsForResourceRequest, ListTargetsForPolicyRequest,
    MoveAccountRequest, RegisterDelegatedAdministratorRequest, TagResourceRequest, UntagResourceRequest,
    UpdateOrganizationalUnitRequest, UpdatePolicyRequest,
};
use locum_api::{ApiError, errors};
use locum_directory::Organization;

use crate::{call::Call, route::Route};

/// Every operation, sorted by name.
pub(crate) const ROUTES: &[Route] = &[
    Route::of::<AttachPolicyRequest>(),
    Route::of::<CloseAccountRequest>(),
    Route::of::<CreateAccountRequest>(),
    Route::of::<CreateOrganizationalUnitRequest>(),
    Route::of::<CreatePolicyRequest>(),
    Route::of::<DeleteOrganizationalUnitRequest>(),
    Route::of::<DeletePolicyRequest>(),
    Route::of::<DeregisterDelegatedAdministratorRequest>(),
    Route::of::<DescribeAccountRequest>(),
    Route::of::<DescribeCreateAccountStatusRequest>(),
    Route::of::<DescribeOrganizationRequest>(),
    Route::of::<DescribeOrganizationalUnitRequest>(),
    Route::of::<DescribePolicyRequest>(),
    Route::of::<DetachPolicyRequest>(),
    Route::of::<DisableAWSServiceAccessRequest>(),
    Route::of::<DisablePolicyTypeRequest>(),
    Route::of::<EnableAWSServiceAccessRequest>(),
    Route::of::<EnablePolicyTypeRequest>(),
    Route::of::<ListAWSServiceAccessForOrganizationRequest>(),
    Route::of::<ListAccountsRequest>(),
    Route::of::<ListAccountsForParentRequest>(),
    Route::of::<ListChildrenRequest>(),
    Route::of::<ListCreateAccountStatusRequest>(),
    Route::of::<ListDelegatedAdministratorsRequest>(),
    Route::of::<ListDelegatedServicesForAccountRequest>(),
    Route::of::<ListOrganizationalUnitsForParentRequest>(),
    Route::of::<ListParentsRequest>(),
    Route::of::<ListPoliciesRequest>(),
    Route::of::<ListPoliciesForTargetRequest>(),
    Route::of::<ListRootsRequest>(),
    Route::of::<ListTagsForResourceRequest>(),
    Route::of::<ListTargetsForPolicyRequest>(),
    Route::of::<MoveAccountRequest>(),
    Route::of::<RegisterDelegatedAdministratorRequest>(),
    Route::of::<TagResourceRequest>(),
    Route::of::<UntagResourceRequest>(),
    Route::of::<UpdateOrganizationalUnitRequest>(),
    Route::of::<UpdatePolicyRequest>(),
];

/// The organization that every account here belongs to.
fn organization<'a>(call: &Call<'a>) -> Result<&'a Organization, ApiError> {
    let organization = call.snapshot.organization();
    organization
        .map(AsRef::as_ref)
        .ok_or_else(|| errors::NO_ORGANIZATION.with("Your account is not a member of an organization."))
}
