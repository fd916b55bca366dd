//! Whether the caller may: the action, the resource's ARN, and the condition keys that IAM's actions have.

use std::fmt;

use locum_api::{iam, model::Operation};
use locum_directory::Tag;
use locum_names::account_arn;
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
    /// `iam:PassedToService`.
    pub(super) passed_to_service: Option<&'r str>,
    /// `iam:AssociatedResourceArn`.
    pub(super) associated_resource: Option<&'r str>,
    /// `iam:AWSServiceName`.
    pub(super) service_name: Option<&'r str>,
}

/// Asks whether the caller may perform an operation on what has this ARN.
pub(super) fn authorize(
    call: &Call<'_>,
    operation: &Operation,
    arn: &str,
    keys: Keys<'_>,
) -> Result<(), Failure> {
    authorize_action(call, &format!("iam:{}", operation.name), arn, keys, None)
}

/// As [`authorize`], for callers who have one more policy than those they were given.
pub(super) fn authorize_as(
    call: &Call<'_>,
    operation: &Operation,
    arn: &str,
    keys: Keys<'_>,
    granted: Option<&Policy>,
) -> Result<(), Failure> {
    authorize_action(call, &format!("iam:{}", operation.name), arn, keys, granted)
}

/// As [`authorize_as`], for an action that may not be of the operation's name, such as `iam:PassRole`.
pub(super) fn authorize_action(
    call: &Call<'_>,
    action: &str,
    arn: &str,
    keys: Keys<'_>,
    granted: Option<&Policy>,
) -> Result<(), Failure> {
    let target = Target::plain(arn, call.account());
    let granted = granted.map(|policy| Source::new(policy, "account-password-policy"));
    call.authorize_as(action, target, Wording::Full, granted, |context| {
        let tags = keys.resource_tags.iter();
        resource_tag_keys(context, tags.map(|tag| (&*tag.key, &*tag.value)));
        let tags = keys.request_tags.iter();
        request_tag_keys(context, tags.map(|tag| (tag.key.as_str(), tag.value.as_str())));
        if !keys.tag_keys.is_empty() {
            context.set_many("aws:TagKeys", keys.tag_keys.iter().map(String::as_str));
        }
        for (key, value) in [
            ("iam:PolicyARN", keys.policy_arn),
            ("iam:PermissionsBoundary", keys.boundary),
            ("iam:PassedToService", keys.passed_to_service),
            ("iam:AssociatedResourceArn", keys.associated_resource),
            ("iam:AWSServiceName", keys.service_name),
        ] {
            if let Some(value) = value {
                context.set(key, value);
            }
        }
    })
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
    account_arn(call.partition(), "iam", call.account(), &["root"])
}
