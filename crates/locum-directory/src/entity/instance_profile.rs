use jiff::Timestamp;
use locum_crypto::Random;
use locum_names::{AccountId, Partition, UniqueId, UniqueKind};

use super::{Revision, Tag};

/// An instance profile: the name under which a role is handed to a machine. It grants nothing itself.
#[derive(Debug, Clone)]
pub struct InstanceProfile {
    /// The revision it was read at.
    pub revision: Revision,
    /// `AIPA…`
    pub id: UniqueId,
    /// The account it belongs to.
    pub account: AccountId,
    /// `/` or `/division/team/`.
    pub path: Box<str>,
    /// Unique in the account ignoring case; the case given is kept.
    pub name: Box<str>,
    /// When it was made.
    pub created: Timestamp,
    /// The role in it: at most one (`facts: sts §8.5`), of the same account.
    pub role: Option<UniqueId>,
    /// In the order they were put.
    pub tags: Vec<Tag>,
}

impl InstanceProfile {
    /// A profile without a role and without tags.
    #[must_use]
    pub fn new(account: AccountId, path: &str, name: &str, created: Timestamp, rng: &mut dyn Random) -> Self {
        Self {
            revision: Revision::NEW,
            id: UniqueId::new(UniqueKind::InstanceProfile, account, rng.next_u64()),
            account,
            path: path.into(),
            name: name.into(),
            created,
            role: None,
            tags: Vec::new(),
        }
    }

    /// Its ARN.
    #[must_use]
    pub fn arn(&self, partition: Partition) -> String {
        let Self {
            account, path, name, ..
        } = self;
        format!("arn:{partition}:iam::{account}:instance-profile{path}{name}")
    }
}
