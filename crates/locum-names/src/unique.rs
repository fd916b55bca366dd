use std::{fmt, str::FromStr};

use crate::{AccountId, NameError, embedded};

/// What a unique id names (`facts: sts §3.1`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum UniqueKind {
    /// `AIDA`.
    User,
    /// `AROA`.
    Role,
    /// `AGPA`.
    Group,
    /// `ANPA`, a managed policy.
    Policy,
    /// `ANVA`, a version of a managed policy.
    PolicyVersion,
    /// `AIPA`.
    InstanceProfile,
    /// `ASCA`.
    Certificate,
}

impl UniqueKind {
    /// Every kind, in the order of declaration.
    pub const ALL: [Self; 7] = [
        Self::User,
        Self::Role,
        Self::Group,
        Self::Policy,
        Self::PolicyVersion,
        Self::InstanceProfile,
        Self::Certificate,
    ];

    /// The four letters its ids begin with.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::User => "AIDA",
            Self::Role => "AROA",
            Self::Group => "AGPA",
            Self::Policy => "ANPA",
            Self::PolicyVersion => "ANVA",
            Self::InstanceProfile => "AIPA",
            Self::Certificate => "ASCA",
        }
    }
}

/// A twenty-one-character id that is never given twice: a deleted and recreated namesake has another one.
// `from_utf8` looks at whole words only where a text is aligned.
#[repr(align(8))]
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UniqueId([u8; 21]);

impl UniqueId {
    /// An id of `account`, its 44 free bits taken from `random`.
    #[must_use]
    pub fn new(kind: UniqueKind, account: AccountId, random: u64) -> Self {
        let mut text = [0; 21];
        let (prefix, rest) = text.split_at_mut(4);
        prefix.copy_from_slice(kind.prefix().as_bytes());
        embedded::fill(rest, account, random);
        Self(text)
    }

    /// What it names.
    #[must_use]
    pub fn kind(&self) -> UniqueKind {
        // INVARIANT: only built from a known prefix.
        kind_of(&self.0).unwrap_or(UniqueKind::User)
    }

    /// The account it belongs to; `None` for ids from before the scheme.
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

fn kind_of(text: &[u8]) -> Option<UniqueKind> {
    UniqueKind::ALL
        .into_iter()
        .find(|k| text.starts_with(k.prefix().as_bytes()))
}

impl FromStr for UniqueId {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let bytes: [u8; 21] = text.as_bytes().try_into().map_err(|_| NameError::UniqueId)?;
        let known = kind_of(&bytes).is_some() && bytes.get(4..).is_some_and(embedded::is_base32);
        if known {
            Ok(Self(bytes))
        } else {
            Err(NameError::UniqueId)
        }
    }
}

impl fmt::Display for UniqueId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for UniqueId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UniqueId({self})")
    }
}
