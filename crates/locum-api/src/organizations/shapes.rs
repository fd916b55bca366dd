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
