//! Tags of accounts, the root, units and policies.
//!
//! Case does not distinguish keys, but is kept: a key in another case replaces the old one, so that nothing carries two
//! tags that a policy could mean with one name.

use locum_api::{
    ApiError, NoResult, Request, errors,
    model::Operation,
    organizations::{
        self as api, ListTagsForResourceRequest, ListTagsForResourceResponse, TagResourceRequest,
        UntagResourceRequest,
    },
};
use locum_directory::{Account, ControlPolicy, ControlTarget, Organization, OrganizationalUnit, Tag};
use locum_policy::same_key;

use super::{
    access::{Keys, administrators_only, after, management_only, pager, permitted, sees},
    attachments::target_not_found,
    organization, quotas, resources,
};
use crate::{
    call::{Call, Failure},
    route::Perform,
};

/// Reads the tags of a request.
///
/// # Errors
/// Too many, a key given twice, or one of AWS's own.
pub(super) fn read(tags: &[api::Tag]) -> Result<Vec<Tag>, ApiError> {
    // First: each is compared with all before it.
    quotas::check(tags.len(), quotas::TAGS, "MAX_TAG_LIMIT_EXCEEDED", "tags")?;
    for (at, tag) in tags.iter().enumerate() {
        if tags
            .iter()
            .take(at)
            .any(|earlier| same_key(&earlier.key, &tag.key))
        {
            let text = "Duplicate tag keys found. Please note that tag keys are case insensitive here.";
            let error = errors::ORGANIZATIONS_INVALID_INPUT.with(text);
            return Err(error.because("DUPLICATE_TAG_KEY"));
        }
        check_key(&tag.key)?;
    }
    let tags = tags.iter().map(|tag| Tag {
        key: tag.key.as_str().into(),
        value: tag.value.as_str().into(),
    });
    Ok(tags.collect())
}

/// Refuses one of AWS's own keys, which nobody else adds or removes.
fn check_key(key: &str) -> Result<(), ApiError> {
    let begin = key.get(..4);
    if begin.is_none_or(|begin| !begin.eq_ignore_ascii_case("aws:")) {
        return Ok(());
    }
    let text = format!("The tag key {key} is reserved: it begins with aws:.");
    let error = errors::ORGANIZATIONS_INVALID_INPUT.with(text);
    Err(error.because("INVALID_SYSTEM_TAGS_PARAMETER"))
}

impl Perform for TagResourceRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let organization = organization(call)?;
        let keys = Keys {
            request_tags: &self.tags,
            ..Keys::default()
        };
        let found = asked(call, organization, Self::OPERATION, &self.resource_id, keys)?;
        management_only(call, organization)?;
        let new = read(&self.tags)?;
        change(call, found, |tags| {
            for tag in new {
                match tags.iter_mut().find(|known| same_key(&known.key, &tag.key)) {
                    Some(known) => *known = tag,
                    None => tags.push(tag),
                }
            }
            quotas::check(tags.len(), quotas::TAGS, "MAX_TAG_LIMIT_EXCEEDED", "tags")
        })
    }
}

impl Perform for UntagResourceRequest {
    /// Keys that are not there are no error.
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let organization = organization(call)?;
        let keys = Keys {
            tag_keys: &self.tag_keys,
            ..Keys::default()
        };
        let found = asked(call, organization, Self::OPERATION, &self.resource_id, keys)?;
        management_only(call, organization)?;
        self.tag_keys.iter().try_for_each(|key| check_key(key))?;
        change(call, found, |tags| {
            tags.retain(|tag| !self.tag_keys.iter().any(|key| same_key(key, &tag.key)));
            Ok(())
        })
    }
}

impl Perform for ListTagsForResourceRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<ListTagsForResourceResponse, Failure> {
        let organization = organization(call)?;
        let found = asked(
            call,
            organization,
            Self::OPERATION,
            &self.resource_id,
            Keys::default(),
        )?;
        administrators_only(call, organization)?;
        let found = found.ok_or_else(target_not_found)?;
        let filters = [&*self.resource_id];
        let pager = pager(call, Self::OPERATION, &filters, self.next_token.as_deref(), None)?;
        let mut tags: Vec<&Tag> = found.tags(organization).iter().collect();
        tags.sort_by_cached_key(|tag| tag.key.to_lowercase());
        // A key is too long for a token, so the token holds a position.
        let shown = after(&pager)?.unwrap_or(0);
        let rest = tags.into_iter().enumerate().skip(shown);
        let page = pager.take(call, rest, |(at, _)| at.saturating_add(1).to_string());
        let page = page.map(|(_, tag)| api::Tag {
            key: tag.key.to_string(),
            value: tag.value.to_string(),
        });
        Ok(ListTagsForResourceResponse {
            tags: page.items,
            next_token: page.marker,
        })
    }
}

/// Something that has tags.
#[derive(Clone, Copy)]
enum Tagged<'a> {
    Root,
    Unit(&'a OrganizationalUnit),
    Account(&'a Account),
    Policy(&'a ControlPolicy),
}

impl<'a> Tagged<'a> {
    fn find(call: &Call<'a>, organization: &Organization, id: &str) -> Option<Self> {
        let snapshot = call.snapshot;
        if id.starts_with("p-") {
            return snapshot.control_policy(id).map(|policy| Self::Policy(policy));
        }
        match resources::target(snapshot, organization, id)? {
            ControlTarget::Root => Some(Self::Root),
            ControlTarget::Unit(unit) => snapshot.unit(unit).map(|unit| Self::Unit(unit)),
            ControlTarget::Account(account) => {
                snapshot.account(account).map(|account| Self::Account(account))
            }
        }
    }

    fn tags(self, organization: &'a Organization) -> &'a [Tag] {
        match self {
            Self::Root => &organization.root_tags,
            Self::Unit(unit) => &unit.tags,
            Self::Account(account) => &account.tags,
            Self::Policy(policy) => &policy.tags,
        }
    }
}

/// What an id names, once the caller may perform the operation on it. For who is refused in any case that is nothing: a
/// policy's type would stand in the ARN.
fn asked<'a>(
    call: &Call<'a>,
    organization: &'a Organization,
    operation: &Operation,
    id: &str,
    keys: Keys<'_>,
) -> Result<Option<Tagged<'a>>, Failure> {
    let found = Tagged::find(call, organization, id).filter(|_| sees(call, organization));
    let policy = match found {
        Some(Tagged::Policy(policy)) => Some(policy),
        _ => None,
    };
    let arn = if id.starts_with("p-") {
        resources::policy_arn(call.partition(), organization, id, policy)
    } else {
        resources::arn(call.partition(), organization, id)
    };
    let keys = Keys {
        policy_type: policy.map(|policy| policy.policy_type.as_str()),
        resource_tags: found.map_or(&[], |found| found.tags(organization)),
        ..keys
    };
    permitted(call, organization, operation, &arn, keys)?;
    Ok(found)
}

/// Changes the tags of what was found.
fn change(
    call: &mut Call<'_>,
    found: Option<Tagged<'_>>,
    edit: impl FnOnce(&mut Vec<Tag>) -> Result<(), ApiError>,
) -> Result<NoResult, Failure> {
    match found.ok_or_else(target_not_found)? {
        Tagged::Root => {
            let mut organization = Organization::clone(organization(call)?);
            edit(&mut organization.root_tags)?;
            call.changes.put(organization);
        }
        Tagged::Unit(unit) => {
            let mut unit = unit.clone();
            edit(&mut unit.tags)?;
            call.changes.put(unit);
        }
        Tagged::Account(account) => {
            let mut account = account.clone();
            edit(&mut account.tags)?;
            call.changes.put(account);
        }
        Tagged::Policy(policy) if policy.is_aws_managed() => {
            let text = "You cannot tag a policy that is managed by AWS.";
            let error = errors::ORGANIZATIONS_INVALID_INPUT.with(text);
            return Err(error.because("TARGET_NOT_SUPPORTED").into());
        }
        Tagged::Policy(policy) => {
            let mut policy = policy.clone();
            edit(&mut policy.tags)?;
            call.changes.put(policy);
        }
    }
    Ok(NoResult)
}
