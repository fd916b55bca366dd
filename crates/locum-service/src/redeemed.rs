//! Forgets the assertions that could not be redeemed again anyway.
//!
//! Each is remembered for about five minutes, and nothing but time takes the memory away. How far it was taken away is kept: if
//! the clock was ahead and is put right, what was forgotten too early is still refused. What a call takes is bounded,
//! so that a flood of sign-ins does not hold up whoever waits for the writers: the rest is for the next call.

use std::{collections::BTreeMap, convert::Infallible};

use jiff::Timestamp;
use locum_directory::{Changes, Directory, Snapshot, UsedAssertion};

use crate::service::StartError;

/// How many are forgotten in one write.
const A_WRITE: usize = 1000;
/// How many writes a call makes: enough, called once a minute, for the most sign-ins there can be.
const WRITES: usize = 60;

/// Forgets what need not be remembered at `now`, the oldest first, at most 60,000 of them.
///
/// # Errors
/// `StartError::Store`; what was not forgotten is still remembered.
pub(crate) fn forget(directory: &Directory, now: Timestamp) -> Result<(), StartError> {
    for _ in 0..WRITES {
        if directory.snapshot().used_assertions_until(now).next().is_none() {
            break;
        }
        let write = |newest: &Snapshot| {
            let mut changes = Changes::new();
            let mut forgotten = BTreeMap::new();
            for used in newest.used_assertions_until(now).take(A_WRITE) {
                changes.delete(&**used);
                // The oldest come first.
                forgotten.insert(used.account, used.until);
            }
            for (account, until) in forgotten {
                match newest.forgotten_assertions(account) {
                    Some(mark) if mark.until >= until => {}
                    Some(mark) => {
                        changes.put(UsedAssertion { until, ..**mark });
                    }
                    None => {
                        changes.put(UsedAssertion::forgotten(account, until));
                    }
                }
            }
            Ok::<_, Infallible>(((), changes))
        };
        let ((), pending) = directory
            .write(write)
            .map_err(|error| StartError::Store(error.to_string()))?;
        pending
            .wait()
            .map_err(|error| StartError::Store(error.to_string()))?;
    }
    Ok(())
}
