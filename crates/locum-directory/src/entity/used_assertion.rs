use jiff::Timestamp;
use locum_names::AccountId;

use super::Revision;

/// What the digest of no assertion begins with that anybody could find. The seconds follow from which on a mark counts: all
/// 0xff in stores of before, which is the last one before 1970, so that they count for all time before them.
const MARK: [u8; 24] = [0xff; 24];

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

    /// The mark that stands for what an account no longer remembers: what was to be remembered until a time between these two.
    #[must_use]
    pub fn forgotten(account: AccountId, from: Timestamp, until: Timestamp) -> Self {
        let mut digest = [0xff; 32];
        for (byte, second) in digest
            .iter_mut()
            .skip(MARK.len())
            .zip(from.as_second().to_be_bytes())
        {
            *byte = second;
        }
        Self::new(account, digest, until)
    }

    /// Whether it is such a mark, and no assertion.
    #[must_use]
    pub fn is_mark(&self) -> bool {
        is_mark(&self.digest)
    }

    /// From when on it counts, if it is a mark.
    #[must_use]
    pub fn forgotten_from(&self) -> Timestamp {
        let second = self.digest.last_chunk().map(|second| i64::from_be_bytes(*second));
        let from = second.and_then(|second| Timestamp::from_second(second).ok());
        from.unwrap_or(Timestamp::MIN)
    }
}

pub(crate) fn is_mark(digest: &[u8; 32]) -> bool {
    digest.starts_with(&MARK)
}
