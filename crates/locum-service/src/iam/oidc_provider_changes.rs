//! What changes about an OpenID Connect provider: its client ids, its thumbprints, its tags.

use std::sync::Arc;

use locum_api::{
    NoResult, Request, errors,
    iam::{
        AddClientIDToOpenIDConnectProviderRequest, ListOpenIDConnectProviderTagsRequest,
        ListOpenIDConnectProviderTagsResponse, RemoveClientIDFromOpenIDConnectProviderRequest,
        TagOpenIDConnectProviderRequest, UntagOpenIDConnectProviderRequest,
        UpdateOpenIDConnectProviderThumbprintRequest,
    },
};

use super::{
    access::Keys,
    oidc_providers::{NamedProvider, thumbprints},
    quotas, tags,
};
use crate::{
    call::{Call, Failure},
    paging::Question,
    route::Perform,
};

impl Perform for AddClientIDToOpenIDConnectProviderRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let arn = &self.open_id_connect_provider_arn;
        let provider = NamedProvider::permitted(call, Self::OPERATION, arn, Keys::default())?;
        if provider.client_ids.iter().any(|known| **known == *self.client_id) {
            return Ok(NoResult);
        }
        let mut provider = Arc::unwrap_or_clone(provider);
        provider.client_ids.push(self.client_id.into());
        quotas::CLIENT_IDS.check(provider.client_ids.len())?;
        call.changes.put(provider);
        Ok(NoResult)
    }
}

impl Perform for RemoveClientIDFromOpenIDConnectProviderRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let arn = &self.open_id_connect_provider_arn;
        let provider = NamedProvider::permitted(call, Self::OPERATION, arn, Keys::default())?;
        let mut provider = Arc::unwrap_or_clone(provider);
        let before = provider.client_ids.len();
        provider.client_ids.retain(|known| **known != *self.client_id);
        if provider.client_ids.len() != before {
            call.changes.put(provider);
        }
        Ok(NoResult)
    }
}

impl Perform for UpdateOpenIDConnectProviderThumbprintRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let arn = &self.open_id_connect_provider_arn;
        let provider = NamedProvider::permitted(call, Self::OPERATION, arn, Keys::default())?;
        let mut provider = Arc::unwrap_or_clone(provider);
        provider.thumbprints = thumbprints(&self.thumbprint_list)?;
        call.changes.put(provider);
        Ok(NoResult)
    }
}

impl Perform for TagOpenIDConnectProviderRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let new = tags::read(&self.tags)?;
        let keys = Keys {
            request_tags: &self.tags,
            ..Keys::default()
        };
        let arn = &self.open_id_connect_provider_arn;
        let mut provider = Arc::unwrap_or_clone(NamedProvider::permitted(call, Self::OPERATION, arn, keys)?);
        // AWS's words for a provider of this kind (recorded), unlike those for users and roles.
        tags::add(&mut provider.tags, new, &quotas::TAGS_OF_OIDC_PROVIDER)
            .map_err(|_| errors::LIMIT_EXCEEDED.with("The number of tags has reached the maximum limit."))?;
        call.changes.put(provider);
        Ok(NoResult)
    }
}

impl Perform for UntagOpenIDConnectProviderRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let keys = Keys {
            tag_keys: &self.tag_keys,
            ..Keys::default()
        };
        let arn = &self.open_id_connect_provider_arn;
        let mut provider = Arc::unwrap_or_clone(NamedProvider::permitted(call, Self::OPERATION, arn, keys)?);
        tags::remove(&mut provider.tags, &self.tag_keys);
        call.changes.put(provider);
        Ok(NoResult)
    }
}

impl Perform for ListOpenIDConnectProviderTagsRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<ListOpenIDConnectProviderTagsResponse, Failure> {
        let arn = &self.open_id_connect_provider_arn;
        let provider = NamedProvider::permitted(call, Self::OPERATION, arn, Keys::default())?;
        let question = Question {
            operation: Self::OPERATION,
            filters: &[arn],
            marker: self.marker.as_deref(),
            max_items: self.max_items,
        };
        let page = tags::page(call, &provider.tags, question)?;
        Ok(ListOpenIDConnectProviderTagsResponse {
            is_truncated: page.is_truncated(),
            tags: page.items,
            marker: page.marker,
        })
    }
}
