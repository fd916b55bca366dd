//! How to come by credentials, as far as files and environment can say: what the plan finds and the resolver follows.

use std::path::PathBuf;
use std::time::Duration;

use crate::credentials::Credentials;
use crate::files::UntrustedFile;
use crate::source::Source;

/// A way to credentials.
#[derive(Debug, Clone)]
pub enum Recipe {
    /// They are written down.
    Keys {
        /// Where.
        source: Source,
        /// What stands there.
        credentials: Credentials,
    },
    /// Assume a role.
    Role(Box<Role>),
    /// Make long-term keys a session with a second factor.
    MfaSession(Box<MfaSession>),
    /// Assume a role with the token of an identity provider.
    WebIdentity(WebIdentity),
    /// Ask IAM Identity Center for a role's credentials.
    Sso(Sso),
    /// Go on with a session of `aws login`.
    Login(Login),
    /// Run a program.
    Process(Process),
    /// Ask the endpoint of a container's platform.
    Container(Container),
    /// Ask the metadata service of an instance.
    Instance(Instance),
}

impl Recipe {
    /// Returns the source that the recipe asks.
    #[must_use]
    pub fn source(&self) -> Source {
        match self {
            Self::Keys { source, .. } => *source,
            Self::Role(_) => Source::AssumeRole,
            Self::MfaSession(session) => session.from.source(),
            Self::WebIdentity(_) => Source::WebIdentity,
            Self::Sso(_) => Source::Sso,
            Self::Login(_) => Source::Login,
            Self::Process(_) => Source::Process,
            Self::Container(_) => Source::Container,
            Self::Instance(_) => Source::Instance,
        }
    }
}

impl Recipe {
    /// Leaves out a session with a second factor that would sign itself. The keys of a session assume roles and tell who
    /// they are; STS takes them for nothing else.
    #[must_use]
    pub fn for_operation(self, operation: &str) -> Self {
        match self {
            Self::MfaSession(session) if !["AssumeRole", "GetCallerIdentity"].contains(&operation) => {
                session.from
            }
            other => other,
        }
    }
}

/// A role, and whose credentials assume it.
#[derive(Debug, Clone)]
pub struct Role {
    /// The role's ARN.
    pub arn: String,
    /// `role_session_name`; a name is made up when there is none.
    pub session_name: Option<String>,
    /// `external_id`.
    pub external_id: Option<String>,
    /// The second factor that goes with it.
    pub mfa: Option<Mfa>,
    /// `duration_seconds`; the service decides when there is none.
    pub duration_seconds: Option<i64>,
    /// Where the credentials come from that sign the call.
    pub from: Recipe,
}

/// A second factor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mfa {
    /// `mfa_serial`: the device.
    pub serial: String,
    /// `mfa_process`: a program that prints its codes; without one somebody is asked.
    pub process: Option<Process>,
    /// Whether a session is made with the code, for others to use. One that is there is used either way.
    pub session: bool,
    /// `locum_mfa_session_seconds`: the life of that session; the service decides when there is none.
    pub seconds: Option<i64>,
}

/// Long-term keys with a second factor.
#[derive(Debug, Clone)]
pub struct MfaSession {
    /// The second factor.
    pub mfa: Mfa,
    /// Where the keys come from. What turns out to be temporary is used as it is.
    pub from: Recipe,
}

/// A role for the bearer of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebIdentity {
    /// The role's ARN.
    pub role_arn: String,
    /// The session's name; a name is made up when there is none.
    pub session_name: Option<String>,
    /// The file with the token.
    pub token_file: PathBuf,
}

/// A role of IAM Identity Center.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sso {
    /// The `sso-session` section that the profile names; without one the profile says everything itself.
    pub session: Option<String>,
    /// The portal that `aws sso login` goes to.
    pub start_url: String,
    /// The region of Identity Center.
    pub region: String,
    /// The account of the role.
    pub account_id: String,
    /// The role.
    pub role_name: String,
}

/// A session of `aws login`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// Its name, the ARN of whoever signed in.
    pub session: String,
}

/// A program that prints credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// The command line, not yet split into words.
    pub command: String,
    /// The file that it stands in, if that may not name programs.
    pub untrusted: Option<UntrustedFile>,
    /// `aws_account_id` of the profile, for a program that does not tell.
    pub account_id: Option<String>,
}

/// An endpoint of a container's platform.
#[derive(Debug, Clone)]
pub struct Container {
    /// The whole URL.
    pub url: String,
    /// `AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE`, read anew for each request.
    pub token_file: Option<PathBuf>,
    /// `AWS_CONTAINER_AUTHORIZATION_TOKEN`; the file wins.
    pub token: Option<locum_crypto::SecretString>,
}

/// How to ask the metadata service of an instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    /// Where it is, without a slash at the end.
    pub endpoint: String,
    /// How long to wait for each answer.
    pub timeout: Duration,
    /// How often to try each request, at least once.
    pub attempts: u32,
    /// Whether to ask without a token where none is to be had. AWS's command does so unless told otherwise; this one
    /// only when told, because a token is what keeps forged requests out.
    pub version_1: bool,
}
