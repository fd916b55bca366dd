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
    /// `ARN A is not valid.`
    pub(super) fn read(call: &Call<'_>, text: &'r str) -> Result<Self, ApiError> {
        let arn = Arn::parse(text).map_err(|_| ApiError::validation(invalid(text)))?;
        let ours = arn.partition == call.partition().as_str()
            && (arn.account == "aws" || arn.account.parse() == Ok(call.account()));
        let found = call.snapshot.policy_by_arn(&arn).filter(|_| ours);
        Ok(Self {
            arn: text,
            found: found.cloned(),
        })
    }

    /// Looks up a policy that is to be a boundary.
    ///
    /// # Errors
    /// `ARN A is not valid.`, also of what is no policy's.
    pub(super) fn read_boundary(call: &Call<'_>, text: &'r str) -> Result<Self, ApiError> {
        let of_policy = Arn::parse(text).is_ok_and(|arn| arn.resource.starts_with("policy/"));
        if !of_policy {
            return Err(errors::INVALID_INPUT.with(invalid(text)));
        }
        Self::read(call, text)
    }

    /// The policy, to be made a boundary.
    ///
    /// # Errors
    /// `Scope ARN: A does not exist or is not attachable.`
    pub(super) fn boundary(self) -> Result<Arc<ManagedPolicy>, ApiError> {
        let text = format!("Scope ARN: {} does not exist or is not attachable.", self.arn);
        self.attachable().map_err(|_| errors::NO_SUCH_ENTITY.with(text))
    }

    /// The policy, to be attached.
    ///
    /// # Errors
    /// `Policy A does not exist or is not attachable.`
    pub(super) fn attachable(self) -> Result<Arc<ManagedPolicy>, ApiError> {
        let Self { arn, found } = self;
        found
            .filter(|policy| policy.is_attachable())
            .ok_or_else(|| not_attachable(arn))
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

fn invalid(arn: &str) -> String {
    format!("ARN {arn} is not valid.")
}

/// `Policy A does not exist or is not attachable.`
pub(super) fn not_attachable(arn: &str) -> ApiError {
    errors::NO_SUCH_ENTITY.with(format!("Policy {arn} does not exist or is not attachable."))
}

/// `Policy A was not found.`
pub(super) fn not_found(arn: &str) -> ApiError {
    errors::NO_SUCH_ENTITY.with(format!("Policy {arn} was not found."))
}

/// Orders policies by name, ignoring case, then by id: a customer's policy may have the name of one of AWS's.
pub(super) fn sort_key(policy: &ManagedPolicy) -> String {
    format!("{}\0{}", policy.name.to_ascii_lowercase(), policy.id)
}
