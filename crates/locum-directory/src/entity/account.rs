use jiff::Timestamp;
use locum_crypto::Random;
use locum_names::AccountId;

use super::{LOWER_ALPHANUMERIC, Parent, Revision, Tag, random_text};

/// An account of the organization. How many users, roles and policies it has is
/// [`Snapshot::counts`](crate::Snapshot::counts): derived, so it cannot be wrong.
#[derive(Debug, Clone)]
pub struct Account {
    /// The revision it was read at.
    pub revision: Revision,
    /// Its twelve digits.
    pub id: AccountId,
    /// Its friendly name.
    pub name: Box<str>,
    /// Its address; no two accounts of the organization share one, ignoring case.
    pub email: Box<str>,
    /// Whether it may be used.
    pub status: AccountStatus,
    /// How it came into the organization.
    pub joined_method: JoinedMethod,
    /// When it came into the organization.
    pub joined: Timestamp,
    /// When it was closed, if it was.
    pub closed: Option<Timestamp>,
    /// What it stands under: where its path of control policies begins.
    pub parent: Parent,
    /// In the order they were put.
    pub tags: Vec<Tag>,
    /// Its root user.
    pub root: RootUser,
    /// Another name for it; no two accounts of the deployment share one.
    pub alias: Option<Box<str>>,
    /// The tokens that its callers get at the global endpoint.
    pub global_tokens: GlobalTokenVersion,
    /// What was revoked of what its identity providers said. It stands here and not with the provider, so that deleting one
    /// brings no session back.
    pub provider_revocations: Vec<ProviderRevocation>,
}

impl Account {
    /// An active account directly under the root.
    #[must_use]
    pub fn new(
        id: AccountId,
        name: &str,
        email: &str,
        joined_method: JoinedMethod,
        joined: Timestamp,
    ) -> Self {
        Self {
            revision: Revision::NEW,
            id,
            name: name.into(),
            email: email.into(),
            status: AccountStatus::Active,
            joined_method,
            joined,
            closed: None,
            parent: Parent::Root,
            tags: Vec::new(),
            root: RootUser::default(),
            alias: None,
            global_tokens: GlobalTokenVersion::default(),
            provider_revocations: Vec::new(),
        }
    }

    /// Until when what the identity provider of this ARN said counts for nothing, whether it still exists or not.
    #[must_use]
    pub fn provider_revocation(&self, arn: &str) -> Option<Timestamp> {
        let mut revocations = self.provider_revocations.iter();
        revocations
            .find(|revocation| *revocation.provider == *arn)
            .map(|revocation| revocation.revoke_before)
    }
}

/// The time up to which what an identity provider said counts for nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderRevocation {
    /// The ARN of a SAML or OpenID Connect provider, once in an account.
    pub provider: Box<str>,
    /// Sessions, assertions and tokens issued up to this time, in the very second too, are no longer accepted.
    pub revoke_before: Timestamp,
}

/// The root user of an account.
#[derive(Debug, Clone, Default)]
pub struct RootUser {
    /// Sessions of root issued up to this time, in the very second too, are no longer accepted.
    pub revoke_before: Option<Timestamp>,
}

/// A version of the tokens of the global endpoint, as an account chose it (`facts: sts §9.2`). Tokens are the same at
/// every endpoint here: this is kept to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum GlobalTokenVersion {
    /// `v1Token`, AWS's default: on AWS, for the Regions that are on by default.
    #[default]
    V1,
    /// `v2Token`: on AWS, for all Regions.
    V2,
}

impl GlobalTokenVersion {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V1 => "v1Token",
            Self::V2 => "v2Token",
        }
    }
}

/// Whether an account may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AccountStatus {
    /// `ACTIVE`.
    Active,
    /// `SUSPENDED`: closed; its credentials are refused.
    Suspended,
}

impl AccountStatus {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Suspended => "SUSPENDED",
        }
    }
}

/// How an account came into the organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JoinedMethod {
    /// `CREATED` in it.
    Created,
    /// `INVITED`: it was there before, as the management account was.
    Invited,
}

impl JoinedMethod {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "CREATED",
            Self::Invited => "INVITED",
        }
    }
}

/// The record of one `CreateAccount` request.
#[derive(Debug, Clone)]
pub struct CreateAccountStatus {
    /// The revision it was read at.
    pub revision: Revision,
    /// `car-` and 32 characters.
    pub id: Box<str>,
    /// The account's name as requested.
    pub account_name: Box<str>,
    /// When the request came.
    pub requested: Timestamp,
    /// When it ended.
    pub completed: Timestamp,
    /// How it ended.
    pub state: CreateAccountState,
}

impl CreateAccountStatus {
    /// A fresh request id.
    #[must_use]
    pub fn new_id(rng: &mut dyn Random) -> Box<str> {
        random_text("car-", 32, LOWER_ALPHANUMERIC, rng)
    }
}

/// How a `CreateAccount` request ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CreateAccountState {
    /// `SUCCEEDED`, with the account it made.
    Succeeded(AccountId),
    /// `FAILED`, with the wire's reason, such as `EMAIL_ALREADY_EXISTS`.
    Failed(Box<str>),
}

impl CreateAccountState {
    /// The word on the wire.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Succeeded(_) => "SUCCEEDED",
            Self::Failed(_) => "FAILED",
        }
    }
}
