//! Forgets the assertions that could not be redeemed again anyway.
//!
//! Each is remembered for about five minutes, and nothing but time takes the memory away. What was taken away is kept as spans of
//! time: if the clock was ahead and is put right, what was forgotten too early is still refused. If the provider's was ahead with it, and what
//! it said then was redeemed and forgotten, that is a span of its own, and what it says when both are right is not refused until then.
//! What a call takes is bounded, so that a flood of sign-ins does not hold up whoever waits for the writers: the rest is for the next call.

use std::{collections::BTreeMap, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use locum_directory::{Changes, Directory, Snapshot, UsedAssertion};
use locum_names::AccountId;

use crate::service::{StartError, store};

/// How many are forgotten in one write.
const A_WRITE: usize = 1000;
/// How many writes a call makes: enough, called once a minute, for the most sign-ins there can be.
const WRITES: usize = 60;
/// What lies less apart is one span: more than the time that an assertion has.
const APART: SignedDuration = SignedDuration::from_mins(10);
/// How many spans an account keeps. Of more, the two nearest become one: those of one clock before those of a wrong one and a right one,
/// which lie as far apart as the clocks, so that nobody is kept out for as long.
const SPANS: usize = 8;

/// Forgets what need not be remembered at `now`, the oldest first, at most 60,000 of them.
///
/// # Errors
/// `StartError::Store`; what was not forgotten is still remembered.
pub(crate) fn forget(directory: &Directory, now: Timestamp) -> Result<(), StartError> {
    for _ in 0..WRITES {
        if directory.snapshot().used_assertions_until(now).next().is_none() {
            break;
        }
        store(directory, |newest| {
            let mut changes = Changes::new();
            let mut forgotten = BTreeMap::<_, Vec<_>>::new();
            for used in newest.used_assertions_until(now).take(A_WRITE) {
                changes.delete(&**used);
                forgotten.entry(used.account).or_default().push(used.until);
            }
            for (account, times) in forgotten {
                mark(newest, account, &times, &mut changes);
            }
            Ok(changes)
        })?;
    }
    Ok(())
}

/// Marks that an account has forgotten what was to be remembered until these times.
fn mark(newest: &Snapshot, account: AccountId, times: &[Timestamp], changes: &mut Changes) {
    let marks: Vec<_> = newest.forgotten_assertions(account).map(Arc::clone).collect();
    let mut spans = marks
        .iter()
        .map(|mark| Span {
            from: mark.forgotten_from(),
            until: mark.until,
            mark: Some(Arc::clone(mark)),
        })
        .collect();
    for time in times {
        cover(&mut spans, *time);
    }
    for gone in marks {
        let is_kept = |span: &Span| span.mark.as_ref().is_some_and(|mark| mark.digest == gone.digest);
        if !spans.iter().any(is_kept) {
            changes.delete(&*gone);
        }
    }
    for Span { from, until, mark } in spans {
        match mark {
            Some(mark) if mark.until == until => {}
            Some(mark) => {
                changes.put(UsedAssertion { until, ..*mark });
            }
            None => {
                changes.put(UsedAssertion::forgotten(account, from, until));
            }
        }
    }
}

/// What was forgotten between two times.
#[derive(Debug)]
struct Span {
    from: Timestamp,
    until: Timestamp,
    /// As it is stored, if it is.
    mark: Option<Arc<UsedAssertion>>,
}

/// Has the spans cover one more time. None of them covers less afterwards.
fn cover(spans: &mut Vec<Span>, time: Timestamp) {
    spans.push(Span {
        from: time,
        until: time,
        mark: None,
    });
    // A span that is stored comes before a new one of the same moment, and takes it in.
    spans.sort_by_key(|span| (span.from, span.mark.is_none()));
    let join = |later: &mut Span, earlier: &mut Span| {
        let is_near = later.from.duration_since(earlier.until) <= APART;
        if is_near {
            earlier.until = earlier.until.max(later.until);
        }
        is_near
    };
    spans.dedup_by(join);
    while spans.len() > SPANS {
        let apart = spans.windows(2).enumerate().filter_map(|(at, pair)| match pair {
            [earlier, later] => Some((later.from.duration_since(earlier.until), at)),
            _ => None,
        });
        let Some((_, at)) = apart.min() else { break };
        let later = spans.remove(at.saturating_add(1));
        if let Some(earlier) = spans.get_mut(at) {
            earlier.until = earlier.until.max(later.until);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + minutes * 60).unwrap()
    }

    /// The spans in minutes after these times were forgotten.
    fn covered(times: &[i64]) -> Vec<(i64, i64)> {
        let mut spans = Vec::new();
        for time in times {
            cover(&mut spans, at(*time));
        }
        let minutes = |time: Timestamp| time.duration_since(at(0)).as_mins();
        let found = spans.iter().map(|span| (minutes(span.from), minutes(span.until)));
        found.collect()
    }

    #[test]
    fn what_is_near_is_one_span() {
        for (times, spans) in [
            (&[0][..], &[(0, 0)][..]),
            (&[0, 0, 5, 15], &[(0, 15)]),
            (&[0, 11], &[(0, 0), (11, 11)]),
            (&[0, 20, 10], &[(0, 20)]),
            (&[20, 15, 11], &[(11, 20)]),
            // Ahead by a day, and right again.
            (
                &[0, 5, 1440, 1445, 12, 16, 40],
                &[(0, 16), (40, 40), (1440, 1445)],
            ),
        ] {
            assert_eq!(covered(times), spans, "{times:?}");
        }
    }

    /// Whoever signs in seldom has a span for each time, and some hours of a clock that is ahead have many.
    #[test]
    fn too_many_spans_do_not_reach_from_one_clock_to_another() {
        const AHEAD: i64 = 100_000;
        let wrong = (0..12).map(|n| AHEAD + n * 15);
        let right = (0..12).map(|n| 60 + n * 60);
        for times in [
            [0].into_iter()
                .chain(wrong.clone())
                .chain([60])
                .collect::<Vec<_>>(),
            right.clone().chain(wrong.clone()).chain([1000]).collect(),
            wrong.chain(right).collect(),
        ] {
            let spans = covered(&times);
            assert!(spans.len() <= SPANS, "{spans:?}");
            let reaches = |(from, until): &(i64, i64)| *from < AHEAD && *until >= AHEAD;
            assert!(!spans.iter().any(reaches), "{spans:?}");
            let is_covered = |time: &i64| spans.iter().any(|(from, until)| from <= time && time <= until);
            assert!(times.iter().all(is_covered), "{spans:?}");
        }
    }

    #[test]
    fn of_too_many_spans_the_nearest_become_one() {
        let times: Vec<i64> = [1_000_000].into_iter().chain((0..9).map(|n| n * 100)).collect();
        let spans = covered(&times);
        assert_eq!(spans.len(), SPANS);
        assert_eq!(spans[..2], [(0, 200), (300, 300)]);
        assert_eq!(spans.last(), Some(&(1_000_000, 1_000_000)));
        // Whatever was forgotten is covered.
        let is_covered = |time: &i64| spans.iter().any(|(from, until)| from <= time && time <= until);
        assert!(times.iter().all(is_covered));
    }
}
