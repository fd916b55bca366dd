//! The documents of control policies: what they may hold.

use locum_api::{ApiError, errors};
use locum_directory::ControlPolicyType;
use locum_policy::Policy;
use serde_json::Value;

use super::quotas;
use crate::layers::RESOURCE_CONTROLLED;

/// The one text that Organizations has for it (`facts: policy §6.1`).
const MALFORMED: &str =
    "The provided policy document does not meet the requirements of the specified policy type.";

/// Reads a document.
///
/// # Errors
/// One that is too long, or that is not what its type asks for.
pub(super) fn read(policy_type: ControlPolicyType, content: &str) -> Result<Policy, ApiError> {
    let most = quotas::content(policy_type);
    if content.chars().count() > most {
        let text = format!("You have exceeded the maximum size of a policy: {most} characters.");
        let error = errors::CONSTRAINT_VIOLATION.with(text);
        return Err(error.because("POLICY_CONTENT_LIMIT_EXCEEDED"));
    }
    let malformed = || errors::MALFORMED_ORGANIZATION_POLICY.with(MALFORMED);
    let policy = Policy::compile(content, policy_type.policy_kind()).map_err(|_| malformed())?;
    if policy_type == ControlPolicyType::ResourceControl && !denies_what_is_controlled(content) {
        return Err(malformed());
    }
    Ok(policy)
}

/// Whether every statement of a resource control policy denies, and names actions of services that have such policies: one of
/// another service would look as if it protected something (`facts: policy §6.2`).
fn denies_what_is_controlled(content: &str) -> bool {
    // It was read by a stricter reader already.
    let Ok(document) = serde_json::from_str::<Value>(content) else {
        return false;
    };
    let list = |value: Option<&Value>| match value {
        Some(Value::Array(items)) => items.clone(),
        Some(one) => vec![one.clone()],
        None => Vec::new(),
    };
    list(document.get("Statement")).iter().all(|statement| {
        let denies = statement.get("Effect").and_then(Value::as_str) == Some("Deny");
        let actions = list(statement.get("Action"));
        denies
            && !actions.is_empty()
            && actions
                .iter()
                .all(|action| action.as_str().is_some_and(is_controlled))
    })
}

/// Whether an action is of a service that has such policies, with a wildcard at its end at most.
fn is_controlled(action: &str) -> bool {
    let Some((service, name)) = action.split_once(':') else {
        return false;
    };
    let known = RESOURCE_CONTROLLED
        .iter()
        .any(|known| known.eq_ignore_ascii_case(service));
    let stem = name.strip_suffix(['*', '?']).unwrap_or(name);
    known && !name.is_empty() && !stem.contains(['*', '?'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_name_a_service_and_end_in_a_wildcard_at_most() {
        for (action, expected) in [
            ("sts:AssumeRole", true),
            ("STS:Assume*", true),
            ("s3:*", true),
            ("s3:GetObjec?", true),
            ("s3:", false),
            ("*", false),
            ("*:*", false),
            ("s*:Get", false),
            ("s3:*Object", false),
            ("s3:G**", false),
            ("iam:CreateUser", false),
        ] {
            assert_eq!(is_controlled(action), expected, "{action}");
        }
    }
}
