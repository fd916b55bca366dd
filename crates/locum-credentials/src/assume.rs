//! Roles, with the credentials of somebody or the token of an identity provider, through the cache that the original
//! shares (facts: cli §2).
//!
//! Two of its weaknesses are not shared. The name of an entry does not tell whose credentials made it, nor at which service,
//! so an entry made here says so in a member of its own, and one that says something else is passed over. What a service of
//! one's own gives goes under names of this program's: the original would use it everywhere, and what it leaves without a
//! word is for AWS. And an entry counts as used up a quarter of its life before its end, at most fifteen minutes, so that
//! roles of fifteen minutes are cached at all.

use jiff::Timestamp;
use locum_crypto::{hex, sha256};
use serde_json::{Map, Value, json};

use crate::cache::Cache;
use crate::credentials::Credentials;
use crate::error::CredentialsError;
use crate::mfa_session::{Found, Way};
use crate::recipe::{Mfa, Recipe, Role, WebIdentity};
use crate::refused::HandedOut;
use crate::resolve::{Resolver, Spelling, read_spelled};
use crate::source::Source;
use crate::state_file;

/// What a session of a role lasts unless something else is asked for, in seconds.
pub(crate) const USUAL_DURATION: i64 = 3_600;
/// How long before its end an entry is used up, at most.
const MARGIN: i64 = 900;
/// The member of an entry that tells who assumed the role.
const ORIGIN: &str = "LocumOrigin";
/// The largest web identity token, in bytes; STS takes 20,000.
pub(crate) const MAX_TOKEN: u64 = 64 << 10;

const SESSION: Spelling = Spelling::usual("SessionToken", true);

/// An entry of the cache that is wanted.
pub(crate) struct Wanted<'a> {
    pub(crate) key: &'a str,
    pub(crate) origin: Option<&'a str>,
    /// Whether an entry that does not tell its making is good: those of the original, which are for AWS.
    pub(crate) unmarked: bool,
    /// The life of a session, in seconds.
    pub(crate) duration: i64,
    pub(crate) source: Source,
}

/// An entry of the cache that was found.
pub(crate) struct Kept {
    pub(crate) credentials: Credentials,
    /// Whether it is good for a while yet.
    pub(crate) is_fresh: bool,
    /// The whole answer that it was made of.
    pub(crate) entry: Value,
}

/// Looks for an entry.
pub(crate) fn kept(cache: &Cache, wanted: &Wanted<'_>, now: Timestamp) -> Option<Kept> {
    let entry = cache.load(wanted.key)?;
    // A mark that is no text is of nobody.
    let fits = match entry.get(ORIGIN) {
        Some(mark) => wanted.origin.is_some_and(|origin| mark == origin),
        None => wanted.unmarked,
    };
    if !fits {
        return None;
    }
    let credentials = read_spelled(entry.get("Credentials")?, &SESSION, wanted.source).ok()?;
    Some(Kept {
        is_fresh: is_fresh(&credentials, wanted.duration, now),
        credentials,
        entry,
    })
}

/// Whether the original's entries are for this service: it is AWS, and not at a URL that somebody set.
pub(crate) fn is_shared(realm: &str) -> bool {
    !realm.contains("://")
}

/// The name of an entry: the original's, or one of our own for a service that is not AWS.
pub(crate) fn entry_name(original: String, realm: &str) -> String {
    if is_shared(realm) {
        original
    } else {
        hex(&sha256(format!("{realm}\n{original}").as_bytes()))
    }
}

/// What an entry says of its making: by whom, and at which service.
fn mark(realm: &str, who: &str) -> String {
    hex(&sha256(format!("{realm}\n{who}").as_bytes()))
}

/// What the entry of a role says of its making.
pub(crate) fn origin_of(role: &Role, realm: &str) -> String {
    mark(realm, &origin(role.keys()))
}

/// What the entry of a web identity's role says of its making; its name tells the rest.
pub(crate) fn origin_of_web_identity(realm: &str) -> String {
    mark(realm, "web identity")
}

/// Whether credentials with a life of `duration` seconds last for a while yet.
pub(crate) fn is_fresh(credentials: &Credentials, duration: i64, now: Timestamp) -> bool {
    let left = credentials
        .expiration
        .and_then(|end| end.as_second().checked_sub(now.as_second()));
    left.is_some_and(|left| left > MARGIN.min(duration.max(0) / 4))
}

impl Role {
    /// Returns whose credentials assume the role. A session with the same device in front of them is left out: it is
    /// looked for with the role.
    pub(crate) fn keys(&self) -> &Recipe {
        match (&self.from, &self.mfa) {
            (Recipe::MfaSession(session), Some(mfa)) if session.mfa.serial == mfa.serial => &session.from,
            _ => &self.from,
        }
    }
}

impl Resolver<'_> {
    /// Assumes a role. If the session that it is to be assumed with came from the cache and is over, with another one, once.
    pub(crate) fn assume(&self, role: &Role) -> Result<Credentials, CredentialsError> {
        let realm = self.realm();
        let (key, origin) = (entry_name(role.cache_key(), &realm), origin_of(role, &realm));
        let wanted = Wanted {
            key: &key,
            origin: Some(&origin),
            unmarked: is_shared(&realm),
            duration: role.duration_seconds.unwrap_or(USUAL_DURATION),
            source: Source::AssumeRole,
        };
        if let Some(found) = self.cached(&wanted) {
            return Ok(found);
        }
        // Before the lock: two profiles whose roles assume each other would else wait for each other.
        let signer = self.resolve_source(role.keys())?;
        // What a service says of the role's session says nothing of one that it was assumed with.
        let source = self.codes.take_handed_out();
        match self.assume_with(role, &wanted, &signer) {
            Err(CredentialsError::Call(error)) if self.forget_expired_source(source.as_ref(), &error) => {
                let signer = self.resolve_source(role.keys())?;
                drop(self.codes.take_handed_out());
                self.assume_with(role, &wanted, &signer)
            }
            made => made,
        }
    }

    /// Assumes a role with somebody's credentials, unless another command has done it by now.
    fn assume_with(
        &self,
        role: &Role,
        wanted: &Wanted<'_>,
        signer: &Credentials,
    ) -> Result<Credentials, CredentialsError> {
        let session = match &role.mfa {
            Some(mfa) if signer.session_token.is_none() => self.session_for(signer, mfa)?,
            _ => None,
        };
        let _lock = self.sessions.lock(wanted.key, self.clock);
        if let Some(found) = self.cached(wanted) {
            return Ok(found);
        }
        let mut parameters = self.parameters(&role.arn, role.session_name.as_deref());
        if let Some(id) = &role.external_id {
            parameters.insert("ExternalId".to_owned(), json!(id));
        }
        if let Some(seconds) = role.duration_seconds {
            parameters.insert("DurationSeconds".to_owned(), json!(seconds));
        }
        let assume = |parameters: &Map<String, Value>, signer: &Credentials| {
            self.call("AssumeRole", parameters, Some(signer), wanted)
        };
        let Some(mfa) = &role.mfa else {
            return assume(&parameters, signer);
        };
        if let Some(session) = session {
            match assume(&parameters, &session.credentials) {
                Err(CredentialsError::Call(error)) if self.wants_new_code(&session, mfa, &error) => {}
                other => return other,
            }
            (self.debug)("credentials: the MFA session was refused");
            if mfa.session {
                let again = self.new_session(signer, mfa, Some(&session.credentials))?;
                return assume(&parameters, &again.credentials);
            }
        }
        parameters.insert("SerialNumber".to_owned(), json!(mfa.serial));
        parameters.insert("TokenCode".to_owned(), json!(self.code(mfa)?.expose()));
        assume(&parameters, signer)
    }

    /// The session for a role: one that is there, or a new one if that is wanted. Where none is made, a vault that does not
    /// answer at once is no obstacle, and nobody is asked to open it, since a code will do.
    fn session_for(&self, keys: &Credentials, mfa: &Mfa) -> Result<Option<Found>, CredentialsError> {
        if mfa.session {
            return self.session(keys, mfa).map(Some);
        }
        let found = self.kept_session(keys, mfa, Way::Quietly);
        Ok(found.unwrap_or_else(|error| {
            (self.debug)(&format!("credentials: {error}"));
            None
        }))
    }

    /// The service that is called, as far as it is known: what is not known, the call will tell.
    pub(crate) fn realm(&self) -> String {
        self.services.realm().unwrap_or_default()
    }

    /// Assumes a role with a token.
    pub(crate) fn assume_with_web_identity(
        &self,
        role: &WebIdentity,
    ) -> Result<Credentials, CredentialsError> {
        let retrieval = |reason: String| CredentialsError::Retrieval {
            provider: Source::WebIdentity.name(),
            reason,
        };
        let token = state_file::read_any(&role.token_file, MAX_TOKEN).map_err(|error| {
            let file = role.token_file.display().to_string();
            retrieval(format!(
                "Unable to read the token file {}: {error}",
                crate::quote::plain(&file)
            ))
        })?;
        let token =
            String::from_utf8(token).map_err(|_| retrieval("The token file is not UTF-8".to_owned()))?;
        let realm = self.realm();
        let key = entry_name(role.cache_key(&token), &realm);
        let origin = origin_of_web_identity(&realm);
        let wanted = Wanted {
            key: &key,
            origin: Some(&origin),
            unmarked: is_shared(&realm),
            duration: USUAL_DURATION,
            source: Source::WebIdentity,
        };
        if let Some(found) = self.cached(&wanted) {
            return Ok(found);
        }
        let _lock = self.sessions.lock(&key, self.clock);
        if let Some(found) = self.cached(&wanted) {
            return Ok(found);
        }
        let mut parameters = self.parameters(&role.role_arn, role.session_name.as_deref());
        parameters.insert("WebIdentityToken".to_owned(), json!(token));
        self.call("AssumeRoleWithWebIdentity", &parameters, None, &wanted)
    }

    fn parameters(&self, role_arn: &str, session_name: Option<&str>) -> Map<String, Value> {
        let made_up = || format!("botocore-session-{}", self.clock.now().as_second());
        let name = session_name.map_or_else(made_up, str::to_owned);
        let mut parameters = Map::new();
        parameters.insert("RoleArn".to_owned(), json!(role_arn));
        parameters.insert("RoleSessionName".to_owned(), json!(name));
        parameters
    }

    /// Calls STS, and keeps the whole answer as the original does.
    fn call(
        &self,
        operation: &'static str,
        parameters: &Map<String, Value>,
        signer: Option<&Credentials>,
        wanted: &Wanted<'_>,
    ) -> Result<Credentials, CredentialsError> {
        (self.debug)(&format!("credentials: calling {operation}"));
        let mut answer = self
            .services
            .sts(operation, parameters, signer)
            .map_err(CredentialsError::Call)?;
        let user = answer.get("AssumedRoleUser").and_then(|user| user.get("Arn"));
        let account = user.and_then(Value::as_str).and_then(|arn| arn.split(':').nth(4));
        let account = account.filter(|account| !account.is_empty()).map(Value::from);
        if let (Some(account), Some(members)) = (
            account,
            answer.get_mut("Credentials").and_then(Value::as_object_mut),
        ) {
            members.insert("AccountId".to_owned(), account);
        }
        let credentials = read_spelled(
            answer.get("Credentials").unwrap_or(&Value::Null),
            &SESSION,
            wanted.source,
        )?;
        self.keep(wanted, answer);
        Ok(credentials)
    }

    /// Returns the credentials of an entry that is good for a while.
    fn cached(&self, wanted: &Wanted<'_>) -> Option<Credentials> {
        let kept = kept(self.sessions, wanted, self.clock.now()).filter(|kept| kept.is_fresh)?;
        (self.debug)(&format!("credentials: {} from the cache", wanted.source));
        self.codes.hand_out(HandedOut::Cached {
            key: wanted.key.to_owned(),
            access_key_id: kept.credentials.access_key_id.clone(),
        });
        Some(kept.credentials)
    }

    fn keep(&self, wanted: &Wanted<'_>, mut entry: Value) {
        if let (Some(origin), Some(members)) = (wanted.origin, entry.as_object_mut()) {
            members.insert(ORIGIN.to_owned(), json!(origin));
        }
        if !self.sessions.store(wanted.key, &entry, self.clock) {
            (self.debug)("credentials: the cache cannot be written");
        }
    }

    /// Looks for the credentials of a role of Identity Center, or makes and keeps them.
    pub(crate) fn through_cache(
        &self,
        key: &str,
        make: impl FnOnce() -> Result<Value, CredentialsError>,
    ) -> Result<Credentials, CredentialsError> {
        let wanted = Wanted {
            key,
            origin: None,
            unmarked: true,
            duration: USUAL_DURATION,
            source: Source::Sso,
        };
        if let Some(found) = self.cached(&wanted) {
            return Ok(found);
        }
        let _lock = self.sessions.lock(key, self.clock);
        if let Some(found) = self.cached(&wanted) {
            return Ok(found);
        }
        let entry = make()?;
        let credentials = read_spelled(
            entry.get("Credentials").unwrap_or(&Value::Null),
            &SESSION,
            wanted.source,
        )?;
        self.keep(&wanted, entry);
        Ok(credentials)
    }
}

/// Tells sources apart without telling their secrets.
fn origin(recipe: &Recipe) -> String {
    match recipe {
        Recipe::Keys { credentials, .. } => format!("keys {}", credentials.access_key_id),
        Recipe::Role(role) => format!("role {} {}", role.cache_key(), origin(role.keys())),
        Recipe::MfaSession(session) => format!("mfa {} {}", session.mfa.serial, origin(&session.from)),
        Recipe::WebIdentity(role) => {
            let session = role.session_name.as_deref().unwrap_or_default();
            format!("web {} {session} {}", role.role_arn, role.token_file.display())
        }
        Recipe::Sso(sso) => format!("sso {} {}", sso.cache_key(), sso.start_url),
        Recipe::Login(login) => format!("login {}", login.session),
        Recipe::Process(process) => format!("process {}", process.command),
        Recipe::Container(container) => format!("container {}", container.url),
        Recipe::Instance(instance) => format!("instance {}", instance.endpoint),
    }
}
