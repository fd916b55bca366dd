//! What a kind of credentials may call at all, whatever the policies say (`facts: sts §7.1`).

use locum_api::{
    ApiError,
    model::{Operation, Service},
};

use crate::caller::{Caller, CredentialKind};

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
        // What an assumed root may is for its task policy to say, and what a delegate may for the delegated one.
        (Service::Iam, CredentialKind::Role | CredentialKind::AssumedRoot | CredentialKind::Delegated) => {
            true
        }
        (Service::Iam, CredentialKind::SessionToken { mfa }) => mfa,
        (Service::Iam, CredentialKind::Federation) => false,
        (Service::Organizations, _) => true,
    };
    if allowed {
        return Ok(());
    }
    Err(match operation.service {
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
