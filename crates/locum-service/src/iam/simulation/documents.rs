//! The documents of a request, compiled.

use locum_api::ApiError;
use locum_policy::{Policy, PolicyError, PolicyKind, resolve_principals};

use super::{
    invalid,
    policies::{Named, Origin},
    who::Who,
};

/// How long a condition key may be, in characters: as long as that of a context entry.
const MAX_KEY: usize = 256;

/// The policies of a `PolicyInputList`.
pub(super) fn identity(documents: &[String]) -> Result<Vec<Named>, ApiError> {
    let numbered = documents.iter().zip(1..);
    numbered
        .map(|(document, number)| given(format!("PolicyInputList.{number}"), document))
        .collect()
}

/// The one policy of a `PermissionsBoundaryPolicyInputList`, if it has one.
pub(super) fn boundary(documents: &[String]) -> Result<Option<Named>, ApiError> {
    match documents {
        [] => Ok(None),
        [document] => given("PermissionsBoundaryPolicyInputList.1".to_owned(), document).map(Some),
        _ => Err(invalid(
            "The list of Permissions Boundary policies cannot exceed 1 items.",
        )),
    }
}

/// A service control policy.
pub(super) fn service_control(name: &str, document: &str) -> Result<Policy, ApiError> {
    let policy = Policy::compile(document, PolicyKind::ServiceControl);
    with_keys(name, policy.map_err(|error| malformed(name, &error))?)
}

fn given(id: String, document: &str) -> Result<Named, ApiError> {
    // A managed policy's version is not asked for: what is simulated may become inline.
    let policy = Policy::compile(document, PolicyKind::Inline).map_err(|error| malformed(&id, &error))?;
    let policy = with_keys(&id, policy)?;
    Ok(Named::new(id, Origin::Given, policy))
}

/// The policy, unless a condition key of it is longer than answers may tell: each result names those that are missing.
fn with_keys(name: &str, policy: Policy) -> Result<Policy, ApiError> {
    let is_long = |key: &&str| key.chars().nth(MAX_KEY).is_some();
    match policy.context_keys().iter().any(is_long) {
        false => Ok(policy),
        true => Err(invalid(format!(
            "Invalid policy {name}: A condition key cannot exceed {MAX_KEY} characters."
        ))),
    }
}

const RESOURCE_POLICY: &str = "ResourcePolicy";

/// A `ResourcePolicy` of resources that are not roles.
pub(super) fn resource(document: &str) -> Result<Named, ApiError> {
    let policy = Policy::compile(document, PolicyKind::Resource);
    let policy = policy.map_err(|error| malformed(RESOURCE_POLICY, &error))?;
    let policy = with_keys(RESOURCE_POLICY, policy)?;
    Ok(Named::new(RESOURCE_POLICY.to_owned(), Origin::Given, policy))
}

/// A `ResourcePolicy` that is a role's trust policy. Where enforcement finds unique ids in it, here the caller's ARN
/// becomes the caller's id, and every other ARN somebody else.
pub(super) fn trust(document: &str, who: &Who) -> Result<Named, ApiError> {
    let malformed = |error: PolicyError| malformed(RESOURCE_POLICY, &error);
    let resolved = resolve_principals(document, &mut |arn| Some(who.id_of(arn))).map_err(malformed)?;
    let policy = Policy::compile(&resolved, PolicyKind::Trust).map_err(malformed)?;
    let policy = with_keys(RESOURCE_POLICY, policy)?;
    let shown = Policy::compile(document, PolicyKind::Trust).map_err(malformed)?;
    Ok(Named::shown_as(
        RESOURCE_POLICY.to_owned(),
        Origin::Given,
        policy,
        shown,
    ))
}

pub(super) fn malformed(name: &str, error: &PolicyError) -> ApiError {
    invalid(format!("Invalid policy {name}: {error}"))
}
