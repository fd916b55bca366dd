//! What is known of credentials without asking anybody: for the prompt of a shell, and for scripts that skip a login.
//!
//! It goes by files, environment and caches alone, and by the rules that the resolver follows: what is told here is what
//! the next command would do. A program, a container or an instance might have credentials; that is not known before they
//! are asked.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::assume::{self, Kept, USUAL_DURATION, Wanted};
use crate::cache::Cache;
use crate::credentials::{Credentials, parse_time};
use crate::login;
use crate::mfa_session;
use crate::recipe::{Login, Mfa, MfaSession, Recipe, Role, Sso, WebIdentity};
use crate::resolve::read_spelled;
use crate::source::Source;
use crate::sso;
use crate::state_file;
use crate::vault::Vault;

/// The caches, and the time.
#[derive(Clone, Copy)]
pub struct Offline<'a> {
    /// Sessions of roles.
    pub sessions: &'a Cache,
    /// Tokens of IAM Identity Center.
    pub tokens: &'a Cache,
    /// Sessions of `aws login`.
    pub logins: &'a Cache,
    /// Sessions with a second factor.
    pub vault: &'a dyn Vault,
    /// What tells the STS of the configuration from others: [`Services::realm`](crate::Services::realm).
    pub realm: &'a str,
    /// The present.
    pub now: Timestamp,
}

/// What the next command would find.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Credentials that are good.
    Valid,
    /// None yet, or none for long; it makes them without anybody's help.
    Ready,
    /// None before somebody does this.
    Needs(Need),
    /// What a program, a container or an instance says.
    Unknown,
}

/// What somebody has to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Need {
    /// Give a code of this MFA device.
    Code(String),
    /// Sign in to IAM Identity Center.
    SsoLogin,
    /// Sign in with `aws login`.
    Login,
    /// Replace keys that are over, or temporary and without their token.
    Keys,
    /// Put a token of a web identity into its file, one that is not over.
    TokenFile,
}

/// What is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// What the next command would find.
    pub state: State,
    /// The public part of the credentials at hand.
    pub access_key_id: Option<String>,
    /// The account that they are said to belong to.
    pub account_id: Option<String>,
    /// Who they are, if that was once answered.
    pub arn: Option<String>,
    /// The source identity of the session.
    pub source_identity: Option<String>,
    /// When they end, or ended.
    pub expiration: Option<Timestamp>,
}

impl Known {
    const fn nothing(state: State) -> Self {
        Self {
            state,
            access_key_id: None,
            account_id: None,
            arn: None,
            source_identity: None,
            expiration: None,
        }
    }

    fn of(state: State, credentials: Credentials) -> Self {
        Self {
            access_key_id: Some(credentials.access_key_id),
            account_id: credentials.account_id,
            expiration: credentials.expiration,
            ..Self::nothing(state)
        }
    }

    fn of_entry(kept: Kept, otherwise: State) -> Self {
        let entry = &kept.entry;
        let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
        let arn = text(entry.get("AssumedRoleUser").and_then(|user| user.get("Arn")));
        let source_identity = text(entry.get("SourceIdentity"));
        let state = if kept.is_fresh { State::Valid } else { otherwise };
        Self {
            arn,
            source_identity,
            ..Self::of(state, kept.credentials)
        }
    }
}

impl Offline<'_> {
    /// Tells what is known of the credentials that a recipe leads to.
    #[must_use]
    pub fn look(&self, recipe: &Recipe) -> Known {
        match recipe {
            Recipe::Keys { credentials, .. } => self.keys(credentials),
            Recipe::Role(role) => self.role(role),
            Recipe::MfaSession(session) => self.mfa_session(session),
            Recipe::WebIdentity(role) => self.web_identity(role),
            Recipe::Sso(sso) => self.sso(sso),
            Recipe::Login(login) => self.login(login),
            Recipe::Process(_) | Recipe::Container(_) | Recipe::Instance(_) => Known::nothing(State::Unknown),
        }
    }

    fn keys(&self, credentials: &Credentials) -> Known {
        let is_temporary = credentials.access_key_id.starts_with("ASIA");
        let is_over = credentials.expiration.is_some_and(|end| end <= self.now)
            || (is_temporary && credentials.session_token.is_none());
        let state = if is_over {
            State::Needs(Need::Keys)
        } else {
            State::Valid
        };
        Known::of(state, credentials.clone())
    }

    fn role(&self, role: &Role) -> Known {
        let key = assume::entry_name(role.cache_key(), self.realm);
        let origin = assume::origin_of(role, self.realm);
        let keys = self.look(role.keys());
        let otherwise = match (&role.mfa, keys.state) {
            (Some(mfa), State::Valid | State::Ready) => self.code(mfa, keys.access_key_id.as_deref()),
            (None, State::Valid | State::Ready) => State::Ready,
            (_, state) => state,
        };
        let wanted = Wanted {
            key: &key,
            origin: Some(&origin),
            unmarked: assume::is_shared(self.realm),
            duration: role.duration_seconds.unwrap_or(USUAL_DURATION),
            source: Source::AssumeRole,
        };
        self.session(&wanted, otherwise)
    }

    /// What a role with a second factor still needs: a code, unless there is a session or a program for it.
    fn code(&self, mfa: &Mfa, access_key_id: Option<&str>) -> State {
        let kept = access_key_id.and_then(|id| self.kept_session(id, mfa));
        let has_program = mfa
            .process
            .as_ref()
            .is_some_and(|process| process.untrusted.is_none());
        if kept.is_some() || has_program {
            State::Ready
        } else {
            State::Needs(Need::Code(mfa.serial.clone()))
        }
    }

    fn mfa_session(&self, session: &MfaSession) -> Known {
        let keys = self.look(&session.from);
        let (State::Valid, Some(id)) = (&keys.state, keys.access_key_id.as_deref()) else {
            return keys;
        };
        match self.kept_session(id, &session.mfa) {
            Some(credentials) => Known::of(State::Valid, credentials),
            None => Known::nothing(self.code(&session.mfa, None)),
        }
    }

    /// A session of the vault. One that does not answer will say so to the command that needs it.
    fn kept_session(&self, access_key_id: &str, mfa: &Mfa) -> Option<Credentials> {
        let wanted = mfa_session::Wanted {
            access_key_id,
            mfa,
            realm: self.realm,
        };
        let found = mfa_session::kept(self.vault, mfa_session::Way::Quietly, &wanted, self.now);
        Some(found.ok()??.credentials)
    }

    fn web_identity(&self, role: &WebIdentity) -> Known {
        let token = state_file::read_any(&role.token_file, assume::MAX_TOKEN).ok();
        let Some(token) = token.and_then(|token| String::from_utf8(token).ok()) else {
            return Known::nothing(State::Needs(Need::TokenFile));
        };
        let wanted = Wanted {
            key: &assume::entry_name(role.cache_key(&token), self.realm),
            origin: Some(&assume::origin_of_web_identity(self.realm)),
            unmarked: assume::is_shared(self.realm),
            duration: USUAL_DURATION,
            source: Source::WebIdentity,
        };
        let otherwise = match end_of(&token) {
            Some(end) if end <= self.now.as_second() => State::Needs(Need::TokenFile),
            _ => State::Ready,
        };
        self.session(&wanted, otherwise)
    }

    fn sso(&self, sso: &Sso) -> Known {
        let wanted = Wanted {
            key: &sso.cache_key(),
            origin: None,
            unmarked: true,
            duration: USUAL_DURATION,
            source: Source::Sso,
        };
        let signed_in = self.tokens.load(&sso.token_key()).is_some_and(|entry| {
            let lasts = |end: Option<Timestamp>| end.is_some_and(|end| end > self.now);
            let registered = entry.get("registrationExpiresAt").and_then(Value::as_str);
            let can_be_renewed = sso.session.is_some()
                && sso::TO_RENEW.iter().all(|name| entry.get(name).is_some())
                && lasts(registered.and_then(parse_time));
            sso::text(&entry, "accessToken").is_some() && (lasts(sso::expiry(&entry)) || can_be_renewed)
        });
        let otherwise = if signed_in {
            State::Ready
        } else {
            State::Needs(Need::SsoLogin)
        };
        let known = self.session(&wanted, otherwise);
        Known {
            account_id: known.account_id.or_else(|| Some(sso.account_id.clone())),
            ..known
        }
    }

    fn login(&self, login: &Login) -> Known {
        let entry = self.logins.load(&login.cache_key());
        let token = entry.as_ref().and_then(|entry| entry.get("accessToken"));
        let found = token.and_then(|token| read_spelled(token, &login::KEPT, Source::Login).ok());
        let Some(found) = found else {
            return Known::nothing(State::Needs(Need::Login));
        };
        let left = found
            .expiration
            .map_or(0, |end| end.as_second().saturating_sub(self.now.as_second()));
        // Whether the refresh token is still good, only its use can tell.
        let state = if left > login::RENEWED_BEFORE {
            State::Valid
        } else {
            State::Ready
        };
        Known {
            arn: Some(login.session.clone()),
            ..Known::of(state, found)
        }
    }

    fn session(&self, wanted: &Wanted<'_>, otherwise: State) -> Known {
        match assume::kept(self.sessions, wanted, self.now) {
            Some(kept) => Known::of_entry(kept, otherwise),
            None => Known::nothing(otherwise),
        }
    }
}

/// When a token says that it ends, in seconds since 1970. It is not verified: this is not the one who takes it.
fn end_of(token: &str) -> Option<i64> {
    let claims = token.trim().split('.').nth(1)?;
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
    let end = SignedDuration::try_from_secs_f64(claims.get("exp")?.as_f64()?).ok()?;
    Some(end.as_secs())
}
