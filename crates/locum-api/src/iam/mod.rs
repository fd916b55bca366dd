//! The operations of Identity and Access Management (`facts: sts §8`).

mod access_keys;
mod boundaries;
mod delegation_requests;
mod delegation_shapes;
mod entities;
mod inline_policies;
mod managed_policies;
mod mfa_devices;
mod oidc_providers;
mod outbound_federation;
mod policy_attachments;
mod policy_versions;
mod roles;
mod root_features;
mod saml_providers;
mod tags;
mod users;
mod virtual_mfa_devices;

pub use access_keys::*;
pub use boundaries::*;
pub use delegation_requests::*;
pub use entities::*;
pub use inline_policies::*;
pub use managed_policies::*;
pub use mfa_devices::*;
pub use oidc_providers::*;
pub use outbound_federation::*;
pub use policy_attachments::*;
pub use policy_versions::*;
pub use roles::*;
pub use root_features::*;
pub use saml_providers::*;
pub use tags::*;
pub use users::*;
pub use virtual_mfa_devices::*;

use crate::{Request, model::Operation};

/// Every operation, sorted by name.
pub(crate) const OPERATIONS: &[&Operation] = &[
    AcceptDelegationRequestRequest::OPERATION,
    AddClientIDToOpenIDConnectProviderRequest::OPERATION,
    AssociateDelegationRequestRequest::OPERATION,
    AttachRolePolicyRequest::OPERATION,
    AttachUserPolicyRequest::OPERATION,
    CreateAccessKeyRequest::OPERATION,
    CreateDelegationRequestRequest::OPERATION,
    CreateOpenIDConnectProviderRequest::OPERATION,
    CreatePolicyRequest::OPERATION,
    CreatePolicyVersionRequest::OPERATION,
    CreateRoleRequest::OPERATION,
    CreateSAMLProviderRequest::OPERATION,
    CreateUserRequest::OPERATION,
    CreateVirtualMFADeviceRequest::OPERATION,
    DeactivateMFADeviceRequest::OPERATION,
    DeleteAccessKeyRequest::OPERATION,
    DeleteOpenIDConnectProviderRequest::OPERATION,
    DeletePolicyRequest::OPERATION,
    DeletePolicyVersionRequest::OPERATION,
    DeleteRoleRequest::OPERATION,
    DeleteRolePermissionsBoundaryRequest::OPERATION,
    DeleteRolePolicyRequest::OPERATION,
    DeleteSAMLProviderRequest::OPERATION,
    DeleteUserRequest::OPERATION,
    DeleteUserPermissionsBoundaryRequest::OPERATION,
    DeleteUserPolicyRequest::OPERATION,
    DeleteVirtualMFADeviceRequest::OPERATION,
    DetachRolePolicyRequest::OPERATION,
    DetachUserPolicyRequest::OPERATION,
    DisableOrganizationsRootCredentialsManagementRequest::OPERATION,
    DisableOrganizationsRootSessionsRequest::OPERATION,
    DisableOutboundWebIdentityFederationRequest::OPERATION,
    EnableMFADeviceRequest::OPERATION,
    EnableOrganizationsRootCredentialsManagementRequest::OPERATION,
    EnableOrganizationsRootSessionsRequest::OPERATION,
    EnableOutboundWebIdentityFederationRequest::OPERATION,
    GetDelegationRequestRequest::OPERATION,
    GetMFADeviceRequest::OPERATION,
    GetOpenIDConnectProviderRequest::OPERATION,
    GetOutboundWebIdentityFederationInfoRequest::OPERATION,
    GetPolicyRequest::OPERATION,
    GetPolicyVersionRequest::OPERATION,
    GetRoleRequest::OPERATION,
    GetRolePolicyRequest::OPERATION,
    GetSAMLProviderRequest::OPERATION,
    GetUserRequest::OPERATION,
    GetUserPolicyRequest::OPERATION,
    ListAccessKeysRequest::OPERATION,
    ListAttachedRolePoliciesRequest::OPERATION,
    ListAttachedUserPoliciesRequest::OPERATION,
    ListDelegationRequestsRequest::OPERATION,
    ListMFADeviceTagsRequest::OPERATION,
    ListMFADevicesRequest::OPERATION,
    ListOpenIDConnectProviderTagsRequest::OPERATION,
    ListOpenIDConnectProvidersRequest::OPERATION,
    ListOrganizationsFeaturesRequest::OPERATION,
    ListPoliciesRequest::OPERATION,
    ListPolicyTagsRequest::OPERATION,
    ListPolicyVersionsRequest::OPERATION,
    ListRolePoliciesRequest::OPERATION,
    ListRoleTagsRequest::OPERATION,
    ListRolesRequest::OPERATION,
    ListSAMLProviderTagsRequest::OPERATION,
    ListSAMLProvidersRequest::OPERATION,
    ListUserPoliciesRequest::OPERATION,
    ListUserTagsRequest::OPERATION,
    ListUsersRequest::OPERATION,
    ListVirtualMFADevicesRequest::OPERATION,
    PutRolePermissionsBoundaryRequest::OPERATION,
    PutRolePolicyRequest::OPERATION,
    PutUserPermissionsBoundaryRequest::OPERATION,
    PutUserPolicyRequest::OPERATION,
    RejectDelegationRequestRequest::OPERATION,
    RemoveClientIDFromOpenIDConnectProviderRequest::OPERATION,
    ResyncMFADeviceRequest::OPERATION,
    SendDelegationTokenRequest::OPERATION,
    SetDefaultPolicyVersionRequest::OPERATION,
    TagMFADeviceRequest::OPERATION,
    TagOpenIDConnectProviderRequest::OPERATION,
    TagPolicyRequest::OPERATION,
    TagRoleRequest::OPERATION,
    TagSAMLProviderRequest::OPERATION,
    TagUserRequest::OPERATION,
    UntagMFADeviceRequest::OPERATION,
    UntagOpenIDConnectProviderRequest::OPERATION,
    UntagPolicyRequest::OPERATION,
    UntagRoleRequest::OPERATION,
    UntagSAMLProviderRequest::OPERATION,
    UntagUserRequest::OPERATION,
    UpdateAccessKeyRequest::OPERATION,
    UpdateAssumeRolePolicyRequest::OPERATION,
    UpdateDelegationRequestRequest::OPERATION,
    UpdateOpenIDConnectProviderThumbprintRequest::OPERATION,
    UpdateRoleRequest::OPERATION,
    UpdateRoleDescriptionRequest::OPERATION,
    UpdateSAMLProviderRequest::OPERATION,
    UpdateUserRequest::OPERATION,
];
