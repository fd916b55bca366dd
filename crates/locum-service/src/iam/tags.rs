//! Tags of users, roles and managed policies; those of other entities stand with the entity.
//!
//! Case does not distinguish keys, but is kept: a key in another case replaces the old one, so that no entity carries
//! two tags that a policy could mean with one name. What no policy takes for the same key is another one.

use std::sync::Arc;

use locum_api::{
    ApiError, NoResult, Request, errors,
    iam::{
        self, ListPolicyTagsRequest, ListPolicyTagsResponse, ListRoleTagsRequest, ListRoleTagsResponse,
        ListUserTagsRequest, ListUserTagsResponse, TagPolicyRequest, TagRoleRequest, TagUserRequest,
        UntagPolicyRequest, UntagRoleRequest, UntagUserRequest,
    },
    model::Operation,
};
use locum_directory::{Role, Tag, User};
use locum_policy::same_key;

use super::{
    access::Keys,
    owner::{Principal, permitted},
    policies::NamedPolicy,
    quotas::{self, Quota},
    shown,
};
use crate::{
    call::{Call, Failure},
    paging::{Page, Pager, Question},
    route::Perform,
};

/// Reads the tags of a request.
///
/// # Errors
/// A key given twice, or one of AWS's own.
pub(super) fn read(tags: &[iam::Tag]) -> Result<Vec<Tag>, ApiError> {
    for (at, tag) in tags.iter().enumerate() {
        if tags
            .iter()
            .take(at)
            .any(|earlier| same_key(&earlier.key, &tag.key))
        {
            let text = "Duplicate tag keys found. Please note that Tag keys are case insensitive.";
            return Err(errors::INVALID_INPUT.with(text));
        }
        if tag
            .key
            .get(..4)
            .is_some_and(|begin| begin.eq_ignore_ascii_case("aws:"))
        {
            let text = format!("The tag key {} is reserved: it begins with aws:.", tag.key);
            return Err(errors::INVALID_INPUT.with(text));
        }
    }
    let tags = tags.iter().map(|tag| Tag {
        key: tag.key.as_str().into(),
        value: tag.value.as_str().into(),
    });
    Ok(tags.collect())
}

/// Adds tags to those an entity has.
pub(super) fn add(tags: &mut Vec<Tag>, new: Vec<Tag>, quota: &Quota) -> Result<(), ApiError> {
    for tag in new {
        match tags.iter_mut().find(|known| same_key(&known.key, &tag.key)) {
            Some(known) => *known = tag,
            None => tags.push(tag),
        }
    }
    quota.check(tags.len())
}

/// Removes tags; keys that are not there are no error.
pub(super) fn remove(tags: &mut Vec<Tag>, keys: &[String]) {
    tags.retain(|tag| !keys.iter().any(|key| same_key(key, &tag.key)));
}

fn tag_owner<O: Principal>(
    call: &mut Call<'_>,
    operation: &Operation,
    name: &str,
    tags: &[iam::Tag],
) -> Result<NoResult, Failure> {
    let new = read(tags)?;
    let keys = Keys {
        request_tags: tags,
        ..Keys::default()
    };
    let mut owner = Arc::unwrap_or_clone(permitted::<O>(call, operation, name, keys)?);
    add(owner.tags_mut(), new, &O::TAGS)?;
    call.changes.put(owner);
    Ok(NoResult)
}

fn untag_owner<O: Principal>(
    call: &mut Call<'_>,
    operation: &Operation,
    name: &str,
    tag_keys: &[String],
) -> Result<NoResult, Failure> {
    let keys = Keys {
        tag_keys,
        ..Keys::default()
    };
    let mut owner = Arc::unwrap_or_clone(permitted::<O>(call, operation, name, keys)?);
    remove(owner.tags_mut(), tag_keys);
    call.changes.put(owner);
    Ok(NoResult)
}

fn owner_tags<O: Principal>(
    call: &mut Call<'_>,
    name: &str,
    question: Question<'_>,
) -> Result<Page<iam::Tag>, Failure> {
    let owner = permitted::<O>(call, question.operation, name, Keys::default())?;
    page(call, owner.tags(), question)
}

/// A page of tags in the order of their keys. A key is too long for a marker, so the marker holds a position.
pub(super) fn page(
    call: &mut Call<'_>,
    tags: &[Tag],
    question: Question<'_>,
) -> Result<Page<iam::Tag>, Failure> {
    let pager = Pager::open(call, question)?;
    let shown = pager.after().and_then(|after| after.parse().ok()).unwrap_or(0);
    let mut tags: Vec<&Tag> = tags.iter().collect();
    tags.sort_by_cached_key(|tag| tag.key.to_lowercase());
    let rest = tags.into_iter().enumerate().skip(shown);
    let page = pager.take(call, rest, |(at, _)| at.saturating_add(1).to_string());
    Ok(page.map(|(_, tag)| shown::tag(tag)))
}

impl Perform for TagUserRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        tag_owner::<User>(call, Self::OPERATION, &self.user_name, &self.tags)
    }
}

impl Perform for TagRoleRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        tag_owner::<Role>(call, Self::OPERATION, &self.role_name, &self.tags)
    }
}

impl Perform for TagPolicyRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let named = NamedPolicy::read(call, &self.policy_arn)?;
        let new = read(&self.tags)?;
        let keys = Keys {
            request_tags: &self.tags,
            ..Keys::default()
        };
        named.authorize(call, Self::OPERATION, keys)?;
        let mut policy = Arc::unwrap_or_clone(named.changeable()?);
        add(&mut policy.tags, new, &quotas::TAGS_OF_POLICY)?;
        call.changes.put(policy);
        Ok(NoResult)
    }
}

impl Perform for UntagUserRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        untag_owner::<User>(call, Self::OPERATION, &self.user_name, &self.tag_keys)
    }
}

impl Perform for UntagRoleRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        untag_owner::<Role>(call, Self::OPERATION, &self.role_name, &self.tag_keys)
    }
}

impl Perform for UntagPolicyRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let named = NamedPolicy::read(call, &self.policy_arn)?;
        let keys = Keys {
            tag_keys: &self.tag_keys,
            ..Keys::default()
        };
        named.authorize(call, Self::OPERATION, keys)?;
        let mut policy = Arc::unwrap_or_clone(named.changeable()?);
        remove(&mut policy.tags, &self.tag_keys);
        call.changes.put(policy);
        Ok(NoResult)
    }
}

impl Perform for ListUserTagsRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<ListUserTagsResponse, Failure> {
        let question = Question {
            operation: Self::OPERATION,
            filters: &[&self.user_name],
            marker: self.marker.as_deref(),
            max_items: self.max_items,
        };
        let page = owner_tags::<User>(call, &self.user_name, question)?;
        Ok(ListUserTagsResponse {
            is_truncated: page.is_truncated(),
            tags: page.items,
            marker: page.marker,
        })
    }
}

impl Perform for ListRoleTagsRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<ListRoleTagsResponse, Failure> {
        let question = Question {
            operation: Self::OPERATION,
            filters: &[&self.role_name],
            marker: self.marker.as_deref(),
            max_items: self.max_items,
        };
        let page = owner_tags::<Role>(call, &self.role_name, question)?;
        Ok(ListRoleTagsResponse {
            is_truncated: page.is_truncated(),
            tags: page.items,
            marker: page.marker,
        })
    }
}

impl Perform for ListPolicyTagsRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<ListPolicyTagsResponse, Failure> {
        let named = NamedPolicy::read(call, &self.policy_arn)?;
        named.authorize(call, Self::OPERATION, Keys::default())?;
        let policy = named.existing()?;
        let question = Question {
            operation: Self::OPERATION,
            filters: &[&self.policy_arn],
            marker: self.marker.as_deref(),
            max_items: self.max_items,
        };
        let page = page(call, &policy.tags, question)?;
        Ok(ListPolicyTagsResponse {
            is_truncated: page.is_truncated(),
            tags: page.items,
            marker: page.marker,
        })
    }
}
