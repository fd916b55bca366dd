//! GetCallerIdentity and GetAccessKeyInfo: who is this, and whose key is that?

use locum_api::{
    ApiError,
    sts::{
        GetAccessKeyInfoRequest, GetAccessKeyInfoResponse, GetCallerIdentityRequest,
        GetCallerIdentityResponse,
    },
};
use locum_names::AccessKeyId;

use crate::{
    call::{Call, Failure, Target},
    denial::Wording,
    route::Perform,
};

impl Perform for GetCallerIdentityRequest {
    /// Needs no permission, and no Deny takes it away (`facts: sts §2.1`).
    fn perform(self, call: &mut Call<'_>) -> Result<GetCallerIdentityResponse, Failure> {
        let caller = call.caller;
        Ok(GetCallerIdentityResponse {
            user_id: caller.user_id().into_owned(),
            account: caller.account.text(),
            arn: caller.arn_text(),
        })
    }
}

impl Perform for GetAccessKeyInfoRequest {
    /// Reads the account out of the key id itself (`facts: sts §3.2`), so it knows keys that were never issued here and
    /// says nothing about whether one exists.
    fn perform(self, call: &mut Call<'_>) -> Result<GetAccessKeyInfoResponse, Failure> {
        let target = Target::plain("*", call.account());
        call.authorize("sts:GetAccessKeyInfo", target, Wording::WithoutResource, |_| ())?;
        let account = self
            .access_key_id
            .parse::<AccessKeyId>()
            .ok()
            .and_then(|id| id.account());
        let account = account.ok_or_else(|| {
            ApiError::validation(format!("{} is not a valid access key ID.", self.access_key_id))
        })?;
        Ok(GetAccessKeyInfoResponse {
            account: account.to_string(),
        })
    }
}
