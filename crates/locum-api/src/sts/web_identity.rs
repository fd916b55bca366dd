//! Tokens of OpenID Connect in both directions: taken from a provider, and issued for other services.

use jiff::Timestamp;

use super::credentials::{
    AssumedRoleUser, CREDENTIALS, Credentials, POLICY_DESCRIPTORS, PolicyDescriptor, TAGS, Tag,
};
use crate::{
    Sensitive,
    declare::operation,
    model::{Shape, StringRules},
    shapes,
};

operation! {
    /// Issues temporary credentials for a role to somebody whom an OpenID Connect provider vouches for.
    AssumeRoleWithWebIdentity: Sts, Read, unsigned;

    request AssumeRoleWithWebIdentityRequest {
        /// The ARN of the role.
        required "RoleArn" role_arn: String, shapes::STS_ARN;
        /// A name that tells this session from the role's others.
        required "RoleSessionName" role_session_name: String, shapes::SESSION_NAME;
        /// The provider's ID token.
        required "WebIdentityToken" web_identity_token: Sensitive,
            Shape::String(StringRules::length(4, 20_000).secret());
        /// The host name of a provider that has no OpenID Connect; absent otherwise.
        optional "ProviderId" provider_id: String, Shape::String(StringRules::length(4, 2048));
        /// Managed policies of the role's account that limit the session.
        list "PolicyArns" policy_arns: Vec<PolicyDescriptor>, POLICY_DESCRIPTORS;
        /// A policy document that limits the session.
        optional "Policy" policy: String, shapes::SESSION_POLICY;
        /// How long the credentials work, in seconds; at most what the role allows.
        optional "DurationSeconds" duration_seconds: i32, shapes::ROLE_DURATION;
        /// The size in bytes to which the session token is padded.
        optional "MinimumSessionTokenSize" minimum_session_token_size: i32, shapes::MINIMUM_TOKEN_SIZE;
    }
    response AssumeRoleWithWebIdentityResponse wire [
        "Audience", "AssumedRoleUser", "Provider", "Credentials", "SubjectFromWebIdentityToken", "PackedPolicySize",
        "SourceIdentity", "SessionTokenUtilization", "SessionTokenSize",
    ] {
        /// The temporary credentials.
        always "Credentials" credentials: Credentials, CREDENTIALS;
        /// Whom the token is about: its `sub`.
        always "SubjectFromWebIdentityToken" subject_from_web_identity_token: String,
            Shape::String(StringRules::length(6, 255));
        /// The session, as policies name it.
        always "AssumedRoleUser" assumed_role_user: AssumedRoleUser, Shape::Structure(AssumedRoleUser::STRUCTURE);
        /// How much of the session token is used, in percent; absent without session policies and tags.
        optional "PackedPolicySize" packed_policy_size: i32, shapes::COUNT;
        /// Who issued the token.
        always "Provider" provider: String, Shape::TEXT;
        /// The client id that the token was issued for.
        always "Audience" audience: String, Shape::TEXT;
        /// The source identity, when one is set.
        optional "SourceIdentity" source_identity: String, shapes::SESSION_NAME;
        /// How much of the session token is used, in percent.
        optional "SessionTokenUtilization" session_token_utilization: i32, shapes::COUNT;
        /// The size of the session token in bytes.
        optional "SessionTokenSize" session_token_size: i32, shapes::COUNT;
    }
    errors [
        MALFORMED_POLICY_DOCUMENT, PACKED_POLICY_TOO_LARGE, IDP_REJECTED_CLAIM, IDP_COMMUNICATION_ERROR,
        INVALID_IDENTITY_TOKEN, EXPIRED_TOKEN, REGION_DISABLED,
    ]
}

operation! {
    /// Issues a signed token that tells other services who the caller is.
    GetWebIdentityToken: Sts, Read;

    request GetWebIdentityTokenRequest {
        /// The services that the token is for.
        required "Audience" audience: Vec<String>, AUDIENCES;
        /// How long the token works, in seconds; at most as long as the caller's session.
        optional "DurationSeconds" duration_seconds: i32, Shape::between(60, 3600);
        /// How the token is signed: `RS256` or `ES384`.
        required "SigningAlgorithm" signing_algorithm: String, Shape::String(StringRules::length(5, 5));
        /// Tags that the token carries.
        list "Tags" tags: Vec<Tag>, TAGS;
    }
    response GetWebIdentityTokenResponse {
        /// The token.
        always "WebIdentityToken" web_identity_token: Sensitive, shapes::SECRET;
        /// When it stops working.
        always "Expiration" expiration: Timestamp, Shape::Timestamp;
    }
    errors [SESSION_DURATION_ESCALATION, OUTBOUND_FEDERATION_DISABLED, JWT_PAYLOAD_SIZE_EXCEEDED]
}

const AUDIENCES: Shape = Shape::List {
    member: &Shape::String(StringRules::length(1, 1000)),
    min: Some(1),
    max: Some(10),
};
