//! When keys and roles were last used, as answers tell it.

use std::iter;

use jiff::SignedDuration;
use locum_api::{
    ApiError, Request,
    iam::{AccessKeyLastUsed, GetAccessKeyLastUsedRequest, GetAccessKeyLastUsedResponse, RoleLastUsed},
};
use locum_directory::{KeyOwner, Role, UsedBy};
use locum_session::AuthorizationMessage;

use super::{
    access::{Keys, authorize, root_arn},
    devices::ROOT,
};
use crate::{
    call::{Call, Failure, Target},
    denial::{Denial, Wording},
    route::Perform,
};

const ACTION: &str = "iam:GetAccessKeyLastUsed";
/// How much longer the explanation of a denial is than it must be to say that there is no such key, in bytes.
const MORE: usize = 1024;
/// What an explanation says that would be longer than that.
const TOO_LONG: &str =
    "The policies do not allow it. Which of them, and whose key it is, stands in the audit log alone.";
/// How long ago the last use of a role may be to be told: AWS's 400 days.
const ROLE_TRACKING_PERIOD: SignedDuration = SignedDuration::from_hours(400 * 24);
/// What stands where there was no use.
pub(super) const NOT_APPLICABLE: &str = "N/A";

impl Perform for GetAccessKeyLastUsedRequest {
    /// A key that is not the account's is denied in AWS's words, whether it exists or not; and so is one that the caller may not
    /// ask about, whoever has it.
    fn perform(self, call: &mut Call<'_>) -> Result<GetAccessKeyLastUsedResponse, Failure> {
        let known = self.access_key_id.parse().ok();
        let known = known.and_then(|id| call.snapshot.access_key(&id));
        let Some(key) = known.filter(|key| key.account == call.account()) else {
            return Err(denied(call, &self.access_key_id, None));
        };
        let owner = match key.owner {
            KeyOwner::User(id) => {
                let user = call.snapshot.user_by_id(&id);
                Some(user.ok_or_else(ApiError::internal_failure)?)
            }
            KeyOwner::Root(_) => None,
        };
        let keys = Keys {
            resource_tags: owner.map_or(&[], |user| &user.tags),
            ..Keys::default()
        };
        let arn = owner.map_or_else(|| root_arn(call), |user| user.arn(call.partition()).to_string());
        authorize(call, Self::OPERATION, &arn, keys).map_err(|failure| match failure {
            Failure::Denied(why) => denied(call, &self.access_key_id, Some(*why)),
            failure => failure,
        })?;
        let user_name = owner.map_or(ROOT, |user| &user.name).to_owned();
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

/// A denial that does not tell a key that the caller may not ask about from one that the account does not have, neither by
/// what it says nor by how long it is. Those who may know are told by its explanation, `why` if there is such a key.
fn denied(call: &Call<'_>, access_key_id: &str, why: Option<Denial>) -> Failure {
    let resource = format!("access key {access_key_id}");
    let refused = |reason| {
        let target = Target::plain(&resource, call.account());
        call.refuse(ACTION, target, Wording::Unexplained, reason, |_| ())
    };
    let mut denial = match refused("The account has no such access key.") {
        Failure::Denied(denial) => *denial,
        failure => return failure,
    };
    // It goes by the caller and the words of the request alone.
    let room = denial.explanation.len().saturating_add(MORE);
    let room = room.min(AuthorizationMessage::MAX_DOCUMENT_LEN);
    if let Some(why) = why {
        denial.reason = why.reason;
        denial.explanation = why.explanation;
        if denial.explanation.len() > room
            && let Failure::Denied(short) = refused(TOO_LONG)
        {
            denial.explanation = short.explanation;
        }
    }
    // Of this operation AWS's sentence lacks the colon, as recorded.
    denial.message = denial.message.replacen(" to perform: ", " to perform ", 1);
    let missing = room.saturating_sub(denial.explanation.len());
    denial.explanation.extend(iter::repeat_n(' ', missing));
    Failure::Denied(Box::new(denial))
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
