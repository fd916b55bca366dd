//! Codes of MFA devices: one given on the command line, else what a program prints, else what a person types.
//!
//! A service takes a code once, so a command gives it once: a second role that needs one waits for the next, instead of
//! being refused with the same.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use locum_crypto::SecretString;

use crate::error::CredentialsError;
use crate::recipe::{Mfa, Process};
use crate::refused::HandedOut;
use crate::resolve::Resolver;
use crate::words;

/// How long a program may take: its device may want to be touched.
const LIMIT: Duration = Duration::from_secs(120);

/// A code that a command line names.
#[derive(Debug)]
pub enum Given {
    /// The code itself.
    Code(SecretString),
    /// Where it is to be read when it is needed, or a sentence why it is not there.
    Elsewhere(fn() -> Result<SecretString, String>),
}

/// Where the codes of one command come from before a person is asked, and which it has used.
#[derive(Debug, Default)]
pub struct Codes {
    given: Mutex<Option<Given>>,
    process: Option<Process>,
    used: Mutex<Vec<SecretString>>,
    /// The session that was kept and is signed with, to be forgotten if a service does not take it.
    handed_out: Mutex<Option<HandedOut>>,
}

impl Codes {
    /// Codes from a command line: one that was given, and the command line of a program that prints more. What the
    /// program's line holds is trusted, unlike a file's.
    #[must_use]
    pub fn new(given: Option<Given>, process: Option<String>) -> Self {
        Self {
            given: Mutex::new(given),
            process: process.map(|command| Process {
                command,
                untrusted: None,
                account_id: None,
            }),
            ..Self::default()
        }
    }

    /// Tells whether a text is a code: six digits.
    #[must_use]
    pub fn is_code(text: &str) -> bool {
        text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit())
    }

    fn take_given(&self) -> Option<Result<SecretString, String>> {
        let given = self.given.lock().unwrap_or_else(PoisonError::into_inner).take();
        Some(match given? {
            Given::Code(code) => Ok(code),
            Given::Elsewhere(read) => read(),
        })
    }

    pub(crate) fn hand_out(&self, session: HandedOut) {
        *self.handed_out.lock().unwrap_or_else(PoisonError::into_inner) = Some(session);
    }

    pub(crate) fn take_handed_out(&self) -> Option<HandedOut> {
        self.handed_out
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    /// Remembers a code, and tells whether it is new.
    fn use_up(&self, code: &SecretString) -> bool {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let new = !used.iter().any(|other| other.matches(code.expose()));
        if new {
            used.push(code.clone());
        }
        new
    }
}

impl Resolver<'_> {
    /// Gets a code that this command has not used.
    pub(crate) fn code(&self, mfa: &Mfa) -> Result<SecretString, CredentialsError> {
        let refused = |reason: String| CredentialsError::Prompt {
            serial: mfa.serial.clone(),
            reason,
        };
        let code = if let Some(given) = self.codes.take_given() {
            given
        } else if let Some(process) = self.codes.process.as_ref().or(mfa.process.as_ref()) {
            self.ask_program(process)
        } else {
            self.prompt.code(&mfa.serial)
        };
        let code = code.map_err(refused)?;
        if self.codes.use_up(&code) {
            Ok(code)
        } else {
            Err(refused(
                "this code was used already; the device shows another within half a minute".to_owned(),
            ))
        }
    }

    fn ask_program(&self, process: &Process) -> Result<SecretString, String> {
        if let Some(untrusted) = &process.untrusted {
            return Err(untrusted.to_string());
        }
        let words = words::split(&process.command).map_err(|error| error.to_string())?;
        let output = self.runner.run(&words, LIMIT)?;
        // What it printed instead of a code is not quoted, nor what it complained of: it may be the device's seed.
        if !output.success {
            return Err("the program for MFA codes failed; run it by hand to see why".to_owned());
        }
        let text = std::str::from_utf8(output.stdout.expose()).map(str::trim);
        text.ok()
            .filter(|text| Codes::is_code(text))
            .map(SecretString::from)
            .ok_or_else(|| "the program for MFA codes did not print six digits".to_owned())
    }
}
