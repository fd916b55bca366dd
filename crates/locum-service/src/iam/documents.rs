//! Policy documents on their way in and out.
//!
//! Identity policies are kept as they came. In a trust policy the users and roles become unique ids, so that whoever is
//! deleted and made again under the same name is a stranger to it (`facts: sts §4.6`), and turn back into ARNs when it
//! is shown. An id that nobody has any more stays an id.

use locum_api::{ApiError, errors};
use locum_directory::Role;
use locum_policy::{
    Policy, PolicyError, PolicyKind, resolve_principals, restore_principals, significant_len,
};

use super::quotas;
use crate::call::Call;

/// Reads the document of a managed policy.
///
/// # Errors
/// Malformed, or longer than 6,144 characters.
pub(super) fn managed(document: &str) -> Result<Policy, ApiError> {
    let policy = Policy::compile(document, PolicyKind::Managed).map_err(malformed)?;
    quotas::POLICY_SIZE.check(significant_len(document))?;
    Ok(policy)
}

/// Reads the document of an inline policy; its size counts together with its siblings'.
///
/// # Errors
/// Malformed.
pub(super) fn inline(document: &str) -> Result<Policy, ApiError> {
    Policy::compile(document, PolicyKind::Inline).map_err(malformed)
}

/// Reads a trust policy.
///
/// # Errors
/// Malformed, it names a user or role that does not exist, or longer than 2,048 characters.
pub(super) fn trust(call: &Call<'_>, document: &str) -> Result<Policy, ApiError> {
    let (snapshot, partition) = (call.snapshot, call.partition());
    let resolved = resolve_principals(document, &mut |arn| {
        snapshot.unique_id(arn).filter(|_| arn.partition == partition)
    })
    .map_err(malformed)?;
    let policy = Policy::compile(&resolved, PolicyKind::Trust).map_err(malformed)?;
    quotas::TRUST_SIZE.check(significant_len(document))?;
    Ok(policy)
}

/// A role's trust policy as it is shown.
pub(super) fn shown_trust(call: &Call<'_>, role: &Role) -> String {
    let (snapshot, partition) = (call.snapshot, call.partition());
    restore_principals(role.trust.document(), &mut |id| {
        snapshot.principal_arn(id, partition)
    })
}

fn malformed(error: PolicyError) -> ApiError {
    errors::MALFORMED_POLICY_DOCUMENT.with(error.message)
}
