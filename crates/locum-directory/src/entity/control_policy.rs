use std::{fmt, str::FromStr, sync::Arc};

use jiff::Timestamp;
use locum_crypto::Random;
use locum_names::{AccountId, Partition};
use locum_policy::{Policy, PolicyKind};

use super::{LOWER_ALPHANUMERIC, Organization, Revision, Tag, UnitId, random_text};

/// A kind of policy that bounds whole accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ControlPolicyType {
    /// `SERVICE_CONTROL_POLICY`: what the principals of an account may do at most.
    ServiceControl,
    /// `RESOURCE_CONTROL_POLICY`: what anybody may do at most with the resources of an account.
    ResourceControl,
}

impl ControlPolicyType {
    /// Both.
    pub const ALL: [Self; 2] = [Self::ServiceControl, Self::ResourceControl];

    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ServiceControl => "SERVICE_CONTROL_POLICY",
            Self::ResourceControl => "RESOURCE_CONTROL_POLICY",
        }
    }

    /// The word in ARNs.
    #[must_use]
    pub const fn arn_word(self) -> &'static str {
        match self {
            Self::ServiceControl => "service_control_policy",
            Self::ResourceControl => "resource_control_policy",
        }
    }

    /// What its documents are compiled as.
    #[must_use]
    pub const fn policy_kind(self) -> PolicyKind {
        match self {
            Self::ServiceControl => PolicyKind::ServiceControl,
            Self::ResourceControl => PolicyKind::ResourceControl,
        }
    }

    /// The id of the built-in policy that allows everything, which stands wherever nothing else was attached.
    #[must_use]
    pub const fn full_access_id(self) -> &'static str {
        match self {
            Self::ServiceControl => "p-FullAWSAccess",
            Self::ResourceControl => "p-RCPFullAWSAccess",
        }
    }
}

/// A service control policy or a resource control policy.
#[derive(Debug, Clone)]
pub struct ControlPolicy {
    /// The revision it was read at; `NEW` for the built-in ones.
    pub revision: Revision,
    /// `p-` and ten characters; the built-in ones have names there.
    pub id: Box<str>,
    /// Which of the two it is; it never changes.
    pub policy_type: ControlPolicyType,
    /// Unique among its type, to the letter.
    pub name: Box<str>,
    /// Empty for none.
    pub description: Box<str>,
    /// The compiled document.
    pub policy: Policy,
    /// In the order they were put.
    pub tags: Vec<Tag>,
    /// When it was made.
    pub created: Timestamp,
}

impl ControlPolicy {
    /// A policy of a fresh id. `policy` must be compiled as [`ControlPolicyType::policy_kind`] says.
    #[must_use]
    pub fn new(
        policy_type: ControlPolicyType,
        name: &str,
        description: &str,
        policy: Policy,
        created: Timestamp,
        rng: &mut dyn Random,
    ) -> Self {
        Self {
            revision: Revision::NEW,
            id: random_text("p-", 10, LOWER_ALPHANUMERIC, rng),
            policy_type,
            name: name.into(),
            description: description.into(),
            policy,
            tags: Vec::new(),
            created,
        }
    }

    /// Whether it is built in: the same everywhere, and nobody's to change.
    #[must_use]
    pub fn is_aws_managed(&self) -> bool {
        *self.id == *self.policy_type.full_access_id()
    }

    /// Its ARN.
    #[must_use]
    pub fn arn(&self, partition: Partition, organization: &Organization) -> String {
        let (id, word) = (&self.id, self.policy_type.arn_word());
        if self.is_aws_managed() {
            return format!("arn:{partition}:organizations::aws:policy/{word}/{id}");
        }
        let Organization {
            id: organization,
            management_account,
            ..
        } = organization;
        format!("arn:{partition}:organizations::{management_account}:policy/{organization}/{word}/{id}")
    }
}

/// What a control policy can be attached to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ControlTarget {
    /// The root: every account.
    Root,
    /// A unit: the accounts under it, however deep.
    Unit(UnitId),
    /// One account.
    Account(AccountId),
}

impl fmt::Display for ControlTarget {
    /// As it is stored.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => f.write_str("root"),
            Self::Unit(unit) => unit.fmt(f),
            Self::Account(account) => account.fmt(f),
        }
    }
}

/// Text that names no target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a target is root, a unit's id or an account's id")]
pub struct InvalidControlTarget;

impl FromStr for ControlTarget {
    type Err = InvalidControlTarget;

    fn from_str(text: &str) -> Result<Self, InvalidControlTarget> {
        if text == "root" {
            return Ok(Self::Root);
        }
        let unit = text.parse().map(Self::Unit).ok();
        unit.or_else(|| text.parse().map(Self::Account).ok())
            .ok_or(InvalidControlTarget)
    }
}

/// The policies of one type that are attached to one target, if they are others than the built-in one alone: so turning a
/// type on or making an account writes nothing about attachments, whatever there is.
#[derive(Debug, Clone)]
pub struct ControlAttachments {
    /// The revision it was read at.
    pub revision: Revision,
    /// To what.
    pub target: ControlTarget,
    /// Of which type.
    pub policy_type: ControlPolicyType,
    /// The ids of the policies, the built-in one among them if it is attached, in the order they were attached. Never
    /// empty: a target without policies would allow nothing, and AWS does not let it come to that.
    pub policies: Vec<Box<str>>,
}

impl ControlAttachments {
    /// What is attached where nobody attached anything.
    #[must_use]
    pub fn initial(policy_type: ControlPolicyType, target: ControlTarget) -> Self {
        Self {
            revision: Revision::NEW,
            target,
            policy_type,
            policies: vec![policy_type.full_access_id().into()],
        }
    }

    /// Whether it says no more than its absence.
    #[must_use]
    pub fn is_initial(&self) -> bool {
        matches!(&*self.policies, [only] if **only == *self.policy_type.full_access_id())
    }
}

/// The built-in policies, compiled once.
pub(crate) fn full_access(policy_type: ControlPolicyType) -> Option<Arc<ControlPolicy>> {
    let (name, description, document) = match policy_type {
        ControlPolicyType::ServiceControl => (
            "FullAWSAccess",
            "Allows access to every operation",
            include_str!("../../policies/aws/organizations/FullAWSAccess.json"),
        ),
        ControlPolicyType::ResourceControl => (
            "RCPFullAWSAccess",
            "Allows access to every resource",
            include_str!("../../policies/aws/organizations/RCPFullAWSAccess.json"),
        ),
    };
    let policy = Policy::compile(document, policy_type.policy_kind()).ok()?;
    Some(Arc::new(ControlPolicy {
        revision: Revision::NEW,
        id: policy_type.full_access_id().into(),
        policy_type,
        name: name.into(),
        description: description.into(),
        policy,
        tags: Vec::new(),
        // No date is told: it did not come into being at a time of this deployment.
        created: Timestamp::UNIX_EPOCH,
    }))
}
