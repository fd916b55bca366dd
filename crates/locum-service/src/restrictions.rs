//! What a kind of credentials may call at all, whatever the policies say (`facts: sts §7.1`).

use locum_api::{
    ApiError, errors,
    model::{Access, Operation, Service},
};

use crate::{
    caller::{Caller, CredentialKind},
    route::is_transaction,
};

/// What a delegate may change in IAM, if the policy that was granted allows it: roles, which are bounded by what the
/// approver was shown (see `delegation::check_boundary`), the policies made for them, new and empty principals, and taking
/// away. Whatever else writes would outlast the delegation, and an operation that is not sorted in here is refused.
const GRANTABLE: &[&str] = &[
    "AttachRolePolicy",
    "CreateGroup",
    "CreatePolicy",
    "CreatePolicyVersion",
    "CreateRole",
    "CreateUser",
    "DeleteAccessKey",
    "DeleteGroup",
    "DeleteOpenIDConnectProvider",
    "DeletePolicy",
    "DeletePolicyVersion",
    "DeleteRole",
    "DeleteRolePolicy",
    "DeleteSAMLProvider",
    "DeleteUser",
    "DeleteVirtualMFADevice",
    "DetachRolePolicy",
    "PutRolePermissionsBoundary",
    "PutRolePolicy",
    "RemoveClientIDFromOpenIDConnectProvider",
    "SetDefaultPolicyVersion",
    "TagPolicy",
    "TagRole",
    "UntagPolicy",
    "UntagRole",
    "UpdateRole",
    "UpdateRoleDescription",
];

/// Refuses an operation that these credentials can never call.
///
/// # Errors
/// The text that AWS gives, or, where none was recorded, the form it gives elsewhere.
pub(crate) fn check(caller: &Caller, operation: &Operation) -> Result<(), ApiError> {
    let kind = caller.credential_kind();
    let allowed = match (operation.service, kind) {
        (_, CredentialKind::LongTerm) => true,
        (Service::Sts, CredentialKind::Role) => {
            !matches!(operation.name, "GetFederationToken" | "GetSessionToken")
        }
        (Service::Sts, CredentialKind::SessionToken { .. }) => {
            // The third is documented otherwise and was recorded to work in 2026.
            matches!(
                operation.name,
                "AssumeRole" | "GetCallerIdentity" | "GetWebIdentityToken"
            )
        }
        // What was delegated for a time must not become something longer or other.
        (
            Service::Sts,
            CredentialKind::Federation | CredentialKind::AssumedRoot | CredentialKind::Delegated,
        ) => operation.name == "GetCallerIdentity",
        // What an assumed root may is for its task policy to say.
        (Service::Iam, CredentialKind::Role | CredentialKind::AssumedRoot) => true,
        (Service::Iam, CredentialKind::Delegated) => {
            operation.access == Access::Read || GRANTABLE.contains(&operation.name)
        }
        (Service::Iam, CredentialKind::SessionToken { mfa }) => mfa,
        (Service::Iam, CredentialKind::Federation) => false,
        // An account outlasts the delegation, and so does the role into it.
        (Service::Organizations, CredentialKind::Delegated) => operation.access == Access::Read,
        (Service::Organizations, _) => true,
        // What a transaction holds is checked one by one.
        (Service::Locum, _) if is_transaction(operation) => true,
        // As in IAM. Who was let in for a time does not decide whose time is over.
        (Service::Locum, CredentialKind::Role | CredentialKind::AssumedRoot) => true,
        (Service::Locum, CredentialKind::SessionToken { mfa }) => mfa,
        (Service::Locum, CredentialKind::Federation | CredentialKind::Delegated) => false,
        // It tells of the document that comes with the request, and of nothing that is stored.
        (Service::AccessAnalyzer, _) => true,
    };
    if allowed {
        return Ok(());
    }
    let delegated = || format!("Cannot call {} with delegated credentials", operation.name);
    Err(match operation.service {
        Service::Iam if kind == CredentialKind::Delegated => ApiError::access_denied(delegated()),
        Service::Organizations if kind == CredentialKind::Delegated => {
            errors::ORGANIZATIONS_ACCESS_DENIED.with(delegated())
        }
        // Not AccessDenied (`facts: sts §1.6`, the row of GetSessionToken without MFA).
        Service::Iam => ApiError::sender(
            403,
            "InvalidClientTokenId",
            "The security token included in the request is invalid",
        ),
        Service::Sts if operation.name == "GetWebIdentityToken" && kind == CredentialKind::Federation => {
            ApiError::access_denied("GetWebIdentityToken does not support federated user sessions")
        }
        Service::Sts | Service::Organizations | Service::Locum | Service::AccessAnalyzer => {
            ApiError::access_denied(format!("Cannot call {} with session credentials", operation.name))
        }
    })
}

#[cfg(test)]
mod tests {
    use locum_api::model::operations;

    use super::*;

    #[test]
    fn what_delegates_may_be_granted_are_operations_that_write() {
        for name in GRANTABLE {
            let known = operations(Service::Iam)
                .iter()
                .any(|operation| operation.name == *name && operation.access == Access::Write);
            assert!(known, "{name}");
        }
    }
}
