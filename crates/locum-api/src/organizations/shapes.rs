//! The shapes of Organizations. Its model anchors its patterns, and so do these texts.

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

pub(super) const ORGANIZATION_ID: Shape = Shape::String(StringRules::ANY.matching(&pattern::ORGANIZATION_ID));
pub(super) const ORGANIZATION_ARN: Shape =
    Shape::String(StringRules::ANY.matching(&pattern::ORGANIZATION_ARN));
pub(super) const ACCOUNT_ARN: Shape = Shape::String(StringRules::ANY.matching(&pattern::ACCOUNT_ARN));
pub(super) const ACCOUNT_ID: Shape = Shape::String(up_to(12).matching(&pattern::ACCOUNT_ID));
pub(super) const EMAIL: Shape = Shape::String(StringRules::length(6, 64).matching(&pattern::EMAIL).secret());
pub(super) const NEW_ACCOUNT_NAME: Shape = Shape::String(
    StringRules::length(1, 50)
        .matching(&pattern::ACCOUNT_NAME)
        .secret(),
);
pub(super) const ACCOUNT_NAME: Shape =
    Shape::String(StringRules::length(1, 128).matching(&pattern::ANYTHING).secret());
pub(super) const ROLE_NAME: Shape = Shape::String(up_to(64).matching(&pattern::ORGANIZATION_ROLE_NAME));
pub(super) const REQUEST_ID: Shape = Shape::String(up_to(36).matching(&pattern::CREATE_ACCOUNT_REQUEST_ID));
pub(super) const NEXT_TOKEN: Shape = Shape::String(up_to(100_000).matching(&pattern::ANYTHING));
pub(super) const PATH: Shape = Shape::String(StringRules::ANY.matching(&pattern::ORGANIZATION_PATH));
pub(super) const TAG_KEY: Shape =
    Shape::String(StringRules::length(1, 128).matching(&pattern::ORGANIZATION_TAG));
pub(super) const TAG_VALUE: Shape =
    Shape::String(StringRules::length(0, 256).matching(&pattern::ORGANIZATION_TAG));
pub(super) const TAGS: Shape = Shape::list(&Shape::Structure(super::Tag::STRUCTURE));
pub(super) const MAX_RESULTS: Shape = Shape::between(1, 20);
pub(super) const ACCOUNT_STATUS: Shape =
    Shape::String(StringRules::one_of(&["ACTIVE", "SUSPENDED", "PENDING_CLOSURE"]));
pub(super) const ACCOUNT_STATE: Shape = Shape::String(StringRules::one_of(&[
    "PENDING_ACTIVATION",
    "ACTIVE",
    "SUSPENDED",
    "PENDING_CLOSURE",
    "CLOSED",
]));
pub(super) const JOINED_METHOD: Shape = Shape::String(StringRules::one_of(&["INVITED", "CREATED"]));
pub(super) const ROOT_ID: Shape = Shape::String(up_to(34).matching(&pattern::ROOT_ID));
pub(super) const ROOT_ARN: Shape = Shape::String(StringRules::ANY.matching(&pattern::ROOT_ARN));
pub(super) const UNIT_ID: Shape = Shape::String(up_to(68).matching(&pattern::UNIT_ID));
pub(super) const UNIT_ARN: Shape = Shape::String(StringRules::ANY.matching(&pattern::UNIT_ARN));
pub(super) const UNIT_NAME: Shape = Shape::String(StringRules::length(1, 128).matching(&pattern::ANYTHING));
pub(super) const PARENT_ID: Shape = Shape::String(up_to(100).matching(&pattern::PARENT_ID));
pub(super) const CHILD_ID: Shape = Shape::String(up_to(100).matching(&pattern::CHILD_ID));
pub(super) const POLICY_ID: Shape = Shape::String(up_to(130).matching(&pattern::ORGANIZATION_POLICY_ID));
pub(super) const POLICY_ARN: Shape =
    Shape::String(StringRules::ANY.matching(&pattern::ORGANIZATION_POLICY_ARN));
pub(super) const POLICY_NAME: Shape = Shape::String(StringRules::length(1, 128).matching(&pattern::ANYTHING));
pub(super) const POLICY_DESCRIPTION: Shape = Shape::String(up_to(512).matching(&pattern::ANYTHING));
pub(super) const POLICY_CONTENT: Shape = Shape::String(
    StringRules {
        min: Some(1),
        ..StringRules::ANY
    }
    .matching(&pattern::ANYTHING),
);
pub(super) const TARGET_ID: Shape = Shape::String(up_to(100).matching(&pattern::POLICY_TARGET_ID));
pub(super) const TARGET_NAME: Shape = Shape::String(StringRules::length(1, 128));
pub(super) const TAGGABLE_ID: Shape = Shape::String(up_to(130).matching(&pattern::TAGGABLE_ID));
pub(super) const GENERIC_ARN: Shape = Shape::String(StringRules::ANY.matching(&pattern::GENERIC_ARN));
pub(super) const SERVICE_PRINCIPAL: Shape =
    Shape::String(StringRules::length(1, 128).matching(&pattern::SERVICE_PRINCIPAL));
pub(super) const POLICY_TYPE: Shape = Shape::String(StringRules::one_of(POLICY_TYPES));

const POLICY_TYPES: &[&str] = &[
    "SERVICE_CONTROL_POLICY",
    "RESOURCE_CONTROL_POLICY",
    "TAG_POLICY",
    "BACKUP_POLICY",
    "AISERVICES_OPT_OUT_POLICY",
    "CHATBOT_POLICY",
    "DECLARATIVE_POLICY_EC2",
    "SECURITYHUB_POLICY",
    "SECURITYHUB_CSPM_POLICY",
    "INSPECTOR_POLICY",
    "UPGRADE_ROLLOUT_POLICY",
    "BEDROCK_POLICY",
    "S3_POLICY",
    "NETWORK_SECURITY_DIRECTOR_POLICY",
    "GUARDDUTY_POLICY",
];
