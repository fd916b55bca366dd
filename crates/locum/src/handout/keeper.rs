//! Credentials that are kept fresh for those who ask: renewed before they end, by one question at a time.
//!
//! They are renewed when somebody asks, never on a timer: what nobody uses needs no session, and a person is not asked for
//! a code at night. If renewing fails, the old ones are good until their end; the failure is told once.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use locum_credentials::Credentials;

/// Credentials are renewed when this much of their life is left: SDKs ask again from then on, and the chain's cache takes
/// what is in it for over.
const MARGIN: SignedDuration = SignedDuration::from_mins(15);
/// The margin of a short life is a part of it: one of fifteen minutes must not be renewed at every question.
const SHARE: i32 = 4;
/// With less than this left they end on their way.
const LEAST: SignedDuration = SignedDuration::from_secs(10);
/// How long a failure is believed while the old ones are still good.
const PATIENCE: SignedDuration = SignedDuration::from_secs(30);
/// What is said of credentials whose end is not known: after this, SDKs ask again.
const UNKNOWN_LIFE: SignedDuration = SignedDuration::from_hours(1);
/// How long credentials whose end is not known are taken to be the same.
const UNKNOWN_SAME: SignedDuration = SignedDuration::from_mins(1);

/// What is asked for credentials.
type Ask = Box<dyn Fn() -> Result<Credentials, String> + Send + Sync>;

/// Credentials that are kept fresh.
pub(crate) struct Keeper {
    ask: Ask,
    now: fn() -> Timestamp,
    tell: fn(&str),
    state: Mutex<State>,
    answered: Condvar,
}

/// Lets the next one ask if the one who asks panics, or all would wait for ever.
struct Asking<'a>(&'a Keeper);

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.lock().asking = false;
            self.0.answered.notify_all();
        }
    }
}

#[derive(Default)]
struct State {
    kept: Option<Kept>,
    asking: bool,
    failure: Option<Failure>,
    #[cfg(test)]
    waiting: usize,
}

#[derive(Clone)]
struct Kept {
    credentials: Credentials,
    renew: Timestamp,
}

struct Failure {
    sentence: String,
    since: Timestamp,
}

impl Kept {
    fn of(credentials: Credentials, now: Timestamp) -> Self {
        let renew = match credentials.expiration {
            None => later(now, UNKNOWN_SAME),
            Some(end) => {
                let share = end.duration_since(now) / SHARE;
                later(end, -share.min(MARGIN).max(LEAST))
            }
        };
        Self { credentials, renew }
    }

    fn is_good(&self, now: Timestamp) -> bool {
        self.credentials.expiration.is_none_or(|end| end > now)
    }
}

fn later(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.checked_add(by).unwrap_or(time)
}

impl Keeper {
    /// Keeps what `ask` gives. `tell` gets the sentence when renewing fails.
    pub(crate) fn new(
        ask: impl Fn() -> Result<Credentials, String> + Send + Sync + 'static,
        now: fn() -> Timestamp,
        tell: fn(&str),
    ) -> Self {
        Self {
            ask: Box::new(ask),
            now,
            tell,
            state: Mutex::default(),
            answered: Condvar::new(),
        }
    }

    /// Starts with credentials that are there already.
    pub(crate) fn with(self, credentials: Credentials) -> Self {
        let kept = Kept::of(credentials, (self.now)());
        self.lock().kept = Some(kept);
        self
    }

    /// Returns credentials that are good now, and the end to tell.
    pub(crate) fn current(&self) -> Result<(Credentials, Timestamp), String> {
        self.find().map(|credentials| {
            let end = credentials.expiration;
            (
                credentials,
                end.unwrap_or_else(|| later((self.now)(), UNKNOWN_LIFE)),
            )
        })
    }

    fn find(&self) -> Result<Credentials, String> {
        let mut state = self.lock();
        let mut waited = false;
        loop {
            let now = (self.now)();
            let good = state.kept.clone().filter(|kept| kept.is_good(now));
            if let Some(kept) = good {
                let believed = |failure: &Failure| now < later(failure.since, PATIENCE);
                if now < kept.renew || state.asking || state.failure.as_ref().is_some_and(believed) {
                    return Ok(kept.credentials);
                }
            } else if waited && let Some(failure) = &state.failure {
                // The question that this one waited for was its own as well.
                return Err(failure.sentence.clone());
            }
            if !state.asking {
                break;
            }
            waited = true;
            #[cfg(test)]
            {
                state.waiting += 1;
            }
            state = self.answered.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.asking = true;
        drop(state);
        let _asking = Asking(self);
        let answer = (self.ask)();
        let mut state = self.lock();
        state.asking = false;
        self.answered.notify_all();
        let now = (self.now)();
        match answer {
            Ok(credentials) => {
                state.kept = Some(Kept::of(credentials.clone(), now));
                state.failure = None;
                Ok(credentials)
            }
            Err(sentence) => {
                if state
                    .failure
                    .as_ref()
                    .is_none_or(|told| told.sentence != sentence)
                {
                    (self.tell)(&sentence);
                }
                state.failure = Some(Failure {
                    sentence: sentence.clone(),
                    since: now,
                });
                let kept = state.kept.clone().filter(|kept| kept.is_good(now));
                kept.map(|kept| kept.credentials).ok_or(sentence)
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
    use std::sync::mpsc::sync_channel;

    const START: i64 = 1_800_000_000;

    thread_local! {
        static CLOCK: Cell<i64> = const { Cell::new(START) };
        static TOLD: Cell<u32> = const { Cell::new(0) };
    }

    fn now() -> Timestamp {
        Timestamp::from_second(CLOCK.get()).unwrap()
    }

    fn tell(_: &str) {
        TOLD.set(TOLD.get() + 1);
    }

    fn at(seconds: i64) {
        CLOCK.set(START + seconds);
    }

    /// Sessions that are numbered and last so long; those that are to fail do.
    fn keeper(life: Option<i64>, fails: fn(u32) -> bool) -> (Keeper, Arc<AtomicU32>) {
        let asked = Arc::new(AtomicU32::new(0));
        let count = Arc::clone(&asked);
        let ask = move || {
            let number = count.fetch_add(1, SeqCst) + 1;
            if fails(number) {
                return Err("no luck".to_owned());
            }
            let mut credentials = Credentials::new(number.to_string(), "s".into(), Some("t".into()));
            credentials.expiration = life.map(|life| later(now(), SignedDuration::from_secs(life)));
            Ok(credentials)
        };
        (Keeper::new(ask, now, tell), asked)
    }

    fn key(keeper: &Keeper) -> Result<String, String> {
        keeper.current().map(|(credentials, _)| credentials.access_key_id)
    }

    #[test]
    fn they_are_renewed_before_they_end() {
        for (life, last, renewed) in [
            (3600, 3600 - 901, 3600 - 900),
            (43_200, 43_200 - 901, 43_200 - 900),
            (900, 674, 675),
        ] {
            at(0);
            let (keeper, asked) = keeper(Some(life), |_| false);
            assert_eq!(key(&keeper).unwrap(), "1");
            at(last);
            assert_eq!(key(&keeper).unwrap(), "1", "{life}");
            at(renewed);
            assert_eq!(key(&keeper).unwrap(), "2", "{life}");
            assert_eq!(key(&keeper).unwrap(), "2");
            assert_eq!(asked.load(SeqCst), 2);
        }
        let (brief, _) = keeper(Some(9), |_| false);
        assert_eq!(
            (key(&brief).unwrap(), key(&brief).unwrap()),
            ("1".into(), "2".into())
        );
    }

    #[test]
    fn the_old_ones_are_good_until_their_end() {
        at(0);
        TOLD.set(0);
        let (keeper, asked) = keeper(Some(3600), |number| (2..5).contains(&number));
        assert_eq!(key(&keeper).unwrap(), "1");
        at(3000);
        for _ in 0..3 {
            assert_eq!(key(&keeper).unwrap(), "1");
        }
        assert_eq!(asked.load(SeqCst), 2, "a failure is believed for a while");
        at(3031);
        assert_eq!((key(&keeper).unwrap(), asked.load(SeqCst)), ("1".into(), 3));
        assert_eq!(TOLD.get(), 1, "the same failure is told once");
        at(3600);
        assert_eq!(key(&keeper).unwrap_err(), "no luck");
        assert_eq!(
            key(&keeper).unwrap(),
            "5",
            "with nothing left, every question is another try"
        );
    }

    #[test]
    fn an_unknown_end_is_asked_for_again() {
        at(0);
        let (keeper, asked) = keeper(None, |_| false);
        let (_, end) = keeper.current().unwrap();
        assert_eq!(end.as_second(), START + 3600);
        at(59);
        assert_eq!(key(&keeper).unwrap(), "1");
        at(60);
        assert_eq!((key(&keeper).unwrap(), asked.load(SeqCst)), ("2".into(), 2));
    }

    #[test]
    fn a_panic_is_not_waited_for() {
        let asked = AtomicU32::new(0);
        let ask = move || {
            assert!(asked.fetch_add(1, SeqCst) > 0, "the first question goes wrong");
            Ok(Credentials::new("2".into(), "s".into(), Some("t".into())))
        };
        let keeper = Arc::new(Keeper::new(ask, Timestamp::now, |_| ()));
        let first = Arc::clone(&keeper);
        assert!(std::thread::spawn(move || key(&first)).join().is_err());
        assert!(!keeper.lock().asking);
        assert_eq!(key(&keeper).unwrap(), "2");
    }

    #[test]
    fn many_wait_for_one_question() {
        let (entered, wait_entered) = sync_channel(1);
        let (go, wait_go) = sync_channel::<()>(1);
        let wait_go = Mutex::new(wait_go);
        let ask = move || {
            entered.send(()).unwrap();
            wait_go.lock().unwrap().recv().unwrap();
            Err("refused".to_owned())
        };
        let keeper = Arc::new(Keeper::new(ask, Timestamp::now, |_| ()));
        let ask = |keeper: &Arc<Keeper>| {
            let keeper = Arc::clone(keeper);
            std::thread::spawn(move || key(&keeper))
        };
        let first = ask(&keeper);
        wait_entered.recv().unwrap();
        let others: Vec<_> = (0..4).map(|_| ask(&keeper)).collect();
        while keeper.lock().waiting < others.len() {
            std::thread::yield_now();
        }
        go.send(()).unwrap();
        assert_eq!(first.join().unwrap().unwrap_err(), "refused");
        for other in others {
            assert_eq!(other.join().unwrap().unwrap_err(), "refused");
        }
    }
}
