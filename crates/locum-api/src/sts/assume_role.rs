use super::credentials::{
    AssumedRoleUser, CREDENTIALS, Credentials, POLICY_DESCRIPTORS, PolicyDescriptor, TAGS, Tag,
};
use crate::{
    declare::{operation, structure},
    model::{Shape, StringRules},
    shapes,
};

operation! {
    /// Issues temporary credentials for a role.
    AssumeRole: Sts, Read;

    request AssumeRoleRequest {
        /// The ARN of the role.
        required "RoleArn" role_arn: String, shapes::STS_ARN;
        /// A name that tells this session from the role's others.
        required "RoleSessionName" role_session_name: String, shapes::SESSION_NAME;
        /// Managed policies of the role's account that limit the session.
        list "PolicyArns" policy_arns: Vec<PolicyDescriptor>, POLICY_DESCRIPTORS;
        /// A policy document that limits the session.
        optional "Policy" policy: String, shapes::UNRESTRICTED_SESSION_POLICY;
        /// How long the credentials work, in seconds; at most what the role allows, and an hour when chaining.
        optional "DurationSeconds" duration_seconds: i32, shapes::ROLE_DURATION;
        /// Tags of the session.
        list "Tags" tags: Vec<Tag>, TAGS;
        /// The keys of the tags that sessions chained from this one keep.
        list "TransitiveTagKeys" transitive_tag_keys: Vec<String>, shapes::TAG_KEYS;
        /// A value that the role's trust policy may ask for.
        optional "ExternalId" external_id: String, shapes::EXTERNAL_ID;
        /// The caller's MFA device.
        optional "SerialNumber" serial_number: String, shapes::SERIAL_NUMBER;
        /// The code that the MFA device shows now.
        optional "TokenCode" token_code: String, shapes::TOKEN_CODE;
        /// Who stands behind the session; fixed for all sessions chained from it.
        optional "SourceIdentity" source_identity: String, shapes::SESSION_NAME;
        /// Assertions of trusted context providers.
        list "ProvidedContexts" provided_contexts: Vec<ProvidedContext>, PROVIDED_CONTEXTS;
        /// The size in bytes to which the session token is padded.
        optional "MinimumSessionTokenSize" minimum_session_token_size: i32, shapes::MINIMUM_TOKEN_SIZE;
    }
    response AssumeRoleResponse wire [
        "AssumedRoleUser", "Credentials", "PackedPolicySize", "SourceIdentity", "SessionTokenUtilization",
        "SessionTokenSize",
    ] {
        /// The temporary credentials.
        always "Credentials" credentials: Credentials, CREDENTIALS;
        /// The session, as policies name it.
        always "AssumedRoleUser" assumed_role_user: AssumedRoleUser, Shape::Structure(AssumedRoleUser::STRUCTURE);
        /// How much of the session token is used, in percent; absent without session policies and tags.
        optional "PackedPolicySize" packed_policy_size: i32, shapes::COUNT;
        /// The source identity, when one is set.
        optional "SourceIdentity" source_identity: String, shapes::SESSION_NAME;
        /// How much of the session token is used, in percent.
        optional "SessionTokenUtilization" session_token_utilization: i32, shapes::COUNT;
        /// The size of the session token in bytes.
        optional "SessionTokenSize" session_token_size: i32, shapes::COUNT;
    }
    errors [MALFORMED_POLICY_DOCUMENT, PACKED_POLICY_TOO_LARGE, REGION_DISABLED, EXPIRED_TOKEN]
}

structure! {
    /// An assertion of a trusted context provider.
    ProvidedContext {
        /// The provider's ARN.
        optional "ProviderArn" provider_arn: String, shapes::STS_ARN;
        /// The signed assertion.
        optional "ContextAssertion" context_assertion: String, Shape::String(StringRules::length(4, 2048));
    }
}

const PROVIDED_CONTEXTS: Shape = Shape::List {
    member: &Shape::Structure(ProvidedContext::STRUCTURE),
    min: Some(1),
    max: Some(5),
};
