//! One code, one session, many roles: `GetSessionToken` with a second factor, kept in the vault until it ends.
//!
//! A session is told apart by the keys that it was made with, the device, and the service: AWS's sessions are worth
//! nothing to a service of one's own, nor the other way round. Whoever makes one holds a lock on it, so that ten commands
//! at once ask for one code.

use jiff::Timestamp;
use locum_crypto::{SecretBytes, SecretString, hex, sha256};
use serde_json::{Map, Value, json};

use crate::assume::is_fresh;
use crate::credentials::{Credentials, parse_time};
use crate::error::CredentialsError;
use crate::outside::CallError;
use crate::recipe::{Mfa, MfaSession};
use crate::refused::{HandedOut, is_over};
use crate::resolve::{Resolver, Spelling, read_spelled};
use crate::source::Source;
use crate::vault::{Kind, Vault, VaultError};

/// What a session lasts unless something else is asked for, in seconds; AWS's default.
const USUAL_DURATION: i64 = 43_200;
/// A denial within this many seconds of a code is not for the code's age, where sessions are made.
const YOUNG: i64 = 60;

const SESSION: Spelling = Spelling::usual("SessionToken", true);

/// A session with a second factor.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) credentials: Credentials,
    /// When the code was asked for, in seconds since 1970; `None` if that was just now, for this command.
    since: Option<i64>,
}

impl Resolver<'_> {
    /// Signs with a session where the keys are long-term ones, else as they are.
    pub(crate) fn sign_with_session(&self, session: &MfaSession) -> Result<Credentials, CredentialsError> {
        let keys = self.resolve_source(&session.from)?;
        if keys.session_token.is_some() {
            return Ok(keys);
        }
        let found = self.session(&keys, &session.mfa)?;
        if found.since.is_some() {
            let name = self.session_name(&keys, &session.mfa);
            self.codes.hand_out(HandedOut::MfaSession(name));
        }
        Ok(found.credentials)
    }

    /// Looks for a session, and makes one if there is none.
    pub(crate) fn session(&self, keys: &Credentials, mfa: &Mfa) -> Result<Found, CredentialsError> {
        match self.kept_session(keys, mfa, Way::Asking)? {
            Some(found) => Ok(found),
            None => self.new_session(keys, mfa, None),
        }
    }

    /// Looks for a session in one way or the other.
    pub(crate) fn kept_session(
        &self,
        keys: &Credentials,
        mfa: &Mfa,
        way: Way,
    ) -> Result<Option<Found>, CredentialsError> {
        let wanted = Wanted {
            access_key_id: &keys.access_key_id,
            mfa,
            realm: &self.realm(),
        };
        let found = kept(self.vault, way, &wanted, self.clock.now())?;
        if found.is_some() {
            (self.debug)("credentials: an MFA session from the vault");
        }
        Ok(found)
    }

    /// Makes a session, unless another command has made one by now that is not the `refused` one.
    pub(crate) fn new_session(
        &self,
        keys: &Credentials,
        mfa: &Mfa,
        refused: Option<&Credentials>,
    ) -> Result<Found, CredentialsError> {
        let name = self.session_name(keys, mfa);
        let _lock = self.vault.lock(Kind::MfaSession, &name);
        if let Some(found) = self.kept_session(keys, mfa, Way::Asking)?
            && refused.is_none_or(|refused| refused.access_key_id != found.credentials.access_key_id)
        {
            return Ok(found);
        }
        let code = self.code(mfa)?;
        let mut parameters = Map::new();
        if let Some(seconds) = mfa.seconds {
            parameters.insert("DurationSeconds".to_owned(), json!(seconds));
        }
        parameters.insert("SerialNumber".to_owned(), json!(mfa.serial));
        parameters.insert("TokenCode".to_owned(), json!(code.expose()));
        (self.debug)("credentials: calling GetSessionToken");
        let answer = self
            .services
            .sts("GetSessionToken", &parameters, Some(keys))
            .map_err(CredentialsError::Call)?;
        let answer = answer.get("Credentials").unwrap_or(&Value::Null);
        let mut credentials = read_spelled(answer, &SESSION, Source::AssumeRole)?;
        credentials.account_id.clone_from(&keys.account_id);
        self.keep_session(&name, keys, mfa, &credentials);
        Ok(Found {
            credentials,
            since: None,
        })
    }

    /// Keeps a session. That it cannot be kept costs codes, and must not cost the session that somebody gave one for.
    fn keep_session(&self, name: &str, keys: &Credentials, mfa: &Mfa, credentials: &Credentials) {
        let entry = json!({
            "AccessKeyId": credentials.access_key_id,
            "SecretAccessKey": credentials.secret_access_key.expose(),
            "SessionToken": credentials.session_token.as_ref().map(SecretString::expose),
            "Expiration": credentials.expiration.map(|end| end.to_string()),
            "AccountId": credentials.account_id,
            "Since": self.clock.now().to_string(),
            "Of": keys.access_key_id,
            "Serial": mfa.serial,
        });
        let entry = SecretBytes::new(entry.to_string());
        match self.vault.store(Kind::MfaSession, name, &entry) {
            Ok(()) | Err(VaultError::Off) => {}
            Err(error) => (self.debug)(&format!("credentials: the session cannot be kept: {error}")),
        }
    }

    /// Tells whether a call failed for the sake of a session that was kept, and another code may help: it is over, or it
    /// was denied and its code may be too old for whoever decides (`aws:MultiFactorAuthAge`). Where no sessions are made, any
    /// denial is worth a code: without the session one would have been asked for.
    pub(crate) fn wants_new_code(&self, found: &Found, mfa: &Mfa, error: &CallError) -> bool {
        let (Some(since), Some(code)) = (found.since, self.services.code(error)) else {
            return false;
        };
        let age = self.clock.now().as_second().saturating_sub(since);
        is_over(&code) || (code == "AccessDenied" && (!mfa.session || age > YOUNG))
    }

    fn session_name(&self, keys: &Credentials, mfa: &Mfa) -> String {
        let realm = &self.realm();
        let access_key_id = &keys.access_key_id;
        Wanted {
            access_key_id,
            mfa,
            realm,
        }
        .name()
    }
}

/// How a vault is asked.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Way {
    /// Somebody may be asked to open it.
    Asking,
    /// As it is.
    Quietly,
}

/// A session that is wanted.
pub(crate) struct Wanted<'a> {
    pub(crate) access_key_id: &'a str,
    pub(crate) mfa: &'a Mfa,
    pub(crate) realm: &'a str,
}

impl Wanted<'_> {
    /// The name of its entry in the vault.
    fn name(&self) -> String {
        let whole = format!("{}\n{}\n{}", self.access_key_id, self.mfa.serial, self.realm);
        hex(&sha256(whole.as_bytes()))
    }
}

/// Looks for a session that is good for a while. What cannot be read, or is of other keys or another device than its name
/// says, is made anew.
pub(crate) fn kept(
    vault: &dyn Vault,
    way: Way,
    wanted: &Wanted<'_>,
    now: Timestamp,
) -> Result<Option<Found>, VaultError> {
    let name = wanted.name();
    let loaded = match way {
        Way::Asking => vault.load(Kind::MfaSession, &name),
        Way::Quietly => vault.load_quietly(Kind::MfaSession, &name),
    };
    let Some(kept) = loaded? else {
        return Ok(None);
    };
    let mfa = wanted.mfa;
    let entry: Value = serde_json::from_slice(kept.expose()).unwrap_or(Value::Null);
    let says = |member: &str, what: &str| entry.get(member).and_then(Value::as_str) == Some(what);
    if !says("Of", wanted.access_key_id) || !says("Serial", &mfa.serial) {
        return Ok(None);
    }
    let Ok(credentials) = read_spelled(&entry, &SESSION, Source::AssumeRole) else {
        return Ok(None);
    };
    let since = entry.get("Since").and_then(Value::as_str).and_then(parse_time);
    Ok(
        is_fresh(&credentials, mfa.seconds.unwrap_or(USUAL_DURATION), now).then(|| Found {
            credentials,
            since: Some(since.map_or(0, Timestamp::as_second)),
        }),
    )
}
