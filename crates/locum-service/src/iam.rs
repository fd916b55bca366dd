//! Identity and Access Management: users, groups, roles, managed policies and access keys (`facts: sts §8`).
//!
//! Every operation goes the same way: whose is it, may the caller, does it exist, is the name free, does it fit the
//! quotas, and only then the change. So a caller who may not do a thing learns nothing about it but the denial.

mod access;
mod access_keys;
mod account_aliases;
mod account_authorization;
mod account_summary;
mod attachments;
mod boundaries;
mod credential_report;
mod delegation_access;
mod delegation_decisions;
mod delegation_requests;
mod devices;
mod documents;
mod foreign_credentials;
mod group_members;
mod group_policies;
mod groups;
mod holder;
mod inline_policies;
mod instance_profile_roles;
mod instance_profile_tags;
mod instance_profiles;
mod issuer_url;
mod last_used;
mod linked_services;
mod login_profiles;
mod managed_policies;
mod mfa_devices;
mod oidc_provider_changes;
mod oidc_providers;
mod outbound_federation;
mod owner;
mod password_policy;
mod policies;
mod policy_entities;
mod policy_templates;
mod policy_versions;
mod quotas;
mod roles;
mod root_features;
mod saml_provider_tags;
mod saml_provider_update;
mod saml_providers;
mod service_linked_roles;
mod shown;
mod simulation;
mod tags;
mod users;
mod virtual_mfa_devices;
mod whose;

use locum_api::iam as api;

pub(crate) use credential_report::LIFETIME as REPORT_LIFETIME;

use crate::route::Route;

/// Every operation, sorted by name.
pub(crate) const ROUTES: &[Route] = &[
    Route::of::<api::AcceptDelegationRequestRequest>(),
    Route::of::<api::AddClientIDToOpenIDConnectProviderRequest>(),
    Route::of::<api::AddRoleToInstanceProfileRequest>(),
    Route::of::<api::AddUserToGroupRequest>(),
    Route::of::<api::AssociateDelegationRequestRequest>(),
    Route::of::<api::AttachGroupPolicyRequest>(),
    Route::of::<api::AttachRolePolicyRequest>(),
    Route::of::<api::AttachUserPolicyRequest>(),
    Route::of::<api::ChangePasswordRequest>(),
    Route::of::<api::CreateAccessKeyRequest>(),
    Route::of::<api::CreateAccountAliasRequest>(),
    Route::of::<api::CreateDelegationRequestRequest>(),
    Route::of::<api::CreateGroupRequest>(),
    Route::of::<api::CreateInstanceProfileRequest>(),
    Route::of::<api::CreateLoginProfileRequest>(),
    Route::of::<api::CreateOpenIDConnectProviderRequest>(),
    Route::of::<api::CreatePolicyRequest>(),
    Route::of::<api::CreatePolicyVersionRequest>(),
    Route::of::<api::CreateRoleRequest>(),
    Route::of::<api::CreateSAMLProviderRequest>(),
    Route::of::<api::CreateServiceLinkedRoleRequest>(),
    Route::of::<api::CreateUserRequest>(),
    Route::of::<api::CreateVirtualMFADeviceRequest>(),
    Route::of::<api::DeactivateMFADeviceRequest>(),
    Route::of::<api::DeleteAccessKeyRequest>(),
    Route::of::<api::DeleteAccountAliasRequest>(),
    Route::of::<api::DeleteAccountPasswordPolicyRequest>(),
    Route::of::<api::DeleteGroupRequest>(),
    Route::of::<api::DeleteGroupPolicyRequest>(),
    Route::of::<api::DeleteInstanceProfileRequest>(),
    Route::of::<api::DeleteLoginProfileRequest>(),
    Route::of::<api::DeleteOpenIDConnectProviderRequest>(),
    Route::of::<api::DeletePolicyRequest>(),
    Route::of::<api::DeletePolicyVersionRequest>(),
    Route::of::<api::DeleteRoleRequest>(),
    Route::of::<api::DeleteRolePermissionsBoundaryRequest>(),
    Route::of::<api::DeleteRolePolicyRequest>(),
    Route::of::<api::DeleteSAMLProviderRequest>(),
    Route::of::<api::DeleteServiceLinkedRoleRequest>(),
    Route::of::<api::DeleteUserRequest>(),
    Route::of::<api::DeleteUserPermissionsBoundaryRequest>(),
    Route::of::<api::DeleteUserPolicyRequest>(),
    Route::of::<api::DeleteVirtualMFADeviceRequest>(),
    Route::of::<api::DetachGroupPolicyRequest>(),
    Route::of::<api::DetachRolePolicyRequest>(),
    Route::of::<api::DetachUserPolicyRequest>(),
    Route::of::<api::DisableOrganizationsRootCredentialsManagementRequest>(),
    Route::of::<api::DisableOrganizationsRootSessionsRequest>(),
    Route::of::<api::DisableOutboundWebIdentityFederationRequest>(),
    Route::of::<api::EnableMFADeviceRequest>(),
    Route::of::<api::EnableOrganizationsRootCredentialsManagementRequest>(),
    Route::of::<api::EnableOrganizationsRootSessionsRequest>(),
    Route::of::<api::EnableOutboundWebIdentityFederationRequest>(),
    Route::of::<api::GenerateCredentialReportRequest>(),
    Route::of::<api::GetAccessKeyLastUsedRequest>(),
    Route::of::<api::GetAccountAuthorizationDetailsRequest>(),
    Route::of::<api::GetAccountPasswordPolicyRequest>(),
    Route::of::<api::GetAccountSummaryRequest>(),
    Route::of::<api::GetContextKeysForCustomPolicyRequest>(),
    Route::of::<api::GetContextKeysForPrincipalPolicyRequest>(),
    Route::of::<api::GetCredentialReportRequest>(),
    Route::of::<api::GetDelegationRequestRequest>(),
    Route::of::<api::GetGroupRequest>(),
    Route::of::<api::GetGroupPolicyRequest>(),
    Route::of::<api::GetInstanceProfileRequest>(),
    Route::of::<api::GetLoginProfileRequest>(),
    Route::of::<api::GetMFADeviceRequest>(),
    Route::of::<api::GetOpenIDConnectProviderRequest>(),
    Route::of::<api::GetOutboundWebIdentityFederationInfoRequest>(),
    Route::of::<api::GetPolicyRequest>(),
    Route::of::<api::GetPolicyVersionRequest>(),
    Route::of::<api::GetRoleRequest>(),
    Route::of::<api::GetRolePolicyRequest>(),
    Route::of::<api::GetSAMLProviderRequest>(),
    Route::of::<api::GetServiceLinkedRoleDeletionStatusRequest>(),
    Route::of::<api::GetUserRequest>(),
    Route::of::<api::GetUserPolicyRequest>(),
    Route::of::<api::ListAccessKeysRequest>(),
    Route::of::<api::ListAccountAliasesRequest>(),
    Route::of::<api::ListAttachedGroupPoliciesRequest>(),
    Route::of::<api::ListAttachedRolePoliciesRequest>(),
    Route::of::<api::ListAttachedUserPoliciesRequest>(),
    Route::of::<api::ListDelegationRequestsRequest>(),
    Route::of::<api::ListEntitiesForPolicyRequest>(),
    Route::of::<api::ListGroupPoliciesRequest>(),
    Route::of::<api::ListGroupsRequest>(),
    Route::of::<api::ListGroupsForUserRequest>(),
    Route::of::<api::ListInstanceProfileTagsRequest>(),
    Route::of::<api::ListInstanceProfilesRequest>(),
    Route::of::<api::ListInstanceProfilesForRoleRequest>(),
    Route::of::<api::ListMFADeviceTagsRequest>(),
    Route::of::<api::ListMFADevicesRequest>(),
    Route::of::<api::ListOpenIDConnectProviderTagsRequest>(),
    Route::of::<api::ListOpenIDConnectProvidersRequest>(),
    Route::of::<api::ListOrganizationsFeaturesRequest>(),
    Route::of::<api::ListPoliciesRequest>(),
    Route::of::<api::ListPolicyTagsRequest>(),
    Route::of::<api::ListPolicyVersionsRequest>(),
    Route::of::<api::ListRolePoliciesRequest>(),
    Route::of::<api::ListRoleTagsRequest>(),
    Route::of::<api::ListRolesRequest>(),
    Route::of::<api::ListSAMLProviderTagsRequest>(),
    Route::of::<api::ListSAMLProvidersRequest>(),
    Route::of::<api::ListSSHPublicKeysRequest>(),
    Route::of::<api::ListServerCertificatesRequest>(),
    Route::of::<api::ListServiceSpecificCredentialsRequest>(),
    Route::of::<api::ListSigningCertificatesRequest>(),
    Route::of::<api::ListUserPoliciesRequest>(),
    Route::of::<api::ListUserTagsRequest>(),
    Route::of::<api::ListUsersRequest>(),
    Route::of::<api::ListVirtualMFADevicesRequest>(),
    Route::of::<api::PutGroupPolicyRequest>(),
    Route::of::<api::PutRolePermissionsBoundaryRequest>(),
    Route::of::<api::PutRolePolicyRequest>(),
    Route::of::<api::PutUserPermissionsBoundaryRequest>(),
    Route::of::<api::PutUserPolicyRequest>(),
    Route::of::<api::RejectDelegationRequestRequest>(),
    Route::of::<api::RemoveClientIDFromOpenIDConnectProviderRequest>(),
    Route::of::<api::RemoveRoleFromInstanceProfileRequest>(),
    Route::of::<api::RemoveUserFromGroupRequest>(),
    Route::of::<api::ResyncMFADeviceRequest>(),
    Route::of::<api::SendDelegationTokenRequest>(),
    Route::of::<api::SetDefaultPolicyVersionRequest>(),
    Route::of::<api::SetSecurityTokenServicePreferencesRequest>(),
    Route::of::<api::SimulateCustomPolicyRequest>(),
    Route::of::<api::SimulatePrincipalPolicyRequest>(),
    Route::of::<api::TagInstanceProfileRequest>(),
    Route::of::<api::TagMFADeviceRequest>(),
    Route::of::<api::TagOpenIDConnectProviderRequest>(),
    Route::of::<api::TagPolicyRequest>(),
    Route::of::<api::TagRoleRequest>(),
    Route::of::<api::TagSAMLProviderRequest>(),
    Route::of::<api::TagUserRequest>(),
    Route::of::<api::UntagInstanceProfileRequest>(),
    Route::of::<api::UntagMFADeviceRequest>(),
    Route::of::<api::UntagOpenIDConnectProviderRequest>(),
    Route::of::<api::UntagPolicyRequest>(),
    Route::of::<api::UntagRoleRequest>(),
    Route::of::<api::UntagSAMLProviderRequest>(),
    Route::of::<api::UntagUserRequest>(),
    Route::of::<api::UpdateAccessKeyRequest>(),
    Route::of::<api::UpdateAccountPasswordPolicyRequest>(),
    Route::of::<api::UpdateAssumeRolePolicyRequest>(),
    Route::of::<api::UpdateDelegationRequestRequest>(),
    Route::of::<api::UpdateGroupRequest>(),
    Route::of::<api::UpdateLoginProfileRequest>(),
    Route::of::<api::UpdateOpenIDConnectProviderThumbprintRequest>(),
    Route::of::<api::UpdateRoleRequest>(),
    Route::of::<api::UpdateRoleDescriptionRequest>(),
    Route::of::<api::UpdateSAMLProviderRequest>(),
    Route::of::<api::UpdateUserRequest>(),
];
