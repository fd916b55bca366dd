//! Who a credential is now, if it is anybody.

use super::{
    model::{Credential, Entity, Kind, Model, Session, Who},
    statements::Keys,
};

pub(super) const INVALID: &str = "InvalidClientTokenId";
pub(super) const EXPIRED: &str = "ExpiredToken";

/// How far ahead a token may have been issued.
const AHEAD: i64 = 15 * 60;

#[derive(Debug, Clone)]
pub(super) struct Caller {
    pub(super) account: &'static str,
    pub(super) who: Who,
    pub(super) session: Option<Session>,
}

impl Model {
    pub(super) fn caller(&self, credential: &Credential) -> Result<Caller, &'static str> {
        let caller = match credential {
            Credential::Key(id) => {
                let key = self.keys.get(id).filter(|key| key.active).ok_or(INVALID)?;
                Caller {
                    account: key.account,
                    who: key.user.clone().map_or(Who::Root, Who::User),
                    session: None,
                }
            }
            Credential::Session(session) => self.of_session(session)?,
        };
        match self.accounts[caller.account].closed {
            true => Err(INVALID),
            false => Ok(caller),
        }
    }

    fn of_session(&self, session: &Session) -> Result<Caller, &'static str> {
        if session.issued > self.now + AHEAD {
            return Err(INVALID);
        }
        if session.expires <= self.now {
            return Err(EXPIRED);
        }
        let account = &self.accounts[session.account];
        let revoked = match &session.who {
            Who::Root | Who::Federated(None, _) => account.root_revoked,
            Who::User(id) | Who::Role(id, _) | Who::Federated(Some(id), _) => match self.by_id(id) {
                Some(entity) => entity.revoked,
                None if session.delegated.is_some() => return Err(EXPIRED),
                None => return Err(INVALID),
            },
        };
        let vouched = session.vouched.as_ref();
        let provider = vouched.and_then(|(provider, _)| account.providers_revoked.get(provider).copied());
        let root = self.root_sessions_ended.filter(|_| session.assumed_root);
        let delegated = session.delegated.as_ref();
        if delegated.is_some_and(|(request, vendor)| {
            self.rejected.contains(request)
                || self.accounts[vendor].closed
                || self.accounts[session.account].closed
        }) {
            return Err(EXPIRED);
        }
        let ended = [revoked, provider, root].into_iter().flatten();
        if ended.into_iter().any(|time| session.issued <= time) || session.assumed_root && !self.root_sessions
        {
            return Err(EXPIRED);
        }
        Ok(Caller {
            account: session.account,
            who: session.who.clone(),
            session: Some(session.clone()),
        })
    }

    /// Whose policies a caller has; root has none.
    pub(super) fn holder(&self, caller: &Caller) -> Option<&Entity> {
        match &caller.who {
            Who::Root | Who::Federated(None, _) => None,
            Who::User(id) | Who::Role(id, _) | Who::Federated(Some(id), _) => self.by_id(id),
        }
    }

    /// What GetCallerIdentity tells: ARN and user id.
    pub(super) fn identity(&self, caller: &Caller) -> (String, String) {
        let account = caller.account;
        match &caller.who {
            Who::Root => (format!("arn:aws:iam::{account}:root"), account.to_owned()),
            Who::User(id) => (self.by_id(id).unwrap().arn(), id.clone()),
            Who::Role(id, name) => {
                let role = &self.by_id(id).unwrap().name;
                let arn = format!("arn:aws:sts::{account}:assumed-role/{role}/{name}");
                (arn, format!("{id}:{name}"))
            }
            Who::Federated(_, name) => {
                let arn = format!("arn:aws:sts::{account}:federated-user/{name}");
                (arn, format!("{account}:{name}"))
            }
        }
    }

    /// The condition keys that are about the caller.
    pub(super) fn keys_of(&self, caller: &Caller) -> Keys {
        let (arn, user_id) = self.identity(caller);
        let holder = self.holder(caller);
        let mut keys = Keys::new();
        let mut set = |key: &str, value: String| {
            keys.insert(key.to_lowercase(), vec![value]);
        };
        set("aws:userid", user_id);
        set("aws:PrincipalAccount", caller.account.to_owned());
        set("aws:PrincipalOrgPaths", self.path(caller.account));
        set("aws:PrincipalOrgID", self.organization.clone());
        set(
            "aws:PrincipalArn",
            match &caller.who {
                Who::Role(..) => holder.unwrap().arn(),
                _ => arn,
            },
        );
        if let Who::User(_) = &caller.who {
            set("aws:username", holder.unwrap().name.clone());
        }
        for (key, value) in holder.map(|holder| &holder.tags).into_iter().flatten() {
            set(&format!("aws:PrincipalTag/{key}"), value.clone());
        }
        if let Some(session) = &caller.session {
            for (key, value) in &session.tags {
                set(&format!("aws:PrincipalTag/{key}"), value.clone());
            }
            if let Some(identity) = &session.source_identity {
                set("aws:SourceIdentity", identity.clone());
            }
            if let Some((provider, subject)) = &session.vouched {
                set(&provider.subject_key(), subject.clone());
            }
            set("aws:TokenIssueTime", super::documents::time(session.issued));
            set("aws:MultiFactorAuthPresent", session.mfa.to_string());
        }
        keys
    }

    pub(super) fn tags_of(&self, account: &str, kind: Kind, name: &str) -> Keys {
        let tags = self.named(account, kind, name).map(|entity| &entity.tags);
        let tags = tags.into_iter().flatten();
        tags.map(|(key, value)| {
            (
                format!("aws:resourcetag/{}", key.to_lowercase()),
                vec![value.clone()],
            )
        })
        .collect()
    }
}
