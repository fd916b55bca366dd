//! The shapes that several operations share (`facts: sts §2.2, §8.4`).

use crate::{
    model::{Shape, StringRules},
    pattern,
};

/// The ARN of a role or a policy, where STS takes one.
pub(crate) const STS_ARN: Shape = Shape::String(StringRules::length(20, 2048).matching(&pattern::ARN));
/// An ARN, where IAM takes or gives one.
pub(crate) const ARN: Shape = Shape::String(StringRules::length(20, 2048));
/// The name of a role session, or a source identity.
pub(crate) const SESSION_NAME: Shape =
    Shape::String(StringRules::length(2, 64).matching(&pattern::SESSION_NAME));
/// The name of a federated user.
pub(crate) const FEDERATED_NAME: Shape =
    Shape::String(StringRules::length(2, 32).matching(&pattern::SESSION_NAME));
/// The unique id of an assumed role and its session.
pub(crate) const ASSUMED_ROLE_ID: Shape =
    Shape::String(StringRules::length(2, 193).matching(&pattern::ASSUMED_ROLE_ID));
/// The account and name of a federated user.
pub(crate) const FEDERATED_ID: Shape =
    Shape::String(StringRules::length(2, 193).matching(&pattern::FEDERATED_ID));
/// A session policy of AssumeRole: as long as its token can hold.
pub(crate) const UNRESTRICTED_SESSION_POLICY: Shape = Shape::String(
    StringRules {
        min: Some(1),
        ..StringRules::ANY
    }
    .matching(&pattern::DOCUMENT),
);
/// A session policy.
pub(crate) const SESSION_POLICY: Shape =
    Shape::String(StringRules::length(1, 2048).matching(&pattern::DOCUMENT));
/// An external id.
pub(crate) const EXTERNAL_ID: Shape =
    Shape::String(StringRules::length(2, 1224).matching(&pattern::EXTERNAL_ID));
/// The serial number of an MFA device.
pub(crate) const SERIAL_NUMBER: Shape =
    Shape::String(StringRules::length(9, 256).matching(&pattern::SERIAL_NUMBER));
/// The code that an MFA device shows. Not secret in the model, but it opens what it protects for as long as it works.
pub(crate) const TOKEN_CODE: Shape =
    Shape::String(StringRules::length(6, 6).matching(&pattern::TOKEN_CODE).secret());
/// The serial number of an MFA device, where IAM takes or gives one.
pub(crate) const IAM_SERIAL_NUMBER: Shape =
    Shape::String(StringRules::length(9, 256).matching(&pattern::IAM_SERIAL_NUMBER));
/// The code that an MFA device shows, where IAM takes one.
pub(crate) const AUTHENTICATION_CODE: Shape = Shape::String(
    StringRules::length(6, 6)
        .matching(&pattern::AUTHENTICATION_CODE)
        .secret(),
);
/// The size to which a session token is padded.
pub(crate) const MINIMUM_TOKEN_SIZE: Shape = Shape::between(0, 4096);
/// The lifetime of a session of a role.
pub(crate) const ROLE_DURATION: Shape = Shape::between(900, 43_200);
/// The lifetime of a session of a user.
pub(crate) const USER_DURATION: Shape = Shape::between(900, 129_600);
/// A number that counts.
pub(crate) const COUNT: Shape = Shape::Integer {
    min: Some(0),
    max: None,
};
/// An access key id, where STS takes or gives one.
pub(crate) const STS_ACCESS_KEY_ID: Shape =
    Shape::String(StringRules::length(16, 128).matching(&pattern::KEY_ID));
/// A unique id, or an access key id, where IAM takes or gives one.
pub(crate) const UNIQUE_ID: Shape = Shape::String(StringRules::length(16, 128).matching(&pattern::UNIQUE_ID));
/// A secret.
pub(crate) const SECRET: Shape = Shape::String(StringRules::ANY.secret());

/// The key of a tag.
pub(crate) const TAG_KEY: Shape = Shape::String(StringRules::length(1, 128).matching(&pattern::TAG_KEY));
/// The value of a tag.
pub(crate) const TAG_VALUE: Shape = Shape::String(StringRules::length(0, 256).matching(&pattern::TAG_VALUE));
/// The keys of tags.
pub(crate) const TAG_KEYS: Shape = Shape::list_up_to(50, &TAG_KEY);
/// The keys of tags that IAM takes away.
pub(crate) const IAM_TAG_KEYS: Shape = Shape::list_up_to(
    50,
    &Shape::String(
        StringRules::length(1, 128)
            .matching(&pattern::TAG_KEY)
            .never_null(),
    ),
);

/// The name of a user or a role that is created.
pub(crate) const NAME_64: Shape = Shape::String(StringRules::length(1, 64).matching(&pattern::NAME));
/// The name of a policy, or of a user that exists.
pub(crate) const NAME_128: Shape = Shape::String(StringRules::length(1, 128).matching(&pattern::NAME));
/// The path of a user or a role.
pub(crate) const PATH: Shape = Shape::String(StringRules::length(1, 512).matching(&pattern::PATH));
/// The beginning of a path of users or roles.
pub(crate) const PATH_PREFIX: Shape =
    Shape::String(StringRules::length(1, 512).matching(&pattern::PATH_PREFIX));
/// The path of a managed policy, or its beginning.
pub(crate) const POLICY_PATH: Shape =
    Shape::String(StringRules::length(1, 512).matching(&pattern::POLICY_PATH));
/// A policy document in a request.
pub(crate) const DOCUMENT: Shape =
    Shape::String(StringRules::length(1, 131_072).matching(&pattern::DOCUMENT));
/// A policy document in a response.
pub(crate) const ENCODED_DOCUMENT: Shape = Shape::String(
    StringRules::length(1, 131_072)
        .matching(&pattern::DOCUMENT)
        .percent_encoded(),
);
/// The version of a managed policy.
pub(crate) const POLICY_VERSION: Shape = Shape::String(StringRules::ANY.matching(&pattern::POLICY_VERSION));
/// Where the next page begins.
pub(crate) const MARKER: Shape = Shape::String(StringRules::length(1, 320).matching(&pattern::MARKER));
/// The most entries a page may have.
pub(crate) const MAX_ITEMS: Shape = Shape::between(1, 1000);
/// What a role is for.
pub(crate) const ROLE_DESCRIPTION: Shape = Shape::String(
    StringRules {
        max: Some(1000),
        ..StringRules::ANY
    }
    .matching(&pattern::DESCRIPTION),
);
/// What a policy is for.
pub(crate) const POLICY_DESCRIPTION: Shape = Shape::String(StringRules {
    max: Some(1000),
    ..StringRules::ANY
});
/// The longest session a role allows.
pub(crate) const MAX_SESSION_DURATION: Shape = Shape::between(3600, 43_200);
