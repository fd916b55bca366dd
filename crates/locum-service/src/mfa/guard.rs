//! Whether a device's code counts, and what the device is like afterwards: a pure function of device, codes and time.
//!
//! A code works once: the step it belongs to must be newer than every step accepted before (`facts: security §1.7`).
//!
//! Guesses are counted in a bucket: ten wrong codes fill it, and a thousand seconds take one out again. So in no day does
//! a device look at more than ninety-six wrong codes, of which each has three chances in a million, and whoever holds only
//! the owner's access key and keeps the device locked with them has locked it for a quarter of an hour, not a day, once
//! the key is gone. A right code takes nothing out: the bound holds for a guesser too who hides among the owner's
//! sign-ins. A locked device looks at no code, so guesses cost nothing there and learn nothing.

use jiff::Timestamp;
use locum_directory::{MfaDevice, MfaFailures};

use super::totp::{Code, find, find_pair, step_of};

/// How many wrong codes fill the bucket.
const TRIES: u32 = 10;
/// How long it takes to forget one of them.
const FORGIVEN_EVERY_SECONDS: i64 = 1000;
/// How far a device's clock may be from ours when two codes in a row prove which one it is: ten minutes.
const FARTHEST_STEPS: i64 = 20;

/// What a check came to.
pub(crate) enum Verdict {
    /// The code is right. The device as it must be stored: the code is used up.
    Right(MfaDevice),
    /// The code is wrong or was used before. The device as it must be stored before anybody is told: the failure counts.
    Wrong(MfaDevice),
    /// Too many were wrong. Nothing is compared before this time, and nothing changes.
    Locked(Timestamp),
}

/// Checks a code against the step that the device is in, the one before and the one after.
pub(crate) fn check(device: &MfaDevice, code: Code, now: Timestamp) -> Verdict {
    if let Some(until) = locked_until(device, now) {
        return Verdict::Locked(until);
    }
    let current = step_of(now).saturating_add(i64::from(device.drift));
    let steps = current.saturating_sub(1)..=current.saturating_add(1);
    let unused = steps.filter(|step| device.last_step.is_none_or(|last| *step > last));
    match find(device.seed.expose(), code, unused) {
        Some(step) => Verdict::Right(MfaDevice {
            last_step: Some(step),
            ..device.clone()
        }),
        None => Verdict::Wrong(failed(device, now)),
    }
}

/// Checks two codes in a row, and finds out from them how far the device's clock is from ours.
pub(crate) fn check_pair(device: &MfaDevice, first: Code, second: Code, now: Timestamp) -> Verdict {
    if let Some(until) = locked_until(device, now) {
        return Verdict::Locked(until);
    }
    let current = step_of(now);
    // The second code is the one the device shows now.
    let from = current.saturating_sub(FARTHEST_STEPS).saturating_sub(1);
    let to = current.saturating_add(FARTHEST_STEPS).saturating_sub(1);
    let unused = (from..=to).filter(|step| device.last_step.is_none_or(|last| *step > last));
    let Some(step) = find_pair(device.seed.expose(), first, second, unused) else {
        return Verdict::Wrong(failed(device, now));
    };
    let last = step.saturating_add(1);
    let ahead = last.saturating_sub(current);
    // A step is what typing takes; the steps on both sides are accepted anyway.
    let drift = if ahead.abs() <= 1 { 0 } else { ahead };
    Verdict::Right(MfaDevice {
        last_step: Some(last),
        drift: i32::try_from(drift).unwrap_or(0),
        ..device.clone()
    })
}

fn locked_until(device: &MfaDevice, now: Timestamp) -> Option<Timestamp> {
    device.locked_until.filter(|until| now < *until)
}

/// The device after one more wrong code.
fn failed(device: &MfaDevice, now: Timestamp) -> MfaDevice {
    let MfaFailures { count, since } = remembered(device.failures, now);
    let count = count.saturating_add(1);
    let full = count >= TRIES;
    MfaDevice {
        failures: Some(MfaFailures { count, since }),
        locked_until: full.then(|| later(since, FORGIVEN_EVERY_SECONDS)),
        ..device.clone()
    }
}

/// What is still in the bucket, and since when nothing has been taken out of it.
fn remembered(failures: Option<MfaFailures>, now: Timestamp) -> MfaFailures {
    let none = MfaFailures { count: 0, since: now };
    let Some(MfaFailures { count, since }) = failures else {
        return none;
    };
    // A clock that goes back forgives nothing.
    let elapsed = now.as_second().saturating_sub(since.as_second()).max(0);
    let forgiven = elapsed.div_euclid(FORGIVEN_EVERY_SECONDS);
    let left = i64::from(count).saturating_sub(forgiven);
    match u32::try_from(left) {
        Ok(count) if count > 0 => MfaFailures {
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

#[cfg(test)]
#[path = "guard_tests.rs"]
mod tests;
