//! OpenID Connect providers: create, show, list, delete.
//!
//! A provider is its URL: nothing is fetched here, and the keys come by themselves once it is registered. Without
//! thumbprints its server needs a certificate that a trusted authority signed.

use std::sync::Arc;

use locum_api::{
    ApiError, NoResult, Request, errors,
    iam::{
        CreateOpenIDConnectProviderRequest, CreateOpenIDConnectProviderResponse,
        DeleteOpenIDConnectProviderRequest, GetOpenIDConnectProviderRequest,
        GetOpenIDConnectProviderResponse, ListOpenIDConnectProvidersRequest,
        ListOpenIDConnectProvidersResponse, OpenIDConnectProviderListEntry, TagOpenIDConnectProviderRequest,
    },
    model::Operation,
};
use locum_directory::{IssuerScheme, OidcProvider};
use locum_names::Arn;

use super::{
    access::{Keys, arn, authorize, authorize_creation},
    issuer_url::IssuerUrl,
    quotas, shown, tags,
};
use crate::{
    call::{Call, Failure},
    route::Perform,
};

/// The most thumbprints of a provider, whose own text says fewer (`facts: sts §6.2`).
const MOST_THUMBPRINTS: usize = 5;

/// An OpenID Connect provider that a request names.
pub(super) struct NamedProvider<'r> {
    arn: &'r str,
    found: Option<Arc<OidcProvider>>,
}

impl<'r> NamedProvider<'r> {
    /// Looks up a provider of the caller's account. Another account's is as if it did not exist.
    ///
    /// # Errors
    /// `Invalid ARN: A`, or that it is the ARN of something else.
    fn read(call: &Call<'_>, text: &'r str) -> Result<Self, ApiError> {
        let arn = Arn::parse(text).map_err(|_| ApiError::validation(format!("Invalid ARN: {text}")))?;
        if arn.service != "iam" {
            return Err(ApiError::validation("Invalid service in ARN"));
        }
        if !arn.resource.starts_with("oidc-provider/") {
            return Err(ApiError::validation("Invalid resource type in ARN"));
        }
        let found = call.snapshot.oidc_provider_by_arn(&arn);
        let own = found.filter(|provider| {
            arn.partition == call.partition().as_str() && provider.account == call.account()
        });
        Ok(Self {
            arn: text,
            found: own.cloned(),
        })
    }

    /// Asks whether the caller may perform an operation on the provider.
    fn authorize(&self, call: &Call<'_>, operation: &Operation, keys: Keys<'_>) -> Result<(), Failure> {
        let resource_tags = self.found.as_ref().map_or(&[][..], |provider| &provider.tags);
        let keys = Keys {
            resource_tags,
            ..keys
        };
        authorize(call, operation, self.arn, keys)
    }

    /// The provider of this ARN, if the caller may perform an operation on it.
    ///
    /// # Errors
    /// Denied, or, for those who are not, `OpenIDConnect Provider not found for arn A`.
    pub(super) fn permitted(
        call: &Call<'_>,
        operation: &Operation,
        arn: &'r str,
        keys: Keys<'_>,
    ) -> Result<Arc<OidcProvider>, Failure> {
        let named = Self::read(call, arn)?;
        named.authorize(call, operation, keys)?;
        let text = || format!("OpenIDConnect Provider not found for arn {arn}");
        named
            .found
            .ok_or_else(|| errors::NO_SUCH_ENTITY.with(text()).into())
    }
}

/// Reads thumbprints, which are kept in lower case.
///
/// # Errors
/// More than five, or one that is no SHA-1 digest.
pub(super) fn thumbprints(given: &[String]) -> Result<Vec<Box<str>>, ApiError> {
    if given.len() > MOST_THUMBPRINTS {
        return Err(errors::INVALID_INPUT.with("Thumbprint list must contain fewer than 5 entries."));
    }
    let read = |thumbprint: &String| {
        let digest = thumbprint.len() == 40 && thumbprint.bytes().all(|byte| byte.is_ascii_hexdigit());
        digest
            .then(|| thumbprint.to_ascii_lowercase().into())
            .ok_or_else(|| errors::INVALID_INPUT.with("A thumbprint has 40 hexadecimal digits."))
    };
    given.iter().map(read).collect()
}

impl Perform for CreateOpenIDConnectProviderRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<CreateOpenIDConnectProviderResponse, Failure> {
        let url = IssuerUrl::read(&self.url)?;
        let new_tags = tags::read(&self.tags)?;
        let keys = Keys {
            request_tags: &self.tags,
            ..Keys::default()
        };
        let arn = arn(call, "oidc-provider", format_args!("/{}", url.place));
        let tagging = TagOpenIDConnectProviderRequest::OPERATION;
        authorize_creation(call, Self::OPERATION, tagging, &arn, keys)?;
        url.check(call.settings)?;
        let account = call.account();
        let mut provider = OidcProvider::new(account, url.place, call.now());
        provider.scheme = url.scheme;
        provider.thumbprints = thumbprints(&self.thumbprint_list)?;
        for client_id in self.client_id_list {
            if !provider.client_ids.iter().any(|known| **known == *client_id) {
                provider.client_ids.push(client_id.into());
            }
        }
        quotas::CLIENT_IDS.check(provider.client_ids.len())?;
        if call.snapshot.oidc_provider(account, url.place).is_some() {
            let text = format!("Provider with url {} already exists.", self.url);
            return Err(errors::ENTITY_ALREADY_EXISTS.with(text).into());
        }
        let providers = call.snapshot.counts(account).oidc_providers;
        quotas::OIDC_PROVIDERS.check(providers.saturating_add(1))?;
        provider.tags = new_tags;
        call.changes.put(provider);
        Ok(CreateOpenIDConnectProviderResponse {
            open_id_connect_provider_arn: arn,
            tags: self.tags,
        })
    }
}

impl Perform for GetOpenIDConnectProviderRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<GetOpenIDConnectProviderResponse, Failure> {
        let arn = &self.open_id_connect_provider_arn;
        let provider = NamedProvider::permitted(call, Self::OPERATION, arn, Keys::default())?;
        let texts = |texts: &[Box<str>]| texts.iter().map(|text| text.to_string()).collect();
        Ok(GetOpenIDConnectProviderResponse {
            url: shown_url(&provider),
            client_id_list: texts(&provider.client_ids),
            thumbprint_list: texts(&provider.thumbprints),
            create_date: provider.created,
            tags: shown::tags(&provider.tags),
        })
    }
}

/// The URL without `https://`, as AWS shows it, which has no other scheme. With `http://` it says so: whoever registers it anew by what
/// is shown must not get another issuer.
fn shown_url(provider: &OidcProvider) -> String {
    match provider.scheme {
        IssuerScheme::Https => provider.url.to_string(),
        IssuerScheme::Http => format!("{}://{}", provider.scheme.as_str(), provider.url),
    }
}

impl Perform for ListOpenIDConnectProvidersRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<ListOpenIDConnectProvidersResponse, Failure> {
        authorize(call, Self::OPERATION, "*", Keys::default())?;
        let providers = call.snapshot.oidc_providers(call.account());
        let shown = providers.map(|provider| OpenIDConnectProviderListEntry {
            arn: Some(provider.arn(call.partition())),
        });
        Ok(ListOpenIDConnectProvidersResponse {
            open_id_connect_provider_list: shown.collect(),
        })
    }
}

impl Perform for DeleteOpenIDConnectProviderRequest {
    /// Roles that trust the provider keep their policies, which then let nobody in; sessions go on until they expire.
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let named = NamedProvider::read(call, &self.open_id_connect_provider_arn)?;
        named.authorize(call, Self::OPERATION, Keys::default())?;
        let NamedProvider { arn, found } = named;
        // Other words than for every other operation (recorded).
        let text = || format!("OpenId connect Provider {arn} cannot be found.");
        let provider = found.ok_or_else(|| errors::NO_SUCH_ENTITY.with(text()))?;
        call.changes.delete(Arc::as_ref(&provider));
        Ok(NoResult)
    }
}
