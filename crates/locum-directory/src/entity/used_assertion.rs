use jiff::Timestamp;
use locum_names::AccountId;

use super::Revision;

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
}
