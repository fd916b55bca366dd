//! Who may do what in the organization: the policies are asked first, then whether the account may at all.
//!
//! Everything belongs to the management account, whoever calls: its number stands in every ARN and is
//! `aws:ResourceAccount`. The caller's own policies decide, as if it were its own; that only the management account writes
//! and delegated administrators may look is decided here and by no policy.

use locum_api::{
    ApiError, Request, errors,
    model::Operation,
    organizations::{Tag as NewTag, TagResourceRequest},
};
use locum_directory::{ControlPolicyType, Organization, Tag};
use locum_policy::Context;

use crate::{
    call::{Call, Failure, Target},
    circumstances::{organization_tag_keys, request_tag_keys},
    denial::Wording,
    paging::{InvalidMarker, Pager, Question},
};

/// The page length when none is asked for, which is also the longest.
const PAGE: i32 = 20;

/// The condition keys that an operation has beside those of every request.
#[derive(Default, Clone, Copy)]
pub(super) struct Keys<'k> {
    pub(super) policy_type: Option<&'k str>,
    pub(super) service_principal: Option<&'k str>,
    pub(super) request_tags: &'k [NewTag],
    pub(super) tag_keys: &'k [String],
    pub(super) resource_tags: &'k [Tag],
}

impl Keys<'_> {
    pub(super) const fn of_type(policy_type: ControlPolicyType) -> Self {
        Self {
            policy_type: Some(policy_type.as_str()),
            service_principal: None,
            request_tags: &[],
            tag_keys: &[],
            resource_tags: &[],
        }
    }
}

impl<'k> Keys<'k> {
    fn set(self, context: &mut Context<'k>) {
        organization_tag_keys(
            context,
            self.resource_tags.iter().map(|tag| (&*tag.key, &*tag.value)),
        );
        request_tag_keys(
            context,
            self.request_tags
                .iter()
                .map(|tag| (tag.key.as_str(), tag.value.as_str())),
        );
        if !self.tag_keys.is_empty() {
            context.set_many("aws:TagKeys", self.tag_keys.iter().map(String::as_str));
        }
        if let Some(policy_type) = self.policy_type {
            context.set("organizations:PolicyType", policy_type);
        }
        if let Some(service) = self.service_principal {
            context.set("organizations:ServicePrincipal", service);
        }
    }
}

/// Whether the caller's account may look at the organization: the management account, or one that administers a service.
///
/// INVARIANT: callers of any other account are refused whatever their policies say, so what is asked on the way there may leave
/// out what they must not learn: which things there are, and how they are tagged.
pub(super) fn sees(call: &Call<'_>, organization: &Organization) -> bool {
    let account = call.account();
    account == organization.management_account || call.snapshot.delegated_administrator(account).is_some()
}

/// Asks the policies whether the caller may perform an operation on something of the organization, or on `*`.
pub(super) fn permitted<'a: 'k, 'k>(
    call: &Call<'a>,
    organization: &Organization,
    operation: &Operation,
    arn: &'k str,
    keys: Keys<'k>,
) -> Result<(), Failure> {
    let keys = if sees(call, organization) {
        keys
    } else {
        Keys {
            resource_tags: &[],
            ..keys
        }
    };
    let action = format!("organizations:{}", operation.name);
    let target = if arn == "*" {
        Target::plain(arn, call.account())
    } else {
        Target::of_member(arn, organization.management_account, call.account())
    };
    call.authorize(&action, target, Wording::Full, |context| keys.set(context))
}

/// Asks whether the caller may tag what it is about to make, if it is to have tags: whoever may not tag what there is could
/// else make things that pass for tagged ones. What is not there yet has no tags of its own.
pub(super) fn permitted_tagging<'a: 'k, 'k>(
    call: &Call<'a>,
    organization: &Organization,
    arn: &'k str,
    keys: Keys<'k>,
) -> Result<(), Failure> {
    if keys.request_tags.is_empty() {
        return Ok(());
    }
    let keys = Keys {
        resource_tags: &[],
        ..keys
    };
    permitted(call, organization, TagResourceRequest::OPERATION, arn, keys)
}

fn refused() -> ApiError {
    errors::ORGANIZATIONS_ACCESS_DENIED.with("You don't have permissions to access this resource.")
}

/// Refuses callers of member accounts, whatever their policies say.
pub(super) fn management_only(call: &Call<'_>, organization: &Organization) -> Result<(), ApiError> {
    if call.account() == organization.management_account {
        return Ok(());
    }
    Err(refused())
}

/// Refuses callers of member accounts that administer no service.
pub(super) fn administrators_only(call: &Call<'_>, organization: &Organization) -> Result<(), ApiError> {
    if sees(call, organization) {
        return Ok(());
    }
    Err(refused())
}

/// The error of a `NextToken` that was not given for this question.
pub(super) fn invalid_token() -> ApiError {
    errors::ORGANIZATIONS_INVALID_INPUT
        .with("You specified an invalid value for nextToken.")
        .because("INVALID_PAGINATION_TOKEN")
}

/// Opens the token of a list.
pub(super) fn pager<'q>(
    call: &Call<'_>,
    operation: &'static Operation,
    filters: &'q [&'q str],
    next_token: Option<&'q str>,
    max_results: Option<i32>,
) -> Result<Pager<'q>, ApiError> {
    let question = Question {
        operation,
        filters,
        marker: next_token,
        max_items: Some(max_results.unwrap_or(PAGE)),
    };
    Pager::open(call, question).map_err(|InvalidMarker| invalid_token())
}

/// Where a page begins, read as the key of its entries.
pub(super) fn after<K: std::str::FromStr>(pager: &Pager<'_>) -> Result<Option<K>, ApiError> {
    let key = pager.after().map(str::parse).transpose();
    key.map_err(|_| invalid_token())
}
