//! What a profile says of a second factor: which device, where its codes come from, and whether one code is to be good
//! for a session that many commands share.
//!
//! AWS's command knows `mfa_serial` beside a `role_arn` only, and asks for a code for every role. A session of long-term
//! keys with a second factor (`GetSessionToken`) is as good as a code for all of them, and for the keys' own profile too
//! (facts: cli §4.2). Whether one is made is a matter of the command; the profile and the environment may say otherwise.

use crate::error::ConfigError;
use crate::files::{Files, ProfileView};
use crate::plan::Chain;
use crate::recipe::{Mfa, MfaSession, Process, Recipe};

/// The variable that says whether sessions are made.
const VARIABLE: &str = "LOCUM_MFA_SESSION";

/// Reads the second factor of a profile.
pub(crate) fn mfa(chain: &Chain<'_>, view: ProfileView<'_>) -> Result<Option<Mfa>, ConfigError> {
    let serial = view.get("mfa_serial").map(str::to_owned);
    serial.map(|serial| with_serial(chain, view, serial)).transpose()
}

/// The second factor of a profile, with this device.
pub(crate) fn with_serial(
    chain: &Chain<'_>,
    view: ProfileView<'_>,
    serial: String,
) -> Result<Mfa, ConfigError> {
    Ok(Mfa {
        serial,
        process: process(chain.files, view, "mfa_process"),
        session: makes_sessions(chain, view)?,
        seconds: seconds(view)?,
    })
}

/// Puts a session in front of the long-term keys of a profile that names a device, if sessions are made.
pub(crate) fn in_front_of(
    chain: &Chain<'_>,
    view: ProfileView<'_>,
    recipe: Option<Recipe>,
) -> Result<Option<Recipe>, ConfigError> {
    let Some(from) = recipe else { return Ok(None) };
    let temporary = matches!(&from, Recipe::Keys { credentials, .. } if credentials.session_token.is_some());
    match mfa(chain, view)?.filter(|mfa| mfa.session && !temporary) {
        Some(mfa) => Ok(Some(Recipe::MfaSession(Box::new(MfaSession { mfa, from })))),
        None => Ok(Some(from)),
    }
}

/// A program that a profile names, with what is wrong with naming it there.
pub(crate) fn process(files: &Files, view: ProfileView<'_>, setting: &'static str) -> Option<Process> {
    Some(Process {
        command: view.get(setting)?.to_owned(),
        untrusted: files.check_trusted(view.file_of(setting), setting).err(),
        account_id: view.get("aws_account_id").map(str::to_owned),
    })
}

fn makes_sessions(chain: &Chain<'_>, view: ProfileView<'_>) -> Result<bool, ConfigError> {
    let (setting, value) = match chain.environment.non_empty(VARIABLE) {
        Some(value) => (VARIABLE, Some(value)),
        None => (
            "locum_mfa_session",
            view.get("locum_mfa_session").map(str::to_owned),
        ),
    };
    match value {
        None => Ok(chain.sessions),
        Some(value) if value.eq_ignore_ascii_case("true") => Ok(true),
        Some(value) if value.eq_ignore_ascii_case("false") => Ok(false),
        Some(value) => Err(ConfigError::Switch { setting, value }),
    }
}

fn seconds(view: ProfileView<'_>) -> Result<Option<i64>, ConfigError> {
    const SETTING: &str = "locum_mfa_session_seconds";
    let Some(value) = view.get(SETTING) else {
        return Ok(None);
    };
    let seconds = value.parse().ok().filter(|seconds| *seconds > 0);
    seconds.map(Some).ok_or_else(|| ConfigError::Number {
        variable: SETTING,
        value: value.to_owned(),
    })
}
