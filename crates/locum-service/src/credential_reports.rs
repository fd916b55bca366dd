//! Forgets the contents of credential reports that are too old to be shown. That there was one is remembered.

use jiff::Timestamp;
use locum_directory::{Changes, CredentialReport, Directory};

use crate::{
    iam::REPORT_LIFETIME,
    service::{StartError, store},
};

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
        store(directory, |newest| {
            let mut changes = Changes::new();
            for report in newest.credential_reports_until(before).take(A_WRITE) {
                changes.put(CredentialReport {
                    content: None,
                    ..CredentialReport::clone(report)
                });
            }
            Ok(changes)
        })?;
    }
    Ok(())
}
