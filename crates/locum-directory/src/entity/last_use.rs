use std::fmt;

use jiff::Timestamp;
use locum_names::{AccessKeyId, AccountId, UniqueId};

use super::Revision;

/// When, where and for what an access key or a role was last used.
///
/// It is an entity of its own and not part of the key or role: it changes all the time, and nobody who changes a role
/// should be held up by its being used. It outlives what it tells of until somebody takes it away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastUse {
    /// The revision it was read at.
    pub revision: Revision,
    /// The account of the key or role.
    pub account: AccountId,
    /// What was used.
    pub by: UsedBy,
    /// When, to the minute.
    pub at: Timestamp,
    /// The region that the request was signed for.
    pub region: Box<str>,
    /// The service that the request was for, as it is signed for, such as `sts`.
    pub service: Box<str>,
}

/// What requests are signed with: a long-term access key, or the sessions of a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum UsedBy {
    /// A long-term access key.
    Key(AccessKeyId),
    /// A role.
    Role(UniqueId),
}

impl fmt::Display for UsedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(id) => id.fmt(f),
            Self::Role(id) => id.fmt(f),
        }
    }
}
