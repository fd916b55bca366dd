//! Who asks, read from one word.

use locum_names::{AccountId, Arn, Partition, PrincipalArn, PrincipalKind, UniqueId, UniqueKind};
use locum_policy::{FederatedIssuer, Principal, RequesterKind};

/// Who asks where nobody says: somebody whom no policy names.
pub(super) const SOMEBODY: &str = "arn:aws:iam::123456789012:user/somebody";

/// Why a word names nobody.
#[derive(Debug, thiserror::Error)]
#[error(
    "{0} is not the ARN of a root user, user, role, role session, federated user or identity provider, nor a host, nor anonymous"
)]
pub(super) struct PrincipalError(String);

/// Who asks.
#[derive(Debug, Clone)]
pub(super) enum Asker {
    /// Somebody of an account.
    Of(PrincipalArn),
    Service(String),
    Provider(String),
    Anonymous,
}

impl Asker {
    pub(super) fn read(word: &str) -> Result<Self, PrincipalError> {
        let refused = || PrincipalError(word.to_owned());
        if word == "anonymous" {
            return Ok(Self::Anonymous);
        }
        if let Ok(arn) = word.parse::<PrincipalArn>() {
            return Ok(Self::Of(arn));
        }
        if let Ok(arn) = Arn::parse(word) {
            let is_provider = arn.service == "iam"
                && (arn.resource.starts_with("saml-provider/") || arn.resource.starts_with("oidc-provider/"));
            return if is_provider {
                Ok(Self::Provider(word.to_owned()))
            } else {
                Err(refused())
            };
        }
        let is_host = word.contains('.')
            && word
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'));
        if !is_host {
            return Err(refused());
        }
        let is_service = word.ends_with(".amazonaws.com") || word.ends_with(".amazonaws.com.cn");
        Ok(if is_service && word != "cognito-identity.amazonaws.com" {
            Self::Service(word.to_owned())
        } else {
            Self::Provider(word.to_owned())
        })
    }

    /// Its account; none for who is outside all.
    pub(super) const fn account(&self) -> Option<AccountId> {
        match self {
            Self::Of(arn) => Some(arn.account),
            Self::Service(_) | Self::Provider(_) | Self::Anonymous => None,
        }
    }

    /// As the engine sees it.
    pub(super) fn principal(&self) -> Principal<'_> {
        let arn = match self {
            Self::Of(arn) => arn,
            Self::Service(host) => return Principal::outside(Partition::Aws, RequesterKind::Service(host)),
            Self::Provider(name) => {
                return Principal::outside(partition(name), RequesterKind::Federated(name));
            }
            Self::Anonymous => return Principal::outside(Partition::Aws, RequesterKind::Anonymous),
        };
        let (user, role) = (
            id(UniqueKind::User, arn.account),
            id(UniqueKind::Role, arn.account),
        );
        let kind = match &arn.kind {
            PrincipalKind::Root => RequesterKind::Root,
            PrincipalKind::User { path, name } => RequesterKind::User { id: user, path, name },
            PrincipalKind::Role { path, name } => session(role, path, name, ""),
            PrincipalKind::AssumedRole {
                role: name,
                session: of,
            } => session(role, "/", name, of),
            PrincipalKind::FederatedUser { name } => RequesterKind::FederatedUser {
                name,
                issuer: FederatedIssuer::User {
                    id: user,
                    path: "/",
                    name: "",
                },
            },
        };
        Principal::of(arn.partition, arn.account, kind)
    }

    /// The unique id that stands for an ARN in a trust policy: the asker's own for the asker, the role it is a session of and
    /// the role's other sessions, and somebody else's for every other.
    pub(super) fn id_of(&self, other: &PrincipalArn) -> UniqueId {
        let own = match self {
            Self::Of(own) if own.account == other.account && own.partition == other.partition => {
                match (&own.kind, &other.kind) {
                    // A session's ARN does not tell its role's path.
                    (PrincipalKind::AssumedRole { role, .. }, PrincipalKind::Role { name, .. })
                    | (
                        PrincipalKind::AssumedRole { role, .. } | PrincipalKind::Role { name: role, .. },
                        PrincipalKind::AssumedRole { role: name, .. },
                    ) if role == name => Some(UniqueKind::Role),
                    (PrincipalKind::User { .. }, _) if own == other => Some(UniqueKind::User),
                    (PrincipalKind::Role { .. }, _) if own == other => Some(UniqueKind::Role),
                    _ => None,
                }
            }
            _ => None,
        };
        let somebody = match other.kind {
            PrincipalKind::AssumedRole { .. } => UniqueKind::Role,
            _ => UniqueKind::User,
        };
        own.map_or_else(
            || UniqueId::new(somebody, other.account, u64::MAX),
            |kind| id(kind, other.account),
        )
    }
}

const fn session<'a>(
    role_id: UniqueId,
    role_path: &'a str,
    role_name: &'a str,
    session_name: &'a str,
) -> RequesterKind<'a> {
    RequesterKind::RoleSession {
        role_id,
        role_path,
        role_name,
        session_name,
        service_linked: false,
    }
}

fn id(kind: UniqueKind, account: AccountId) -> UniqueId {
    UniqueId::new(kind, account, 0)
}

fn partition(provider: &str) -> Partition {
    let arn = Arn::parse(provider).ok();
    arn.and_then(|arn| arn.partition.parse().ok())
        .unwrap_or(Partition::Aws)
}
