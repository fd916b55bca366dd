//! The keys of all registered issuers: requests read, one fetcher writes, nobody waits.
//!
//! A state machine without a socket or a clock. Only registered issuers have a place in it, so a token cannot make it
//! grow; and a token with an unknown key id can ask for a refresh, which counts once in thirty seconds for its issuer,
//! while every other token is served from the keys at hand.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, OnceLock},
};

use arc_swap::ArcSwap;
use jiff::Timestamp;

use super::{
    Claims, Expected, Token, TokenError,
    entry::{Entry, FetchProblem, Fetched, Held, Refresh, Stock, Verification},
    key_set::KeySet,
    token::Failure,
};

/// An issuer to fetch from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The registered URL with its scheme.
    pub issuer: Box<str>,
    /// The SHA-1 thumbprints that any provider with this URL registers.
    pub thumbprints: Vec<[u8; 20]>,
}

/// What the cache has for a provider.
#[derive(Debug, Clone)]
pub enum Keys {
    /// Keys, perhaps of an earlier fetch than the last.
    Ready(ReadyKeys),
    /// Nothing has been fetched yet.
    Pending,
    /// Nothing could be fetched.
    Failed(FetchProblem),
}

/// Keys that serve.
#[derive(Debug, Clone)]
pub struct ReadyKeys(Arc<Held>);

impl ReadyKeys {
    /// Returns the keys.
    #[must_use]
    pub fn key_set(&self) -> &KeySet {
        &self.0.keys
    }

    /// Returns what vouches for them.
    #[must_use]
    pub fn verification(&self) -> &Verification {
        &self.0.verification
    }
}

/// A verified token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// What it says.
    pub claims: Claims,
    /// What vouches for the key that signed it.
    pub verification: Verification,
}

type Waker = Box<dyn Fn() + Send + Sync>;

/// Shared by requests and the fetcher; lives as long as the process.
#[derive(Default)]
pub struct KeyCache {
    entries: ArcSwap<HashMap<Box<str>, Arc<Entry>>>,
    waker: OnceLock<Waker>,
}

impl KeyCache {
    /// Returns a cache without issuers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Verifies a token with the keys at hand, as far as a registered provider with these SHA-1 `thumbprints` accepts
    /// them. If a newer key set could help, asks for one and answers that the provider could not be reached, which
    /// clients retry; never waits.
    ///
    /// # Errors
    /// `TokenError`.
    pub fn verify(
        &self,
        token: &Token<'_>,
        expected: &Expected<'_>,
        thumbprints: &[[u8; 20]],
    ) -> Result<Verified, TokenError> {
        token.check_issuer(expected)?;
        let ready = match self.look_up(expected.issuer, thumbprints, expected.now) {
            Keys::Ready(ready) => ready,
            Keys::Pending => {
                self.want_refresh(expected.issuer, expected.now);
                return Err(TokenError::ProviderUnreachable);
            }
            Keys::Failed(problem) => {
                self.want_refresh(expected.issuer, expected.now);
                return Err(problem.into());
            }
        };
        match token.try_keys(ready.key_set(), expected) {
            Ok(claims) => Ok(Verified {
                claims,
                verification: ready.verification().clone(),
            }),
            Err(Failure::Refused(error)) => Err(error),
            Err(Failure::UnknownKey) => Err(self.newer_might_help(expected, TokenError::NoKey)),
            Err(Failure::UnknownAlgorithm) => {
                Err(self.newer_might_help(expected, TokenError::UnsupportedAlgorithm))
            }
        }
    }

    /// The answer for a key or an algorithm that the documents at hand do not have: `otherwise`, if they are new.
    fn newer_might_help(&self, expected: &Expected<'_>, otherwise: TokenError) -> TokenError {
        match self.want_refresh(expected.issuer, expected.now) {
            Refresh::Asked | Refresh::UnderWay => TokenError::ProviderUnreachable,
            Refresh::Recent => {
                let problem = self.entry(expected.issuer).and_then(|entry| entry.last_problem());
                problem.map_or(otherwise, TokenError::from)
            }
        }
    }

    /// Returns the keys of an issuer that a provider with these thumbprints accepts.
    #[must_use]
    pub fn look_up(&self, issuer: &str, thumbprints: &[[u8; 20]], now: Timestamp) -> Keys {
        let Some(entry) = self.entry(issuer) else {
            // Registered a moment ago; the fetcher will see it.
            return Keys::Pending;
        };
        match entry.stock(thumbprints, now) {
            Stock::Keys(held) => Keys::Ready(ReadyKeys(held)),
            Stock::Nothing => Keys::Pending,
            Stock::Problem(problem) => Keys::Failed(problem),
        }
    }

    /// Asks for a fetch from a registered issuer, which counts at most once in thirty seconds. One that the fetcher has
    /// not seen yet will be fetched from anyway; then this only wakes it.
    pub fn want_refresh(&self, issuer: &str, now: Timestamp) -> Refresh {
        let entry = self.entry(issuer);
        let refresh = entry.as_ref().map_or(Refresh::UnderWay, |entry| entry.want(now));
        if (entry.is_none() || refresh == Refresh::Asked)
            && let Some(wake) = self.waker.get()
        {
            wake();
        }
        refresh
    }

    /// Sets what wakes the fetcher when a refresh is asked for. The first caller's counts.
    pub fn set_waker(&self, wake: impl Fn() + Send + Sync + 'static) {
        let _ = self.waker.set(Box::new(wake));
    }

    /// Makes `sources` the registered issuers: new ones get a place, others lose theirs with their keys. An issuer must
    /// come once. For the fetcher alone.
    pub fn register(&self, sources: &[Source]) {
        let known = self.entries.load();
        let mut entries = HashMap::with_capacity(sources.len());
        for source in sources {
            let entry = match known.get(&source.issuer) {
                Some(entry) => {
                    entry.register(&source.thumbprints);
                    Arc::clone(entry)
                }
                None => Arc::new(Entry::new(source.thumbprints.clone())),
            };
            entries.insert(source.issuer.clone(), entry);
        }
        self.entries.store(Arc::new(entries));
    }

    /// Returns at most `most` of the registered issuers to fetch from now: new, an hour old, failed a while ago, or asked
    /// for; those that wait longest first, where asking counts for a minute: whoever asks for many issuers, which takes no
    /// credentials, delays the others and starves none. Each fetch counts as begun until [`Self::put`] or for a minute.
    /// For the fetcher alone.
    #[must_use]
    pub fn due(&self, now: Timestamp, most: usize) -> Vec<Source> {
        let entries = self.entries.load();
        let mut due: Vec<_> = entries
            .iter()
            .filter_map(|(issuer, entry)| Some((entry.due_since(now)?, &**issuer, entry)))
            .collect();
        due.sort_unstable_by_key(|&(since, issuer, _)| (since, issuer));
        due.truncate(most);
        let begin = |(_, issuer, entry): (i64, &str, &Arc<Entry>)| {
            entry.begin(now);
            Source {
                issuer: issuer.into(),
                thumbprints: entry.thumbprints(),
            }
        };
        due.into_iter().map(begin).collect()
    }

    /// Takes what a fetch brought. After a failure the last good keys serve on, for a week. An issuer that is not
    /// registered any more is passed over. For the fetcher alone.
    pub fn put(&self, issuer: &str, outcome: Result<Fetched, FetchProblem>, now: Timestamp) {
        if let Some(entry) = self.entry(issuer) {
            entry.put(outcome, now);
        }
    }

    fn entry(&self, issuer: &str) -> Option<Arc<Entry>> {
        self.entries.load().get(issuer).map(Arc::clone)
    }
}

impl fmt::Debug for KeyCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyCache")
            .field("issuers", &self.entries.load().len())
            .finish_non_exhaustive()
    }
}

impl From<FetchProblem> for TokenError {
    fn from(problem: FetchProblem) -> Self {
        match problem {
            FetchProblem::Unreachable => Self::ProviderUnreachable,
            FetchProblem::CertificateMismatch => Self::CertificateMismatch,
            FetchProblem::Forbidden | FetchProblem::BadDocument => Self::NoKey,
        }
    }
}
