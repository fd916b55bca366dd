//! Why there are no credentials: the sentences of botocore, where it has one.

use std::error::Error;

use crate::files::FileError;
use crate::quote::{list, plain};
use crate::vault::VaultError;

/// A configuration that asks for something that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Half of what a source needs.
    #[error("Partial credentials found in {provider}, missing: {missing}")]
    Partial {
        /// The source's name.
        provider: &'static str,
        /// What it lacks.
        missing: &'static str,
    },
    /// A role from two sources.
    #[error("The profile \"{}\" contains both source_profile and credential_source.", plain(.0))]
    TwoSources(String),
    /// A profile that is not there.
    #[error("The source_profile \"{}\" referenced in the profile \"{}\" does not exist.", plain(.named), plain(.profile))]
    NoSourceProfile {
        /// The profile that is not there.
        named: String,
        /// The profile that names it.
        profile: String,
    },
    /// A profile with nothing to sign with.
    #[error("The source profile \"{}\" must have credentials.", plain(.0))]
    EmptySourceProfile(String),
    /// Profiles that name each other.
    #[error(
        "Infinite loop in credential configuration detected. Attempting to load from profile {} which has already been \
         visited. Visited profiles: {}",
        plain(.profile),
        list(.visited)
    )]
    Loop {
        /// The profile that comes again.
        profile: String,
        /// Those visited, in order.
        visited: Vec<String>,
    },
    /// A `credential_source` that is none.
    #[error("The credential source \"{}\" referenced in profile \"{}\" is not valid.", plain(.named), plain(.profile))]
    UnknownSource {
        /// The name.
        named: String,
        /// The profile that says it.
        profile: String,
    },
    /// A `credential_source` without credentials.
    #[error(
        "Error when retrieving credentials from {}: No credentials found in credential_source referenced in profile {}",
        plain(.named),
        plain(.profile)
    )]
    EmptySource {
        /// The name.
        named: String,
        /// The profile that says it.
        profile: String,
    },
    /// A web identity token without a role.
    #[error(
        "The provided profile or the current environment is configured to assume role with web identity but has no role \
         ARN configured. Ensure that the profile has the role_arnconfiguration set or the AWS_ROLE_ARN env var is set."
    )]
    NoRoleArn,
    /// An `sso_session` that is not there.
    #[error("The specified sso-session does not exist: \"{}\"", plain(.0))]
    NoSsoSession(String),
    /// Half of what Identity Center needs.
    #[error(
        "The profile \"{}\" is configured to use SSO but is missing required configuration: {missing}",
        plain(.profile)
    )]
    SsoMissing {
        /// The profile.
        profile: String,
        /// The keys that it lacks.
        missing: String,
    },
    /// A profile and its `sso-session` that contradict each other.
    #[error(
        "The value for {key} is inconsistent between profile ({}) and sso-session ({}).",
        plain(.profile),
        plain(.session)
    )]
    SsoDiffers {
        /// The key.
        key: &'static str,
        /// The profile's value.
        profile: String,
        /// The section's value.
        session: String,
    },
    /// An `AWS_CREDENTIAL_EXPIRATION` that is no time.
    #[error("AWS_CREDENTIAL_EXPIRATION is not a time like 2027-01-31T12:00:00Z.")]
    ExpirationVariable,
    /// A mode that is neither `ipv4` nor `ipv6`.
    #[error(
        "Invalid EC2 Instance Metadata endpoint mode: {} Valid endpoint modes (case-insensitive): ('ipv4', 'ipv6').",
        plain(.0)
    )]
    EndpointMode(String),
    /// An endpoint that is no URL.
    #[error("Invalid endpoint EC2 Instance Metadata endpoint: {}", plain(.0))]
    MetadataEndpoint(String),
    /// A setting that is neither `true` nor `false`.
    #[error("Invalid value for {setting}: {}; it must be true or false.", plain(.value))]
    Switch {
        /// The variable or the profile's setting.
        setting: &'static str,
        /// What was given.
        value: String,
    },
    /// A setting that is not a number.
    #[error("Invalid value for {variable}: {}; it must be a number above 0.", plain(.value))]
    Number {
        /// The variable, which may stand in the profile too.
        variable: &'static str,
        /// What was given.
        value: String,
    },
}

/// A session of `aws login` that cannot go on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoginError {
    /// It is over.
    #[error("Your session has expired or credentials have changed. Please reauthenticate using 'aws login'.")]
    Over,
    /// Whoever signed in may not.
    #[error(
        "Unable to create or refresh login credentials due to insufficient permissions. You may be missing permission \
         for the 'signin:CreateOAuth2Token' action."
    )]
    Permissions,
    /// Its file is not there or not whole, or the answer is not.
    #[error("Error loading login session token: {0}")]
    Token(String),
    /// Its key is none.
    #[error("Error loading login session token: Unable to load private key from cached token.")]
    Key,
}

/// Why there are no credentials.
#[derive(Debug, thiserror::Error)]
pub enum CredentialsError {
    /// No source has any.
    #[error("Unable to locate credentials.")]
    None,
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A session of `aws login` cannot go on.
    #[error(transparent)]
    Login(#[from] LoginError),
    /// A file of the configuration cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// A source that was asked and gave none.
    #[error("Error when retrieving credentials from {provider}: {reason}")]
    Retrieval {
        /// The source's name.
        provider: &'static str,
        /// What went wrong, safe to print.
        reason: String,
    },
    /// A source that gives credentials which are over.
    #[error("Credentials were refreshed, but the refreshed credentials are still expired.")]
    Expired,
    /// A session of Identity Center that is over.
    #[error(
        "The SSO session associated with this profile has expired or is otherwise invalid. To refresh this SSO session \
         run aws sso login with the corresponding profile."
    )]
    SsoSession,
    /// A session of Identity Center that is over and could not be renewed.
    #[error("Error when retrieving token from sso: Token has expired and refresh failed")]
    SsoExpired,
    /// No session of Identity Center, or one that cannot be read.
    #[error("Error loading SSO Token: {0}")]
    SsoToken(String),
    /// Nobody to ask for a code.
    #[error("The MFA code for {} cannot be asked for: {reason}", plain(.serial))]
    Prompt {
        /// The device.
        serial: String,
        /// Why not.
        reason: String,
    },
    /// The vault with the sessions does not answer.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// A service without declarations here answered with an error.
    #[error("An error occurred ({code}) when calling the {operation} operation: {message}")]
    Service {
        /// Its code.
        code: String,
        /// The operation.
        operation: &'static str,
        /// Its message.
        message: String,
    },
    /// A call to a service failed; the error is that of the caller's own client.
    #[error("{0}")]
    Call(Box<dyn Error + Send + Sync>),
}
