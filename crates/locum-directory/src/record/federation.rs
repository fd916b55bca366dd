//! The records of identity providers, of redeemed assertions, and of accounts as issuers.

use std::borrow::Cow;

use jiff::Timestamp;
use locum_crypto::{SecretBytes, SecretString};
use locum_names::AccountId;
use serde::{Deserialize, Serialize};

use super::{
    RecordError, one_of,
    principal::{TagRecord, tag_records, tags},
    text::{Base64, Base64Secret, Text, borrowed, owned},
};
use crate::{
    AssertionEncryption, IssuerScheme, OidcProvider, OutboundAlgorithm, OutboundFederation, OutboundKey,
    Revision, SamlPrivateKey, SamlProvider, UsedAssertion,
};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SamlKeyRecord<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    added: Text<Timestamp>,
    /// In base64 though it is text: its line ends would be escaped, and reading escapes leaves copies behind.
    pem: Base64Secret,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SamlRecord<'a> {
    account: Text<AccountId>,
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    uuid: Cow<'a, str>,
    created: Text<Timestamp>,
    valid_until: Text<Timestamp>,
    #[serde(borrow)]
    metadata: Cow<'a, str>,
    #[serde(borrow)]
    entity_id: Cow<'a, str>,
    #[serde(borrow)]
    certificates: Vec<Base64<'a>>,
    #[serde(borrow)]
    encryption: Cow<'a, str>,
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    private_keys: Vec<SamlKeyRecord<'a>>,
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    tags: Vec<TagRecord<'a>>,
}

impl<'a> From<&'a SamlProvider> for SamlRecord<'a> {
    fn from(provider: &'a SamlProvider) -> Self {
        let key = |key: &'a SamlPrivateKey| SamlKeyRecord {
            id: Cow::Borrowed(&*key.id),
            added: Text(key.added),
            pem: Base64Secret(SecretBytes::new(key.pem.expose().as_bytes())),
        };
        Self {
            account: Text(provider.account),
            name: Cow::Borrowed(&provider.name),
            uuid: Cow::Borrowed(&provider.uuid),
            created: Text(provider.created),
            valid_until: Text(provider.valid_until),
            metadata: Cow::Borrowed(&provider.metadata),
            entity_id: Cow::Borrowed(&provider.entity_id),
            certificates: provider.certificates.iter().map(|der| Base64::of(der)).collect(),
            encryption: provider.encryption.as_str().into(),
            private_keys: provider.private_keys.iter().map(key).collect(),
            tags: tag_records(&provider.tags),
        }
    }
}

impl SamlRecord<'_> {
    pub(super) fn into_entity(self) -> Result<SamlProvider, RecordError> {
        let key = |key: SamlKeyRecord<'_>| {
            let pem = std::str::from_utf8(key.pem.0.expose());
            Ok::<_, RecordError>(SamlPrivateKey {
                id: key.id.into(),
                added: key.added.0,
                pem: SecretString::from(pem.map_err(|_| RecordError::Unknown("private key"))?),
            })
        };
        Ok(SamlProvider {
            revision: Revision::NEW,
            account: self.account.0,
            name: self.name.into(),
            uuid: self.uuid.into(),
            created: self.created.0,
            valid_until: self.valid_until.0,
            metadata: self.metadata.into(),
            entity_id: self.entity_id.into(),
            certificates: self.certificates.into_iter().map(Base64::into_bytes).collect(),
            encryption: one_of(
                &[AssertionEncryption::Allowed, AssertionEncryption::Required],
                AssertionEncryption::as_str,
                &self.encryption,
                "encryption mode",
            )?,
            private_keys: self.private_keys.into_iter().map(key).collect::<Result<_, _>>()?,
            tags: tags(self.tags),
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OidcRecord<'a> {
    account: Text<AccountId>,
    #[serde(borrow)]
    url: Cow<'a, str>,
    #[serde(borrow)]
    scheme: Cow<'a, str>,
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    client_ids: Vec<Cow<'a, str>>,
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    thumbprints: Vec<Cow<'a, str>>,
    created: Text<Timestamp>,
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    tags: Vec<TagRecord<'a>>,
}

impl<'a> From<&'a OidcProvider> for OidcRecord<'a> {
    fn from(provider: &'a OidcProvider) -> Self {
        Self {
            account: Text(provider.account),
            url: Cow::Borrowed(&provider.url),
            scheme: provider.scheme.as_str().into(),
            client_ids: borrowed(&provider.client_ids),
            thumbprints: borrowed(&provider.thumbprints),
            created: Text(provider.created),
            tags: tag_records(&provider.tags),
        }
    }
}

impl OidcRecord<'_> {
    pub(super) fn into_entity(self) -> Result<OidcProvider, RecordError> {
        Ok(OidcProvider {
            revision: Revision::NEW,
            account: self.account.0,
            url: self.url.into(),
            scheme: one_of(
                &[IssuerScheme::Https, IssuerScheme::Http],
                IssuerScheme::as_str,
                &self.scheme,
                "scheme",
            )?,
            client_ids: owned(self.client_ids),
            thumbprints: owned(self.thumbprints),
            created: self.created.0,
            tags: tags(self.tags),
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UsedAssertionRecord<'a> {
    account: Text<AccountId>,
    #[serde(borrow)]
    digest: Base64<'a>,
    until: Text<Timestamp>,
}

impl<'a> From<&'a UsedAssertion> for UsedAssertionRecord<'a> {
    fn from(used: &'a UsedAssertion) -> Self {
        Self {
            account: Text(used.account),
            digest: Base64::of(&used.digest),
            until: Text(used.until),
        }
    }
}

impl UsedAssertionRecord<'_> {
    pub(super) fn into_entity(self) -> Result<UsedAssertion, RecordError> {
        Ok(UsedAssertion {
            revision: Revision::NEW,
            account: self.account.0,
            digest: self.digest.into_digest()?,
            until: self.until.0,
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OutboundKeyRecord<'a> {
    #[serde(borrow)]
    kid: Cow<'a, str>,
    #[serde(borrow)]
    algorithm: Cow<'a, str>,
    pkcs8: Base64Secret,
    created: Text<Timestamp>,
    signs_from: Text<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    published_until: Option<Text<Timestamp>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OutboundRecord<'a> {
    account: Text<AccountId>,
    #[serde(borrow)]
    issuer_id: Cow<'a, str>,
    enabled: bool,
    created: Text<Timestamp>,
    #[serde(borrow)]
    keys: Vec<OutboundKeyRecord<'a>>,
}

impl<'a> From<&'a OutboundFederation> for OutboundRecord<'a> {
    fn from(issuer: &'a OutboundFederation) -> Self {
        let key = |key: &'a OutboundKey| OutboundKeyRecord {
            kid: Cow::Borrowed(&*key.kid),
            algorithm: key.algorithm.as_str().into(),
            pkcs8: Base64Secret(key.pkcs8.clone()),
            created: Text(key.created),
            signs_from: Text(key.signs_from),
            published_until: key.published_until.map(Text),
        };
        Self {
            account: Text(issuer.account),
            issuer_id: Cow::Borrowed(&issuer.issuer_id),
            enabled: issuer.enabled,
            created: Text(issuer.created),
            keys: issuer.keys.iter().map(key).collect(),
        }
    }
}

impl OutboundRecord<'_> {
    pub(super) fn into_entity(self) -> Result<OutboundFederation, RecordError> {
        let key = |key: OutboundKeyRecord<'_>| {
            Ok::<_, RecordError>(OutboundKey {
                kid: key.kid.into(),
                algorithm: one_of(
                    &[OutboundAlgorithm::Rs256, OutboundAlgorithm::Es384],
                    OutboundAlgorithm::as_str,
                    &key.algorithm,
                    "algorithm",
                )?,
                pkcs8: key.pkcs8.0,
                created: key.created.0,
                signs_from: key.signs_from.0,
                published_until: key.published_until.map(|time| time.0),
            })
        };
        Ok(OutboundFederation {
            revision: Revision::NEW,
            account: self.account.0,
            issuer_id: self.issuer_id.into(),
            enabled: self.enabled,
            created: self.created.0,
            keys: self.keys.into_iter().map(key).collect::<Result<_, _>>()?,
        })
    }
}
