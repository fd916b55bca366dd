use super::credentials::{CREDENTIALS, Credentials};
use crate::{Sensitive, declare::operation, shapes};

operation! {
    /// Exchanges the token of an accepted delegation request for temporary credentials.
    GetDelegatedAccessToken: Sts, Read;

    request GetDelegatedAccessTokenRequest {
        /// The token that the acceptance of the request released.
        required "TradeInToken" trade_in_token: Sensitive, shapes::SECRET;
    }
    response GetDelegatedAccessTokenResponse {
        /// The temporary credentials.
        always "Credentials" credentials: Credentials, CREDENTIALS;
        /// How much of the session token is used, in percent.
        optional "PackedPolicySize" packed_policy_size: i32, shapes::COUNT;
        /// The ARN of the principal on whose behalf the credentials act.
        always "AssumedPrincipal" assumed_principal: String, shapes::STS_ARN;
    }
    errors [EXPIRED_TRADE_IN_TOKEN, REGION_DISABLED, PACKED_POLICY_TOO_LARGE]
}
