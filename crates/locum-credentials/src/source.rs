//! The places that credentials come from, by the names that the original gives them in its messages.

use std::fmt;

/// A place that credentials come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// `AWS_ACCESS_KEY_ID` and what belongs to it.
    Environment,
    /// A profile with a `role_arn`.
    AssumeRole,
    /// A role for the bearer of a token in a file.
    WebIdentity,
    /// IAM Identity Center, after `aws sso login`.
    Sso,
    /// The keys of a profile in `credentials`.
    SharedKeys,
    /// `aws login`.
    Login,
    /// A program that prints credentials.
    Process,
    /// The keys of a profile in `config`.
    ConfigKeys,
    /// The endpoint of a container's platform.
    Container,
    /// The metadata service of an instance.
    Instance,
}

impl Source {
    /// The sources, in the order in which they are asked (facts: cli §2).
    pub const ORDER: [Self; 10] = [
        Self::Environment,
        Self::AssumeRole,
        Self::WebIdentity,
        Self::Sso,
        Self::SharedKeys,
        Self::Login,
        Self::Process,
        Self::ConfigKeys,
        Self::Container,
        Self::Instance,
    ];
    /// Those that belong to a profile, in the order in which a `source_profile` is asked for them.
    pub const OF_PROFILE: [Self; 6] = [
        Self::WebIdentity,
        Self::Sso,
        Self::SharedKeys,
        Self::Login,
        Self::Process,
        Self::ConfigKeys,
    ];

    /// Returns the name that botocore gives the source.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Environment => "env",
            Self::AssumeRole => "assume-role",
            Self::WebIdentity => "assume-role-with-web-identity",
            Self::Sso => "sso",
            Self::SharedKeys => "shared-credentials-file",
            Self::Login => "login",
            Self::Process => "custom-process",
            Self::ConfigKeys => "config-file",
            Self::Container => "container-role",
            Self::Instance => "iam-role",
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
