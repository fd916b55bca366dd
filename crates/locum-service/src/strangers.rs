//! How many requests of nobody known are recorded.
//!
//! The log keeps what fits into its files, so whoever can write to it without end can push out what others did. Callers
//! are known by name and can be stopped; strangers cannot, and they may send as much as the network takes. So a minute
//! has room for so many of their records, and the next record tells how many requests had none. A stranger's request
//! gives nothing out, so nothing that matters goes unrecorded.

use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

/// How many records of strangers a minute has room for.
const A_MINUTE: u32 = 120;

/// Counts the records of this minute.
#[derive(Debug, Default)]
pub(crate) struct Strangers(Mutex<Count>);

#[derive(Debug, Default)]
struct Count {
    minute: i64,
    recorded: u32,
    left_out: u64,
}

impl Strangers {
    /// Whether a request of `now` is recorded: if so, how many since the last record were not.
    pub(crate) fn admit(&self, now: Timestamp) -> Option<u64> {
        let mut count = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let minute = now.as_second().div_euclid(60);
        // Unequal, not later: a clock that was set back must not silence the log until it catches up.
        if count.minute != minute {
            count.minute = minute;
            count.recorded = 0;
        }
        if count.recorded >= A_MINUTE {
            count.left_out = count.left_out.saturating_add(1);
            return None;
        }
        count.recorded += 1;
        Some(std::mem::take(&mut count.left_out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_has_room_for_so_many_and_the_next_tells_of_the_rest() {
        let strangers = Strangers::default();
        let at = |second| Timestamp::from_second(second).unwrap();
        for _ in 0..A_MINUTE {
            assert_eq!(strangers.admit(at(6000)), Some(0));
        }
        assert_eq!(strangers.admit(at(6001)), None);
        assert_eq!(strangers.admit(at(6059)), None);
        assert_eq!(strangers.admit(at(6060)), Some(2));
        assert_eq!(strangers.admit(at(6061)), Some(0));
        assert_eq!(
            strangers.admit(at(0)),
            Some(0),
            "a clock set back does not silence it"
        );
    }
}
