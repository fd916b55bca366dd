//! MFA devices by serial number, and whom an operation on one means.

use std::sync::Arc;

use locum_api::{ApiError, errors, model::Operation};
use locum_directory::MfaDevice;

use super::{
    access::{Keys, arn, authorize},
    holder::Holder,
};
use crate::{
    call::{Call, Failure},
    mfa,
};

/// What the root user is called where a user's name must stand.
pub(super) const ROOT: &str = "root";

/// Whose devices an operation is about. EnableMFADevice and ResyncMFADevice cannot leave the name out, so to the root
/// user's own credentials `root` is the root user; to all others it is a user of that name, if there is one.
pub(super) fn holder(
    call: &Call<'_>,
    operation: &Operation,
    user_name: Option<String>,
) -> Result<Holder, Failure> {
    let own = call.caller.is_root() && user_name.as_deref() == Some(ROOT);
    Holder::permitted(call, operation, user_name.filter(|_| !own))
}

/// A device that a request names.
pub(super) struct NamedDevice<'r> {
    serial_number: &'r str,
    found: Option<Arc<MfaDevice>>,
}

impl<'r> NamedDevice<'r> {
    /// Looks up a device of the caller's account. Another account's is as if it did not exist.
    pub(super) fn read(call: &Call<'_>, serial_number: &'r str) -> Self {
        let found = mfa::device(call.snapshot, call.partition(), serial_number);
        Self {
            serial_number,
            found: found
                .filter(|device| device.account == call.account())
                .map(Arc::clone),
        }
    }

    /// Asks whether the caller may perform an operation on the device itself.
    pub(super) fn authorize(
        &self,
        call: &Call<'_>,
        operation: &Operation,
        keys: Keys<'_>,
    ) -> Result<(), Failure> {
        let keys = Keys {
            resource_tags: self.found.as_ref().map_or(&[][..], |device| &device.tags),
            ..keys
        };
        let serial_number = self.serial_number;
        if serial_number.starts_with("arn:") {
            return authorize(call, operation, serial_number, keys);
        }
        let as_one = arn(call, "mfa", format_args!("/{serial_number}"));
        authorize(call, operation, &as_one, keys)
    }

    /// The device.
    ///
    /// # Errors
    /// That it does not exist.
    pub(super) fn existing(self) -> Result<Arc<MfaDevice>, ApiError> {
        let Self { serial_number, found } = self;
        found.ok_or_else(|| not_found(serial_number))
    }

    /// The device, if it is this holder's: another's is as if it did not exist.
    ///
    /// # Errors
    /// That it does not exist.
    pub(super) fn of(self, holder: &Holder) -> Result<Arc<MfaDevice>, ApiError> {
        let Self { serial_number, found } = self;
        found
            .filter(|device| device.owner == Some(holder.owner))
            .ok_or_else(|| not_found(serial_number))
    }
}

fn not_found(serial_number: &str) -> ApiError {
    let text = format!("MFA Device with serial number {serial_number} does not exist.");
    errors::NO_SUCH_ENTITY.with(text)
}
