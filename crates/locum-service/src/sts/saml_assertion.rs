//! A SAML response as AssumeRoleWithSAML takes it: verified, not revoked, not redeemed before.
//!
//! The signature is checked before the writers' queue is entered; in the queue only what may have changed since is
//! looked at again: the provider, by its revision, and whether the assertion was redeemed meanwhile. Since writers run
//! one at a time, of any number of requests with one assertion one succeeds (`facts: security §1.5`).

use std::sync::Arc;

use locum_api::{ApiError, errors};
use locum_crypto::{DecryptionKey, Sha256};
use locum_directory::{AssertionEncryption, Revision, SamlProvider, UsedAssertion};
use locum_federation::saml::{
    self, Assertion, Encryption, Expected, Provider, SamlError, VerificationKeyWithThumbprint,
};
use locum_names::{AccountId, Arn};

use crate::{audit::Elements, carried::Carried, saml_recipients::audiences, unsigned::UnsignedCall};

/// An assertion that a provider of the role's account made, and that was not redeemed yet.
pub(super) struct Presented {
    pub(super) provider: Arc<SamlProvider>,
    pub(super) assertion: Assertion,
    digest: [u8; 32],
}

/// What the first run worked out, and of which provider.
#[derive(Clone)]
struct Verified {
    uuid: Box<str>,
    revision: Revision,
    assertion: Arc<Assertion>,
}

/// The provider that a request names, if it is in the role's account: no role trusts another account's.
///
/// # Errors
/// `Specified provider doesn't exist`, with the request's id.
pub(super) fn provider(
    call: &UnsignedCall<'_>,
    arn: &Arn<'_>,
    account: AccountId,
) -> Result<Arc<SamlProvider>, ApiError> {
    let found = call.snapshot.saml_provider_by_arn(arn);
    let ours =
        found.filter(|provider| arn.partition == call.partition().as_str() && provider.account == account);
    ours.cloned().ok_or_else(|| {
        errors::INVALID_IDENTITY_TOKEN.with(format!(
            "Specified provider doesn't exist (Service: AWSOpenIdDiscoveryService; Status Code: 400; Error Code: \
             AuthSamlManifestNotFoundException; Request ID: {}; Proxy: null)",
            call.request_id
        ))
    })
}

/// Verifies the response of a provider.
///
/// # Errors
/// Whatever is wrong with the response, in AWS's words where they are known.
pub(super) fn verified(
    call: &mut UnsignedCall<'_>,
    provider: Arc<SamlProvider>,
    response: &str,
) -> Result<Presented, ApiError> {
    let mut carried = std::mem::take(&mut call.carried);
    let verified = once(call, &mut carried, &provider, response);
    call.carried = carried;
    let assertion = verified.map_err(|error| {
        // One text on the wire stands for many reasons; whoever reads the log must tell an old key from an attack.
        call.notes.additional_event_data =
            Some(Elements::from_iter([("samlRefused", error.to_string().into())]));
        refused(call, &error)
    })?;
    let mut digest = Sha256::new();
    for part in [provider.arn(call.partition()).as_str(), &assertion.id] {
        // Each with its length before it, so that no two pairs are one text.
        digest.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        digest.update(part.as_bytes());
    }
    Ok(Presented {
        provider,
        assertion: Arc::unwrap_or_clone(assertion),
        digest: digest.finish(),
    })
}

/// The error of a response that is not accepted.
pub(super) fn refused(call: &UnsignedCall<'_>, error: &SamlError) -> ApiError {
    ApiError::sender(error.status(), error.code(), error.message(call.request_id))
}

fn once(
    call: &UnsignedCall<'_>,
    carried: &mut Carried,
    provider: &SamlProvider,
    response: &str,
) -> Result<Arc<Assertion>, SamlError> {
    let verify = || {
        Ok(Verified {
            uuid: provider.uuid.clone(),
            revision: provider.revision,
            assertion: Arc::new(verify(call, provider, response)?),
        })
    };
    let known = carried.once(verify)?;
    if known.revision == provider.revision && known.uuid == provider.uuid {
        return Ok(known.assertion);
    }
    // The provider changed between the runs: its new keys decide.
    *carried = Carried::default();
    carried.once(verify).map(|new| new.assertion)
}

fn verify(call: &UnsignedCall<'_>, provider: &SamlProvider, response: &str) -> Result<Assertion, SamlError> {
    // Each was read before it was stored. One that no longer can be verifies and opens nothing.
    let keys: Vec<_> = provider
        .certificates
        .iter()
        .filter_map(|der| VerificationKeyWithThumbprint::from_certificate(der).ok())
        .collect();
    let decryption: Vec<_> = provider
        .private_keys
        .iter()
        .rev()
        .filter_map(|key| DecryptionKey::from_pem(key.pem.expose()).ok())
        .collect();
    let recipients = call.settings.saml_recipients();
    let recipients: Vec<&str> = recipients.iter().map(|url| &**url).collect();
    let expected = Expected {
        provider: Provider {
            entity_id: &provider.entity_id,
            keys: &keys,
            decryption: &decryption,
            encryption: match provider.encryption {
                AssertionEncryption::Allowed => Encryption::Allowed,
                AssertionEncryption::Required => Encryption::Required,
            },
        },
        audiences: &audiences(&recipients),
        recipients: &recipients,
        now: call.now(),
    };
    saml::verify(response, &expected)
}

impl Presented {
    /// Refuses an assertion that was revoked with everything that the provider said before, and one that was redeemed already.
    ///
    /// # Errors
    /// `InvalidIdentityToken`, in words of our own: AWS has none for either.
    pub(super) fn check_redeemable(&self, call: &UnsignedCall<'_>) -> Result<(), ApiError> {
        let account = call.snapshot.account(self.provider.account);
        let arn = self.provider.arn(call.partition());
        let revoked = account.and_then(|account| account.provider_revocation(&arn));
        // To the second, as with sessions: the order within one is not known.
        let text = if revoked.is_some_and(|time| self.assertion.issued_at.as_second() <= time.as_second()) {
            "The SAML assertion was issued before the time from which the provider's assertions are accepted."
        } else if self.may_have_been_redeemed(call) {
            "The SAML assertion was already redeemed. Sign in at the identity provider again."
        } else {
            return Ok(());
        };
        Err(errors::INVALID_IDENTITY_TOKEN.with(text))
    }

    /// Whether it is remembered, or would have been forgotten by now if it had been: then nobody can tell, for the clock was
    /// ahead of what it says.
    fn may_have_been_redeemed(&self, call: &UnsignedCall<'_>) -> bool {
        let account = self.provider.account;
        call.snapshot.used_assertion(account, self.digest).is_some()
            || call
                .snapshot
                .may_have_forgotten(account, self.assertion.redeem_until)
    }

    /// The memory that keeps the assertion from being redeemed again.
    pub(super) fn used(&self) -> UsedAssertion {
        UsedAssertion::new(self.provider.account, self.digest, self.assertion.redeem_until)
    }
}
