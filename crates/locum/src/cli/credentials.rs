//! Whose credentials sign the call: what `locum_credentials` finds, asked for with this program's sockets and terminal.

use std::cell::RefCell;
use std::path::PathBuf;

pub(crate) use locum_credentials::Credentials;
use locum_credentials::{
    Cache, Chain, Codes, CredentialsError, Prompt, Recipe, Resolver, SystemRunner, Vault,
};
use locum_crypto::SystemRandom;

use super::config::{Environment, Profile};
use super::errors::Failure;
use super::outside::Outside;
use crate::vault::{self, SystemClock, Unusable};

/// What the command line says about the way to credentials.
pub(crate) struct Ways<'a> {
    /// `--region`.
    pub(crate) region: Option<&'a str>,
    /// Where calls to STS on the way go, if not where the configuration says.
    pub(crate) endpoint_url: Option<&'a str>,
    /// Whether to check the certificate of STS.
    pub(crate) verify: bool,
    /// The certificates to trust.
    pub(crate) ca_bundle: Option<String>,
    /// Who is asked for MFA codes.
    pub(crate) prompt: &'a dyn Prompt,
    /// Where they come from before anybody is asked.
    pub(crate) codes: &'a Codes,
    /// Runs the programs that print credentials or codes.
    pub(crate) runner: SystemRunner,
    /// Gets a line for each step.
    pub(crate) debug: &'a dyn Fn(&str),
}

/// What the chain of sources goes by. Commands of our own make sessions with MFA codes unless told otherwise; `sts …` does
/// what AWS's command does.
pub(crate) fn chain<'a>(environment: &'a Environment, profile: &'a Profile, sessions: bool) -> Chain<'a> {
    Chain {
        environment,
        files: &profile.files,
        profile: &profile.name,
        explicit: profile.explicit,
        sessions,
    }
}

/// Finds the credentials for an operation of `sts …`.
pub(crate) fn find(
    operation: &str,
    environment: &Environment,
    profile: &Profile,
    ways: &Ways<'_>,
) -> Result<Credentials, Failure> {
    let plan = chain(environment, profile, false).plan();
    for step in &plan.steps {
        (ways.debug)(&format!("credentials: {step}"));
    }
    let found = plan.outcome.map_err(CredentialsError::from)?;
    let recipe = found.ok_or(Failure::NoCredentials)?.for_operation(operation);
    follow(&recipe, environment, profile, ways)
}

/// Follows a recipe.
pub(crate) fn follow(
    recipe: &Recipe,
    environment: &Environment,
    profile: &Profile,
    ways: &Ways<'_>,
) -> Result<Credentials, Failure> {
    let found = with_resolver(environment, profile, ways, |resolver| resolver.resolve(recipe));
    found?.ok_or(Failure::NoCredentials)
}

/// Forgets a session of the vault or the cache that a call was signed with, if that is why it failed; tells whether finding the
/// credentials and calling again is worth while.
pub(crate) fn forget_refused(
    failure: &Failure,
    environment: &Environment,
    profile: &Profile,
    ways: &Ways<'_>,
) -> bool {
    let Failure::Service { code, .. } = failure else {
        return false;
    };
    forget_over(code, environment, profile, ways)
}

/// As [`forget_refused`], by the code that a service gave.
pub(crate) fn forget_over(code: &str, environment: &Environment, profile: &Profile, ways: &Ways<'_>) -> bool {
    with_resolver(environment, profile, ways, |resolver| {
        resolver.forget_refused_session(code)
    })
}

/// Opens the vault of environment and profile. What is wrong with the choice is told to whoever needs it.
pub(crate) fn open_vault(environment: &Environment, profile: &Profile) -> Box<dyn Vault> {
    let setting = profile
        .trusted(vault::SETTING)
        .map_err(|failure| failure.to_string());
    let vault = setting.and_then(|setting| vault::open(environment, setting));
    vault.unwrap_or_else(|reason| Box::new(Unusable(reason)))
}

/// What commands keep for each other, the original's among them.
pub(crate) struct Caches {
    /// Sessions of roles.
    pub(crate) sessions: Cache,
    /// Tokens of IAM Identity Center.
    pub(crate) tokens: Cache,
    /// Sessions of `aws login`.
    pub(crate) logins: Cache,
}

impl Caches {
    /// The caches of whoever has this environment.
    pub(crate) fn of(environment: &Environment) -> Self {
        let [sessions, tokens, logins] = Self::directories(environment).map(Cache::new);
        Self {
            sessions,
            tokens,
            logins,
        }
    }

    /// Where they are, in the order of the fields.
    pub(crate) fn directories(environment: &Environment) -> [Option<PathBuf>; 3] {
        let own = |path: &str| environment.home().map(|_| environment.expand(path));
        let logins = environment.non_empty("AWS_LOGIN_CACHE_DIRECTORY");
        [
            own("~/.aws/cli/cache"),
            own("~/.aws/sso/cache"),
            logins.map_or_else(
                || own("~/.aws/login/cache"),
                |path| Some(environment.expand(&path)),
            ),
        ]
    }
}

/// Asks with this program's sockets, programs and caches.
fn with_resolver<T>(
    environment: &Environment,
    profile: &Profile,
    ways: &Ways<'_>,
    question: impl FnOnce(&Resolver<'_>) -> T,
) -> T {
    let caches = Caches::of(environment);
    let outside = Outside {
        environment,
        profile,
        ways,
    };
    let resolver = Resolver {
        services: &outside,
        http: &outside,
        runner: &ways.runner,
        prompt: ways.prompt,
        clock: &SystemClock,
        sessions: &caches.sessions,
        tokens: &caches.tokens,
        logins: &caches.logins,
        vault: &*open_vault(environment, profile),
        codes: ways.codes,
        random: &RefCell::new(SystemRandom),
        debug: ways.debug,
    };
    question(&resolver)
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
    use super::super::{config::Files, prompt::Terminal};
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
        let ways = Ways {
            region: None,
            endpoint_url: None,
            verify: true,
            ca_bundle: None,
            prompt: &Terminal,
            codes: &Codes::default(),
            runner: SystemRunner::default(),
            debug: &|_| (),
        };
        find("GetCallerIdentity", &environment, &profile, &ways).map(|found| found.access_key_id)
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
    fn caches_are_where_the_original_has_them() {
        let home = ("HOME", "/h");
        let logins = |more: &[(&str, &str)]| {
            let environment = Environment::of(&[&[home], more].concat());
            let [_, _, logins] = Caches::directories(&environment);
            logins.map(|path| path.display().to_string())
        };
        for (variable, expected) in [
            ("", "/h/.aws/login/cache"),
            ("/elsewhere", "/elsewhere"),
            ("~/own", "/h/own"),
            ("$HOME/own", "/h/own"),
        ] {
            let found = logins(&[("AWS_LOGIN_CACHE_DIRECTORY", variable)]);
            assert_eq!(found.as_deref(), Some(expected), "{variable}");
        }
        assert_eq!(logins(&[]).as_deref(), Some("/h/.aws/login/cache"));
    }

    #[test]
    fn failures_of_a_call_stay_what_they_are() {
        let inner = Failure::NoRegion;
        let outer = CredentialsError::Call(Box::new(inner.clone()));
        assert_eq!(Failure::from(outer), inner);
    }
}
