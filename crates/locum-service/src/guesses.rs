//! How many wrong guesses of a secret are looked at.
//!
//! Guesses are counted in a bucket: ten wrong ones fill it, and a thousand seconds take one out again. So in no day are
//! more than ninety-six wrong ones looked at, and whoever holds only the owner's access key and keeps the secret locked
//! with them has locked it for a quarter of an hour, not a day, once the key is gone. A right guess takes nothing out: the
//! bound holds for a guesser too who hides among the owner's own.

use jiff::Timestamp;
use locum_directory::WrongGuesses;

/// How many wrong guesses fill the bucket.
pub(crate) const TRIES: u32 = 10;
/// How long it takes to forget one of them.
pub(crate) const FORGIVEN_EVERY_SECONDS: i64 = 1000;

/// The bucket after one more wrong guess.
pub(crate) struct Counted {
    pub(crate) failures: WrongGuesses,
    /// Until when nothing is looked at, if the bucket is full.
    pub(crate) locked_until: Option<Timestamp>,
}

/// Until when nothing is looked at, if the lock still holds.
pub(crate) fn locked_until(lock: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
    lock.filter(|until| now < *until)
}

/// Counts one more wrong guess.
pub(crate) fn count(failures: Option<WrongGuesses>, now: Timestamp) -> Counted {
    let WrongGuesses { count, since } = remembered(failures, now);
    let count = count.saturating_add(1);
    let full = count >= TRIES;
    Counted {
        failures: WrongGuesses { count, since },
        locked_until: full.then(|| later(since, FORGIVEN_EVERY_SECONDS)),
    }
}

/// What is still in the bucket, and since when nothing has been taken out of it.
fn remembered(failures: Option<WrongGuesses>, now: Timestamp) -> WrongGuesses {
    let none = WrongGuesses { count: 0, since: now };
    let Some(WrongGuesses { count, since }) = failures else {
        return none;
    };
    // A clock that goes back forgives nothing.
    let elapsed = now.as_second().saturating_sub(since.as_second()).max(0);
    let forgiven = elapsed.div_euclid(FORGIVEN_EVERY_SECONDS);
    let left = i64::from(count).saturating_sub(forgiven);
    match u32::try_from(left) {
        Ok(count) if count > 0 => WrongGuesses {
            count,
            since: later(since, forgiven.saturating_mul(FORGIVEN_EVERY_SECONDS)),
        },
        Ok(_) | Err(_) => none,
    }
}

/// A time `seconds` later, or the last there is: then the lock stays.
fn later(time: Timestamp, seconds: i64) -> Timestamp {
    Timestamp::from_second(time.as_second().saturating_add(seconds)).unwrap_or(Timestamp::MAX)
}
