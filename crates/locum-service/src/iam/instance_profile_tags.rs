//! Tags of instance profiles.

use std::sync::Arc;

use locum_api::{
    NoResult, Request,
    iam::{
        ListInstanceProfileTagsRequest, ListInstanceProfileTagsResponse, TagInstanceProfileRequest,
        UntagInstanceProfileRequest,
    },
};

use super::{access::Keys, instance_profiles::permitted, quotas, tags};
use crate::{
    call::{Call, Failure},
    paging::Question,
    route::Perform,
};

impl Perform for TagInstanceProfileRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let new = tags::read(&self.tags)?;
        let keys = Keys {
            request_tags: &self.tags,
            ..Keys::default()
        };
        let profile = permitted(call, Self::OPERATION, &self.instance_profile_name, keys)?;
        let mut profile = Arc::unwrap_or_clone(profile);
        tags::add(&mut profile.tags, new, &quotas::TAGS_OF_INSTANCE_PROFILE)?;
        call.changes.put(profile);
        Ok(NoResult)
    }
}

impl Perform for UntagInstanceProfileRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let keys = Keys {
            tag_keys: &self.tag_keys,
            ..Keys::default()
        };
        let profile = permitted(call, Self::OPERATION, &self.instance_profile_name, keys)?;
        let mut profile = Arc::unwrap_or_clone(profile);
        tags::remove(&mut profile.tags, &self.tag_keys);
        call.changes.put(profile);
        Ok(NoResult)
    }
}

impl Perform for ListInstanceProfileTagsRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<ListInstanceProfileTagsResponse, Failure> {
        let name = &self.instance_profile_name;
        let profile = permitted(call, Self::OPERATION, name, Keys::default())?;
        let question = Question {
            operation: Self::OPERATION,
            filters: &[profile.id.as_str()],
            marker: self.marker.as_deref(),
            max_items: self.max_items,
        };
        let page = tags::page(call, &profile.tags, question)?;
        Ok(ListInstanceProfileTagsResponse {
            is_truncated: page.is_truncated(),
            tags: page.items,
            marker: page.marker,
        })
    }
}
