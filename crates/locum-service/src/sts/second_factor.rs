//! The second factor of AssumeRole and GetSessionToken (`facts: sts §5`).
//!
//! What the check makes of the device is kept whatever becomes of the call: a right code is used up though the policies
//! then deny, and a wrong one is counted before its sender is told (`facts: security §1.7`). The writers' queue runs
//! one call at a time on the newest device, so of two calls with one code only the first finds it unused.

use std::sync::Arc;

use locum_api::ApiError;
use locum_directory::{KeyOwner, MfaDevice};
use locum_session::MfaFacts;

use crate::{
    call::Call,
    caller::Identity,
    circumstances::SecondFactor,
    mfa::{
        device,
        guard::{self, Verdict},
        note_lock,
        totp::Code,
    },
};

/// Checks the code of the caller's own device, if the request has one. From then on the call counts as made with a second
/// factor.
///
/// # Errors
/// One text for every code that does not count, be it wrong, used or the device locked; another for every device that
/// is not the caller's, be it there or not.
pub(super) fn verify(
    call: &mut Call<'_>,
    serial_number: Option<&str>,
    token_code: Option<&str>,
) -> Result<Option<MfaFacts>, ApiError> {
    let (serial_number, token_code) = match (serial_number, token_code) {
        (None, None) => return Ok(None),
        (Some(serial_number), Some(token_code)) => (serial_number, token_code),
        (Some(_), None) | (None, Some(_)) => {
            return Err(ApiError::access_denied(
                "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.",
            ));
        }
    };
    let device = own_device(call, serial_number).ok_or_else(|| {
        ApiError::access_denied(
            "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is \
             valid and associated with this user.",
        )
    })?;
    let code = Code::parse(token_code).ok_or_else(invalid_code)?;
    match guard::check(&device, code, call.now()) {
        Verdict::Right(device) => {
            call.kept.put(device);
        }
        Verdict::Wrong(device) => {
            call.kept.put(device);
            return Err(invalid_code());
        }
        Verdict::Locked(until) => {
            note_lock(&mut call.notes, until);
            return Err(invalid_code());
        }
    }
    call.at.second_factor = SecondFactor::Given;
    Ok(Some(MfaFacts {
        authenticated_at: call.now().as_second(),
    }))
}

/// The device of this serial number, if the caller has it. Roles and federated users have none.
fn own_device(call: &Call<'_>, serial_number: &str) -> Option<Arc<MfaDevice>> {
    let owner = match &call.caller.identity {
        Identity::Root => KeyOwner::Root(call.account()),
        Identity::User(user) => KeyOwner::User(user.id),
        Identity::Role { .. } | Identity::FederatedUser { .. } => return None,
    };
    let device = device(call.snapshot, call.partition(), serial_number)?;
    (device.owner == Some(owner)).then(|| Arc::clone(device))
}

fn invalid_code() -> ApiError {
    ApiError::access_denied("MultiFactorAuthentication failed with invalid MFA one time pass code. ")
}
