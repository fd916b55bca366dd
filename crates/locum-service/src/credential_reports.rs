//! Forgets the contents of credential reports that are too old to be shown. That there was one is remembered.

use std::convert::Infallible;

use jiff::Timestamp;
use locum_directory::{Changes, CredentialReport, Directory, Snapshot};

use crate::{iam::REPORT_LIFETIME, service::StartError};

/// How many are forgotten in one write.
const A_WRITE: usize = 200;

/// Forgets what cannot be shown any more at `now`, the oldest first.
///
/// # Errors
/// `StartError::Store`; what was not forgotten is still there.
pub(crate) fn forget(directory: &Directory, now: Timestamp) -> Result<(), StartError> {
    let before = now.checked_sub(REPORT_LIFETIME).unwrap_or(Timestamp::MIN);
    while directory
        .snapshot()
        .credential_reports_until(before)
        .next()
        .is_some()
    {
        let write = |newest: &Snapshot| {
            let mut changes = Changes::new();
            for report in newest.credential_reports_until(before).take(A_WRITE) {
                changes.put(CredentialReport {
                    content: None,
                    ..CredentialReport::clone(report)
                });
            }
            Ok::<_, Infallible>(((), changes))
        };
        let store = |error: String| StartError::Store(error);
        let ((), pending) = directory.write(write).map_err(|error| store(error.to_string()))?;
        pending.wait().map_err(|error| store(error.to_string()))?;
    }
    Ok(())
}
