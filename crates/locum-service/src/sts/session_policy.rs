//! The session policies of a request: one inline, up to ten by ARN (`facts: sts §2.2, §2.4`).

use locum_api::{ApiError, errors, sts::PolicyDescriptor};
use locum_directory::Snapshot;
use locum_names::{AccountId, Arn, Partition};
use locum_policy::{Policy, PolicyKind};
use locum_session::minify_json;

/// The plaintext limit of the inline policy and of everything together, in characters.
const MAX_PLAINTEXT: usize = 2048;
const MAX_ARNS: usize = 10;

/// Checked session policies, as the token carries them.
#[derive(Debug)]
pub(super) struct SessionPolicies {
    pub(super) inline: Option<Box<str>>,
    pub(super) arns: Vec<Box<str>>,
}

impl SessionPolicies {
    /// Whether none were passed.
    pub(super) const fn is_empty(&self) -> bool {
        self.inline.is_none() && self.arns.is_empty()
    }

    /// Checks the policies of a session in `account`.
    ///
    /// # Errors
    /// Too long, too many, malformed, or not policies of that account.
    pub(super) fn read(
        snapshot: &Snapshot,
        partition: Partition,
        account: AccountId,
        inline: Option<&str>,
        descriptors: &[PolicyDescriptor],
    ) -> Result<Self, ApiError> {
        let length = inline.map_or(0, |policy| policy.chars().count());
        if length > MAX_PLAINTEXT {
            return Err(too_long("policy", inline.unwrap_or_default()));
        }
        if descriptors.len() > MAX_ARNS {
            return Err(ApiError::validation(format!(
                "1 validation error detected: Value at 'policyArns' failed to satisfy constraint: Member must have \
                 length less than or equal to {MAX_ARNS}"
            )));
        }
        let arns = descriptors
            .iter()
            .map(|descriptor| managed(snapshot, partition, account, descriptor))
            .collect::<Result<_, _>>();
        let arns: Vec<Box<str>> = arns?;
        if length + arns.iter().map(|arn| arn.len()).sum::<usize>() > MAX_PLAINTEXT {
            return Err(errors::PACKED_POLICY_TOO_LARGE.with(format!(
                "The session policies have more than {MAX_PLAINTEXT} characters; use fewer or shorter ones."
            )));
        }
        let inline = inline
            .map(|document| {
                Policy::compile(document, PolicyKind::Session)
                    .map_err(|error| errors::MALFORMED_POLICY_DOCUMENT.with(error.message.as_ref()))?;
                Ok::<_, ApiError>(minify_json(document).into())
            })
            .transpose()?;
        Ok(Self { inline, arns })
    }
}

/// A managed policy must exist, and be the account's own or one of AWS's.
fn managed(
    snapshot: &Snapshot,
    partition: Partition,
    account: AccountId,
    descriptor: &PolicyDescriptor,
) -> Result<Box<str>, ApiError> {
    let text = descriptor.arn.as_deref().unwrap_or_default();
    let arn = Arn::parse(text).map_err(|_| ApiError::not_an_arn(text))?;
    let ours =
        arn.partition == partition.as_str() && (arn.account == "aws" || arn.account.parse() == Ok(account));
    let exists = ours && snapshot.policy_by_arn(&arn).is_some();
    exists.then(|| text.into()).ok_or_else(|| {
        errors::MALFORMED_POLICY_DOCUMENT.with(format!("Policy {text} does not exist or is not attachable."))
    })
}

fn too_long(member: &str, value: &str) -> ApiError {
    ApiError::validation(format!(
        "1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: Member must have \
         length less than or equal to {MAX_PLAINTEXT}"
    ))
}
