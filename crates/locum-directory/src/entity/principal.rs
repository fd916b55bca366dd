use jiff::Timestamp;
use locum_crypto::Random;
use locum_names::{AccountId, Partition, PrincipalArn, PrincipalKind, UniqueId, UniqueKind};
use locum_policy::Policy;
use smol_str::SmolStr;

use super::Revision;

/// `MaxSessionDuration` of a role that was made without one, in seconds (`facts: sts §8.4`).
pub const DEFAULT_MAX_SESSION_DURATION: u32 = 3600;

/// A key and its value. Keys of one entity are unique ignoring case; the case given is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Compared ignoring case.
    pub key: Box<str>,
    /// May be empty.
    pub value: Box<str>,
}

/// A policy that lives and dies with one user, group or role.
#[derive(Debug, Clone)]
pub struct InlinePolicy {
    /// Unique within its owner.
    pub name: Box<str>,
    /// The compiled document.
    pub policy: Policy,
}

/// An IAM user.
#[derive(Debug, Clone)]
// In memory as written: what a call reads comes first, next to the count of owners (docs/decisions/0010).
#[repr(C)]
pub struct User {
    /// The account it belongs to.
    pub account: AccountId,
    /// Unique in the account ignoring case; the case given is kept.
    pub name: SmolStr,
    /// `AIDA…`
    pub id: UniqueId,
    /// The revision it was read at.
    pub revision: Revision,
    /// `/` or `/division/team/`.
    pub path: SmolStr,
    /// When it was made.
    pub created: Timestamp,
    /// In the order they were put.
    pub tags: Vec<Tag>,
    /// The managed policy that bounds it.
    pub boundary: Option<UniqueId>,
    /// By name.
    pub inline: Vec<InlinePolicy>,
    /// Managed policies, in the order they were attached.
    pub attached: Vec<UniqueId>,
    /// The groups it is in, in the order it was added to them.
    pub groups: Vec<UniqueId>,
    /// Sessions issued up to this time, in the very second too, are no longer accepted.
    pub revoke_before: Option<Timestamp>,
}

impl User {
    /// A user with no policies and no tags.
    #[must_use]
    pub fn new(account: AccountId, path: &str, name: &str, created: Timestamp, rng: &mut dyn Random) -> Self {
        Self {
            revision: Revision::NEW,
            id: UniqueId::new(UniqueKind::User, account, rng.next_u64()),
            account,
            path: path.into(),
            name: name.into(),
            created,
            tags: Vec::new(),
            boundary: None,
            inline: Vec::new(),
            attached: Vec::new(),
            groups: Vec::new(),
            revoke_before: None,
        }
    }

    /// Its ARN.
    #[must_use]
    pub fn arn(&self, partition: Partition) -> PrincipalArn {
        PrincipalArn {
            partition,
            account: self.account,
            kind: PrincipalKind::User {
                path: self.path.clone(),
                name: self.name.clone(),
            },
        }
    }
}

/// A role.
#[derive(Debug, Clone)]
// In memory as written: what a call reads comes first, next to the count of owners (docs/decisions/0010).
#[repr(C)]
pub struct Role {
    /// The account it belongs to.
    pub account: AccountId,
    /// Unique in the account ignoring case; the case given is kept.
    pub name: SmolStr,
    /// `AROA…`
    pub id: UniqueId,
    /// Who may assume it. Users and roles are named by unique id, so a recreated namesake is a stranger
    /// (`facts: sts §4.6`).
    pub trust: Policy,
    /// In seconds.
    pub max_session_duration: u32,
    /// The revision it was read at.
    pub revision: Revision,
    /// `/` or `/division/team/`.
    pub path: SmolStr,
    /// When it was made.
    pub created: Timestamp,
    /// An empty one is another thing than none, and shown.
    pub description: Option<Box<str>>,
    /// The service whose own it is. Only [`Role::service_linked`] makes such roles: control policies and boundaries do
    /// not bind them.
    pub service: Option<Box<str>>,
    /// In the order they were put.
    pub tags: Vec<Tag>,
    /// The managed policy that bounds it.
    pub boundary: Option<UniqueId>,
    /// By name.
    pub inline: Vec<InlinePolicy>,
    /// Managed policies, in the order they were attached.
    pub attached: Vec<UniqueId>,
    /// Sessions issued up to this time, in the very second too, are no longer accepted.
    pub revoke_before: Option<Timestamp>,
}

impl Role {
    /// A role with no permissions and no tags.
    #[must_use]
    pub fn new(
        account: AccountId,
        path: &str,
        name: &str,
        trust: Policy,
        created: Timestamp,
        rng: &mut dyn Random,
    ) -> Self {
        Self {
            revision: Revision::NEW,
            id: UniqueId::new(UniqueKind::Role, account, rng.next_u64()),
            account,
            path: path.into(),
            name: name.into(),
            created,
            trust,
            description: None,
            max_session_duration: DEFAULT_MAX_SESSION_DURATION,
            service: None,
            tags: Vec::new(),
            boundary: None,
            inline: Vec::new(),
            attached: Vec::new(),
            revoke_before: None,
        }
    }

    /// Its ARN.
    #[must_use]
    pub fn arn(&self, partition: Partition) -> PrincipalArn {
        PrincipalArn {
            partition,
            account: self.account,
            kind: PrincipalKind::Role {
                path: self.path.clone(),
                name: self.name.clone(),
            },
        }
    }
}
