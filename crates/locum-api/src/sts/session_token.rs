use super::credentials::{CREDENTIALS, Credentials};
use crate::{declare::operation, shapes};

operation! {
    /// Issues temporary credentials for the calling user.
    GetSessionToken: Sts, Read;

    request GetSessionTokenRequest {
        /// How long the credentials work, in seconds; at most an hour for the root user.
        optional "DurationSeconds" duration_seconds: i32, shapes::USER_DURATION;
        /// The caller's MFA device.
        optional "SerialNumber" serial_number: String, shapes::SERIAL_NUMBER;
        /// The code that the MFA device shows now.
        optional "TokenCode" token_code: String, shapes::TOKEN_CODE;
        /// The size in bytes to which the session token is padded.
        optional "MinimumSessionTokenSize" minimum_session_token_size: i32, shapes::MINIMUM_TOKEN_SIZE;
    }
    response GetSessionTokenResponse {
        /// The temporary credentials.
        always "Credentials" credentials: Credentials, CREDENTIALS;
        /// How much of the session token is used, in percent.
        optional "SessionTokenUtilization" session_token_utilization: i32, shapes::COUNT;
        /// The size of the session token in bytes.
        optional "SessionTokenSize" session_token_size: i32, shapes::COUNT;
    }
    errors [REGION_DISABLED]
}
