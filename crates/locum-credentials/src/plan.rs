//! Which source wins, and why: decided from files and environment alone, before anything is asked.
//!
//! The order and the errors are botocore's (facts: cli §2). An explicit `--profile` puts the environment aside,
//! `AWS_PROFILE` does not. What is broken ends the search: signing with other credentials than those asked for would
//! be worse than not signing. A value that is empty counts as absent.

use std::fmt;

use locum_crypto::SecretString;

use crate::credentials::{Credentials, parse_time};
use crate::environment::Environment;
use crate::error::ConfigError;
use crate::files::Files;
use crate::recipe::{Login, Mfa, Recipe};
use crate::source::Source;
use crate::{instance_plan, mfa_plan, role_plan, sso_plan};

/// What a command has to go by.
#[derive(Debug, Clone, Copy)]
pub struct Chain<'a> {
    /// The environment.
    pub environment: &'a Environment,
    /// Both files.
    pub files: &'a Files,
    /// The profile in force.
    pub profile: &'a str,
    /// Whether `--profile` named it.
    pub explicit: bool,
    /// Whether sessions are made with MFA codes, where profile and environment do not say.
    pub sessions: bool,
}

/// What was found at one source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// `--profile` puts it aside.
    PutAside,
    /// Nothing there.
    Absent,
    /// It is to be asked.
    Chosen,
    /// It is asked for and cannot be used.
    Broken,
    /// An earlier source decided.
    NotReached,
}

/// One source and what was found there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The source.
    pub source: Source,
    /// What was found.
    pub verdict: Verdict,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match self.verdict {
            Verdict::PutAside => "put aside by --profile",
            Verdict::Absent => "nothing there",
            Verdict::Chosen => "chosen",
            Verdict::Broken => "cannot be used",
            Verdict::NotReached => "not reached",
        };
        write!(f, "{}: {verdict}", self.source)
    }
}

/// The sources in their order, and where they lead.
#[derive(Debug)]
pub struct Plan {
    /// Every source, in order.
    pub steps: Vec<Step>,
    /// What to do; `None` when no source has anything.
    pub outcome: Result<Option<Recipe>, ConfigError>,
}

impl Chain<'_> {
    /// Decides which source wins.
    #[must_use]
    pub fn plan(&self) -> Plan {
        let mut steps = Vec::with_capacity(Source::ORDER.len());
        let mut outcome: Result<Option<Recipe>, ConfigError> = Ok(None);
        for source in Source::ORDER {
            let verdict = if matches!(outcome, Ok(None)) {
                if source == Source::Environment && self.explicit {
                    Verdict::PutAside
                } else {
                    outcome = self.ask(source, self.profile, !self.explicit);
                    match outcome {
                        Ok(None) => Verdict::Absent,
                        Ok(Some(_)) => Verdict::Chosen,
                        Err(_) => Verdict::Broken,
                    }
                }
            } else {
                Verdict::NotReached
            };
            steps.push(Step { source, verdict });
        }
        Plan { steps, outcome }
    }

    /// Returns the second factor with a device that a command line names; the rest is the profile's.
    ///
    /// # Errors
    /// A setting is wrong.
    pub fn mfa(&self, serial: String) -> Result<Mfa, ConfigError> {
        mfa_plan::with_serial(self, self.files.profile(self.profile).unwrap_or_default(), serial)
    }

    /// Looks what a source has for `profile`; web identity looks into the environment only with `with_environment`.
    pub(crate) fn ask(
        &self,
        source: Source,
        profile: &str,
        with_environment: bool,
    ) -> Result<Option<Recipe>, ConfigError> {
        let view = self.files.profile(profile).unwrap_or_default();
        match source {
            Source::Environment => self.environment_keys(),
            Source::AssumeRole => role_plan::assume_role(self, profile),
            Source::WebIdentity => role_plan::web_identity(self.environment, view, with_environment),
            Source::Sso => sso_plan::sso(self.files, profile, view),
            Source::SharedKeys => mfa_plan::in_front_of(self, view, file_keys(view.credentials, source)?),
            Source::ConfigKeys => mfa_plan::in_front_of(self, view, file_keys(view.config, source)?),
            Source::Login => Ok(view.get("login_session").map(|session| {
                Recipe::Login(Login {
                    session: session.to_owned(),
                })
            })),
            Source::Process => {
                let process = mfa_plan::process(self.files, view, "credential_process");
                mfa_plan::in_front_of(self, view, process.map(Recipe::Process))
            }
            Source::Container => Ok(instance_plan::container(self.environment)),
            Source::Instance => {
                let view = self.files.profile(self.profile).unwrap_or_default();
                instance_plan::instance(self.environment, view)
            }
        }
    }

    /// Looks for the keys of the environment, wherever `--profile` puts them.
    pub(crate) fn environment_keys(&self) -> Result<Option<Recipe>, ConfigError> {
        let get = |name: &str| self.environment.non_empty(name);
        let Some(access_key_id) = get("AWS_ACCESS_KEY_ID") else {
            return Ok(None);
        };
        let secret = get("AWS_SECRET_ACCESS_KEY").ok_or_else(|| ConfigError::Partial {
            provider: Source::Environment.name(),
            missing: "AWS_SECRET_ACCESS_KEY",
        })?;
        let token = get("AWS_SECURITY_TOKEN").or_else(|| get("AWS_SESSION_TOKEN"));
        let expiration = match get("AWS_CREDENTIAL_EXPIRATION") {
            None => None,
            Some(text) => Some(parse_time(&text).ok_or(ConfigError::ExpirationVariable)?),
        };
        Ok(Some(Recipe::Keys {
            source: Source::Environment,
            credentials: Credentials {
                access_key_id,
                secret_access_key: SecretString::new(secret),
                session_token: token.map(SecretString::new),
                expiration,
                account_id: get("AWS_ACCOUNT_ID"),
            },
        }))
    }
}

/// Reads the keys of a profile's section. An access key without its secret is an error, not an absence, and so is one that is
/// there and empty: the original asks nobody else then either, and signs with nothing.
fn file_keys(
    section: Option<&crate::profile_file::Section>,
    source: Source,
) -> Result<Option<Recipe>, ConfigError> {
    const ID: &str = "aws_access_key_id";
    const SECRET: &str = "aws_secret_access_key";

    if !section.is_some_and(|section| section.values.contains_key(ID)) {
        return Ok(None);
    }
    let get = |name: &str| {
        let value = section?.values.get(name)?;
        (!value.is_empty()).then(|| value.clone())
    };
    let needed = |missing| {
        let provider = source.name();
        get(missing).ok_or(ConfigError::Partial { provider, missing })
    };
    let (access_key_id, secret) = (needed(ID)?, needed(SECRET)?);
    let token = get("aws_security_token").or_else(|| get("aws_session_token"));
    Ok(Some(Recipe::Keys {
        source,
        credentials: Credentials {
            access_key_id,
            secret_access_key: SecretString::new(secret),
            session_token: token.map(SecretString::new),
            expiration: None,
            account_id: get("aws_account_id"),
        },
    }))
}
