//! The shapes of delegation requests; nothing else has them.

use super::delegation_requests::{DelegationPermission, DelegationRequest, PolicyParameter};
use crate::{
    model::{Shape, StringRules},
    pattern,
};

const fn up_to(max: u32) -> StringRules {
    StringRules {
        max: Some(max),
        ..StringRules::ANY
    }
}

pub(super) const ID: Shape =
    Shape::String(StringRules::length(16, 128).matching(&pattern::DELEGATION_REQUEST_ID));
pub(super) const ACCOUNT_ID: Shape = Shape::String(StringRules::ANY.matching(&pattern::IAM_ACCOUNT_ID));
pub(super) const OWNER_ID: Shape = Shape::String(StringRules::length(20, 2048).matching(&pattern::OWNER_ID));
pub(super) const DESCRIPTION: Shape = Shape::String(up_to(1000).matching(&pattern::DESCRIPTION));
pub(super) const MESSAGE: Shape = Shape::String(up_to(200).matching(&pattern::DESCRIPTION));
pub(super) const NOTES: Shape = Shape::String(up_to(500).matching(&pattern::DESCRIPTION));
pub(super) const REQUESTOR_NAME: Shape = Shape::String(up_to(30).matching(&pattern::DESCRIPTION));
pub(super) const WORKFLOW_ID: Shape =
    Shape::String(StringRules::length(5, 400).matching(&pattern::WORKFLOW_ID));
pub(super) const REDIRECT_URL: Shape =
    Shape::String(StringRules::length(1, 255).matching(&pattern::REDIRECT_URL));
pub(super) const NOTIFICATION_CHANNEL: Shape =
    Shape::String(StringRules::length(2, 400).matching(&pattern::NOTIFICATION_CHANNEL));
pub(super) const DEEP_LINK: Shape = Shape::String(StringRules::length(1, 255));
pub(super) const SESSION_DURATION: Shape = Shape::between(300, 43_200);
pub(super) const PARAMETER_NAME: Shape =
    Shape::String(StringRules::length(5, 256).matching(&pattern::POLICY_PARAMETER));
pub(super) const PARAMETER_VALUE: Shape =
    Shape::String(StringRules::ANY.matching(&pattern::POLICY_PARAMETER));
pub(super) const PARAMETER_TYPE: Shape = Shape::String(StringRules::one_of(&["string", "stringList"]));
pub(super) const PARAMETERS: Shape = Shape::list_up_to(50, &Shape::Structure(PolicyParameter::STRUCTURE));
pub(super) const PERMISSIONS: Shape = Shape::Structure(DelegationPermission::STRUCTURE);
pub(super) const REQUEST: Shape = Shape::Structure(DelegationRequest::STRUCTURE);
pub(super) const CHECK_STATUS: Shape =
    Shape::String(StringRules::one_of(&["COMPLETE", "IN_PROGRESS", "FAILED"]));
pub(super) const CHECK_RESULT: Shape = Shape::String(StringRules::one_of(&["ALLOWED", "DENIED", "UNSURE"]));
pub(super) const STATE: Shape = Shape::String(StringRules::one_of(&[
    "UNASSIGNED",
    "ASSIGNED",
    "PENDING_APPROVAL",
    "FINALIZED",
    "ACCEPTED",
    "REJECTED",
    "EXPIRED",
]));
