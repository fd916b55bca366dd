//! GetSessionToken: a user's or the root user's own permissions, for a while (`facts: sts §2.12`).

use locum_api::{
    ApiError,
    sts::{GetSessionTokenRequest, GetSessionTokenResponse},
};
use locum_session::SessionPrincipal;

use crate::{
    call::{Call, Failure},
    caller::Identity,
    route::Perform,
    sts::issue::{Grant, issue, recorded},
};

/// Twelve hours.
const DEFAULT_SECONDS: i32 = 43_200;
/// The root user's limit, to which longer requests are cut without a word.
pub(super) const ROOT_MAX_SECONDS: i32 = 3600;

impl Perform for GetSessionTokenRequest {
    /// Needs no permission and cannot be denied by one.
    fn perform(self, call: &mut Call<'_>) -> Result<GetSessionTokenResponse, Failure> {
        refuse_mfa(self.serial_number.as_deref(), self.token_code.as_deref())?;
        let account = call.account();
        let (principal, limit) = match &call.caller.identity {
            Identity::Root => (SessionPrincipal::Root { account }, ROOT_MAX_SECONDS),
            Identity::User(user) => (SessionPrincipal::User { id: user.id, account }, i32::MAX),
            // `restrictions` has refused them; this is the lock behind the lock.
            Identity::Role { .. } | Identity::FederatedUser { .. } => {
                return Err(
                    ApiError::access_denied("Cannot call GetSessionToken with session credentials").into(),
                );
            }
        };
        let seconds = self.duration_seconds.unwrap_or(DEFAULT_SECONDS).min(limit);
        let issued = issue(
            &mut *call,
            Grant::new(principal, seconds),
            self.minimum_session_token_size,
        )?;
        let response = GetSessionTokenResponse {
            credentials: issued.credentials,
            session_token_utilization: issued.padded_utilization,
            session_token_size: issued.padded_size,
        };
        call.notes.response_elements = recorded(&response);
        Ok(response)
    }
}

/// No device is anybody's yet, so no code can be right: the texts are those of a device that is not the caller's
/// (`facts: sts §5`). Ignoring the parameters would hand out a session without the second factor that was asked for.
pub(super) fn refuse_mfa(serial_number: Option<&str>, token_code: Option<&str>) -> Result<(), ApiError> {
    match (serial_number, token_code) {
        (None, None) => Ok(()),
        (Some(_), Some(_)) => Err(ApiError::access_denied(
            "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is \
             valid and associated with this user.",
        )),
        (Some(_), None) | (None, Some(_)) => Err(ApiError::access_denied(
            "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.",
        )),
    }
}
