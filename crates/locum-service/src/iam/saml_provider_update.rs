//! Updates of SAML providers: new metadata, and the keys that open encrypted assertions.
//!
//! A key goes in and never comes out again: what is shown is its id. With two keys of which the newest is tried first, a
//! provider's key is replaced without an assertion that nobody can open.

use std::sync::Arc;

use locum_api::{
    ApiError, Request, errors,
    iam::{UpdateSAMLProviderRequest, UpdateSAMLProviderResponse},
};
use locum_directory::{AssertionEncryption, SamlProvider};

use super::{
    access::Keys,
    saml_providers::{Given, NamedProvider, add_key, check_encryption, encryption},
};
use crate::{
    call::{Call, Failure},
    route::Perform,
};

/// How many private keys a provider may have (`facts: sts §6.1`).
const PRIVATE_KEYS: usize = 2;

impl Perform for UpdateSAMLProviderRequest {
    fn perform(self, call: &mut Call<'_>) -> Result<UpdateSAMLProviderResponse, Failure> {
        check_shape(&self)?;
        let arn = &self.saml_provider_arn;
        let provider = NamedProvider::permitted(call, Self::OPERATION, arn, Keys::default())?;
        let given = Given::read(
            call,
            self.saml_metadata_document.as_deref(),
            self.add_private_key.as_ref(),
        )?;
        let mut provider = Arc::unwrap_or_clone(provider);
        if let (Some(metadata), Some(document)) = (given.metadata, &self.saml_metadata_document) {
            provider.metadata = document.as_str().into();
            provider.entity_id = metadata.entity_id;
            provider.certificates = metadata.certificates;
        }
        let before = provider.encryption;
        if let Some(mode) = &self.assertion_encryption_mode {
            provider.encryption = encryption(mode);
        }
        if let (Some(id), Some(pem)) = (given.key_id, &self.add_private_key) {
            check_addition(&provider, &id)?;
            add_key(&mut provider, id, pem, call.now());
        }
        if let Some(id) = &self.remove_private_key {
            remove_key(&mut provider, id)?;
            let required = (before, provider.encryption);
            if required == (AssertionEncryption::Required, AssertionEncryption::Required)
                && provider.private_keys.is_empty()
            {
                return Err(errors::INVALID_INPUT.with("Failed to remove private key.").into());
            }
        }
        check_encryption(&provider)?;
        call.changes.put(provider);
        Ok(UpdateSAMLProviderResponse {
            saml_provider_arn: self.saml_provider_arn,
        })
    }
}

/// What the request alone decides.
fn check_shape(request: &UpdateSAMLProviderRequest) -> Result<(), ApiError> {
    let (add, remove) = (&request.add_private_key, &request.remove_private_key);
    let text = match (add, remove) {
        (Some(_), Some(_)) => {
            "Unable to add and remove private keys in the same request. Set a value for only one of the two \
             parameters."
        }
        (None, None)
            if request.saml_metadata_document.is_none() && request.assertion_encryption_mode.is_none() =>
        {
            "Unable to update identity provider. No updates are defined for metadata or encryption assertion."
        }
        _ => return Ok(()),
    };
    Err(errors::INVALID_INPUT.with(text))
}

fn check_addition(provider: &SamlProvider, id: &str) -> Result<(), ApiError> {
    if provider.private_keys.iter().any(|key| *key.id == *id) {
        let text = format!("The private key with the Key ID {id} was already added.");
        return Err(errors::INVALID_INPUT.with(text));
    }
    if provider.private_keys.len() >= PRIVATE_KEYS {
        let text = format!("Private key limit of {PRIVATE_KEYS} is reached.");
        return Err(errors::LIMIT_EXCEEDED.with(text));
    }
    Ok(())
}

fn remove_key(provider: &mut SamlProvider, id: &str) -> Result<(), ApiError> {
    let before = provider.private_keys.len();
    provider.private_keys.retain(|key| *key.id != *id);
    if provider.private_keys.len() == before {
        let text = "Failed to remove private key because the Key ID does not match a private key.";
        return Err(errors::INVALID_INPUT.with(text));
    }
    Ok(())
}
