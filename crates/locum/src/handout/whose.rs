//! Whose credentials are handed out, and how they are found again when they are about to end.

use jiff::Timestamp;
use locum_credentials::{Credentials, Environment, Prompt};
use locum_crypto::SecretString;

use super::{Keeper, Surroundings};
use crate::caller::{Caller, CallerOptions};
use crate::cli::{errors::Failure, prompt::Terminal};
use crate::outcome::hint;

/// Somebody whose credentials other programs get.
#[derive(Clone)]
pub(crate) struct Whose {
    options: CallerOptions,
    environment: Environment,
}

/// Nobody to ask for a code: the terminal belongs to another program.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NoPrompt;

impl Prompt for NoPrompt {
    fn code(&self, _: &str) -> Result<SecretString, String> {
        Err("the session is over, and renewing it needs an MFA code: start the command anew".to_owned())
    }
}

/// The terminal while it is ours; asking for a code from the background would stop the process.
#[derive(Debug, Clone, Copy)]
struct Foreground;

impl Prompt for Foreground {
    fn code(&self, serial: &str) -> Result<SecretString, String> {
        let terminal = std::fs::File::open("/dev/tty").ok();
        let group = terminal.and_then(|terminal| rustix::termios::tcgetpgrp(terminal).ok());
        if group == Some(rustix::process::getpgrp()) {
            Terminal.code(serial)
        } else {
            NoPrompt.code(serial)
        }
    }
}

/// Who is asked for codes when credentials are renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Renewal {
    /// Nobody.
    Silent,
    /// The person in front of the terminal, if it is ours.
    Asking,
}

impl Whose {
    /// Whom these options name.
    pub(crate) const fn new(options: CallerOptions, environment: Environment) -> Self {
        Self { options, environment }
    }

    /// Returns the environment that they are found in.
    pub(crate) const fn environment(&self) -> &Environment {
        &self.environment
    }

    /// Returns a name for a person: the role, or the profile.
    pub(crate) fn name(&self) -> Result<String, Failure> {
        match &self.options.role {
            Some(role) => Ok(role.clone()),
            None => Ok(self.caller()?.profile().name.clone()),
        }
    }

    /// Finds the credentials now; a person may be asked for a code.
    pub(crate) fn credentials(&self) -> Result<Credentials, Failure> {
        self.caller()?.credentials()
    }

    /// Returns what is configured besides, and tells what a program will make of it that nothing can keep it from.
    pub(crate) fn surroundings(&self) -> Result<Surroundings, Failure> {
        let caller = self.caller()?;
        let around = Surroundings::of(&caller, &self.environment)?;
        if around.endpoints.of_default {
            hint(&format!(
                "the default profile says where services are: programs go there with these credentials, but for what {} \
                 says itself",
                caller.profile().name
            ));
        }
        Ok(around)
    }

    /// Finds the credentials of a session now and keeps them fresh. Keys without an end are not given out: who overheard
    /// them would have them for good.
    pub(crate) fn keep(&self, renewal: Renewal) -> Result<Keeper, Failure> {
        let first = self.credentials()?;
        if first.session_token.is_none() {
            return Err(Failure::General(
                "these are long-term keys, and an endpoint gives out sessions only: name a role with --role"
                    .to_owned(),
            ));
        }
        let mut whose = self.clone();
        // A code is good once.
        whose.options.token_code = None;
        let ask = move || {
            let prompt: &dyn Prompt = match renewal {
                Renewal::Silent => &NoPrompt,
                Renewal::Asking => &Foreground,
            };
            let found = whose
                .caller()
                .and_then(|caller| caller.credentials_by(prompt))
                .map_err(|failure| failure.to_string())?;
            match found.session_token {
                Some(_) => Ok(found),
                None => Err("the session has become long-term keys, which are not given out".to_owned()),
            }
        };
        let tell = |sentence: &str| hint(&format!("cannot renew the credentials: {sentence}"));
        Ok(Keeper::new(ask, Timestamp::now, tell).with(first))
    }

    fn caller(&self) -> Result<Caller<'_>, Failure> {
        Caller::open(&self.options, &self.environment)
    }
}
