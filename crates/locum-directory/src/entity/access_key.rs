use jiff::Timestamp;
use locum_crypto::{Random, SecretString, generate_secret_access_key};
use locum_names::{AccessKeyId, AccountId, KeyKind, UniqueId};

use super::Revision;

/// A long-term access key.
#[derive(Debug, Clone)]
pub struct AccessKey {
    /// The revision it was read at.
    pub revision: Revision,
    /// `AKIA…`
    pub id: AccessKeyId,
    /// The account it belongs to.
    pub account: AccountId,
    /// Whose it is.
    pub owner: KeyOwner,
    /// Forty characters.
    pub secret: SecretString,
    /// Whether it may sign.
    pub status: KeyStatus,
    /// When it was made.
    pub created: Timestamp,
}

impl AccessKey {
    /// An active key with a fresh id and secret.
    #[must_use]
    pub fn generate(account: AccountId, owner: KeyOwner, created: Timestamp, rng: &mut dyn Random) -> Self {
        Self {
            revision: Revision::NEW,
            id: AccessKeyId::new(KeyKind::LongTerm, account, rng.next_u64()),
            account,
            owner,
            secret: generate_secret_access_key(rng),
            status: KeyStatus::Active,
            created,
        }
    }
}

/// Whose an access key or an MFA device is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyOwner {
    /// The root user of an account.
    Root(AccountId),
    /// A user.
    User(UniqueId),
}

/// Whether an access key may sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyStatus {
    /// `Active`.
    Active,
    /// `Inactive`: as if it did not exist for whoever signs with it.
    Inactive,
}

impl KeyStatus {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Inactive => "Inactive",
        }
    }
}
