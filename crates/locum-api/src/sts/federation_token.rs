use super::credentials::{
    CREDENTIALS, Credentials, FederatedUser, POLICY_DESCRIPTORS, PolicyDescriptor, TAGS, Tag,
};
use crate::{declare::operation, model::Shape, shapes};

operation! {
    /// Issues temporary credentials for somebody whom the calling user vouches for.
    GetFederationToken: Sts, Read;

    request GetFederationTokenRequest {
        /// The name of the federated user.
        required "Name" name: String, shapes::FEDERATED_NAME;
        /// A policy document that limits the session; without any policy it may do nothing on its own.
        optional "Policy" policy: String, shapes::SESSION_POLICY;
        /// Managed policies of the caller's account that limit the session.
        list "PolicyArns" policy_arns: Vec<PolicyDescriptor>, POLICY_DESCRIPTORS;
        /// How long the credentials work, in seconds; at most an hour for the root user.
        optional "DurationSeconds" duration_seconds: i32, shapes::USER_DURATION;
        /// Tags of the session.
        list "Tags" tags: Vec<Tag>, TAGS;
        /// The size in bytes to which the session token is padded.
        optional "MinimumSessionTokenSize" minimum_session_token_size: i32, shapes::MINIMUM_TOKEN_SIZE;
    }
    response GetFederationTokenResponse {
        /// The temporary credentials.
        always "Credentials" credentials: Credentials, CREDENTIALS;
        /// The federated user, as policies name it.
        always "FederatedUser" federated_user: FederatedUser, Shape::Structure(FederatedUser::STRUCTURE);
        /// How much of the session token is used, in percent.
        optional "PackedPolicySize" packed_policy_size: i32, shapes::COUNT;
        /// How much of the session token is used, in percent.
        optional "SessionTokenUtilization" session_token_utilization: i32, shapes::COUNT;
        /// The size of the session token in bytes.
        optional "SessionTokenSize" session_token_size: i32, shapes::COUNT;
    }
    errors [MALFORMED_POLICY_DOCUMENT, PACKED_POLICY_TOO_LARGE, REGION_DISABLED]
}
