//! How much an organization may have: AWS's defaults of 2026, in one table.

use jiff::SignedDuration;
use locum_api::{ApiError, errors};
use locum_directory::ControlPolicyType;

pub(super) const UNITS: usize = 2000;
pub(super) const TAGS: usize = 50;
/// How many services may have trusted access: more than AWS has. Which there are is not known here, so a bound stands in for
/// the list.
pub(super) const SERVICES: usize = 500;

/// How far back closed accounts count.
pub(super) const CLOSING_PERIOD: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How many accounts may be closed in [`CLOSING_PERIOD`]: a fifth of the member accounts, but 250 in any case and a thousand
/// at most.
pub(super) fn closings(members: usize) -> usize {
    (members / 5).clamp(250, 1000)
}

/// How many policies of a type there may be.
pub(super) const fn policies(policy_type: ControlPolicyType) -> usize {
    match policy_type {
        ControlPolicyType::ServiceControl => 10_000,
        ControlPolicyType::ResourceControl => 1000,
    }
}

/// How many policies of a type one target may have, the built-in one included.
pub(super) const fn attachments(policy_type: ControlPolicyType) -> usize {
    match policy_type {
        ControlPolicyType::ServiceControl => 10,
        ControlPolicyType::ResourceControl => 5,
    }
}

/// How many characters a document may have, white space included (`facts: policy §6.2`).
pub(super) const fn content(policy_type: ControlPolicyType) -> usize {
    match policy_type {
        ControlPolicyType::ServiceControl => 10_240,
        ControlPolicyType::ResourceControl => 5120,
    }
}

/// Refuses more than a limit.
pub(super) fn check(wanted: usize, limit: usize, reason: &'static str, what: &str) -> Result<(), ApiError> {
    if wanted <= limit {
        return Ok(());
    }
    let text = format!("You have exceeded the number of {what}: {limit}.");
    Err(errors::CONSTRAINT_VIOLATION.with(text).because(reason))
}
