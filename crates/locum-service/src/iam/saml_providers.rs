//! SAML providers: create, show, list, delete.
//!
//! Metadata is read when it is given, so that a provider without a key that signs cannot exist. Reading may cost much and
//! depends on the document alone: it happens once a request, and only for those who may.

use std::sync::Arc;

use jiff::{Timestamp, ToSpan, tz::TimeZone};
use locum_api::{
    ApiError, NoResult, Request, Sensitive, errors,
    iam::{
        CreateSAMLProviderRequest, CreateSAMLProviderResponse, DeleteSAMLProviderRequest,
        GetSAMLProviderRequest, GetSAMLProviderResponse, ListSAMLProvidersRequest, ListSAMLProvidersResponse,
        SAMLPrivateKey, SAMLProviderListEntry, TagSAMLProviderRequest,
    },
    model::Operation,
};
use locum_crypto::{DecryptionKey, SecretString};
use locum_directory::{AssertionEncryption, SamlPrivateKey, SamlProvider};
use locum_federation::saml::{Metadata, MetadataError};
use locum_names::Arn;

use super::{
    access::{Keys, arn, authorize, authorize_creation},
    quotas, shown, tags,
};
use crate::{
    audit::Elements,
    call::{Call, Failure},
    route::Perform,
};

/// A SAML provider that a request names.
pub(super) struct NamedProvider<'r> {
    arn: &'r str,
    found: Option<Arc<SamlProvider>>,
}

impl<'r> NamedProvider<'r> {
    /// Looks up a provider of the caller's account. Another account's is as if it did not exist.
    ///
    /// # Errors
    /// `Invalid ARN:  Could not be parsed!`
    fn read(call: &Call<'_>, text: &'r str) -> Result<Self, ApiError> {
        let arn = Arn::parse(text).map_err(|_| ApiError::validation("Invalid ARN:  Could not be parsed!"))?;
        let found = call.snapshot.saml_provider_by_arn(&arn);
        let own = found.filter(|provider| {
            arn.partition == call.partition().as_str() && provider.account == call.account()
        });
        Ok(Self {
            arn: text,
            found: own.cloned(),
        })
    }

    /// The provider of this ARN, if the caller may perform an operation on it.
    ///
    /// # Errors
    /// Denied, or, for those who are not, `Manifest not found for arn A`.
    pub(super) fn permitted(
        call: &Call<'_>,
        operation: &Operation,
        arn: &'r str,
        keys: Keys<'_>,
    ) -> Result<Arc<SamlProvider>, Failure> {
        let Self { arn, found } = Self::read(call, arn)?;
        let resource_tags = found.as_ref().map_or(&[][..], |provider| &provider.tags);
        let keys = Keys {
            resource_tags,
            ..keys
        };
        authorize(call, operation, arn, keys)?;
        let text = || format!("Manifest not found for arn {arn}");
        found.ok_or_else(|| errors::NO_SUCH_ENTITY.with(text()).into())
    }
}

/// What a request says about a provider, read.
#[derive(Clone)]
pub(super) struct Given {
    pub(super) metadata: Option<Metadata>,
    /// The id of the private key.
    pub(super) key_id: Option<Box<str>>,
}

enum Unreadable {
    Metadata(MetadataError),
    Key,
}

impl Given {
    /// Reads metadata and a private key.
    ///
    /// # Errors
    /// `Could not parse metadata.`, whose reason goes into the audit record, and `Invalid private key.`
    pub(super) fn read(
        call: &mut Call<'_>,
        metadata: Option<&str>,
        pem: Option<&Sensitive>,
    ) -> Result<Self, ApiError> {
        let read = call.carried.once(|| {
            let metadata = metadata.map(Metadata::parse).transpose();
            let key = pem.map(|pem| DecryptionKey::from_pem(pem.expose())).transpose();
            Ok(Self {
                metadata: metadata.map_err(Unreadable::Metadata)?,
                key_id: key
                    .map_err(|_| Unreadable::Key)?
                    .map(|key| key.key_id().to_ascii_uppercase().into()),
            })
        });
        read.map_err(|unreadable| match unreadable {
            Unreadable::Metadata(reason) => {
                call.notes.additional_event_data = Some(Elements::from_iter([(
                    "metadataRefused",
                    reason.to_string().into(),
                )]));
                errors::INVALID_INPUT.with("Could not parse metadata.")
            }
            Unreadable::Key => errors::INVALID_INPUT.with("Invalid private key."),
        })
    }
}

/// Gives a provider a private key, the newest.
pub(super) fn add_key(provider: &mut SamlProvider, id: Box<str>, pem: &Sensitive, now: Timestamp) {
    provider.private_keys.push(SamlPrivateKey {
        id,
        added: now,
        pem: SecretString::new(pem.expose()),
    });
}

/// What `AssertionEncryptionMode` says.
pub(super) fn encryption(mode: &str) -> AssertionEncryption {
    match mode {
        "Required" => AssertionEncryption::Required,
        // INVARIANT: the request was held to its two values.
        _ => AssertionEncryption::Allowed,
    }
}

/// Refuses a provider that demands encryption and could decrypt nothing.
pub(super) fn check_encryption(provider: &SamlProvider) -> Result<(), ApiError> {
    if provider.encryption == AssertionEncryption::Required && provider.private_keys.is_empty() {
        let text = "Unable to set assertion encryption mode to Required because no private key is provided.";
        return Err(errors::INVALID_INPUT.with(text));
    }
    Ok(())
}

/// A hundred years after its creation, as AWS shows it; nothing ends then (`facts: sts §6.1`).
fn valid_until(created: Timestamp) -> Timestamp {
    let later = created
        .to_zoned(TimeZone::UTC)
        .checked_add(100.years())
        .map(|zoned| zoned.timestamp());
    later.unwrap_or(Timestamp::MAX)
}

impl Perform for CreateSAMLProviderRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<CreateSAMLProviderResponse, Failure> {
        let new_tags = tags::read(&self.tags)?;
        let keys = Keys {
            request_tags: &self.tags,
            ..Keys::default()
        };
        let arn = arn(call, "saml-provider", format_args!("/{}", self.name));
        authorize_creation(
            call,
            Self::OPERATION,
            TagSAMLProviderRequest::OPERATION,
            &arn,
            keys,
        )?;
        let given = Given::read(
            call,
            Some(&self.saml_metadata_document),
            self.add_private_key.as_ref(),
        )?;
        let account = call.account();
        if call.snapshot.saml_provider(account, &self.name).is_some() {
            let text = format!("SAMLProvider with name {} already exists.", self.name);
            return Err(errors::ENTITY_ALREADY_EXISTS.with(text).into());
        }
        let providers = call.snapshot.saml_providers(account).count();
        quotas::SAML_PROVIDERS.check(providers.saturating_add(1))?;
        quotas::TAGS_OF_SAML_PROVIDER.check(new_tags.len())?;
        // INVARIANT: metadata was given, so it was read.
        let metadata = given.metadata.ok_or_else(ApiError::internal_failure)?;
        let now = call.now();
        let mut provider = SamlProvider::new(
            account,
            &self.name,
            &self.saml_metadata_document,
            &metadata.entity_id,
            metadata.certificates,
            now,
            call.random,
        );
        provider.valid_until = valid_until(now);
        provider.tags = new_tags;
        if let (Some(id), Some(pem)) = (given.key_id, &self.add_private_key) {
            add_key(&mut provider, id, pem, now);
        }
        if let Some(mode) = &self.assertion_encryption_mode {
            provider.encryption = encryption(mode);
        }
        check_encryption(&provider)?;
        call.changes.put(provider);
        Ok(CreateSAMLProviderResponse {
            saml_provider_arn: arn,
            tags: self.tags,
        })
    }
}

impl Perform for GetSAMLProviderRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<GetSAMLProviderResponse, Failure> {
        let arn = &self.saml_provider_arn;
        let provider = NamedProvider::permitted(call, Self::OPERATION, arn, Keys::default())?;
        let keys = provider.private_keys.iter().map(|key| SAMLPrivateKey {
            key_id: Some(key.id.to_string()),
            timestamp: Some(key.added),
        });
        Ok(GetSAMLProviderResponse {
            saml_provider_uuid: provider.uuid.to_string(),
            saml_metadata_document: provider.metadata.to_string(),
            create_date: provider.created,
            valid_until: provider.valid_until,
            tags: shown::tags(&provider.tags),
            assertion_encryption_mode: Some(provider.encryption.as_str().to_owned()),
            private_key_list: keys.collect(),
        })
    }
}

impl Perform for ListSAMLProvidersRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<ListSAMLProvidersResponse, Failure> {
        authorize(call, Self::OPERATION, "*", Keys::default())?;
        let providers = call.snapshot.saml_providers(call.account());
        let shown = providers.map(|provider| SAMLProviderListEntry {
            arn: Some(provider.arn(call.partition())),
            valid_until: Some(provider.valid_until),
            create_date: Some(provider.created),
        });
        Ok(ListSAMLProvidersResponse {
            saml_provider_list: shown.collect(),
        })
    }
}

impl Perform for DeleteSAMLProviderRequest {
    /// Roles that trust the provider keep their policies, which then let nobody in; sessions go on until they expire.
    fn perform(self, call: &mut Call<'_>) -> Result<NoResult, Failure> {
        let arn = &self.saml_provider_arn;
        let provider = NamedProvider::permitted(call, Self::OPERATION, arn, Keys::default())?;
        call.changes.delete(Arc::as_ref(&provider));
        Ok(NoResult)
    }
}
