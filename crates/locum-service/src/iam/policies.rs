//! Managed policies by ARN: which one is meant, and whether it is there (`facts: sts §8.5`).

use std::sync::Arc;

use locum_api::{ApiError, errors, model::Operation};
use locum_directory::{ManagedPolicy, PolicyOwner};
use locum_names::Arn;

use super::access::{Keys, authorize};
use crate::call::{Call, Failure};

/// A managed policy that a request names.
pub(super) struct NamedPolicy<'r> {
    /// The ARN as it was given.
    pub(super) arn: &'r str,
    found: Option<Arc<ManagedPolicy>>,
}

impl<'r> NamedPolicy<'r> {
    /// Looks up a policy of the caller's account, or one of AWS's. Another account's is as if it did not exist.
    ///
    /// # Errors
    /// `Invalid ARN:  Could not be parsed!`
    pub(super) fn read(call: &Call<'_>, text: &'r str) -> Result<Self, ApiError> {
        let arn = Arn::parse(text).map_err(|_| ApiError::validation("Invalid ARN:  Could not be parsed!"))?;
        let ours = arn.partition == call.partition().as_str()
            && (arn.account == "aws" || arn.account.parse() == Ok(call.account()));
        let found = call.snapshot.policy_by_arn(&arn).filter(|_| ours);
        Ok(Self {
            arn: text,
            found: found.cloned(),
        })
    }

    /// The policy, to be attached or made a boundary.
    ///
    /// # Errors
    /// `Policy A does not exist or is not attachable.`
    pub(super) fn attachable(self) -> Result<Arc<ManagedPolicy>, ApiError> {
        let Self { arn, found } = self;
        let text = || format!("Policy {arn} does not exist or is not attachable.");
        found
            .filter(|policy| policy.is_attachable())
            .ok_or_else(|| errors::NO_SUCH_ENTITY.with(text()))
    }

    /// The policy, to be shown or detached.
    ///
    /// # Errors
    /// `Policy A was not found.`
    pub(super) fn existing(self) -> Result<Arc<ManagedPolicy>, ApiError> {
        let Self { arn, found } = self;
        found.ok_or_else(|| not_found(arn))
    }

    /// The policy, to be changed: AWS's own cannot be.
    ///
    /// # Errors
    /// `Policy A was not found.`, or that it is AWS's.
    pub(super) fn changeable(self) -> Result<Arc<ManagedPolicy>, ApiError> {
        let arn = self.arn;
        let policy = self.existing()?;
        match policy.owner {
            PolicyOwner::Account(_) => Ok(policy),
            PolicyOwner::Aws => {
                Err(errors::INVALID_INPUT
                    .with(format!("Policy {arn} is managed by AWS and cannot be changed.")))
            }
        }
    }

    /// Asks whether the caller may perform an operation on the policy itself.
    pub(super) fn authorize(
        &self,
        call: &Call<'_>,
        operation: &Operation,
        keys: Keys<'_>,
    ) -> Result<(), Failure> {
        let resource_tags = self.found.as_ref().map_or(&[][..], |policy| &policy.tags);
        let keys = Keys {
            resource_tags,
            ..keys
        };
        authorize(call, operation, self.arn, keys)
    }
}

/// `Policy A was not found.`
pub(super) fn not_found(arn: &str) -> ApiError {
    errors::NO_SUCH_ENTITY.with(format!("Policy {arn} was not found."))
}

/// Orders policies by name, ignoring case, then by id: a customer's policy may have the name of one of AWS's.
pub(super) fn sort_key(policy: &ManagedPolicy) -> String {
    format!("{}\0{}", policy.name.to_ascii_lowercase(), policy.id)
}
