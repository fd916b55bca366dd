//! Sessions that were kept and that a service does not take: forgotten, so that the next ones are made anew.
//!
//! An end that is told with a session is not the only one: whoever is in charge may revoke it before, and other clocks may
//! be ahead. A command that went on with what it kept would be refused for as long as it keeps it.

use serde_json::Value;

use crate::outside::CallError;
use crate::resolve::Resolver;
use crate::vault::Kind;

/// What a service says of a session that it does not take (any more).
const OVER: [&str; 5] = [
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "InvalidToken",
];
/// What it says of one that it knows and that is over. The rest may be said by a service that the session was never for, and
/// then it is good elsewhere.
const EXPIRED: [&str; 2] = ["ExpiredToken", "ExpiredTokenException"];

/// A session that was kept, and that a command signs with.
#[derive(Debug)]
pub(crate) enum HandedOut {
    /// One with a second factor, by its name in the vault.
    MfaSession(String),
    /// One of the cache, by the name of its entry and by its key.
    Cached {
        /// The name of the entry.
        key: String,
        /// The id of the session's key.
        access_key_id: String,
    },
}

/// Whether a service says by `code` that it does not take a session.
pub(crate) fn is_over(code: &str) -> bool {
    OVER.contains(&code)
}

impl Resolver<'_> {
    /// Forgets the session that this command found in the vault or in the cache, if a service said by `code` that it is
    /// over; tells whether another try is worth while. It is once: what is made instead was not kept.
    pub fn forget_refused_session(&self, code: &str) -> bool {
        if !is_over(code) {
            return false;
        }
        match self.codes.take_handed_out() {
            Some(HandedOut::MfaSession(name)) => self.vault.remove(Kind::MfaSession, &name).is_ok(),
            Some(session) => self.forget_expired(&session, code),
            None => false,
        }
    }

    /// As [`forget_refused_session`](Self::forget_refused_session), for a session of the cache that a role was to be assumed
    /// with.
    pub(crate) fn forget_expired_source(&self, session: Option<&HandedOut>, error: &CallError) -> bool {
        let code = self.services.code(error);
        session
            .zip(code)
            .is_some_and(|(session, code)| self.forget_expired(session, &code))
    }

    /// Forgets an entry of the cache, unless another command has made it anew by now.
    fn forget_expired(&self, session: &HandedOut, code: &str) -> bool {
        let HandedOut::Cached { key, access_key_id } = session else {
            return false;
        };
        if !EXPIRED.contains(&code) {
            return false;
        }
        (self.debug)("credentials: the session from the cache is over");
        let _lock = self.sessions.lock(key, self.clock);
        let entry = self.sessions.load(key);
        let kept = entry
            .as_ref()
            .and_then(|entry| entry.get("Credentials")?.get("AccessKeyId"))
            .and_then(Value::as_str);
        kept != Some(access_key_id) || self.sessions.remove(key)
    }
}
