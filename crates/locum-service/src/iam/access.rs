//! Whether the caller may: the action, the resource's ARN, and the condition keys that IAM's actions have.

use std::fmt;

use locum_api::{iam, model::Operation};
use locum_directory::Tag;
use locum_names::{PrincipalArn, PrincipalKind};
use locum_policy::{Policy, Source};

use crate::{
    call::{Call, Failure, Target},
    circumstances::{request_tag_keys, resource_tag_keys},
    denial::Wording,
};

/// What the condition keys of a request are made of; most requests have little of it.
#[derive(Clone, Copy, Default)]
pub(super) struct Keys<'r> {
    /// `aws:ResourceTag/*` and `iam:ResourceTag/*`.
    pub(super) resource_tags: &'r [Tag],
    /// `aws:RequestTag/*` and `aws:TagKeys`.
    pub(super) request_tags: &'r [iam::Tag],
    /// `aws:TagKeys` where tags are named without values.
    pub(super) tag_keys: &'r [String],
    /// `iam:PolicyARN`.
    pub(super) policy_arn: Option<&'r str>,
    /// `iam:PermissionsBoundary`: the one requested, or where none can be requested the one in force.
    pub(super) boundary: Option<&'r str>,
}

/// Asks whether the caller may perform an operation on what has this ARN.
pub(super) fn authorize(
    call: &Call<'_>,
    operation: &Operation,
    arn: &str,
    keys: Keys<'_>,
) -> Result<(), Failure> {
    authorize_as(call, operation, arn, keys, None)
}

/// As [`authorize`], for callers who have one more policy than those they were given.
pub(super) fn authorize_as(
    call: &Call<'_>,
    operation: &Operation,
    arn: &str,
    keys: Keys<'_>,
    granted: Option<&Policy>,
) -> Result<(), Failure> {
    let target = Target::plain(arn, call.account());
    call.authorize_as(
        &format!("iam:{}", operation.name),
        target,
        Wording::Full,
        granted.map(|policy| Source::new(policy, "account-password-policy")),
        |context| {
            let tags = keys.resource_tags.iter();
            resource_tag_keys(context, tags.map(|tag| (&*tag.key, &*tag.value)));
            let tags = keys.request_tags.iter();
            request_tag_keys(context, tags.map(|tag| (tag.key.as_str(), tag.value.as_str())));
            if !keys.tag_keys.is_empty() {
                context.set_many("aws:TagKeys", keys.tag_keys.iter().map(String::as_str));
            }
            if let Some(arn) = keys.policy_arn {
                context.set("iam:PolicyARN", arn);
            }
            if let Some(arn) = keys.boundary {
                context.set("iam:PermissionsBoundary", arn);
            }
        },
    )
}

/// Asks whether the caller may create what will have this ARN, and tag it if it is to have tags.
pub(super) fn authorize_creation(
    call: &Call<'_>,
    operation: &Operation,
    tagging: &Operation,
    arn: &str,
    keys: Keys<'_>,
) -> Result<(), Failure> {
    authorize(call, operation, arn, keys)?;
    if keys.request_tags.is_empty() {
        return Ok(());
    }
    authorize(call, tagging, arn, keys)
}

/// The ARN of something of the caller's account: `kind` is `user`, and `path_and_name` begins with a slash.
pub(super) fn arn(call: &Call<'_>, kind: &str, path_and_name: impl fmt::Display) -> String {
    format!(
        "arn:{}:iam::{}:{kind}{path_and_name}",
        call.partition(),
        call.account()
    )
}

/// The ARN of the caller's root user.
pub(super) fn root_arn(call: &Call<'_>) -> String {
    let (partition, account) = (call.partition(), call.account());
    PrincipalArn {
        partition,
        account,
        kind: PrincipalKind::Root,
    }
    .to_string()
}
