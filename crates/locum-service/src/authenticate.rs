//! Who signed this request?
//!
//! The order is AWS's (`facts: sts §1.6`): shape, time, scope, then the key and its token, then the signature. The prefix
//! of the key id decides the path before anything is looked up: `AKIA` keys are in the directory and come without a
//! token, `ASIA` keys are in their token and nowhere else (`facts: security §1.2`).

use std::sync::Arc;

use jiff::Timestamp;
use locum_crypto::{KeyRing, SecretString};
use locum_directory::{AccountStatus, KeyOwner, KeyStatus, Snapshot};
use locum_names::{AccessKeyId, AccountId, KeyKind};
use locum_session::{Issuer, Session, SessionPrincipal, SessionScope, TokenError, open_session};
use locum_sigv4::{AuthError, ExpectedScope, Request, Scoped, Signed, SigningKeyCache};

use crate::{
    caller::{Caller, Identity},
    delegation,
    root_tasks::RootTask,
    settings::Settings,
};

/// A caller, and the region it signed for.
pub(crate) struct Authenticated {
    pub(crate) caller: Caller,
    pub(crate) region: String,
}

/// A refusal, with the key that the request claimed, for the audit record.
pub(crate) struct Refused {
    pub(crate) error: AuthError,
    pub(crate) access_key_id: Option<String>,
}

impl Refused {
    /// The refusal of a request that claimed no key.
    pub(crate) const fn unclaimed(error: AuthError) -> Self {
        Self {
            error,
            access_key_id: None,
        }
    }
}

/// What authentication needs besides the request.
pub(crate) struct Authenticator<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) ring: &'a KeyRing,
    pub(crate) keys: &'a SigningKeyCache,
    pub(crate) now: Timestamp,
}

impl Authenticator<'_> {
    /// Establishes who signed a request to `service`.
    pub(crate) fn authenticate(
        &self,
        request: &Request<'_>,
        service: locum_api::model::Service,
    ) -> Result<Authenticated, Refused> {
        let signed = Signed::parse(request).map_err(Refused::unclaimed)?;
        let refused = |error| Refused {
            error,
            access_key_id: signed.access_key_id().map(str::to_owned),
        };
        let accepts_region = |region: &str| self.settings.regions.accepts(service, region);
        let expected = ExpectedScope {
            service: service.signing_name(),
            accepts_region: &accepts_region,
        };
        let scoped = signed
            .check_time(self.now)
            .and_then(|current| current.check_scope(&expected))
            .map_err(refused)?;
        let (caller, secret) = self.find(&scoped).map_err(refused)?;
        let verified = scoped.verify(secret.as_secret(), self.keys).map_err(refused)?;
        let region = verified.scope().region.to_owned();
        Ok(Authenticated { caller, region })
    }

    /// The caller behind the claimed key, and the secret that will prove the claim.
    fn find(&self, scoped: &Scoped<'_>) -> Result<(Caller, Secret), AuthError> {
        let id: AccessKeyId = scoped
            .access_key_id()
            .parse()
            .map_err(|_| AuthError::InvalidToken)?;
        match (id.kind(), scoped.security_token()) {
            (KeyKind::LongTerm, None) => self.long_term(id),
            (KeyKind::Temporary, Some(token)) => self.temporary(id, token),
            (KeyKind::LongTerm, Some(_)) | (KeyKind::Temporary, None) => Err(AuthError::InvalidToken),
        }
    }

    fn long_term(&self, id: AccessKeyId) -> Result<(Caller, Secret), AuthError> {
        let key = self.snapshot.access_key(&id).ok_or(AuthError::InvalidToken)?;
        if key.status != KeyStatus::Active {
            return Err(AuthError::InvalidToken);
        }
        let identity = match key.owner {
            KeyOwner::Root(_) => Identity::Root,
            KeyOwner::User(user) => Identity::User(Arc::clone(
                self.snapshot.user_by_id(&user).ok_or(AuthError::InvalidToken)?,
            )),
        };
        let caller = self.caller(Some(id), key.account, identity, None)?;
        Ok((caller, Secret::OfKey(Arc::clone(key))))
    }

    /// An expired token says so even if its role is gone (`facts: sts §1.6`); everything else that ended a session looks
    /// the same from outside.
    fn temporary(&self, id: AccessKeyId, token: &str) -> Result<(Caller, Secret), AuthError> {
        let session = open_session(token, &id, self.ring, &self.settings.deployment, self.now)
            .map_err(|error| match error {
                TokenError::Invalid => AuthError::InvalidToken,
                TokenError::Expired => AuthError::ExpiredToken,
            })
            .map(Arc::new)?;
        let caller = self.of_session(id, &session)?;
        Ok((caller, Secret::OfSession(session)))
    }

    fn of_session(&self, id: AccessKeyId, session: &Arc<Session>) -> Result<Caller, AuthError> {
        let delegate = self.delegate(session)?;
        let identity = self.session_identity(session)?;
        let account = session.principal.account();
        let caller = self.caller(Some(id), account, identity, Some(Arc::clone(session)))?;
        Ok(Caller { delegate, ..caller })
    }

    /// Whoever runs the program, as the root user of an account.
    pub(crate) fn operator(&self, account: AccountId) -> Result<Caller, AuthError> {
        self.caller(None, account, Identity::Root, None)
    }

    /// The same caller as this state has it: what its next request would be taken for.
    pub(crate) fn again(&self, caller: &Caller) -> Result<Caller, AuthError> {
        match (caller.access_key_id, &caller.session) {
            (Some(id), Some(session)) => self.of_session(id, session),
            (Some(id), None) => self.long_term(id).map(|(caller, _)| caller),
            (None, None) => self.operator(caller.account),
            (None, Some(_)) => Err(AuthError::InvalidToken),
        }
    }

    /// Whether the key that a request claims is one that exists here and is in use. That it is the sender's is for the
    /// signature to show.
    pub(crate) fn knows(&self, request: &Request<'_>, service: locum_api::model::Service) -> bool {
        let accepts_region = |region: &str| self.settings.regions.accepts(service, region);
        let expected = ExpectedScope {
            service: service.signing_name(),
            accepts_region: &accepts_region,
        };
        let Ok(signed) = Signed::parse(request) else {
            return false;
        };
        let scoped = signed
            .check_time(self.now)
            .and_then(|current| current.check_scope(&expected));
        scoped.is_ok_and(|scoped| self.find(&scoped).is_ok())
    }

    fn session_identity(&self, session: &Session) -> Result<Identity, AuthError> {
        let user = |id| self.snapshot.user_by_id(id).ok_or(AuthError::InvalidToken);
        let alive = |revoke_before: Option<Timestamp>| {
            // A session of the very second of the revocation is revoked: its order within it is not known.
            match revoke_before {
                Some(time) if session.issued_at <= time.as_second() => Err(AuthError::ExpiredToken),
                _ => Ok(()),
            }
        };
        let root_alive = |account| {
            let account = self.snapshot.account(account).ok_or(AuthError::InvalidToken)?;
            alive(account.root.revoke_before)
        };
        match &session.principal {
            SessionPrincipal::Root { account } => {
                root_alive(*account)?;
                if matches!(session.scope, Some(SessionScope::AssumedRoot)) && !self.is_task_on(session) {
                    return Err(AuthError::ExpiredToken);
                }
                Ok(Identity::Root)
            }
            SessionPrincipal::User { id, .. } => {
                let user = user(id)?;
                alive(user.revoke_before)?;
                Ok(Identity::User(Arc::clone(user)))
            }
            SessionPrincipal::Role { id, session_name, .. } => {
                let role = self.snapshot.role_by_id(id).ok_or(AuthError::InvalidToken)?;
                alive(role.revoke_before)?;
                alive(self.provider_revocation(session))?;
                Ok(Identity::Role {
                    role: Arc::clone(role),
                    session_name: session_name.clone(),
                })
            }
            SessionPrincipal::FederatedUser {
                account,
                issuer,
                name,
            } => {
                let issuer = match issuer {
                    Issuer::Root => {
                        root_alive(*account)?;
                        None
                    }
                    Issuer::User(id) => {
                        let user = user(id)?;
                        alive(user.revoke_before)?;
                        Some(Arc::clone(user))
                    }
                };
                Ok(Identity::FederatedUser {
                    issuer,
                    name: name.clone(),
                })
            }
        }
    }

    /// The account that a session's access was delegated to, as long as it is.
    fn delegate(&self, session: &Session) -> Result<Option<AccountId>, AuthError> {
        let Some(SessionScope::Delegated { request }) = &session.scope else {
            return Ok(None);
        };
        let request = delegation::in_force(self.snapshot, request, self.now);
        request
            .map(|request| Some(request.requestor))
            .ok_or(AuthError::ExpiredToken)
    }

    /// Whether the organization has had turned on, ever since, what an assumed root is for.
    fn is_task_on(&self, session: &Session) -> bool {
        let task = session
            .policy_arns
            .first()
            .and_then(|arn| RootTask::of_arn(self.settings.partition, arn));
        let organization = self.snapshot.organization();
        task.zip(organization)
            .is_some_and(|(task, organization)| task.goes_on(organization, session.issued_at))
    }

    /// Until when what the identity provider of a session said was revoked. A provider that is gone without that revokes
    /// nothing: its sessions run out (`docs/compatibility.md`).
    fn provider_revocation(&self, session: &Session) -> Option<Timestamp> {
        let provider = &session.federation.as_ref()?.provider;
        // INVARIANT: a provider vouches for roles of its own account only.
        let account = self.snapshot.account(session.principal.account())?;
        account.provider_revocation(provider)
    }

    fn caller(
        &self,
        access_key_id: Option<AccessKeyId>,
        account: AccountId,
        identity: Identity,
        session: Option<Arc<Session>>,
    ) -> Result<Caller, AuthError> {
        // A closed account's credentials are as good as unknown.
        let open = self
            .snapshot
            .account(account)
            .is_some_and(|a| a.status == AccountStatus::Active);
        if !open {
            return Err(AuthError::InvalidToken);
        }
        Ok(Caller {
            partition: self.settings.partition,
            account,
            access_key_id,
            identity,
            session,
            delegate: None,
        })
    }
}

/// Where the secret of a key is kept alive while the signature is checked.
enum Secret {
    OfKey(Arc<locum_directory::AccessKey>),
    OfSession(Arc<Session>),
}

impl Secret {
    fn as_secret(&self) -> &SecretString {
        match self {
            Self::OfKey(key) => &key.secret,
            Self::OfSession(session) => &session.secret_access_key,
        }
    }
}
