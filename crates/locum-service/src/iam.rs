//! Identity and Access Management: users, roles, managed policies and access keys (`facts: sts §8`).
//!
//! Every operation goes the same way: whose is it, may the caller, does it exist, is the name free, does it fit the
//! quotas, and only then the change. So a caller who may not do a thing learns nothing about it but the denial.

mod access;
mod access_keys;
mod attachments;
mod boundaries;
mod documents;
mod inline_policies;
mod managed_policies;
mod owner;
mod policies;
mod policy_versions;
mod quotas;
mod roles;
mod shown;
mod tags;
mod users;
mod whose;

use locum_api::iam::{
    AttachRolePolicyRequest, AttachUserPolicyRequest, CreateAccessKeyRequest, CreatePolicyRequest,
    CreatePolicyVersionRequest, CreateRoleRequest, CreateUserRequest, DeleteAccessKeyRequest,
    DeletePolicyRequest, DeletePolicyVersionRequest, DeleteRolePermissionsBoundaryRequest,
    DeleteRolePolicyRequest, DeleteRoleRequest, DeleteUserPermissionsBoundaryRequest,
    DeleteUserPolicyRequest, DeleteUserRequest, DetachRolePolicyRequest, DetachUserPolicyRequest,
    GetPolicyRequest, GetPolicyVersionRequest, GetRolePolicyRequest, GetRoleRequest, GetUserPolicyRequest,
    GetUserRequest, ListAccessKeysRequest, ListAttachedRolePoliciesRequest, ListAttachedUserPoliciesRequest,
    ListPoliciesRequest, ListPolicyTagsRequest, ListPolicyVersionsRequest, ListRolePoliciesRequest,
    ListRoleTagsRequest, ListRolesRequest, ListUserPoliciesRequest, ListUserTagsRequest, ListUsersRequest,
    PutRolePermissionsBoundaryRequest, PutRolePolicyRequest, PutUserPermissionsBoundaryRequest,
    PutUserPolicyRequest, SetDefaultPolicyVersionRequest, TagPolicyRequest, TagRoleRequest, TagUserRequest,
    UntagPolicyRequest, UntagRoleRequest, UntagUserRequest, UpdateAccessKeyRequest,
    UpdateAssumeRolePolicyRequest, UpdateRoleDescriptionRequest, UpdateRoleRequest, UpdateUserRequest,
};

use crate::route::Route;

/// Every operation, sorted by name.
pub(crate) const ROUTES: &[Route] = &[
    Route::of::<AttachRolePolicyRequest>(),
    Route::of::<AttachUserPolicyRequest>(),
    Route::of::<CreateAccessKeyRequest>(),
    Route::of::<CreatePolicyRequest>(),
    Route::of::<CreatePolicyVersionRequest>(),
    Route::of::<CreateRoleRequest>(),
    Route::of::<CreateUserRequest>(),
    Route::of::<DeleteAccessKeyRequest>(),
    Route::of::<DeletePolicyRequest>(),
    Route::of::<DeletePolicyVersionRequest>(),
    Route::of::<DeleteRoleRequest>(),
    Route::of::<DeleteRolePermissionsBoundaryRequest>(),
    Route::of::<DeleteRolePolicyRequest>(),
    Route::of::<DeleteUserRequest>(),
    Route::of::<DeleteUserPermissionsBoundaryRequest>(),
    Route::of::<DeleteUserPolicyRequest>(),
    Route::of::<DetachRolePolicyRequest>(),
    Route::of::<DetachUserPolicyRequest>(),
    Route::of::<GetPolicyRequest>(),
    Route::of::<GetPolicyVersionRequest>(),
    Route::of::<GetRoleRequest>(),
    Route::of::<GetRolePolicyRequest>(),
    Route::of::<GetUserRequest>(),
    Route::of::<GetUserPolicyRequest>(),
    Route::of::<ListAccessKeysRequest>(),
    Route::of::<ListAttachedRolePoliciesRequest>(),
    Route::of::<ListAttachedUserPoliciesRequest>(),
    Route::of::<ListPoliciesRequest>(),
    Route::of::<ListPolicyTagsRequest>(),
    Route::of::<ListPolicyVersionsRequest>(),
    Route::of::<ListRolePoliciesRequest>(),
    Route::of::<ListRoleTagsRequest>(),
    Route::of::<ListRolesRequest>(),
    Route::of::<ListUserPoliciesRequest>(),
    Route::of::<ListUserTagsRequest>(),
    Route::of::<ListUsersRequest>(),
    Route::of::<PutRolePermissionsBoundaryRequest>(),
    Route::of::<PutRolePolicyRequest>(),
    Route::of::<PutUserPermissionsBoundaryRequest>(),
    Route::of::<PutUserPolicyRequest>(),
    Route::of::<SetDefaultPolicyVersionRequest>(),
    Route::of::<TagPolicyRequest>(),
    Route::of::<TagRoleRequest>(),
    Route::of::<TagUserRequest>(),
    Route::of::<UntagPolicyRequest>(),
    Route::of::<UntagRoleRequest>(),
    Route::of::<UntagUserRequest>(),
    Route::of::<UpdateAccessKeyRequest>(),
    Route::of::<UpdateAssumeRolePolicyRequest>(),
    Route::of::<UpdateRoleRequest>(),
    Route::of::<UpdateRoleDescriptionRequest>(),
    Route::of::<UpdateUserRequest>(),
];
