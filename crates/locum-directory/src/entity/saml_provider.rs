use std::sync::Arc;

use jiff::Timestamp;
use locum_crypto::{Random, SecretString};
use locum_names::{AccountId, Partition};

use super::{Revision, Tag, UPPER_ALPHANUMERIC, random_text};

/// A SAML identity provider that an account trusts.
#[derive(Debug, Clone)]
pub struct SamlProvider {
    /// The revision it was read at.
    pub revision: Revision,
    /// The account that trusts it.
    pub account: AccountId,
    /// Unique in the account ignoring case; the case given is kept.
    pub name: Box<str>,
    /// `SAMLProviderUUID`: 32 upper-case letters and digits, new with every provider.
    pub uuid: Box<str>,
    /// When it was made.
    pub created: Timestamp,
    /// What is shown as its end. Nothing stops working then (`facts: sts §6.1`).
    pub valid_until: Timestamp,
    /// The metadata document as it was given, up to 10 MB; shared, so that a clone for a small change stays cheap.
    pub metadata: Arc<str>,
    /// The issuer, from the metadata.
    pub entity_id: Box<str>,
    /// The certificates that may sign, in DER, from the metadata: at least one.
    pub certificates: Vec<Box<[u8]>>,
    /// Whether assertions must be encrypted.
    pub encryption: AssertionEncryption,
    /// The keys that open encrypted assertions, oldest first, at most two.
    pub private_keys: Vec<SamlPrivateKey>,
    /// In the order they were put.
    pub tags: Vec<Tag>,
}

impl SamlProvider {
    /// A provider without private keys and tags. `valid_until` is `created` until it is set.
    #[must_use]
    pub fn new(
        account: AccountId,
        name: &str,
        metadata: &str,
        entity_id: &str,
        certificates: Vec<Box<[u8]>>,
        created: Timestamp,
        rng: &mut dyn Random,
    ) -> Self {
        Self {
            revision: Revision::NEW,
            account,
            name: name.into(),
            uuid: random_text("", 32, UPPER_ALPHANUMERIC, rng),
            created,
            valid_until: created,
            metadata: metadata.into(),
            entity_id: entity_id.into(),
            certificates,
            encryption: AssertionEncryption::Allowed,
            private_keys: Vec::new(),
            tags: Vec::new(),
        }
    }

    /// Its ARN.
    #[must_use]
    pub fn arn(&self, partition: Partition) -> String {
        let Self { account, name, .. } = self;
        format!("arn:{partition}:iam::{account}:saml-provider/{name}")
    }
}

/// A key that opens encrypted assertions.
#[derive(Debug, Clone)]
pub struct SamlPrivateKey {
    /// 22 to 64 upper-case letters and digits.
    pub id: Box<str>,
    /// When it was given.
    pub added: Timestamp,
    /// The key as it was given.
    pub pem: SecretString,
}

/// Whether assertions must be encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum AssertionEncryption {
    /// `Allowed`: both kinds are accepted.
    #[default]
    Allowed,
    /// `Required`: an assertion in clear is refused.
    Required,
}

impl AssertionEncryption {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "Allowed",
            Self::Required => "Required",
        }
    }
}
