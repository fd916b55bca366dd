//! Who calls in a simulation, as the engine sees it.

use locum_api::ApiError;
use locum_directory::Snapshot;
use locum_names::{AccountId, Arn, Partition, PrincipalArn, PrincipalKind, UniqueId, UniqueKind};
use locum_policy::{Principal, RequesterKind};

use super::invalid;

/// The simulated caller.
#[derive(Debug, Clone)]
pub(super) struct Who {
    partition: Partition,
    account: AccountId,
    kind: Kind,
}

#[derive(Debug, Clone)]
enum Kind {
    /// A user, or somebody who no policy can name: without a path and a name.
    User {
        id: UniqueId,
        path: Box<str>,
        name: Box<str>,
    },
    /// A session of a role. It has no name, so no policy means this session alone.
    Role {
        id: UniqueId,
        path: Box<str>,
        name: Box<str>,
        /// As the role is stored: what does not exist is no service's own, whatever its path.
        service_linked: bool,
    },
}

impl Who {
    /// Somebody of an account: who simulates as a group, or as nobody in particular.
    pub(super) fn anybody(partition: Partition, account: AccountId) -> Self {
        let kind = Kind::User {
            id: stranger(account),
            path: "/".into(),
            name: "".into(),
        };
        Self {
            partition,
            account,
            kind,
        }
    }

    /// Reads a `CallerArn` for a caller of the account `own`. The user or role need not exist, and those of other accounts are
    /// never looked up: whether they exist would show in who is exempt from what.
    ///
    /// # Errors
    /// It names neither a user nor a group nor a role.
    pub(super) fn read(snapshot: &Snapshot, own: AccountId, text: &str) -> Result<Self, ApiError> {
        let refused =
            || invalid("Invalid caller - Caller must be an IAM user, role or group in this context.");
        if let Some((partition, account)) = group(text) {
            return Ok(Self::anybody(partition, account));
        }
        let arn: PrincipalArn = text.parse().map_err(|_| refused())?;
        let id = (arn.account == own).then(|| snapshot.unique_id(&arn)).flatten();
        let (partition, account) = (arn.partition, arn.account);
        let kind = match arn.kind {
            PrincipalKind::User { path, name } => Kind::User {
                id: id.unwrap_or_else(|| stranger(account)),
                path: path.as_str().into(),
                name: name.as_str().into(),
            },
            PrincipalKind::Role { path, name } => Kind::Role {
                id: id.unwrap_or_else(|| UniqueId::new(UniqueKind::Role, account, 0)),
                path: path.as_str().into(),
                name: name.as_str().into(),
                service_linked: id
                    .and_then(|id| snapshot.role_by_id(&id))
                    .is_some_and(|role| role.is_service_linked()),
            },
            PrincipalKind::Root | PrincipalKind::AssumedRole { .. } | PrincipalKind::FederatedUser { .. } => {
                return Err(refused());
            }
        };
        Ok(Self {
            partition,
            account,
            kind,
        })
    }

    /// Its account.
    pub(super) const fn account(&self) -> AccountId {
        self.account
    }

    /// Its own ARN's unique id, for a session of its role that of the role, and for any other ARN one that it does not have.
    pub(super) fn id_of(&self, arn: &PrincipalArn) -> UniqueId {
        let same = self.partition == arn.partition && self.account == arn.account;
        match (&self.kind, &arn.kind) {
            (Kind::User { id, path, name }, PrincipalKind::User { path: p, name: n })
            | (Kind::Role { id, path, name, .. }, PrincipalKind::Role { path: p, name: n })
                if same && **path == **p && **name == **n =>
            {
                *id
            }
            (Kind::Role { id, name, .. }, PrincipalKind::AssumedRole { role, .. })
                if same && **name == **role =>
            {
                *id
            }
            (_, PrincipalKind::AssumedRole { .. }) => UniqueId::new(UniqueKind::Role, arn.account, u64::MAX),
            _ => UniqueId::new(UniqueKind::User, arn.account, u64::MAX),
        }
    }

    /// As the engine sees it.
    pub(super) fn principal(&self) -> Principal<'_> {
        let kind = match &self.kind {
            Kind::User { id, path, name } => RequesterKind::User { id: *id, path, name },
            Kind::Role {
                id,
                path,
                name,
                service_linked,
            } => RequesterKind::RoleSession {
                role_id: *id,
                role_path: path,
                role_name: name,
                session_name: "",
                service_linked: *service_linked,
            },
        };
        Principal::of(self.partition, self.account, kind)
    }
}

/// The id of a user who is not there.
fn stranger(account: AccountId) -> UniqueId {
    UniqueId::new(UniqueKind::User, account, 0)
}

fn group(text: &str) -> Option<(Partition, AccountId)> {
    let arn = Arn::parse(text).ok()?;
    let name = arn.resource.strip_prefix("group/")?;
    let is_group = arn.service == "iam" && arn.region.is_empty() && !name.is_empty() && !name.ends_with('/');
    let (partition, account) = (arn.partition.parse().ok()?, arn.account.parse().ok()?);
    is_group.then_some((partition, account))
}
