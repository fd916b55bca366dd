//! Whose credentials sign the call: what `locum_credentials` finds, asked for with this program's sockets and terminal.

use std::cell::RefCell;

use locum_credentials::{Cache, Chain, CredentialsError, Resolver, SystemRunner};
use locum_crypto::{SecretString, SystemRandom};

use super::config::{Environment, Profile};
use super::errors::Failure;
use super::outside::Outside;
use super::prompt::Terminal;

/// An access key and what belongs to it.
#[derive(Debug)]
pub(crate) struct Credentials {
    /// The public part.
    pub(crate) access_key_id: String,
    /// The secret part.
    pub(crate) secret_access_key: SecretString,
    /// The session token of temporary credentials.
    pub(crate) session_token: Option<SecretString>,
}

/// What the command line says about the way to credentials.
pub(crate) struct Ways<'a> {
    /// `--region`.
    pub(crate) region: Option<&'a str>,
    /// The certificates to trust.
    pub(crate) ca_bundle: Option<String>,
    /// Gets a line for each step.
    pub(crate) debug: &'a dyn Fn(&str),
}

/// Finds the credentials.
#[allow(dead_code, reason = "for commands that say nothing about the way")]
pub(crate) fn find(environment: &Environment, profile: &Profile) -> Result<Credentials, Failure> {
    let ways = Ways {
        region: None,
        ca_bundle: super::transport::configured_bundle(environment, profile),
        debug: &|_| (),
    };
    find_by(environment, profile, &ways)
}

/// Finds the credentials by ways that the command line names.
pub(crate) fn find_by(
    environment: &Environment,
    profile: &Profile,
    ways: &Ways<'_>,
) -> Result<Credentials, Failure> {
    let chain = Chain {
        environment,
        files: &profile.files,
        profile: &profile.name,
        explicit: profile.explicit,
    };
    let cache = |path: &str| Cache::new(environment.home().map(|_| environment.expand(path)));
    let logins = match environment.non_empty("AWS_LOGIN_CACHE_DIRECTORY") {
        Some(directory) => Cache::new(Some(environment.expand(&directory))),
        None => cache("~/.aws/login/cache"),
    };
    let outside = Outside {
        environment,
        profile,
        ways,
    };
    let resolver = Resolver {
        services: &outside,
        http: &outside,
        runner: &SystemRunner,
        prompt: &Terminal,
        clock: &outside,
        sessions: &cache("~/.aws/cli/cache"),
        tokens: &cache("~/.aws/sso/cache"),
        logins: &logins,
        random: &RefCell::new(SystemRandom),
        debug: ways.debug,
    };
    let found = resolver.find(&chain)?;
    Ok(Credentials {
        access_key_id: found.access_key_id,
        secret_access_key: found.secret_access_key,
        session_token: found.session_token,
    })
}

impl From<CredentialsError> for Failure {
    fn from(error: CredentialsError) -> Self {
        match error {
            CredentialsError::None => Self::NoCredentials,
            CredentialsError::Service {
                code,
                operation,
                message,
            } => Self::Service {
                code,
                message,
                operation,
                retried: String::new(),
                authorization_message: None,
                request_index: None,
            },
            // The client's own failure keeps its exit code.
            CredentialsError::Call(inner) => match inner.downcast::<Self>() {
                Ok(failure) => *failure,
                Err(other) => Self::General(other.to_string()),
            },
            other => Self::General(other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::config::Files;
    use super::*;

    fn key(variables: &[(&str, &str)]) -> Result<String, Failure> {
        let mut all = vec![
            ("AWS_EC2_METADATA_DISABLED", "true"),
            ("AWS_CONFIG_FILE", "/dev/null"),
            ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
        ];
        all.extend(variables);
        let environment = Environment::of(&all);
        let profile = Profile::choose(Files::load(&environment)?, None, &environment)?;
        find(&environment, &profile).map(|found| found.access_key_id)
    }

    #[test]
    fn failures_have_the_exit_codes_of_aws() {
        assert_eq!(key(&[]).unwrap_err(), Failure::NoCredentials);
        assert_eq!(key(&[]).unwrap_err().exit_code(), 253);
        let half = [("AWS_ACCESS_KEY_ID", "ENV")];
        let failure = key(&half).unwrap_err();
        assert_eq!(
            failure,
            Failure::General("Partial credentials found in env, missing: AWS_SECRET_ACCESS_KEY".into())
        );
        assert_eq!(failure.exit_code(), 255);
        assert_eq!(key(&[half[0], ("AWS_SECRET_ACCESS_KEY", "s")]).unwrap(), "ENV");
    }

    #[test]
    fn failures_of_a_call_stay_what_they_are() {
        let inner = Failure::NoRegion;
        let outer = CredentialsError::Call(Box::new(inner.clone()));
        assert_eq!(Failure::from(outer), inner);
    }
}
