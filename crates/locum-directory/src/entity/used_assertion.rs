use jiff::Timestamp;
use locum_names::AccountId;

use super::Revision;

/// The digest of no assertion that anybody could find.
pub(crate) const FORGOTTEN: [u8; 32] = [0xff; 32];

/// The memory of an assertion that was redeemed. A second put of the same one is a conflict: a replay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsedAssertion {
    /// The revision it was read at.
    pub revision: Revision,
    /// The account it was redeemed in.
    pub account: AccountId,
    /// A SHA-256 digest of what makes the assertion the same one.
    pub digest: [u8; 32],
    /// From this time on it would be refused for its age, so it need not be remembered.
    pub until: Timestamp,
}

impl UsedAssertion {
    /// The memory of an assertion redeemed now.
    #[must_use]
    pub const fn new(account: AccountId, digest: [u8; 32], until: Timestamp) -> Self {
        Self {
            revision: Revision::NEW,
            account,
            digest,
            until,
        }
    }

    /// The mark that stands for what an account no longer remembers: everything until then.
    #[must_use]
    pub const fn forgotten(account: AccountId, until: Timestamp) -> Self {
        Self::new(account, FORGOTTEN, until)
    }

    /// Whether it is such a mark, and no assertion.
    #[must_use]
    pub fn is_mark(&self) -> bool {
        self.digest == FORGOTTEN
    }
}
