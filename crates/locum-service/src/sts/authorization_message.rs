//! DecodeAuthorizationMessage: the reason of a denial, for those who may know it.

use locum_api::{
    errors,
    sts::{DecodeAuthorizationMessageRequest, DecodeAuthorizationMessageResponse},
};
use locum_session::AuthorizationMessage;

use crate::{
    call::{Call, Failure, Target},
    denial::Wording,
    route::Perform,
};

impl Perform for DecodeAuthorizationMessageRequest {
    /// Only for callers of the account that was denied; to all others the message is as good as forged.
    fn perform(self, call: &mut Call<'_>) -> Result<DecodeAuthorizationMessageResponse, Failure> {
        let target = Target::plain("*", call.account());
        call.authorize(
            "sts:DecodeAuthorizationMessage",
            target,
            Wording::WithoutResource,
            |_| (),
        )?;
        let (ring, deployment) = (&call.rings.message, &call.settings.deployment);
        let message = AuthorizationMessage::open(&self.encoded_message, ring, deployment, call.now())
            .ok()
            .filter(|message| message.account == call.account())
            .ok_or_else(|| errors::INVALID_AUTHORIZATION_MESSAGE.with("Invalid authorization message"))?;
        Ok(DecodeAuthorizationMessageResponse {
            // Some are made longer, so that their length tells nothing.
            decoded_message: message.document.trim_end().to_owned(),
        })
    }
}
