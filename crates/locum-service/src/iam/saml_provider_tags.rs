//! Tags of SAML providers.

use std::sync::Arc;

use locum_api::{
    NoResult, Request,
    iam::{
        ListSAMLProviderTagsRequest, ListSAMLProviderTagsResponse, TagSAMLProviderRequest,
        UntagSAMLProviderRequest,
    },
};

use super::{access::Keys, quotas, saml_providers::NamedProvider, tags};
use crate::{
    call::{Call, Failure},
    paging::Question,
    route::Perform,
};

impl Perform for TagSAMLProviderRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let new = tags::read(&self.tags)?;
        let keys = Keys {
            request_tags: &self.tags,
            ..Keys::default()
        };
        let provider = NamedProvider::permitted(call, Self::OPERATION, &self.saml_provider_arn, keys)?;
        let mut provider = Arc::unwrap_or_clone(provider);
        tags::add(&mut provider.tags, new, &quotas::TAGS_OF_SAML_PROVIDER)?;
        call.changes.put(provider);
        Ok(NoResult)
    }
}

impl Perform for UntagSAMLProviderRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let keys = Keys {
            tag_keys: &self.tag_keys,
            ..Keys::default()
        };
        let provider = NamedProvider::permitted(call, Self::OPERATION, &self.saml_provider_arn, keys)?;
        let mut provider = Arc::unwrap_or_clone(provider);
        tags::remove(&mut provider.tags, &self.tag_keys);
        call.changes.put(provider);
        Ok(NoResult)
    }
}

impl Perform for ListSAMLProviderTagsRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<ListSAMLProviderTagsResponse, Failure> {
        let arn = &self.saml_provider_arn;
        let provider = NamedProvider::permitted(call, Self::OPERATION, arn, Keys::default())?;
        let question = Question {
            operation: Self::OPERATION,
            filters: &[arn],
            marker: self.marker.as_deref(),
            max_items: self.max_items,
        };
        let page = tags::page(call, &provider.tags, question)?;
        Ok(ListSAMLProviderTagsResponse {
            is_truncated: page.is_truncated(),
            tags: page.items,
            marker: page.marker,
        })
    }
}
