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
    sts::{
        issue::{Grant, issue, recorded},
        second_factor,
    },
};

/// Twelve hours.
const DEFAULT_SECONDS: i32 = 43_200;
/// The root user's limit, to which longer requests are cut without a word.
pub(super) const ROOT_MAX_SECONDS: i32 = 3600;

impl Perform for GetSessionTokenRequest {
    /// Needs no permission and cannot be denied by one. The root user's devices count as users' do.
    fn perform(self, call: &mut Call<'_>) -> Result<GetSessionTokenResponse, Failure> {
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
        let serial_number = self.serial_number.as_deref();
        let mfa = second_factor::verify(call, serial_number, self.token_code.as_deref())?;
        let seconds = self.duration_seconds.unwrap_or(DEFAULT_SECONDS).min(limit);
        let grant = Grant {
            mfa,
            ..Grant::new(principal, seconds)
        };
        let issued = issue(&mut *call, grant, self.minimum_session_token_size)?;
        let response = GetSessionTokenResponse {
            credentials: issued.credentials,
            session_token_utilization: issued.padded_utilization,
            session_token_size: issued.padded_size,
        };
        call.notes.response_elements = recorded(&response);
        Ok(response)
    }
}
