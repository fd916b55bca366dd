use crate::{
    declare::operation,
    model::{Shape, StringRules},
};

operation! {
    /// Opens the sealed explanation of a denial.
    DecodeAuthorizationMessage: Sts, Read;

    request DecodeAuthorizationMessageRequest {
        /// The message as the denial gave it.
        required "EncodedMessage" encoded_message: String, Shape::String(StringRules::length(1, 10_240));
    }
    response DecodeAuthorizationMessageResponse {
        /// The explanation, a JSON document.
        always "DecodedMessage" decoded_message: String, Shape::TEXT;
    }
    errors [INVALID_AUTHORIZATION_MESSAGE]
}
