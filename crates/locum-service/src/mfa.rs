//! MFA devices as a second factor (`facts: sts §5`, `security §1.7`): codes, and whether one counts.

pub(crate) mod guard;
pub(crate) mod picture;
mod png;
pub(crate) mod totp;

use std::sync::Arc;

use jiff::Timestamp;
use locum_directory::{MfaDevice, Snapshot};
use locum_names::{Arn, Partition};

use crate::{audit::Elements, call::Notes};

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

/// Tells the audit record why no code was looked at; the caller is told what everybody with a wrong code is.
pub(crate) fn note_lock(notes: &mut Notes, until: Timestamp) {
    notes.additional_event_data = Some(Elements::from_iter([(
        "mfaDeviceLockedUntil",
        until.to_string().into(),
    )]));
}
