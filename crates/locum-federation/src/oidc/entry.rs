//! What is known about one issuer's keys, and when to ask again.
//!
//! Requests read it and may ask for a refresh; one fetcher writes it. Neither waits for the other: keys are swapped
//! whole, times are atomics. Keys are kept apart by what vouches for them, so that a thumbprint which one account
//! registered decides nothing for another account with the same issuer.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering::SeqCst},
};

use arc_swap::{ArcSwap, ArcSwapOption};
use jiff::Timestamp;

use super::key_set::KeySet;

const SECOND: i64 = 1000;

/// Requests bring about one fetch in this time at most (facts: security §1.6).
const FORCED_INTERVAL: i64 = 30 * SECOND;

/// How long good keys go without a refresh that nobody asked for.
const REFRESH_INTERVAL: i64 = 3600 * SECOND;

/// The wait after the first failure; it doubles with each further one, up to the last.
const RETRY_FIRST: i64 = 30 * SECOND;
const RETRY_LAST: i64 = 900 * SECOND;

/// How long keys serve that could not be refreshed. An issuer that is gone for a week has no valid tokens left; keys
/// that somebody keeps us from replacing must end sometime.
const LONGEST_SERVICE: i64 = 7 * 24 * 3600 * SECOND;

/// How much earlier than the others a fetch counts as wanted that a request asked for. A preference and no more: who
/// keeps asking for many issuers delays another's by this, and by one turn of each.
const HEAD_START: i64 = 60 * SECOND;

/// A fetch that reported nothing for this long is taken for lost.
const LOST: i64 = 60 * SECOND;

/// Key sets of one issuer that different thumbprints vouch for, at most; the oldest go first.
const MOST_HELD: usize = 8;

/// A time before all others.
const NEVER: i64 = i64::MIN;

/// What vouches that keys are the issuer's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verification {
    /// The server's certificate leads to a trusted root, or the operator allowed the issuer by name.
    TrustStore,
    /// Certificates that the server presented have these SHA-1 thumbprints, one of which a provider must register.
    Thumbprint(Arc<[[u8; 20]]>),
}

impl Verification {
    /// Returns the name in an audit record (facts: sts §10).
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::TrustStore => "IAMTrustStore",
            Self::Thumbprint(_) => "Thumbprint",
        }
    }

    /// Whether keys so vouched for serve a provider that registers these thumbprints.
    fn convinces(&self, thumbprints: &[[u8; 20]]) -> bool {
        match self {
            Self::TrustStore => true,
            Self::Thumbprint(presented) => presented.iter().any(|one| thumbprints.contains(one)),
        }
    }

    /// Whether `other` convinces nobody but those whom this convinces.
    fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::TrustStore, Self::TrustStore) => true,
            (Self::Thumbprint(these), Self::Thumbprint(those)) => those.iter().all(|one| these.contains(one)),
            (Self::TrustStore, Self::Thumbprint(_)) | (Self::Thumbprint(_), Self::TrustStore) => false,
        }
    }
}

/// What a fetch brought.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// The keys, limited to the announced algorithms.
    pub keys: KeySet,
    /// What vouches for both connections, the weaker of the two.
    pub verification: Verification,
}

/// Why a fetch brought nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FetchProblem {
    /// No answer in time, or a server's error: it may go better next time.
    Unreachable,
    /// An address or URL that is not asked.
    Forbidden,
    /// A certificate that neither a root nor a registered thumbprint vouches for.
    CertificateMismatch,
    /// An answer that is no discovery document or key set of this issuer.
    BadDocument,
}

/// What became of asking for a refresh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refresh {
    /// The fetcher will fetch.
    Asked,
    /// It was asked already and has not finished.
    UnderWay,
    /// One was made within the last thirty seconds.
    Recent,
}

/// Keys, when they came and what vouches for them.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) keys: KeySet,
    pub(super) verification: Verification,
    at: i64,
}

impl Held {
    /// The same keys, which came by `now`: those that a clock which ran ahead has stamped would serve for longer than others.
    fn by(self: &Arc<Self>, now: i64) -> Arc<Self> {
        if self.at <= now {
            return Arc::clone(self);
        }
        Arc::new(Self {
            keys: self.keys.clone(),
            verification: self.verification.clone(),
            at: now,
        })
    }
}

/// One issuer.
#[derive(Debug)]
pub(super) struct Entry {
    /// In the order in which they came.
    held: ArcSwap<Vec<Arc<Held>>>,
    problem: ArcSwapOption<FetchProblem>,
    thumbprints: ArcSwap<Vec<[u8; 20]>>,
    /// When a request last brought about a fetch.
    forced_at: AtomicI64,
    wanted: AtomicBool,
    /// When the fetch under way began; `NEVER` if none is.
    fetching_since: AtomicI64,
    /// Since when a fetch is due and has not begun; `NEVER` if none is.
    waiting_since: AtomicI64,
    due_at: AtomicI64,
    failures: AtomicU32,
}

/// What an entry has for a provider.
pub(super) enum Stock {
    Keys(Arc<Held>),
    Nothing,
    Problem(FetchProblem),
}

impl Entry {
    pub(super) fn new(thumbprints: Vec<[u8; 20]>) -> Self {
        Self {
            held: ArcSwap::default(),
            problem: ArcSwapOption::empty(),
            thumbprints: ArcSwap::from_pointee(thumbprints),
            forced_at: AtomicI64::new(NEVER),
            wanted: AtomicBool::new(false),
            fetching_since: AtomicI64::new(NEVER),
            waiting_since: AtomicI64::new(NEVER),
            due_at: AtomicI64::new(NEVER),
            failures: AtomicU32::new(0),
        }
    }

    /// The newest keys that a provider with these thumbprints accepts.
    pub(super) fn stock(&self, thumbprints: &[[u8; 20]], now: Timestamp) -> Stock {
        let oldest = now.as_millisecond().saturating_sub(LONGEST_SERVICE);
        let held = self.held.load();
        let accepted = held
            .iter()
            .filter(|held| held.verification.convinces(thumbprints))
            .rfind(|held| held.at >= oldest);
        if let Some(held) = accepted {
            return Stock::Keys(Arc::clone(held));
        }
        if held.iter().any(|held| held.at >= oldest) {
            // There are keys, which only somebody else's thumbprint vouches for.
            return Stock::Problem(FetchProblem::CertificateMismatch);
        }
        self.problem
            .load()
            .as_deref()
            .map_or(Stock::Nothing, |problem| Stock::Problem(*problem))
    }

    /// Why the last fetch brought nothing, if it did not.
    pub(super) fn last_problem(&self) -> Option<FetchProblem> {
        self.problem.load().as_deref().copied()
    }

    /// Asks for a fetch. However many ask, one in the interval is told that its wish counts.
    pub(super) fn want(&self, now: Timestamp) -> Refresh {
        let now = now.as_millisecond();
        let last = self.forced_at.load(SeqCst);
        // A clock that went back must not silence requests until it has caught up.
        let is_recent = last != NEVER && last <= now && now - last < FORCED_INTERVAL;
        if !is_recent && self.forced_at.compare_exchange(last, now, SeqCst, SeqCst).is_ok() {
            self.wanted.store(true, SeqCst);
            return Refresh::Asked;
        }
        if !is_recent || self.wanted.load(SeqCst) || self.is_fetching(now) {
            Refresh::UnderWay
        } else {
            Refresh::Recent
        }
    }

    fn is_fetching(&self, now: i64) -> bool {
        let since = self.fetching_since.load(SeqCst);
        since != NEVER && since <= now && now - since < LOST
    }

    /// Since when a fetch is due, as far as the fetcher has seen, if it is; what a request asked for has a head start.
    pub(super) fn due_since(&self, now: Timestamp) -> Option<i64> {
        let now = now.as_millisecond();
        if self.is_fetching(now) {
            return None;
        }
        let wanted = self.wanted.load(SeqCst);
        let due_at = self.due_at.load(SeqCst);
        // A time further away than any wait was written by a clock that ran ahead.
        if !wanted && due_at > now && due_at - now <= REFRESH_INTERVAL {
            self.waiting_since.store(NEVER, SeqCst);
            return None;
        }
        let mut since = self.waiting_since.load(SeqCst);
        if since == NEVER || since > now {
            since = now;
            self.waiting_since.store(now, SeqCst);
        }
        Some(if wanted {
            since.saturating_sub(HEAD_START)
        } else {
            since
        })
    }

    /// Counts a fetch as begun.
    pub(super) fn begin(&self, now: Timestamp) {
        self.fetching_since.store(now.as_millisecond(), SeqCst);
        self.waiting_since.store(NEVER, SeqCst);
        self.wanted.store(false, SeqCst);
    }

    /// Takes what a fetch brought. Keys replace those that the same vouches for; without any, the old ones stay.
    pub(super) fn put(&self, outcome: Result<Fetched, FetchProblem>, now: Timestamp) {
        let now = now.as_millisecond();
        let mut held: Vec<_> = self.held.load().iter().map(|held| held.by(now)).collect();
        let wait = match outcome {
            Ok(Fetched { keys, verification }) => {
                held.retain(|other| !verification.covers(&other.verification));
                let surplus = (held.len() + 1).saturating_sub(MOST_HELD);
                held.drain(..surplus);
                held.push(Arc::new(Held {
                    keys,
                    verification,
                    at: now,
                }));
                self.held.store(Arc::new(held));
                self.problem.store(None);
                self.failures.store(0, SeqCst);
                REFRESH_INTERVAL
            }
            Err(problem) => {
                self.held.store(Arc::new(held));
                self.problem.store(Some(Arc::new(problem)));
                let failures = self.failures.fetch_add(1, SeqCst).min(16);
                (RETRY_FIRST << failures).min(RETRY_LAST)
            }
        };
        self.due_at.store(now.saturating_add(wait), SeqCst);
        self.fetching_since.store(NEVER, SeqCst);
    }

    /// Follows the registration: keys that a withdrawn thumbprint vouched for go, a new one is tried at once.
    pub(super) fn register(&self, thumbprints: &[[u8; 20]]) {
        let known = self.thumbprints.load();
        if known.as_slice() == thumbprints {
            return;
        }
        if thumbprints.iter().any(|thumbprint| !known.contains(thumbprint)) {
            self.due_at.store(NEVER, SeqCst);
        }
        self.thumbprints.store(Arc::new(thumbprints.to_vec()));
        let mut held: Vec<_> = self.held.load().iter().map(Arc::clone).collect();
        held.retain(|held| held.verification.convinces(thumbprints));
        self.held.store(Arc::new(held));
    }

    pub(super) fn thumbprints(&self) -> Vec<[u8; 20]> {
        self.thumbprints.load().to_vec()
    }
}
