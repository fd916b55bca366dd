//! The entries of `Principal` and `NotPrincipal`, and which of them a requester is.

use locum_names::{AccountId, Arn, Partition, PrincipalArn, PrincipalKind, UniqueId, UniqueKind, is_name};

use crate::{FederatedIssuer, Principal, QUIRKS, RequesterKind, policy::Effect};

/// By which of its names a requester is meant; the layers treat them differently (`facts: policy §2.2`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Grants(u8);

impl Grants {
    pub(crate) const NONE: Self = Self(0);
    /// Its own ARN, the service itself, or everybody.
    pub(crate) const DIRECT: Self = Self(1);
    /// The role whose session it is.
    pub(crate) const VIA_ROLE: Self = Self(2);
    /// The user who issued the federated session.
    pub(crate) const VIA_USER: Self = Self(4);
    /// Its account as a whole.
    pub(crate) const ACCOUNT: Self = Self(8);

    pub(crate) const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) const fn is_none(self) -> bool {
        self.0 == 0
    }
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Who {
    Everyone,
    Account {
        partition: Option<Partition>,
        account: AccountId,
    },
    /// A user or a role by unique id.
    Id(UniqueId),
    /// One session of a role, the role by unique id.
    Session {
        role: UniqueId,
        name: Box<str>,
    },
    /// The ARN of a user, role, role session or federated user.
    Named(PrincipalArn),
    Service(Box<str>),
    Federated(Box<str>),
}

fn is_host(text: &str) -> bool {
    let label = |l: &str| {
        !l.is_empty()
            && l.len() <= 63
            && !l.starts_with('-')
            && !l.ends_with('-')
            && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    text.len() <= 253 && text.contains('.') && text.split('.').all(label)
}

/// Reads a role's unique id and the name of one of its sessions: what the session's ARN is stored as.
pub(crate) fn session_of(text: &str) -> Option<(UniqueId, &str)> {
    let (role, name) = text.split_once(':')?;
    let role: UniqueId = role.parse().ok()?;
    (role.kind() == UniqueKind::Role && is_name(name)).then_some((role, name))
}

impl Who {
    /// Reads a value under `"AWS"`.
    pub(crate) fn aws(text: &str) -> Option<Self> {
        if text == "*" {
            return Some(Self::Everyone);
        }
        if let Ok(account) = text.parse() {
            return Some(Self::Account {
                partition: None,
                account,
            });
        }
        if let Ok(id) = text.parse::<UniqueId>() {
            let is_principal = matches!(id.kind(), UniqueKind::User | UniqueKind::Role);
            return is_principal.then_some(Self::Id(id));
        }
        if let Some((role, name)) = session_of(text) {
            return Some(Self::Session {
                role,
                name: name.into(),
            });
        }
        let arn: PrincipalArn = text.parse().ok()?;
        if arn.kind == PrincipalKind::Root {
            return Some(Self::Account {
                partition: Some(arn.partition),
                account: arn.account,
            });
        }
        Some(Self::Named(arn))
    }

    /// Reads a value under `"Service"`: one host, without wildcards.
    pub(crate) fn service(text: &str) -> Option<Self> {
        is_host(text).then(|| Self::Service(text.into()))
    }

    /// Reads a value under `"Federated"`: a provider's ARN or a host.
    pub(crate) fn federated(text: &str) -> Option<Self> {
        let is_provider = Arn::parse(text).is_ok_and(|arn| {
            let named = |prefix| {
                arn.resource
                    .strip_prefix(prefix)
                    .is_some_and(|n: &str| !n.is_empty() && !n.contains(['*', '?', ' ']))
            };
            arn.service == "iam"
                && arn.region.is_empty()
                && arn.partition.parse::<Partition>().is_ok()
                && arn.account.parse::<AccountId>().is_ok()
                && (named("saml-provider/") || named("oidc-provider/"))
        });
        (is_provider || is_host(text)).then(|| Self::Federated(text.into()))
    }

    /// As which of its names this entry means the requester. `trust`: the policy is a trust policy.
    pub(crate) fn grants(&self, principal: &Principal<'_>, effect: Effect, trust: bool) -> Grants {
        match self {
            Self::Everyone => {
                let outsider = trust && !principal.has_identity();
                if outsider && effect == Effect::Allow && !QUIRKS.trust_star_reaches_outsiders {
                    Grants::NONE
                } else {
                    Grants::DIRECT
                }
            }
            Self::Account { partition, account } => {
                let same = principal.has_identity()
                    && principal.account == Some(*account)
                    && partition.is_none_or(|p| p == principal.partition);
                if same { Grants::ACCOUNT } else { Grants::NONE }
            }
            Self::Id(id) => match principal.kind {
                RequesterKind::User { id: own, .. } if own == *id => Grants::DIRECT,
                RequesterKind::RoleSession { role_id, .. } if role_id == *id => Grants::VIA_ROLE,
                RequesterKind::FederatedUser {
                    issuer: FederatedIssuer::User { id: issuer, .. },
                    ..
                } if issuer == *id => Grants::VIA_USER,
                _ => Grants::NONE,
            },
            Self::Session { role, name } => match principal.kind {
                RequesterKind::RoleSession {
                    role_id,
                    session_name,
                    ..
                } if role_id == *role && *session_name == **name => Grants::DIRECT,
                _ => Grants::NONE,
            },
            Self::Named(arn) => {
                if arn.partition != principal.partition || Some(arn.account) != principal.account {
                    return Grants::NONE;
                }
                let named = Named { effect, trust };
                named.grants(&arn.kind, principal)
            }
            Self::Service(host) => match principal.kind {
                RequesterKind::Service(own) if same_but_for(effect, host, own) => Grants::DIRECT,
                _ => Grants::NONE,
            },
            Self::Federated(provider) => match principal.kind {
                RequesterKind::Federated(own) if same_but_for(effect, provider, own) => Grants::DIRECT,
                _ => Grants::NONE,
            },
        }
    }
}

/// An `Allow` means exactly what it says, a `Deny` whoever has that name in any case.
fn same_but_for(effect: Effect, written: &str, own: &str) -> bool {
    match effect {
        Effect::Allow => written == own,
        Effect::Deny => written.eq_ignore_ascii_case(own),
    }
}

/// How ARNs of users and roles are compared with a requester of the same account.
struct Named {
    effect: Effect,
    trust: bool,
}

impl Named {
    fn grants(&self, kind: &PrincipalKind, principal: &Principal<'_>) -> Grants {
        match (kind, &principal.kind) {
            (PrincipalKind::User { path, name }, RequesterKind::User { path: p, name: n, .. })
                if self.same(path, name, p, n) =>
            {
                Grants::DIRECT
            }
            (
                PrincipalKind::User { path, name },
                RequesterKind::FederatedUser {
                    issuer: FederatedIssuer::User { path: p, name: n, .. },
                    ..
                },
            ) if self.same(path, name, p, n) => Grants::VIA_USER,
            (
                PrincipalKind::Role { path, name },
                RequesterKind::RoleSession {
                    role_path, role_name, ..
                },
            ) if self.same(path, name, role_path, role_name) => Grants::VIA_ROLE,
            (
                PrincipalKind::AssumedRole { role, session },
                RequesterKind::RoleSession {
                    role_name,
                    session_name,
                    ..
                },
            ) if self.same_role(role, role_name) && **session == **session_name => Grants::DIRECT,
            (PrincipalKind::FederatedUser { name }, RequesterKind::FederatedUser { name: own, .. })
                if **name == **own =>
            {
                Grants::DIRECT
            }
            _ => Grants::NONE,
        }
    }

    /// An `Allow` means exactly the path and name it says, and in a trust policy, where ARNs are resolved to ids when
    /// they are saved, nobody. A `Deny` means whoever has the name: names are unique but for case in an account.
    fn same(&self, path: &str, name: &str, own_path: &str, own_name: &str) -> bool {
        match self.effect {
            Effect::Allow if self.trust && !QUIRKS.unresolved_trust_arn_grants => false,
            Effect::Allow => path == own_path && name == own_name,
            Effect::Deny => same_but_for(self.effect, name, own_name),
        }
    }

    /// The same for the role of a session, whose ARN does not tell its path.
    fn same_role(&self, name: &str, own_name: &str) -> bool {
        self.same("", name, "", own_name)
    }
}

/// The `Principal` or `NotPrincipal` of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Principals {
    pub(crate) entries: Box<[Who]>,
    /// It is a `NotPrincipal`.
    pub(crate) negated: bool,
}

impl Principals {
    /// As which of its names the statement means the requester. `bounded`: it has a permissions boundary.
    pub(crate) fn grants(
        &self,
        principal: &Principal<'_>,
        effect: Effect,
        trust: bool,
        bounded: bool,
    ) -> Grants {
        if !self.negated {
            return self
                .entries
                .iter()
                .map(|who| who.grants(principal, effect, trust))
                .fold(Grants::NONE, Grants::union);
        }
        // `Allow` with `NotPrincipal` is refused on write; it grants nothing here either. An empty list matches nothing.
        if effect == Effect::Allow || self.entries.is_empty() {
            return Grants::NONE;
        }
        if bounded && QUIRKS.deny_not_principal_hits_boundaries {
            return Grants::DIRECT;
        }
        if self.spares(principal) {
            Grants::NONE
        } else {
            Grants::DIRECT
        }
    }

    /// Whether `NotPrincipal` lists the requester, with everything it is part of (`facts: policy §2.7`).
    fn spares(&self, principal: &Principal<'_>) -> bool {
        if self.entries.contains(&Who::Everyone) {
            return true;
        }
        // Sparing is a grant, so names are compared as in an `Allow`.
        let listed = self
            .entries
            .iter()
            .map(|who| who.grants(principal, Effect::Allow, false))
            .fold(Grants::NONE, Grants::union);
        if !QUIRKS.deny_not_principal_needs_every_member {
            return !listed.is_none();
        }
        let account = listed.has(Grants::ACCOUNT);
        let itself = listed.has(Grants::DIRECT);
        match principal.kind {
            RequesterKind::Root => account,
            // As a role's session is of its role, that of GetFederationToken is of the user who asked for it.
            RequesterKind::FederatedUser {
                issuer: FederatedIssuer::User { .. },
                ..
            } => itself && listed.has(Grants::VIA_USER) && account,
            RequesterKind::User { .. } | RequesterKind::FederatedUser { .. } => itself && account,
            RequesterKind::RoleSession { .. } => itself && listed.has(Grants::VIA_ROLE) && account,
            RequesterKind::Service(_) | RequesterKind::Federated(_) => itself,
            RequesterKind::Anonymous => false,
        }
    }
}
