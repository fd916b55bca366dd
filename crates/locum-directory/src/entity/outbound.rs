use jiff::Timestamp;
use locum_crypto::{Random, SecretBytes, uuid};
use locum_names::AccountId;

use super::Revision;

/// An account as an issuer of web identity tokens; an account has at most one.
#[derive(Debug, Clone)]
pub struct OutboundFederation {
    /// The revision it was read at.
    pub revision: Revision,
    /// The account whose identities it vouches for.
    pub account: AccountId,
    /// The UUID in its issuer URL. No two accounts share one, and it stays when issuing is disabled and enabled again.
    pub issuer_id: Box<str>,
    /// Whether it issues tokens.
    pub enabled: bool,
    /// When it was first enabled.
    pub created: Timestamp,
    /// Its keys, oldest first.
    pub keys: Vec<OutboundKey>,
}

impl OutboundFederation {
    /// An enabled issuer of a fresh id, without keys.
    #[must_use]
    pub fn new(account: AccountId, created: Timestamp, rng: &mut dyn Random) -> Self {
        Self {
            revision: Revision::NEW,
            account,
            issuer_id: uuid(rng).into(),
            enabled: true,
            created,
            keys: Vec::new(),
        }
    }
}

/// A key pair that signs web identity tokens.
#[derive(Debug, Clone)]
pub struct OutboundKey {
    /// Its name in tokens and in the key set, unique among its issuer's keys.
    pub kid: Box<str>,
    /// What it signs.
    pub algorithm: OutboundAlgorithm,
    /// The key pair.
    pub pkcs8: SecretBytes,
    /// When it was made; it is published from then on.
    pub created: Timestamp,
    /// It signs from this time on: later than it is published, so that verifiers know it before they need it.
    pub signs_from: Timestamp,
    /// It is published until this time, once a newer one signs: longer than its last token lives.
    pub published_until: Option<Timestamp>,
}

/// An algorithm of web identity tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OutboundAlgorithm {
    /// `RS256`.
    Rs256,
    /// `ES384`.
    Es384,
}

impl OutboundAlgorithm {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es384 => "ES384",
        }
    }
}
