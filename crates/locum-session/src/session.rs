use locum_crypto::SecretString;
use locum_names::{AccessKeyId, AccountId, UniqueId};

/// A session: temporary credentials and everything that requests signed with them are decided by.
#[derive(Debug, Clone)]
pub struct Session {
    /// The temporary access key. Not in the sealed body but in its AAD: the token opens for this key only.
    pub access_key_id: AccessKeyId,
    /// The key that requests are signed with.
    pub secret_access_key: SecretString,
    /// When it was issued, in Unix seconds (`aws:TokenIssueTime`, and what revocation compares with).
    pub issued_at: i64,
    /// The first Unix second in which it is no longer valid.
    pub expires_at: i64,
    /// Whose session it is.
    pub principal: SessionPrincipal,
    /// The multi-factor sign-in behind it, if there was one.
    pub mfa: Option<MfaFacts>,
    /// The inline session policy.
    pub policy: Option<Box<str>>,
    /// The ARNs of the managed session policies.
    pub policy_arns: Vec<Box<str>>,
    /// The session tags, inherited ones included.
    pub tags: Vec<SessionTag>,
    /// The source identity, once set the same for the whole chain.
    pub source_identity: Option<Box<str>>,
    /// How many role sessions stand before this one: 0 if it was assumed with a user's credentials.
    pub chain_depth: u8,
    /// What an identity provider vouched for, if the session came from one.
    pub federation: Option<Federation>,
    /// What the session may be used for at all, if not for everything that its principal's credentials are.
    pub scope: Option<SessionScope>,
}

/// What an identity provider said of a session's user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Federation {
    /// The provider's ARN (`aws:FederatedProvider`).
    pub provider: Box<str>,
    /// The condition keys that outlive the call that assumed the role, such as `saml:sub` (`facts: sts §4.4, §4.5`).
    pub keys: Vec<FederationKey>,
}

/// A condition key of an identity provider, with its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FederationKey {
    /// Its name.
    pub name: Box<str>,
    /// Its values; several for a multivalued key.
    pub values: Vec<Box<str>>,
}

/// What a session of narrower use than its principal's other credentials is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionScope {
    /// A root session of a member account, from `AssumeRoot`; the task policy is among the session's policies.
    AssumedRoot,
    /// Access that a principal delegated to a product, from `GetDelegatedAccessToken`.
    Delegated {
        /// The id of the delegation request.
        request: Box<str>,
    },
}

/// Whose session it is, by ids that are never given twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionPrincipal {
    /// The root user, by `GetSessionToken`.
    Root {
        /// Its account.
        account: AccountId,
    },
    /// A user, by `GetSessionToken`.
    User {
        /// The user's unique id.
        id: UniqueId,
        /// The user's account.
        account: AccountId,
    },
    /// A role, assumed.
    Role {
        /// The role's unique id.
        id: UniqueId,
        /// The role's account.
        account: AccountId,
        /// The session name the caller chose.
        session_name: Box<str>,
    },
    /// A federated user, by `GetFederationToken`.
    FederatedUser {
        /// The issuing user's account.
        account: AccountId,
        /// Whose long-term key asked for it.
        issuer: Issuer,
        /// The name the issuer chose.
        name: Box<str>,
    },
}

impl SessionPrincipal {
    /// The account the session acts in.
    #[must_use]
    pub const fn account(&self) -> AccountId {
        match self {
            Self::Root { account }
            | Self::User { account, .. }
            | Self::Role { account, .. }
            | Self::FederatedUser { account, .. } => *account,
        }
    }
}

/// Who issued a federated user's session; its permissions are the upper bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Issuer {
    /// The account's root user.
    Root,
    /// The user with this unique id.
    User(UniqueId),
}

/// What is known of a multi-factor sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MfaFacts {
    /// When the code was checked, in Unix seconds (`aws:MultiFactorAuthAge`).
    pub authenticated_at: i64,
}

/// One session tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionTag {
    /// Its key, case kept.
    pub key: Box<str>,
    /// Its value, possibly empty.
    pub value: Box<str>,
    /// Where it came from and how far it goes.
    pub reach: TagReach,
}

/// Where a session tag came from and how far it goes. What is inherited stays transitive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TagReach {
    /// Set for this session only.
    Session,
    /// Set for this session and passed on along the chain.
    Transitive,
    /// Received from the session before in the chain, and passed on.
    Inherited,
}

impl TagReach {
    /// Whether a role assumed with this session gets the tag too.
    #[must_use]
    pub const fn is_transitive(self) -> bool {
        matches!(self, Self::Transitive | Self::Inherited)
    }
}
