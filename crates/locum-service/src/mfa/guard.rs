//! Whether a device's code counts, and what the device is like afterwards: a pure function of device, codes and time.
//!
//! A code works once: the step it belongs to must be newer than every step accepted before (`facts: security §1.7`).
//!
//! Guesses are counted as [`guesses`] says: in no day does a device look at more than ninety-six wrong codes, of which each
//! has three chances in a million. A locked device looks at no code, so guesses cost nothing there and learn nothing.

use jiff::Timestamp;
use locum_directory::MfaDevice;

use super::totp::{Code, find, find_pair, step_of};
use crate::guesses::{self, Counted};

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
    if let Some(until) = guesses::locked_until(device.locked_until, now) {
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
    if let Some(until) = guesses::locked_until(device.locked_until, now) {
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

/// The device after one more wrong code.
fn failed(device: &MfaDevice, now: Timestamp) -> MfaDevice {
    let Counted {
        failures,
        locked_until,
    } = guesses::count(device.failures, now);
    MfaDevice {
        failures: Some(failures),
        locked_until,
        ..device.clone()
    }
}

#[cfg(test)]
#[path = "guard_tests.rs"]
mod tests;
