use jiff::Timestamp;
use locum_crypto::Random;
use locum_names::{AccountId, Partition};

use super::{ControlPolicyType, LOWER_ALPHANUMERIC, Revision, ServiceGrant, Tag, random_text};

/// The one organization that owns every account of the directory.
#[derive(Debug, Clone)]
pub struct Organization {
    /// The revision it was read at.
    pub revision: Revision,
    /// `o-` and ten characters.
    pub id: Box<str>,
    /// `r-` and four characters: the root under which accounts and organizational units stand.
    pub root_id: Box<str>,
    /// The account that made the organization; it can never be removed and no control policy binds it.
    pub management_account: AccountId,
    /// The partition in every ARN, which stored policies repeat; none only in a store of before it was kept.
    pub partition: Option<Partition>,
    /// When it was made.
    pub created: Timestamp,
    /// `RootCredentialsManagement`: the root users of member accounts need no credentials of their own.
    pub root_credentials_management: bool,
    /// `RootSessions`: `AssumeRoot` is allowed.
    pub root_sessions: bool,
    /// When `RootCredentialsManagement` was last turned off: what was assumed up to then for its tasks has ended.
    pub root_credentials_management_ended: Option<Timestamp>,
    /// The same of `RootSessions`.
    pub root_sessions_ended: Option<Timestamp>,
    /// The types of control policies that are in force, each at most once.
    pub policy_types: Vec<ControlPolicyType>,
    /// The services that may act in every account, by name.
    pub trusted_services: Vec<ServiceGrant>,
    /// The tags of the root, in the order they were put.
    pub root_tags: Vec<Tag>,
}

impl Organization {
    /// `FeatureSet` on the wire: control policies too, where AWS knows organizations for billing alone.
    pub const FEATURE_SET: &str = "ALL";

    /// An organization of fresh ids.
    #[must_use]
    pub fn new(management_account: AccountId, created: Timestamp, rng: &mut dyn Random) -> Self {
        Self {
            revision: Revision::NEW,
            id: random_text("o-", 10, LOWER_ALPHANUMERIC, rng),
            root_id: random_text("r-", 4, LOWER_ALPHANUMERIC, rng),
            management_account,
            partition: None,
            created,
            root_credentials_management: false,
            root_sessions: false,
            root_credentials_management_ended: None,
            root_sessions_ended: None,
            // As AWS has it for organizations with all features.
            policy_types: vec![ControlPolicyType::ServiceControl],
            trusted_services: Vec::new(),
            root_tags: Vec::new(),
        }
    }

    /// Whether policies of this type bind the accounts.
    #[must_use]
    pub fn enforces(&self, policy_type: ControlPolicyType) -> bool {
        self.policy_types.contains(&policy_type)
    }
}
