use std::{fmt, str::FromStr};

use crate::{AccountId, NameError, embedded};

/// What an access key id's prefix says of the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyKind {
    /// `AKIA`: the long-term key of a user or a root user.
    LongTerm,
    /// `ASIA`: the temporary key of a session; worth nothing without its token.
    Temporary,
}

impl KeyKind {
    const fn prefix(self) -> &'static [u8; 4] {
        match self {
            Self::LongTerm => b"AKIA",
            Self::Temporary => b"ASIA",
        }
    }
}

/// A twenty-character access key id.
// `from_utf8` looks at whole words only where a text is aligned.
#[repr(align(8))]
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccessKeyId([u8; 20]);

impl AccessKeyId {
    /// A key id of `account`, its 39 free bits taken from `random`.
    #[must_use]
    pub fn new(kind: KeyKind, account: AccountId, random: u64) -> Self {
        let mut text = [0; 20];
        let (prefix, rest) = text.split_at_mut(4);
        prefix.copy_from_slice(kind.prefix());
        embedded::fill(rest, account, random);
        Self(text)
    }

    /// Long-term or temporary.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        if self.0.starts_with(KeyKind::LongTerm.prefix()) {
            KeyKind::LongTerm
        } else {
            KeyKind::Temporary
        }
    }

    /// The account that issued the key; `None` for ids from before the scheme.
    #[must_use]
    pub fn account(&self) -> Option<AccountId> {
        embedded::account(self.0.get(4..)?)
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // INVARIANT: only ASCII is ever stored.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for AccessKeyId {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let bytes: [u8; 20] = text.as_bytes().try_into().map_err(|_| NameError::AccessKeyId)?;
        let (prefix, rest) = bytes.split_at(4);
        let known = [KeyKind::LongTerm, KeyKind::Temporary]
            .iter()
            .any(|k| k.prefix() == prefix);
        if known && embedded::is_base32(rest) {
            Ok(Self(bytes))
        } else {
            Err(NameError::AccessKeyId)
        }
    }
}

impl fmt::Display for AccessKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for AccessKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccessKeyId({self})")
    }
}
