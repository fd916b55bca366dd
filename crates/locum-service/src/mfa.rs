//! MFA devices as a second factor (`facts: sts §5`, `security §1.7`): codes, and whether one counts.

pub(crate) mod guard;
pub(crate) mod picture;
mod png;
pub(crate) mod totp;

use std::sync::Arc;

use locum_directory::{MfaDevice, Snapshot};
use locum_names::{Arn, Partition};

/// The device that a serial number names to the letter.
pub(crate) fn device<'s>(
    snapshot: &'s Snapshot,
    partition: Partition,
    serial_number: &str,
) -> Option<&'s Arc<MfaDevice>> {
    let arn = Arn::parse(serial_number).ok()?;
    let device = snapshot.mfa_device_by_arn(&arn)?;
    (device.serial_number(partition) == serial_number).then_some(device)
}
