use jiff::Timestamp;
use locum_crypto::Random;
use locum_names::{AccountId, Partition, UniqueId, UniqueKind};

use super::{InlinePolicy, Revision};

/// A group of users. What its policies say holds for each of them; it is no principal itself, and no policy can name it
/// as one (`facts: policy §2.2`). Who is in it, the users say: [`User::groups`](crate::User::groups).
#[derive(Debug, Clone)]
pub struct Group {
    /// The revision it was read at.
    pub revision: Revision,
    /// `AGPA…`
    pub id: UniqueId,
    /// The account it belongs to.
    pub account: AccountId,
    /// `/` or `/division/team/`.
    pub path: Box<str>,
    /// Unique in the account ignoring case; the case given is kept.
    pub name: Box<str>,
    /// When it was made.
    pub created: Timestamp,
    /// By name.
    pub inline: Vec<InlinePolicy>,
    /// Managed policies, in the order they were attached.
    pub attached: Vec<UniqueId>,
}

impl Group {
    /// A group with no policies.
    #[must_use]
    pub fn new(account: AccountId, path: &str, name: &str, created: Timestamp, rng: &mut dyn Random) -> Self {
        Self {
            revision: Revision::NEW,
            id: UniqueId::new(UniqueKind::Group, account, rng.next_u64()),
            account,
            path: path.into(),
            name: name.into(),
            created,
            inline: Vec::new(),
            attached: Vec::new(),
        }
    }

    /// Its ARN.
    #[must_use]
    pub fn arn(&self, partition: Partition) -> String {
        let Self {
            account, path, name, ..
        } = self;
        format!("arn:{partition}:iam::{account}:group{path}{name}")
    }
}
