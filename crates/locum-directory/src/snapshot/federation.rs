//! The identity providers that accounts trust, and the accounts as issuers of their own.

use std::{ops::Bound, sync::Arc};

use imbl::{HashMap, OrdMap};
use locum_names::{AccountId, Arn};

use super::{ChangeError, Snapshot};
use crate::{AssertionEncryption, EntityKey, OidcProvider, OutboundFederation, SamlProvider};

/// The most signing certificates of a SAML provider (`facts: sts §6.1`).
const MOST_CERTIFICATES: usize = 10;
/// The most private keys of a SAML provider (`facts: sts §6.1`).
const MOST_PRIVATE_KEYS: usize = 2;
/// The most audiences of an OIDC provider (`facts: sts §6.2`).
const MOST_CLIENT_IDS: usize = 100;
/// The most thumbprints of an OIDC provider (`facts: sts §6.2`).
const MOST_THUMBPRINTS: usize = 5;

/// Entities of accounts by a text of theirs.
type ByText<T> = OrdMap<(AccountId, Box<str>), Arc<T>>;

#[derive(Debug, Clone, Default)]
pub(super) struct Federation {
    /// By lower-cased name.
    saml: ByText<SamlProvider>,
    /// By URL without the scheme.
    oidc: ByText<OidcProvider>,
    outbound: OrdMap<AccountId, Arc<OutboundFederation>>,
    issuers: HashMap<Box<str>, AccountId>,
}

impl Federation {
    pub(super) fn saml_by_key(&self, account: AccountId, lower: &str) -> Option<&Arc<SamlProvider>> {
        self.saml.get(&(account, lower.into()))
    }

    /// Files a provider; whether there was none of its name.
    pub(super) fn put_saml(&mut self, provider: Arc<SamlProvider>) -> bool {
        let key = (provider.account, provider.name.to_ascii_lowercase().into());
        self.saml.insert(key, provider).is_none()
    }

    pub(super) fn delete_saml(&mut self, account: AccountId, lower: &str) -> bool {
        self.saml.remove(&(account, lower.into())).is_some()
    }

    /// Files a provider; whether there was none of its URL.
    pub(super) fn put_oidc(&mut self, provider: Arc<OidcProvider>) -> bool {
        let key = (provider.account, provider.url.clone());
        self.oidc.insert(key, provider).is_none()
    }

    pub(super) fn delete_oidc(&mut self, account: AccountId, url: &str) -> bool {
        self.oidc.remove(&(account, url.into())).is_some()
    }

    pub(super) fn put_outbound(&mut self, issuer: Arc<OutboundFederation>) -> Result<(), ChangeError> {
        let holder = self.issuers.get(&issuer.issuer_id);
        if holder.is_some_and(|account| *account != issuer.account) {
            return Err(ChangeError::IdTaken(EntityKey::OutboundFederation(
                issuer.account,
            )));
        }
        self.delete_outbound(issuer.account);
        self.issuers.insert(issuer.issuer_id.clone(), issuer.account);
        self.outbound.insert(issuer.account, issuer);
        Ok(())
    }

    pub(super) fn delete_outbound(&mut self, account: AccountId) {
        if let Some(issuer) = self.outbound.remove(&account) {
            self.issuers.remove(&issuer.issuer_id);
        }
    }
}

impl Snapshot {
    /// The SAML provider of this name, ignoring case.
    #[must_use]
    pub fn saml_provider(&self, account: AccountId, name: &str) -> Option<&Arc<SamlProvider>> {
        self.federation.saml_by_key(account, &name.to_ascii_lowercase())
    }

    /// The SAML provider of this ARN, its name to the letter. The partition is the caller's to compare.
    #[must_use]
    pub fn saml_provider_by_arn(&self, arn: &Arn<'_>) -> Option<&Arc<SamlProvider>> {
        let (account, name) = iam_resource(arn, "saml-provider/")?;
        self.saml_provider(account, name)
            .filter(|provider| *provider.name == *name)
    }

    /// The SAML providers of an account, in the order of lower-cased names.
    pub fn saml_providers(&self, account: AccountId) -> impl Iterator<Item = &Arc<SamlProvider>> {
        of_account(&self.federation.saml, account)
    }

    /// The OIDC provider of this URL without its scheme, to the letter.
    #[must_use]
    pub fn oidc_provider(&self, account: AccountId, url: &str) -> Option<&Arc<OidcProvider>> {
        self.federation.oidc.get(&(account, url.into()))
    }

    /// The OIDC provider of this ARN, to the letter. The partition is the caller's to compare.
    #[must_use]
    pub fn oidc_provider_by_arn(&self, arn: &Arn<'_>) -> Option<&Arc<OidcProvider>> {
        let (account, url) = iam_resource(arn, "oidc-provider/")?;
        self.oidc_provider(account, url)
    }

    /// The OIDC providers of an account, in the order of their URLs.
    pub fn oidc_providers(&self, account: AccountId) -> impl Iterator<Item = &Arc<OidcProvider>> {
        of_account(&self.federation.oidc, account)
    }

    /// The OIDC providers of every account, in the order of accounts and URLs: whose keys are to be fetched.
    pub fn all_oidc_providers(&self) -> impl Iterator<Item = &Arc<OidcProvider>> {
        self.federation.oidc.values()
    }

    /// The account as an issuer of tokens; `None` if that was never enabled.
    #[must_use]
    pub fn outbound_federation(&self, account: AccountId) -> Option<&Arc<OutboundFederation>> {
        self.federation.outbound.get(&account)
    }

    /// The issuer with this id in its URL, enabled or not.
    #[must_use]
    pub fn outbound_federation_by_issuer(&self, issuer_id: &str) -> Option<&Arc<OutboundFederation>> {
        self.outbound_federation(*self.federation.issuers.get(issuer_id)?)
    }

    /// Every account that is or was an issuer, in the order of accounts: whose keys are to be rotated.
    pub fn outbound_federations(&self) -> impl Iterator<Item = &Arc<OutboundFederation>> {
        self.federation.outbound.values()
    }

    pub(super) fn verify_saml(&self, key: EntityKey, provider: &SamlProvider) -> Result<(), ChangeError> {
        let reason = if provider.name.is_empty() {
            "its name is empty"
        } else if !(1..=MOST_CERTIFICATES).contains(&provider.certificates.len()) {
            "it has no certificate or more than ten"
        } else if provider.private_keys.len() > MOST_PRIVATE_KEYS {
            "it has more than two private keys"
        } else if provider.encryption == AssertionEncryption::Required && provider.private_keys.is_empty() {
            "it requires encryption and cannot decrypt"
        } else {
            return self.verify_account(key, provider.account);
        };
        Err(ChangeError::Invalid(key, reason))
    }

    pub(super) fn verify_oidc(&self, key: EntityKey, provider: &OidcProvider) -> Result<(), ChangeError> {
        let hex = |print: &str| print.len() == 40 && print.bytes().all(|byte| byte.is_ascii_hexdigit());
        let reason = if provider.url.is_empty() {
            "its URL is empty"
        } else if provider.client_ids.len() > MOST_CLIENT_IDS {
            "it has more than a hundred client ids"
        } else if provider.thumbprints.len() > MOST_THUMBPRINTS {
            "it has more than five thumbprints"
        } else if !provider.thumbprints.iter().all(|print| hex(print)) {
            "a thumbprint is not forty hexadecimal digits"
        } else {
            return self.verify_account(key, provider.account);
        };
        Err(ChangeError::Invalid(key, reason))
    }

    pub(super) fn verify_outbound(
        &self,
        key: EntityKey,
        issuer: &OutboundFederation,
    ) -> Result<(), ChangeError> {
        if issuer.issuer_id.is_empty() {
            return Err(ChangeError::Invalid(key, "its issuer id is empty"));
        }
        let same = |at: usize, kid: &str| issuer.keys.iter().skip(at + 1).any(|other| *other.kid == *kid);
        if issuer.keys.iter().enumerate().any(|(at, one)| same(at, &one.kid)) {
            return Err(ChangeError::Invalid(key, "two of its keys have the same id"));
        }
        self.verify_account(key, issuer.account)
    }
}

fn of_account<T>(entities: &ByText<T>, account: AccountId) -> impl Iterator<Item = &Arc<T>> {
    after(entities, account, "")
}

/// The entities of an account whose text is after one, which may be empty: no entity's is.
pub(super) fn after<'a, T>(
    entities: &'a ByText<T>,
    account: AccountId,
    text: &str,
) -> impl Iterator<Item = &'a Arc<T>> + use<'a, T> {
    let from: (AccountId, Box<str>) = (account, text.into());
    entities
        .range((Bound::Excluded(from), Bound::Unbounded))
        .take_while(move |((of, _), _)| *of == account)
        .map(|(_, entity)| entity)
}

/// The account of an ARN of IAM, and what follows `prefix` in its resource.
pub(super) fn iam_resource<'a>(arn: &Arn<'a>, prefix: &str) -> Option<(AccountId, &'a str)> {
    if arn.service != "iam" || !arn.region.is_empty() {
        return None;
    }
    Some((arn.account.parse().ok()?, arn.resource.strip_prefix(prefix)?))
}
