//! The operations of Identity and Access Management (`facts: sts §8`).

mod access_keys;
mod boundaries;
mod entities;
mod inline_policies;
mod managed_policies;
mod policy_attachments;
mod policy_versions;
mod roles;
mod tags;
mod users;

pub use access_keys::*;
pub use boundaries::*;
pub use entities::*;
pub use inline_policies::*;
pub use managed_policies::*;
pub use policy_attachments::*;
pub use policy_versions::*;
pub use roles::*;
pub use tags::*;
pub use users::*;

use crate::{Request, model::Operation};

/// Every operation, sorted by name.
pub(crate) const OPERATIONS: &[&Operation] = &[
    AttachRolePolicyRequest::OPERATION,
    AttachUserPolicyRequest::OPERATION,
    CreateAccessKeyRequest::OPERATION,
    CreatePolicyRequest::OPERATION,
    CreatePolicyVersionRequest::OPERATION,
    CreateRoleRequest::OPERATION,
    CreateUserRequest::OPERATION,
    DeleteAccessKeyRequest::OPERATION,
    DeletePolicyRequest::OPERATION,
    DeletePolicyVersionRequest::OPERATION,
    DeleteRoleRequest::OPERATION,
    DeleteRolePermissionsBoundaryRequest::OPERATION,
    DeleteRolePolicyRequest::OPERATION,
    DeleteUserRequest::OPERATION,
    DeleteUserPermissionsBoundaryRequest::OPERATION,
    DeleteUserPolicyRequest::OPERATION,
    DetachRolePolicyRequest::OPERATION,
    DetachUserPolicyRequest::OPERATION,
    GetPolicyRequest::OPERATION,
    GetPolicyVersionRequest::OPERATION,
    GetRoleRequest::OPERATION,
    GetRolePolicyRequest::OPERATION,
    GetUserRequest::OPERATION,
    GetUserPolicyRequest::OPERATION,
    ListAccessKeysRequest::OPERATION,
    ListAttachedRolePoliciesRequest::OPERATION,
    ListAttachedUserPoliciesRequest::OPERATION,
    ListPoliciesRequest::OPERATION,
    ListPolicyTagsRequest::OPERATION,
    ListPolicyVersionsRequest::OPERATION,
    ListRolePoliciesRequest::OPERATION,
    ListRoleTagsRequest::OPERATION,
    ListRolesRequest::OPERATION,
    ListUserPoliciesRequest::OPERATION,
    ListUserTagsRequest::OPERATION,
    ListUsersRequest::OPERATION,
    PutRolePermissionsBoundaryRequest::OPERATION,
    PutRolePolicyRequest::OPERATION,
    PutUserPermissionsBoundaryRequest::OPERATION,
    PutUserPolicyRequest::OPERATION,
    SetDefaultPolicyVersionRequest::OPERATION,
    TagPolicyRequest::OPERATION,
    TagRoleRequest::OPERATION,
    TagUserRequest::OPERATION,
    UntagPolicyRequest::OPERATION,
    UntagRoleRequest::OPERATION,
    UntagUserRequest::OPERATION,
    UpdateAccessKeyRequest::OPERATION,
    UpdateAssumeRolePolicyRequest::OPERATION,
    UpdateRoleRequest::OPERATION,
    UpdateRoleDescriptionRequest::OPERATION,
    UpdateUserRequest::OPERATION,
];
