//! The keys of an issuer and their succession: published, signing, published, gone.
//!
//! A key is published before it signs, so that whoever verifies knows it before they need it, and after its last token
//! has expired. Its turn stands beside it and is decided when it is made. So the same key signs for a given instant on
//! every node and after every restart, and a clock that runs backwards meets a key that is still published. Only a turn that
//! lies further ahead than any is decided was a mistake of a clock that ran ahead, and is brought back.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use locum_crypto::{RotationSchedule, SecretBytes, SigningError, SigningKey};
use locum_directory::{OutboundAlgorithm, OutboundFederation, OutboundKey};

use crate::clock::instant;

/// What an issuer signs with, one key of each at a time.
const ALGORITHMS: [OutboundAlgorithm; 2] = [OutboundAlgorithm::Rs256, OutboundAlgorithm::Es384];

/// How long a key stays published after its last use at least: the hour that a token may live, and another one for
/// clocks that are behind.
const LEAST_KEPT: Duration = Duration::from_secs(2 * 3600);

/// A key that was made and is nobody's yet.
#[derive(Clone)]
pub(crate) struct NewKey {
    algorithm: OutboundAlgorithm,
    pkcs8: SecretBytes,
}

/// Makes a key. An RSA key takes some 50 to 500 ms: never while other writers wait.
pub(crate) fn make(algorithm: OutboundAlgorithm) -> Result<NewKey, SigningError> {
    let key = match algorithm {
        OutboundAlgorithm::Rs256 => SigningKey::generate_rs256(),
        OutboundAlgorithm::Es384 => SigningKey::generate_es384(),
    }?;
    let pkcs8 = key.to_pkcs8()?;
    Ok(NewKey { algorithm, pkcs8 })
}

/// The algorithms that an issuer has no key of: both, of a new one.
pub(crate) fn missing(issuer: &OutboundFederation) -> Vec<OutboundAlgorithm> {
    let has = |algorithm| newest(issuer, algorithm).is_some();
    ALGORITHMS
        .into_iter()
        .filter(|algorithm| !has(*algorithm))
        .collect()
}

/// Gives an issuer its first keys, which sign at once: nobody knows the issuer yet.
pub(crate) fn add(issuer: &mut OutboundFederation, made: &[NewKey], now: Timestamp) {
    for algorithm in missing(issuer) {
        if let Some(new) = made.iter().find(|new| new.algorithm == algorithm) {
            push(issuer, new, now, now);
        }
    }
}

/// Gives an issuer other keys, which sign at once, and withdraws those it had: a token that one of them signed, or will sign in other
/// hands, verifies no longer. For a store that nobody serves, since a key takes its time.
///
/// # Errors
/// A key was not made. The issuer is as it was.
pub fn replace_signing_keys(issuer: &mut OutboundFederation, now: Timestamp) -> Result<(), SigningError> {
    let made = ALGORITHMS.into_iter().map(make).collect::<Result<Vec<_>, _>>()?;
    replace(issuer, &made, now);
    Ok(())
}

/// The names count on: whoever has a key of one that was withdrawn must not take it for the new one.
fn replace(issuer: &mut OutboundFederation, made: &[NewKey], now: Timestamp) {
    let former = issuer.keys.len();
    for new in made {
        push(issuer, new, now, now);
    }
    issuer.keys.drain(..former);
}

/// The key that signs at `now`.
pub(crate) fn signing(
    issuer: &OutboundFederation,
    algorithm: OutboundAlgorithm,
    now: Timestamp,
) -> Option<&OutboundKey> {
    let of_algorithm = || issuer.keys.iter().filter(|key| key.algorithm == algorithm);
    let begun = of_algorithm().filter(|key| key.signs_from <= now);
    begun
        .max_by_key(|key| key.signs_from)
        // On a node whose clock is behind, the first key has not begun; it is published all the same.
        .or_else(|| of_algorithm().min_by_key(|key| key.signs_from))
}

/// The algorithms for which the next key is to be made now. None of an issuer that is disabled: it goes on where it
/// stopped.
pub(super) fn due(
    issuer: &OutboundFederation,
    now: Timestamp,
    schedule: &RotationSchedule,
) -> Vec<OutboundAlgorithm> {
    if !issuer.enabled {
        return Vec::new();
    }
    let is_due = |algorithm: &OutboundAlgorithm| {
        newest(issuer, *algorithm)
            .is_none_or(|key| after(key.signs_from, schedule.every()) <= after(now, schedule.prepare_ahead()))
    };
    ALGORITHMS.into_iter().filter(is_due).collect()
}

/// Whether a key has been published long enough.
pub(super) fn has_expired(issuer: &OutboundFederation, now: Timestamp) -> bool {
    issuer.keys.iter().any(|key| is_expired(key, now))
}

/// Takes the steps that are due at `now`: publishes the keys that were made for them, and drops those whose time is over.
/// Taking them again changes nothing. After a long stop a new key still gets its full notice.
pub(super) fn advance(
    issuer: &mut OutboundFederation,
    made: &[NewKey],
    now: Timestamp,
    schedule: &RotationSchedule,
) {
    let kept = schedule.keep_after().max(LEAST_KEPT);
    for algorithm in due(issuer, now, schedule) {
        let Some(new) = made.iter().find(|new| new.algorithm == algorithm) else {
            continue;
        };
        let notice = after(now, schedule.prepare_ahead());
        let turn = newest(issuer, algorithm).map_or(now, |key| after(key.signs_from, schedule.every()));
        let signs_from = turn.max(notice);
        for key in &mut issuer.keys {
            if key.algorithm == algorithm && key.published_until.is_none() {
                key.published_until = Some(after(signs_from, kept));
            }
        }
        push(issuer, new, now, signs_from);
    }
    issuer.keys.retain(|key| !is_expired(key, now));
}

/// Whether a clock that was ahead of `now` decided a turn or an end: nothing would replace the key that signs until then.
pub(super) fn is_ahead(issuer: &OutboundFederation, now: Timestamp, schedule: &RotationSchedule) -> bool {
    bring_back(&mut issuer.clone(), now, schedule)
}

/// Brings back what such a clock decided, and returns whether there was any: each key has its turn after the notice that it gets
/// now at most, and is published for as long after that as if it had.
pub(super) fn bring_back(
    issuer: &mut OutboundFederation,
    now: Timestamp,
    schedule: &RotationSchedule,
) -> bool {
    let turn = whole_seconds(after(now, schedule.prepare_ahead()));
    let end = after(turn, schedule.keep_after().max(LEAST_KEPT));
    let mut any = false;
    for key in &mut issuer.keys {
        if key.signs_from > turn {
            key.signs_from = turn;
            any = true;
        }
        if key.published_until.is_some_and(|until| until > end) {
            key.published_until = Some(end);
            any = true;
        }
    }
    any
}

fn is_expired(key: &OutboundKey, now: Timestamp) -> bool {
    key.published_until.is_some_and(|until| until <= now)
}

fn newest(issuer: &OutboundFederation, algorithm: OutboundAlgorithm) -> Option<&OutboundKey> {
    let of_algorithm = issuer.keys.iter().filter(|key| key.algorithm == algorithm);
    of_algorithm.max_by_key(|key| key.signs_from)
}

fn push(issuer: &mut OutboundFederation, new: &NewKey, now: Timestamp, signs_from: Timestamp) {
    issuer.keys.push(OutboundKey {
        kid: kid(issuer, new.algorithm),
        algorithm: new.algorithm,
        pkcs8: new.pkcs8.clone(),
        created: whole_seconds(now),
        signs_from: whole_seconds(signs_from),
        published_until: None,
    });
}

/// `RSA_0`, then `RSA_1`: the number of the newest key and one more. The newest is never dropped, so none is given twice.
fn kid(issuer: &OutboundFederation, algorithm: OutboundAlgorithm) -> Box<str> {
    let prefix = match algorithm {
        OutboundAlgorithm::Rs256 => "RSA_",
        OutboundAlgorithm::Es384 => "EC384_",
    };
    let numbers = issuer
        .keys
        .iter()
        .filter_map(|key| key.kid.strip_prefix(prefix)?.parse::<u64>().ok());
    let next = numbers.max().map_or(0, |number| number.saturating_add(1));
    format!("{prefix}{next}").into()
}

/// The second that `time` is in: what the stored record keeps.
fn whole_seconds(time: Timestamp) -> Timestamp {
    instant(time.as_second())
}

/// A time later; the end of time if there is none.
fn after(time: Timestamp, duration: Duration) -> Timestamp {
    SignedDuration::try_from(duration)
        .ok()
        .and_then(|duration| time.checked_add(duration).ok())
        .unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
#[path = "keys_tests.rs"]
mod tests;
