use crate::{declare::operation, model::Shape};

operation! {
    /// Lets the account's principals ask for tokens that other services take.
    EnableOutboundWebIdentityFederation: Iam, Write;

    request EnableOutboundWebIdentityFederationRequest {}
    response EnableOutboundWebIdentityFederationResponse {
        /// The account's issuer URL.
        always "IssuerIdentifier" issuer_identifier: String, Shape::TEXT;
    }
    errors [FEATURE_ENABLED]
}

operation! {
    /// Stops the account's tokens for other services; the issuer URL stays the account's.
    DisableOutboundWebIdentityFederation: Iam, Write;

    request DisableOutboundWebIdentityFederationRequest {}
    errors [FEATURE_DISABLED]
}

operation! {
    /// Shows the account's issuer URL.
    GetOutboundWebIdentityFederationInfo: Iam, Read;

    request GetOutboundWebIdentityFederationInfoRequest {}
    response GetOutboundWebIdentityFederationInfoResponse {
        /// The account's issuer URL.
        always "IssuerIdentifier" issuer_identifier: String, Shape::TEXT;
        /// Whether tokens are issued.
        always "JwtVendingEnabled" jwt_vending_enabled: bool, Shape::Boolean;
    }
    errors [FEATURE_DISABLED]
}
