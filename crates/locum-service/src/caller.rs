//! Who signed: the one value that authentication makes and everything after it trusts.
//!
//! A caller holds the entities it stands on as they were in the snapshot the request began with, so nothing later has
//! to look them up again or wonder whether they still exist.

use std::{borrow::Cow, sync::Arc};

use locum_directory::{Role, Tag, User};
use locum_names::{AccessKeyId, AccountId, Partition, UniqueId, account_arn};
use locum_policy::{FederatedIssuer, Principal, RequesterKind};
use locum_session::{Session, SessionScope};

use crate::{
    audit::{Delegate, SessionAttributes, SessionContext, SessionIssuer, UserIdentity, WebIdFederationData},
    operator::INVOKED_BY,
};

/// An authenticated caller.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The partition of the deployment.
    pub partition: Partition,
    /// The account the caller acts in.
    pub account: AccountId,
    /// The key that signed; `None` of whoever runs the program.
    pub access_key_id: Option<AccessKeyId>,
    /// Who it is.
    pub identity: Identity,
    /// The session, if temporary credentials signed.
    pub session: Option<Arc<Session>>,
    /// The account that the caller's access was delegated to, if it was.
    pub delegate: Option<AccountId>,
}

/// Who a caller is.
#[derive(Debug, Clone)]
pub enum Identity {
    /// The account's root user.
    Root,
    /// An IAM user.
    User(Arc<User>),
    /// A session of a role.
    Role {
        /// The role.
        role: Arc<Role>,
        /// The session's name.
        session_name: Box<str>,
    },
    /// A `GetFederationToken` session.
    FederatedUser {
        /// Who issued it; `None` is the root user.
        issuer: Option<Arc<User>>,
        /// The name the issuer chose.
        name: Box<str>,
    },
}

/// What kind of credentials signed: what decides which operations they may call at all (`facts: sts §7.1`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialKind {
    /// A user's or the root user's access key.
    LongTerm,
    /// From `GetSessionToken`.
    SessionToken {
        /// Whether a second factor was given.
        mfa: bool,
    },
    /// From `AssumeRole` and its siblings.
    Role,
    /// From `GetFederationToken`.
    Federation,
    /// From `AssumeRoot`.
    AssumedRoot,
    /// From `GetDelegatedAccessToken`.
    Delegated,
}

impl Identity {
    /// Its ARN, of an identity of this account; a session's for a role.
    #[must_use]
    pub fn arn_text(&self, partition: Partition, account: AccountId) -> String {
        match self {
            Self::Root => account_arn(partition, "iam", account, &["root"]),
            Self::User(user) => user_arn(partition, user),
            Self::Role { role, session_name } => account_arn(
                partition,
                "sts",
                account,
                &["assumed-role/", &role.name, "/", session_name],
            ),
            Self::FederatedUser { name, .. } => {
                account_arn(partition, "sts", account, &["federated-user/", name])
            }
        }
    }
}

impl Caller {
    /// The kind of credentials that signed.
    #[must_use]
    pub fn credential_kind(&self) -> CredentialKind {
        let scope = self.session.as_deref().and_then(|session| session.scope.as_ref());
        match scope {
            Some(SessionScope::AssumedRoot) => return CredentialKind::AssumedRoot,
            Some(SessionScope::Delegated { .. }) => return CredentialKind::Delegated,
            None => {}
        }
        match (&self.identity, &self.session) {
            (_, None) => CredentialKind::LongTerm,
            (Identity::Root | Identity::User(_), Some(session)) => CredentialKind::SessionToken {
                mfa: session.mfa.is_some(),
            },
            (Identity::Role { .. }, Some(_)) => CredentialKind::Role,
            (Identity::FederatedUser { .. }, Some(_)) => CredentialKind::Federation,
        }
    }

    /// Whether this is the root user, with its key or a session.
    #[must_use]
    pub const fn is_root(&self) -> bool {
        matches!(self.identity, Identity::Root)
    }

    /// The ARN that `GetCallerIdentity` shows (`facts: sts §2.10`).
    #[must_use]
    pub fn arn_text(&self) -> String {
        self.identity.arn_text(self.partition, self.account)
    }

    /// The value of `aws:PrincipalArn`: for a role session the role's ARN with its path (`facts: sts §4.3`).
    #[must_use]
    pub fn principal_arn_text(&self) -> String {
        match &self.identity {
            Identity::Role { role, .. } => role_arn(self.partition, role),
            Identity::Root | Identity::User(_) | Identity::FederatedUser { .. } => self.arn_text(),
        }
    }

    /// The `UserId` of `GetCallerIdentity`, which is also `aws:userid` (`facts: sts §2.10`).
    #[must_use]
    pub fn user_id(&self) -> Cow<'_, str> {
        match &self.identity {
            Identity::Root => self.account.to_string().into(),
            Identity::User(user) => user.id.as_str().into(),
            Identity::Role { role, session_name } => [role.id.as_str(), ":", session_name].concat().into(),
            Identity::FederatedUser { name, .. } => [&*self.account.to_string(), ":", name].concat().into(),
        }
    }

    /// The value of `aws:PrincipalType`.
    #[must_use]
    pub const fn principal_type(&self) -> &'static str {
        match self.identity {
            Identity::Root => "Account",
            Identity::User(_) => "User",
            Identity::Role { .. } => "AssumedRole",
            Identity::FederatedUser { .. } => "FederatedUser",
        }
    }

    /// The value of `aws:username`, which only users have.
    #[must_use]
    pub fn user_name(&self) -> Option<&str> {
        match &self.identity {
            Identity::User(user) => Some(&user.name),
            Identity::Root | Identity::Role { .. } | Identity::FederatedUser { .. } => None,
        }
    }

    /// The user whose credentials these are, if they are a user's own.
    #[must_use]
    pub const fn user(&self) -> Option<&Arc<User>> {
        match &self.identity {
            Identity::User(user) => Some(user),
            Identity::Root | Identity::Role { .. } | Identity::FederatedUser { .. } => None,
        }
    }

    /// The user whose policies these credentials have: their own user, or who issued a federated user's.
    pub(crate) fn source_of_permissions(&self) -> Option<&User> {
        match &self.identity {
            Identity::User(user) => Some(user),
            Identity::FederatedUser { issuer, .. } => issuer.as_deref(),
            Identity::Root | Identity::Role { .. } => None,
        }
    }

    /// The caller as the policy engine sees it.
    #[must_use]
    pub fn principal(&self) -> Principal<'_> {
        let kind = match &self.identity {
            Identity::Root => RequesterKind::Root,
            Identity::User(user) => RequesterKind::User {
                id: user.id,
                path: &user.path,
                name: &user.name,
            },
            Identity::Role { role, session_name } => RequesterKind::RoleSession {
                role_id: role.id,
                role_path: &role.path,
                role_name: &role.name,
                session_name,
                service_linked: role.is_service_linked(),
            },
            Identity::FederatedUser { issuer, name } => RequesterKind::FederatedUser {
                name,
                issuer: match issuer {
                    None => FederatedIssuer::Root,
                    Some(user) => FederatedIssuer::User {
                        id: user.id,
                        path: &user.path,
                        name: &user.name,
                    },
                },
            },
        };
        Principal::of(self.partition, self.account, kind)
    }

    /// The tags of the user or role behind the caller, without those of the session.
    fn entity_tags(&self) -> &[Tag] {
        match &self.identity {
            Identity::Root => &[],
            Identity::User(user) => &user.tags,
            Identity::Role { role, .. } => &role.tags,
            Identity::FederatedUser { issuer, .. } => issuer.as_ref().map_or(&[], |user| &user.tags),
        }
    }

    /// `aws:PrincipalTag/*`: the tags of the user or role, then those of the session, which replace the ones of the same
    /// key. What is the same key is for the policy's context to say (`facts: sts §4.3`).
    pub fn tags(&self) -> impl Iterator<Item = (&str, &str)> {
        let session = self.session.as_deref().map_or(&[][..], |session| &session.tags);
        let from_session = session.iter().map(|tag| (&*tag.key, &*tag.value));
        let from_entity = self.entity_tags().iter().map(|tag| (&*tag.key, &*tag.value));
        from_entity.chain(from_session)
    }

    /// Who called, for the audit record.
    #[must_use]
    pub fn user_identity(&self) -> UserIdentity<'_> {
        let kind = match self.identity {
            Identity::Root => "Root",
            Identity::User(_) => "IAMUser",
            Identity::Role { .. } => "AssumedRole",
            Identity::FederatedUser { .. } => "FederatedUser",
        };
        UserIdentity {
            kind,
            principal_id: Some(self.user_id()),
            arn: Some(self.arn_text().into()),
            account_id: Some(self.account),
            access_key_id: self.access_key_id.as_ref().map(|id| id.as_str().into()),
            user_name: self.user_name().map(Cow::Borrowed),
            identity_provider: None,
            invoked_by: self.access_key_id.is_none().then_some(INVOKED_BY),
            invoked_by_delegate: self.delegate.map(|account_id| Delegate { account_id }),
            session_context: self
                .session
                .as_deref()
                .map(|session| self.session_context(session)),
        }
    }

    fn session_context<'s>(&'s self, session: &'s Session) -> SessionContext<'s> {
        let issuer = |kind, id: Cow<'s, str>, arn: String, name: Option<&'s str>| SessionIssuer {
            kind,
            principal_id: id,
            arn: arn.into(),
            account_id: self.account,
            user_name: name.map(Cow::Borrowed),
        };
        let session_issuer = match &self.identity {
            Identity::Root | Identity::User(_) => None,
            Identity::Role { role, .. } => Some(issuer(
                "Role",
                id_text(&role.id),
                role_arn(self.partition, role),
                Some(&role.name),
            )),
            Identity::FederatedUser {
                issuer: Some(user), ..
            } => Some(issuer(
                "IAMUser",
                id_text(&user.id),
                user_arn(self.partition, user),
                Some(&user.name),
            )),
            Identity::FederatedUser { issuer: None, .. } => {
                let root = account_arn(self.partition, "iam", self.account, &["root"]);
                Some(issuer("Root", self.account.to_string().into(), root, None))
            }
        };
        SessionContext {
            session_issuer,
            attributes: SessionAttributes {
                creation_date: session.issued_at,
                mfa_authenticated: if session.mfa.is_some() { "true" } else { "false" },
            },
            source_identity: session.source_identity.as_deref().map(Cow::Borrowed),
            web_id_federation_data: session.federation.as_ref().map(|federation| WebIdFederationData {
                federated_provider: &federation.provider,
                attributes: federation
                    .keys
                    .iter()
                    .map(|key| (&*key.name, key.values.join(", ")))
                    .collect(),
            }),
            assumed_root: matches!(session.scope, Some(SessionScope::AssumedRoot)).then_some("true"),
        }
    }
}

fn user_arn(partition: Partition, user: &User) -> String {
    account_arn(partition, "iam", user.account, &["user", &user.path, &user.name])
}

fn role_arn(partition: Partition, role: &Role) -> String {
    account_arn(partition, "iam", role.account, &["role", &role.path, &role.name])
}

fn id_text(id: &UniqueId) -> Cow<'_, str> {
    Cow::Borrowed(id.as_str())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use locum_crypto::SeededRandom;
    use locum_policy::{Policy, PolicyKind};

    use super::*;

    #[test]
    fn a_session_of_a_role_is_called_otherwise_than_its_role() {
        let account: AccountId = "111122223333".parse().unwrap();
        let (now, mut random) = (Timestamp::UNIX_EPOCH, SeededRandom::new(1));
        let user = Arc::new(User::new(account, "/a/b/", "alice", now, &mut random));
        let document = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:*"}}"#;
        let trust = Policy::compile(document, PolicyKind::Trust).unwrap();
        let role = Arc::new(Role::new(account, "/a/", "role", trust, now, &mut random));
        let session = Identity::Role {
            role,
            session_name: "session".into(),
        };
        let federated = Identity::FederatedUser {
            issuer: None,
            name: "bob".into(),
        };
        for (identity, arn, principal) in [
            (Identity::Root, "iam::111122223333:root", None),
            (Identity::User(user), "iam::111122223333:user/a/b/alice", None),
            (
                session,
                "sts::111122223333:assumed-role/role/session",
                Some("iam::111122223333:role/a/role"),
            ),
            (federated, "sts::111122223333:federated-user/bob", None),
        ] {
            let caller = Caller {
                partition: Partition::China,
                account,
                access_key_id: None,
                identity,
                session: None,
                delegate: None,
            };
            assert_eq!(caller.arn_text(), format!("arn:aws-cn:{arn}"));
            let principal = principal.unwrap_or(arn);
            assert_eq!(caller.principal_arn_text(), format!("arn:aws-cn:{principal}"));
        }
    }
}
