use jiff::Timestamp;
use locum_crypto::{Random, uuid};
use locum_names::{AccountId, UniqueId};

use super::{Revision, Tag};

/// A product's request for temporary access to a customer's account (`facts: sts §2.13, §8.6`).
#[derive(Debug, Clone)]
pub struct DelegationRequest {
    /// The revision it was read at.
    pub revision: Revision,
    /// Unique in the deployment.
    pub id: Box<str>,
    /// The account that asks.
    pub requestor: AccountId,
    /// Its friendly name.
    pub requestor_name: Box<str>,
    /// The requestor's own name for it, unique among the requestor's requests.
    pub workflow_id: Box<str>,
    /// What the access is for.
    pub description: Box<str>,
    /// Why it is asked for this time.
    pub message: Option<Box<str>>,
    /// The template of the permissions asked for.
    pub template_arn: Option<Box<str>>,
    /// What the template is filled in with.
    pub parameters: Vec<PolicyParameter>,
    /// The policy document asked for, the template filled in: what the access is limited to.
    pub permission_policy: Box<str>,
    /// The ARNs of the boundaries that roles made with the access must have.
    pub role_restrictions: Vec<Box<str>>,
    /// Where news of it go.
    pub notification_channel: Box<str>,
    /// Where its owner goes on afterwards.
    pub redirect_url: Option<Box<str>>,
    /// How long the access lasts, in seconds.
    pub session_duration: u32,
    /// Whether nobody but the owner may send the token.
    pub only_send_by_owner: bool,
    /// The account whose access is asked for; `None` until somebody associates it with his.
    pub owner_account: Option<AccountId>,
    /// Who in that account looks after it.
    pub owner: Option<DelegationParty>,
    /// The decision to grant it.
    pub approval: Option<DelegationApproval>,
    /// The token that is traded in for credentials, once it was sent.
    pub token: Option<DelegationToken>,
    /// The owner's notes.
    pub notes: Option<Box<str>>,
    /// Why it was rejected.
    pub rejection_reason: Option<Box<str>>,
    /// How it stands, but for its expiry: see [`state_at`](Self::state_at).
    pub state: DelegationState,
    /// When it was made.
    pub created: Timestamp,
    /// When it last changed.
    pub updated: Timestamp,
    /// From this time on it has expired.
    pub expires: Timestamp,
}

impl DelegationRequest {
    /// A fresh request id.
    #[must_use]
    pub fn new_id(rng: &mut dyn Random) -> Box<str> {
        uuid(rng).into()
    }

    /// How it stands at a time.
    #[must_use]
    pub fn state_at(&self, now: Timestamp) -> DelegationState {
        if now < self.expires {
            self.state
        } else {
            DelegationState::Expired
        }
    }
}

/// A named value that a permission template is filled in with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyParameter {
    /// Its name.
    pub name: Box<str>,
    /// Its values; one, unless it is a list.
    pub values: Vec<Box<str>>,
    /// Whether it was declared a `stringList` and not a `string`.
    pub is_list: bool,
}

/// Who did something with a delegation request: known by an id that is never given twice, so a recreated namesake is a
/// stranger. Whoever it names may be gone in the meantime.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DelegationParty {
    /// The party's account.
    pub account: AccountId,
    /// The user or role; `None` for the account's root user.
    pub principal: Option<UniqueId>,
    /// The ARN it called with, the session's for a role.
    pub arn: Box<str>,
}

/// Who granted a delegation request, and the state he was in: what the access is derived from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DelegationApproval {
    /// Who.
    pub by: DelegationParty,
    /// When.
    pub at: Timestamp,
    /// When the session was issued that he granted it in, if he was in one.
    pub session_issued_at: Option<Timestamp>,
    /// When he had shown a second factor, if he had.
    pub mfa_at: Option<Timestamp>,
    /// The session's name, if he was in a role.
    pub session_name: Option<Box<str>>,
    /// The session's tags, if he was in a role.
    pub session_tags: Vec<Tag>,
    /// The session's source identity.
    pub source_identity: Option<Box<str>>,
}

impl DelegationApproval {
    /// The time that a revocation compares with: what takes away the session takes away what was granted in it.
    #[must_use]
    pub fn stands_since(&self) -> Timestamp {
        self.session_issued_at
            .map_or(self.at, |issued| issued.min(self.at))
    }
}

/// The token of an approved delegation request, as far as it is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DelegationToken {
    /// Its SHA-256 digest: the token itself is not kept.
    pub digest: [u8; 32],
    /// When it was sent; the access lasts from then on.
    pub sent: Timestamp,
    /// When it was traded in. It never becomes unused again.
    pub used: Option<Timestamp>,
}

/// How a delegation request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DelegationState {
    /// `UNASSIGNED`: nobody looks after it.
    Unassigned,
    /// `ASSIGNED`: it has an owner.
    Assigned,
    /// `PENDING_APPROVAL`: its owner has handed it to somebody else to decide.
    PendingApproval,
    /// `FINALIZED`: the token was sent.
    Finalized,
    /// `ACCEPTED`: granted, the token not sent.
    Accepted,
    /// `REJECTED`.
    Rejected,
    /// `EXPIRED`.
    Expired,
}

impl DelegationState {
    /// Every state.
    pub const ALL: [Self; 7] = [
        Self::Unassigned,
        Self::Assigned,
        Self::PendingApproval,
        Self::Finalized,
        Self::Accepted,
        Self::Rejected,
        Self::Expired,
    ];

    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unassigned => "UNASSIGNED",
            Self::Assigned => "ASSIGNED",
            Self::PendingApproval => "PENDING_APPROVAL",
            Self::Finalized => "FINALIZED",
            Self::Accepted => "ACCEPTED",
            Self::Rejected => "REJECTED",
            Self::Expired => "EXPIRED",
        }
    }
}
