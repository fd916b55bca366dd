//! The operations of Identity and Access Management (`facts: sts §8`).

mod access_keys;
mod account;
mod account_authorization;
mod account_summary;
mod boundaries;
mod credential_report;
mod delegation_requests;
mod delegation_shapes;
mod entities;
mod foreign_credentials;
mod group_policies;
mod groups;
mod inline_policies;
mod instance_profiles;
mod login_profiles;
mod managed_policies;
mod mfa_devices;
mod oidc_providers;
mod outbound_federation;
mod password_policy;
mod policy_attachments;
mod policy_entities;
mod policy_versions;
mod roles;
mod root_features;
mod saml_providers;
mod service_linked_roles;
mod simulation;
mod simulation_shapes;
mod tags;
mod users;
mod virtual_mfa_devices;

pub use access_keys::*;
pub use account::*;
pub use account_authorization::*;
pub use account_summary::*;
pub use boundaries::*;
pub use credential_report::*;
pub use delegation_requests::*;
pub use entities::*;
pub use foreign_credentials::*;
pub use group_policies::*;
pub use groups::*;
pub use inline_policies::*;
pub use instance_profiles::*;
pub use login_profiles::*;
pub use managed_policies::*;
pub use mfa_devices::*;
pub use oidc_providers::*;
pub use outbound_federation::*;
pub use password_policy::*;
pub use policy_attachments::*;
pub use policy_entities::*;
pub use policy_versions::*;
pub use roles::*;
pub use root_features::*;
pub use saml_providers::*;
pub use service_linked_roles::*;
pub use simulation::*;
pub use simulation_shapes::*;
pub use tags::*;
pub use users::*;
pub use virtual_mfa_devices::*;

use crate::{Request, model::Operation};

/// Every operation, sorted by name.
pub(crate) const OPERATIONS: &[&Operation] = &[
    AcceptDelegationRequestRequest::OPERATION,
    AddClientIDToOpenIDConnectProviderRequest::OPERATION,
    AddRoleToInstanceProfileRequest::OPERATION,
    AddUserToGroupRequest::OPERATION,
    AssociateDelegationRequestRequest::OPERATION,
    AttachGroupPolicyRequest::OPERATION,
    AttachRolePolicyRequest::OPERATION,
    AttachUserPolicyRequest::OPERATION,
    ChangePasswordRequest::OPERATION,
    CreateAccessKeyRequest::OPERATION,
    CreateAccountAliasRequest::OPERATION,
    CreateDelegationRequestRequest::OPERATION,
    CreateGroupRequest::OPERATION,
    CreateInstanceProfileRequest::OPERATION,
    CreateLoginProfileRequest::OPERATION,
    CreateOpenIDConnectProviderRequest::OPERATION,
    CreatePolicyRequest::OPERATION,
    CreatePolicyVersionRequest::OPERATION,
    CreateRoleRequest::OPERATION,
    CreateSAMLProviderRequest::OPERATION,
    CreateServiceLinkedRoleRequest::OPERATION,
    CreateUserRequest::OPERATION,
    CreateVirtualMFADeviceRequest::OPERATION,
    DeactivateMFADeviceRequest::OPERATION,
    DeleteAccessKeyRequest::OPERATION,
    DeleteAccountAliasRequest::OPERATION,
    DeleteAccountPasswordPolicyRequest::OPERATION,
    DeleteGroupRequest::OPERATION,
    DeleteGroupPolicyRequest::OPERATION,
    DeleteInstanceProfileRequest::OPERATION,
    DeleteLoginProfileRequest::OPERATION,
    DeleteOpenIDConnectProviderRequest::OPERATION,
    DeletePolicyRequest::OPERATION,
    DeletePolicyVersionRequest::OPERATION,
    DeleteRoleRequest::OPERATION,
    DeleteRolePermissionsBoundaryRequest::OPERATION,
    DeleteRolePolicyRequest::OPERATION,
    DeleteSAMLProviderRequest::OPERATION,
    DeleteServiceLinkedRoleRequest::OPERATION,
    DeleteUserRequest::OPERATION,
    DeleteUserPermissionsBoundaryRequest::OPERATION,
    DeleteUserPolicyRequest::OPERATION,
    DeleteVirtualMFADeviceRequest::OPERATION,
    DetachGroupPolicyRequest::OPERATION,
    DetachRolePolicyRequest::OPERATION,
    DetachUserPolicyRequest::OPERATION,
    DisableOrganizationsRootCredentialsManagementRequest::OPERATION,
    DisableOrganizationsRootSessionsRequest::OPERATION,
    DisableOutboundWebIdentityFederationRequest::OPERATION,
    EnableMFADeviceRequest::OPERATION,
    EnableOrganizationsRootCredentialsManagementRequest::OPERATION,
    EnableOrganizationsRootSessionsRequest::OPERATION,
    EnableOutboundWebIdentityFederationRequest::OPERATION,
    GenerateCredentialReportRequest::OPERATION,
    GetAccessKeyLastUsedRequest::OPERATION,
    GetAccountAuthorizationDetailsRequest::OPERATION,
    GetAccountPasswordPolicyRequest::OPERATION,
    GetAccountSummaryRequest::OPERATION,
    GetContextKeysForCustomPolicyRequest::OPERATION,
    GetContextKeysForPrincipalPolicyRequest::OPERATION,
    GetCredentialReportRequest::OPERATION,
    GetDelegationRequestRequest::OPERATION,
    GetGroupRequest::OPERATION,
    GetGroupPolicyRequest::OPERATION,
    GetInstanceProfileRequest::OPERATION,
    GetLoginProfileRequest::OPERATION,
    GetMFADeviceRequest::OPERATION,
    GetOpenIDConnectProviderRequest::OPERATION,
    GetOutboundWebIdentityFederationInfoRequest::OPERATION,
    GetPolicyRequest::OPERATION,
    GetPolicyVersionRequest::OPERATION,
    GetRoleRequest::OPERATION,
    GetRolePolicyRequest::OPERATION,
    GetSAMLProviderRequest::OPERATION,
    GetServiceLinkedRoleDeletionStatusRequest::OPERATION,
    GetUserRequest::OPERATION,
    GetUserPolicyRequest::OPERATION,
    ListAccessKeysRequest::OPERATION,
    ListAccountAliasesRequest::OPERATION,
    ListAttachedGroupPoliciesRequest::OPERATION,
    ListAttachedRolePoliciesRequest::OPERATION,
    ListAttachedUserPoliciesRequest::OPERATION,
    ListDelegationRequestsRequest::OPERATION,
    ListEntitiesForPolicyRequest::OPERATION,
    ListGroupPoliciesRequest::OPERATION,
    ListGroupsRequest::OPERATION,
    ListGroupsForUserRequest::OPERATION,
    ListInstanceProfileTagsRequest::OPERATION,
    ListInstanceProfilesRequest::OPERATION,
    ListInstanceProfilesForRoleRequest::OPERATION,
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
    ListSSHPublicKeysRequest::OPERATION,
    ListServerCertificatesRequest::OPERATION,
    ListServiceSpecificCredentialsRequest::OPERATION,
    ListSigningCertificatesRequest::OPERATION,
    ListUserPoliciesRequest::OPERATION,
    ListUserTagsRequest::OPERATION,
    ListUsersRequest::OPERATION,
    ListVirtualMFADevicesRequest::OPERATION,
    PutGroupPolicyRequest::OPERATION,
    PutRolePermissionsBoundaryRequest::OPERATION,
    PutRolePolicyRequest::OPERATION,
    PutUserPermissionsBoundaryRequest::OPERATION,
    PutUserPolicyRequest::OPERATION,
    RejectDelegationRequestRequest::OPERATION,
    RemoveClientIDFromOpenIDConnectProviderRequest::OPERATION,
    RemoveRoleFromInstanceProfileRequest::OPERATION,
    RemoveUserFromGroupRequest::OPERATION,
    ResyncMFADeviceRequest::OPERATION,
    SendDelegationTokenRequest::OPERATION,
    SetDefaultPolicyVersionRequest::OPERATION,
    SetSecurityTokenServicePreferencesRequest::OPERATION,
    SimulateCustomPolicyRequest::OPERATION,
    SimulatePrincipalPolicyRequest::OPERATION,
    TagInstanceProfileRequest::OPERATION,
    TagMFADeviceRequest::OPERATION,
    TagOpenIDConnectProviderRequest::OPERATION,
    TagPolicyRequest::OPERATION,
    TagRoleRequest::OPERATION,
    TagSAMLProviderRequest::OPERATION,
    TagUserRequest::OPERATION,
    UntagInstanceProfileRequest::OPERATION,
    UntagMFADeviceRequest::OPERATION,
    UntagOpenIDConnectProviderRequest::OPERATION,
    UntagPolicyRequest::OPERATION,
    UntagRoleRequest::OPERATION,
    UntagSAMLProviderRequest::OPERATION,
    UntagUserRequest::OPERATION,
    UpdateAccessKeyRequest::OPERATION,
    UpdateAccountPasswordPolicyRequest::OPERATION,
    UpdateAssumeRolePolicyRequest::OPERATION,
    UpdateDelegationRequestRequest::OPERATION,
    UpdateGroupRequest::OPERATION,
    UpdateLoginProfileRequest::OPERATION,
    UpdateOpenIDConnectProviderThumbprintRequest::OPERATION,
    UpdateRoleRequest::OPERATION,
    UpdateRoleDescriptionRequest::OPERATION,
    UpdateSAMLProviderRequest::OPERATION,
    UpdateUserRequest::OPERATION,
];
