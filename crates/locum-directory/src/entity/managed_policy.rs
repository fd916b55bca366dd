use std::{fmt, num::NonZeroU32, str::FromStr};

use jiff::Timestamp;
use locum_crypto::Random;
use locum_names::{AccountId, Partition, UniqueId, UniqueKind};
use locum_policy::Policy;

use super::{Revision, Tag};

/// The path of the built-in policies that scope `AssumeRoot` (`facts: sts §2.7`).
const ROOT_TASKS: &str = "/root-task/";

/// A policy that many principals may share. Its attachment and boundary counts are
/// [`Snapshot::policy_usage`](crate::Snapshot::policy_usage): derived, so they cannot be wrong.
#[derive(Debug, Clone)]
pub struct ManagedPolicy {
    /// The revision it was read at; `NEW` for the built-in ones.
    pub revision: Revision,
    /// `ANPA…`
    pub id: UniqueId,
    /// Whose it is.
    pub owner: PolicyOwner,
    /// `/` or `/division/team/`.
    pub path: Box<str>,
    /// Unique in the account ignoring case; the case given is kept.
    pub name: Box<str>,
    /// Empty for none.
    pub description: Box<str>,
    /// One to five, oldest first.
    pub versions: Vec<PolicyVersion>,
    /// The version in force.
    pub default_version: VersionId,
    /// The number of the next version; numbers are never used twice.
    pub next_version: VersionId,
    /// In the order they were put.
    pub tags: Vec<Tag>,
    /// When it was made.
    pub created: Timestamp,
    /// When the newest of its versions was made; of a single one, when the policy was. Making another the default changes
    /// nothing.
    pub updated: Timestamp,
}

impl ManagedPolicy {
    /// A customer's policy with one version, `v1`.
    #[must_use]
    pub fn new(
        account: AccountId,
        path: &str,
        name: &str,
        policy: Policy,
        created: Timestamp,
        rng: &mut dyn Random,
    ) -> Self {
        Self {
            revision: Revision::NEW,
            id: UniqueId::new(UniqueKind::Policy, account, rng.next_u64()),
            owner: PolicyOwner::Account(account),
            path: path.into(),
            name: name.into(),
            description: Box::default(),
            versions: vec![PolicyVersion {
                id: VersionId::FIRST,
                policy,
                created,
            }],
            default_version: VersionId::FIRST,
            next_version: VersionId::FIRST.next(),
            tags: Vec::new(),
            created,
            updated: created,
        }
    }

    /// Its ARN.
    #[must_use]
    pub fn arn(&self, partition: Partition) -> String {
        let Self {
            owner, path, name, ..
        } = self;
        format!("arn:{partition}:iam::{owner}:policy{path}{name}")
    }

    /// Whether it may be attached to principals and bound them. The root tasks are for `AssumeRoot` alone.
    #[must_use]
    pub fn is_attachable(&self) -> bool {
        !(self.owner == PolicyOwner::Aws && *self.path == *ROOT_TASKS)
    }

    /// The version of this id.
    #[must_use]
    pub fn version(&self, id: VersionId) -> Option<&PolicyVersion> {
        self.versions.iter().find(|v| v.id == id)
    }

    /// The compiled document in force. `None` cannot be stored; a caller that meets it denies.
    #[must_use]
    pub fn in_force(&self) -> Option<&Policy> {
        self.version(self.default_version).map(|v| &v.policy)
    }
}

/// One version of a managed policy.
#[derive(Debug, Clone)]
pub struct PolicyVersion {
    /// `v1` and so on.
    pub id: VersionId,
    /// The compiled document.
    pub policy: Policy,
    /// When it was added.
    pub created: Timestamp,
}

/// The number of a policy version, written `v1`, `v2`, ….
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VersionId(NonZeroU32);

impl VersionId {
    /// `v1`.
    pub const FIRST: Self = Self(NonZeroU32::MIN);

    /// The version after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for VersionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}", self.0)
    }
}

/// Text that is not a version id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a policy version is v and a number from 1, such as v2")]
pub struct InvalidVersionId;

impl FromStr for VersionId {
    type Err = InvalidVersionId;

    fn from_str(text: &str) -> Result<Self, InvalidVersionId> {
        let digits = text.strip_prefix('v').ok_or(InvalidVersionId)?;
        if digits.starts_with(['0', '+']) {
            return Err(InvalidVersionId);
        }
        digits.parse().map(Self).map_err(|_| InvalidVersionId)
    }
}

/// Whose a managed policy is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PolicyOwner {
    /// Built in, the same for every account, in ARNs `aws`.
    Aws,
    /// A customer's.
    Account(AccountId),
}

impl fmt::Display for PolicyOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Aws => f.write_str("aws"),
            Self::Account(account) => account.fmt(f),
        }
    }
}
