//! What a kind of credentials may call at all, whatever the policies say (`facts: sts §7.1`).

use locum_api::{
    ApiError, errors,
    model::{Access, Operation, Service},
};

use crate::caller::{Caller, CredentialKind};

/// What would outlast a delegation: access keys, second factors, who may assume a role that is there, what bounds users
/// and roles, who signs in, and delegations themselves. The policy that was granted cannot allow these. New roles are
/// bounded instead, see `delegation::check_boundary`.
const LASTING: &[&str] = &[
    "AcceptDelegationRequest",
    "AddClientIDToOpenIDConnectProvider",
    "AssociateDelegationRequest",
    "CreateAccessKey",
    "CreateDelegationRequest",
    "CreateOpenIDConnectProvider",
    "CreateSAMLProvider",
    "CreateVirtualMFADevice",
    "DeactivateMFADevice",
    "DeleteRolePermissionsBoundary",
    "DeleteUserPermissionsBoundary",
    "EnableMFADevice",
    "PutUserPermissionsBoundary",
    "RejectDelegationRequest",
    "ResyncMFADevice",
    "SendDelegationToken",
    "UpdateAccessKey",
    "UpdateAssumeRolePolicy",
    "UpdateDelegationRequest",
    "UpdateOpenIDConnectProviderThumbprint",
    "UpdateSAMLProvider",
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
        (Service::Iam, CredentialKind::Delegated) => !LASTING.contains(&operation.name),
        (Service::Iam, CredentialKind::SessionToken { mfa }) => mfa,
        (Service::Iam, CredentialKind::Federation) => false,
        // An account outlasts the delegation, and so does the role into it.
        (Service::Organizations, CredentialKind::Delegated) => operation.access == Access::Read,
        (Service::Organizations, _) => true,
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
        Service::Sts | Service::Organizations => {
            ApiError::access_denied(format!("Cannot call {} with session credentials", operation.name))
        }
    })
}

#[cfg(test)]
mod tests {
    use locum_api::model::operations;

    use super::*;

    #[test]
    fn what_delegates_never_do_are_operations() {
        for name in LASTING {
            let known = operations(Service::Iam)
                .iter()
                .any(|operation| operation.name == *name);
            assert!(known, "{name}");
        }
    }
}
