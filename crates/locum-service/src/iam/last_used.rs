//! When keys and roles were last used, as answers tell it.

use jiff::SignedDuration;
use locum_api::{
    ApiError, Request,
    iam::{AccessKeyLastUsed, GetAccessKeyLastUsedRequest, GetAccessKeyLastUsedResponse, RoleLastUsed},
};
use locum_directory::{KeyOwner, Role, UsedBy};

use super::{
    access::{Keys, authorize, root_arn},
    devices::ROOT,
};
use crate::{
    call::{Call, Failure},
    route::Perform,
};

/// How long ago the last use of a role may be to be told: AWS's 400 days.
const ROLE_TRACKING_PERIOD: SignedDuration = SignedDuration::from_hours(400 * 24);
/// What stands where there was no use.
pub(super) const NOT_APPLICABLE: &str = "N/A";

impl Perform for GetAccessKeyLastUsedRequest {
    /// A key that is not the account's is denied in AWS's words, whether it exists or not.
    fn perform(self, call: &mut Call<'_>) -> Result<GetAccessKeyLastUsedResponse, Failure> {
        let known = self.access_key_id.parse().ok();
        let known = known.and_then(|id| call.snapshot.access_key(&id));
        let Some(key) = known.filter(|key| key.account == call.account()) else {
            let (caller, id) = (call.caller.arn(), &self.access_key_id);
            return Err(ApiError::access_denied(format!(
                "User: {caller} is not authorized to perform: iam:GetAccessKeyLastUsed on resource: access key {id}"
            ))
            .into());
        };
        let user_name = match key.owner {
            KeyOwner::User(id) => {
                let user = call.snapshot.user_by_id(&id);
                let user = user.ok_or_else(ApiError::internal_failure)?;
                let keys = Keys {
                    resource_tags: &user.tags,
                    ..Keys::default()
                };
                let arn = user.arn(call.partition()).to_string();
                authorize(call, Self::OPERATION, &arn, keys)?;
                user.name.to_string()
            }
            KeyOwner::Root(_) => {
                authorize(call, Self::OPERATION, &root_arn(call), Keys::default())?;
                ROOT.to_owned()
            }
        };
        let used = call.last_uses.of(call.snapshot, UsedBy::Key(key.id));
        let (last_used_date, service_name, region) = match used {
            Some(used) => (Some(used.at), used.service.into(), used.region.into()),
            None => (None, NOT_APPLICABLE.to_owned(), NOT_APPLICABLE.to_owned()),
        };
        Ok(GetAccessKeyLastUsedResponse {
            user_name: Some(user_name),
            access_key_last_used: Some(AccessKeyLastUsed {
                last_used_date,
                service_name,
                region,
            }),
        })
    }
}

/// The last use of a role; empty if there was none in the last 400 days.
pub(super) fn of_role(call: &Call<'_>, role: &Role) -> RoleLastUsed {
    let used = call.last_uses.of(call.snapshot, UsedBy::Role(role.id));
    let recent = used.filter(|used| call.now().duration_since(used.at) <= ROLE_TRACKING_PERIOD);
    recent.map_or_else(RoleLastUsed::default, |used| RoleLastUsed {
        last_used_date: Some(used.at),
        region: Some(used.region.into()),
    })
}
