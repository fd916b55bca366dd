use locum_names::{AccountId, Partition, UniqueId};

/// Who asks: a typed value, so that a policy's principal is never searched for in an ARN's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Principal<'a> {
    /// The partition of the caller; a grant never crosses it.
    pub partition: Partition,
    /// The caller's account; `None` for services, federated identities before they have a session, and the anonymous.
    pub account: Option<AccountId>,
    /// Who in that account, or outside any.
    pub kind: RequesterKind<'a>,
}

/// What kind of requester asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequesterKind<'a> {
    /// The account's root user, or a session of it.
    Root,
    /// An IAM user, or a `GetSessionToken` session of it.
    User {
        /// `AIDA…`.
        id: UniqueId,
        /// `/` or `/division/`.
        path: &'a str,
        /// Its name, case kept.
        name: &'a str,
    },
    /// A session of a role.
    RoleSession {
        /// `AROA…`.
        role_id: UniqueId,
        /// `/` or `/division/`.
        role_path: &'a str,
        /// The role's name, case kept.
        role_name: &'a str,
        /// The session's name.
        session_name: &'a str,
        /// A service-linked role: service control policies, resource control policies and boundaries do not apply.
        service_linked: bool,
    },
    /// A `GetFederationToken` session.
    FederatedUser {
        /// The name the issuer chose.
        name: &'a str,
        /// Who issued it.
        issuer: FederatedIssuer<'a>,
    },
    /// A service by its host, such as `ec2.amazonaws.com`.
    Service(&'a str),
    /// An identity that a provider vouches for, by the provider: its ARN, or a well-known host.
    Federated(&'a str),
    /// Nobody in particular.
    Anonymous,
}

/// Who called `GetFederationToken`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FederatedIssuer<'a> {
    /// The account's root user.
    Root,
    /// An IAM user; a grant to this user reaches the session too.
    User {
        /// `AIDA…`.
        id: UniqueId,
        /// `/` or `/division/`.
        path: &'a str,
        /// Its name, case kept.
        name: &'a str,
    },
}

impl<'a> Principal<'a> {
    /// The root user of an account.
    #[must_use]
    pub const fn root(partition: Partition, account: AccountId) -> Self {
        Self::of(partition, account, RequesterKind::Root)
    }

    /// An IAM user.
    #[must_use]
    pub const fn user(
        partition: Partition,
        account: AccountId,
        id: UniqueId,
        path: &'a str,
        name: &'a str,
    ) -> Self {
        Self::of(partition, account, RequesterKind::User { id, path, name })
    }

    /// A principal of an account.
    #[must_use]
    pub const fn of(partition: Partition, account: AccountId, kind: RequesterKind<'a>) -> Self {
        Self {
            partition,
            account: Some(account),
            kind,
        }
    }

    /// A service, a federated identity or nobody: a requester without an account.
    #[must_use]
    pub const fn outside(partition: Partition, kind: RequesterKind<'a>) -> Self {
        Self {
            partition,
            account: None,
            kind,
        }
    }

    /// Whether organization policies and boundaries pass it by.
    pub(crate) const fn is_service_linked(&self) -> bool {
        matches!(
            self.kind,
            RequesterKind::RoleSession {
                service_linked: true,
                ..
            }
        )
    }

    /// Whether it has an identity side at all: policies of its own that may allow.
    pub(crate) const fn has_identity(&self) -> bool {
        self.account.is_some()
            && !matches!(
                self.kind,
                RequesterKind::Service(_) | RequesterKind::Federated(_) | RequesterKind::Anonymous
            )
    }
}
