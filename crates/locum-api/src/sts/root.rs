use super::credentials::{CREDENTIALS, Credentials, POLICY_DESCRIPTOR, PolicyDescriptor};
use crate::{
    declare::operation,
    model::{Shape, StringRules},
    shapes,
};

operation! {
    /// Issues temporary credentials of a member account's root user for one task.
    AssumeRoot: Sts, Read;

    request AssumeRootRequest {
        /// The id of the member account, or the ARN of its root user.
        required "TargetPrincipal" target_principal: String, Shape::String(StringRules::length(12, 2048));
        /// The managed policy of the task, which limits the session.
        required "TaskPolicyArn" task_policy_arn: PolicyDescriptor, POLICY_DESCRIPTOR;
        /// How long the credentials work, in seconds.
        optional "DurationSeconds" duration_seconds: i32, Shape::between(0, 900);
        /// The size in bytes to which the session token is padded.
        optional "MinimumSessionTokenSize" minimum_session_token_size: i32, shapes::MINIMUM_TOKEN_SIZE;
    }
    response AssumeRootResponse {
        /// The temporary credentials.
        always "Credentials" credentials: Credentials, CREDENTIALS;
        /// The source identity, when one is set.
        optional "SourceIdentity" source_identity: String, shapes::SESSION_NAME;
        /// How much of the session token is used, in percent.
        optional "SessionTokenUtilization" session_token_utilization: i32, shapes::COUNT;
        /// The size of the session token in bytes.
        optional "SessionTokenSize" session_token_size: i32, shapes::COUNT;
    }
    errors [REGION_DISABLED, EXPIRED_TOKEN]
}
