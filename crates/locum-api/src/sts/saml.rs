use super::credentials::{AssumedRoleUser, CREDENTIALS, Credentials, POLICY_DESCRIPTORS, PolicyDescriptor};
use crate::{
    Sensitive,
    declare::operation,
    model::{Shape, StringRules},
    shapes,
};

operation! {
    /// Issues temporary credentials for a role to somebody whom a SAML provider vouches for.
    AssumeRoleWithSAML: Sts, Read, unsigned;

    request AssumeRoleWithSAMLRequest {
        /// The ARN of the role.
        required "RoleArn" role_arn: String, shapes::STS_ARN;
        /// The ARN of the SAML provider.
        required "PrincipalArn" principal_arn: String, shapes::STS_ARN;
        /// The provider's response in base64; it works once.
        required "SAMLAssertion" saml_assertion: Sensitive, Shape::String(StringRules::length(4, 100_000).secret());
        /// Managed policies of the role's account that limit the session.
        list "PolicyArns" policy_arns: Vec<PolicyDescriptor>, POLICY_DESCRIPTORS;
        /// A policy document that limits the session.
        optional "Policy" policy: String, shapes::SESSION_POLICY;
        /// How long the credentials work, in seconds; at most what the role and the provider's response allow.
        optional "DurationSeconds" duration_seconds: i32, shapes::ROLE_DURATION;
        /// The size in bytes to which the session token is padded.
        optional "MinimumSessionTokenSize" minimum_session_token_size: i32, shapes::MINIMUM_TOKEN_SIZE;
    }
    response AssumeRoleWithSAMLResponse wire [
        "Audience", "AssumedRoleUser", "Credentials", "Subject", "NameQualifier", "SubjectType", "Issuer",
        "PackedPolicySize", "SourceIdentity", "SessionTokenUtilization", "SessionTokenSize",
    ] {
        /// The temporary credentials.
        always "Credentials" credentials: Credentials, CREDENTIALS;
        /// The session, as policies name it.
        always "AssumedRoleUser" assumed_role_user: AssumedRoleUser, Shape::Structure(AssumedRoleUser::STRUCTURE);
        /// How much of the session token is used, in percent; absent without session policies and tags.
        optional "PackedPolicySize" packed_policy_size: i32, shapes::COUNT;
        /// Whom the response is about: its `NameID`.
        always "Subject" subject: String, Shape::TEXT;
        /// The format of the `NameID`, without the beginning that all formats share.
        always "SubjectType" subject_type: String, Shape::TEXT;
        /// The provider's entity id.
        always "Issuer" issuer: String, Shape::TEXT;
        /// The address that the response was made for.
        always "Audience" audience: String, Shape::TEXT;
        /// A digest of issuer, account and provider; together with the subject it tells one person from all others.
        always "NameQualifier" name_qualifier: String, Shape::TEXT;
        /// The source identity, when one is set.
        optional "SourceIdentity" source_identity: String, shapes::SESSION_NAME;
        /// How much of the session token is used, in percent.
        optional "SessionTokenUtilization" session_token_utilization: i32, shapes::COUNT;
        /// The size of the session token in bytes.
        optional "SessionTokenSize" session_token_size: i32, shapes::COUNT;
    }
    errors [
        MALFORMED_POLICY_DOCUMENT, PACKED_POLICY_TOO_LARGE, IDP_REJECTED_CLAIM, INVALID_IDENTITY_TOKEN, EXPIRED_TOKEN,
        REGION_DISABLED,
    ]
}
