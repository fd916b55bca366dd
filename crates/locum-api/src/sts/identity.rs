use crate::{declare::operation, model::Shape, shapes};

operation! {
    /// Tells who signed the request.
    GetCallerIdentity: Sts, Read;

    request GetCallerIdentityRequest {}
    response GetCallerIdentityResponse wire ["Arn", "UserId", "Account"] {
        /// The caller's unique id, with the session's name for a session.
        always "UserId" user_id: String, Shape::TEXT;
        /// The caller's account.
        always "Account" account: String, Shape::TEXT;
        /// The caller's ARN.
        always "Arn" arn: String, shapes::STS_ARN;
    }
    errors []
}

operation! {
    /// Tells which account an access key id belongs to.
    GetAccessKeyInfo: Sts, Read;

    request GetAccessKeyInfoRequest {
        /// The access key id.
        required "AccessKeyId" access_key_id: String, shapes::STS_ACCESS_KEY_ID;
    }
    response GetAccessKeyInfoResponse {
        /// The account.
        always "Account" account: String, Shape::TEXT;
    }
    errors []
}
