//! The operations of Organizations.

mod accounts;
mod organization;
mod policies;
mod services;
mod shapes;
mod tags;
mod units;

pub use accounts::*;
pub use organization::*;
pub use policies::*;
pub use services::*;
pub use tags::*;
pub use units::*;

use crate::{Request, model::Operation};

/// Every operation, sorted by name.
pub(crate) const OPERATIONS: &[&Operation] = &[
    AttachPolicyRequest::OPERATION,
    CloseAccountRequest::OPERATION,
    CreateAccountRequest::OPERATION,
    CreateOrganizationalUnitRequest::OPERATION,
    CreatePolicyRequest::OPERATION,
    DeleteOrganizationalUnitRequest::OPERATION,
    DeletePolicyRequest::OPERATION,
    DeregisterDelegatedAdministratorRequest::OPERATION,
    DescribeAccountRequest::OPERATION,
    DescribeCreateAccountStatusRequest::OPERATION,
    DescribeOrganizationRequest::OPERATION,
    DescribeOrganizationalUnitRequest::OPERATION,
    DescribePolicyRequest::OPERATION,
    DetachPolicyRequest::OPERATION,
    DisableAWSServiceAccessRequest::OPERATION,
    DisablePolicyTypeRequest::OPERATION,
    EnableAWSServiceAccessRequest::OPERATION,
    EnablePolicyTypeRequest::OPERATION,
    ListAWSServiceAccessForOrganizationRequest::OPERATION,
    ListAccountsRequest::OPERATION,
    ListAccountsForParentRequest::OPERATION,
    ListChildrenRequest::OPERATION,
    ListCreateAccountStatusRequest::OPERATION,
    ListDelegatedAdministratorsRequest::OPERATION,
    ListDelegatedServicesForAccountRequest::OPERATION,
    ListOrganizationalUnitsForParentRequest::OPERATION,
    ListParentsRequest::OPERATION,
    ListPoliciesRequest::OPERATION,
    ListPoliciesForTargetRequest::OPERATION,
    ListRootsRequest::OPERATION,
    ListTagsForResourceRequest::OPERATION,
    ListTargetsForPolicyRequest::OPERATION,
    MoveAccountRequest::OPERATION,
    RegisterDelegatedAdministratorRequest::OPERATION,
    TagResourceRequest::OPERATION,
    UntagResourceRequest::OPERATION,
    UpdateOrganizationalUnitRequest::OPERATION,
    UpdatePolicyRequest::OPERATION,
];
