//! Forgetting what a login keeps. What the credentials allow is not ended by it: they end at their time.

use locum_credentials::plain;

use super::error::LoginError;
use super::options::{LOGOUT_HELP, LogoutOptions};
use super::session;
use crate::cli::config::{self, Files, Profile};
use crate::vault;

/// Forgets, and says whose session it was.
pub(super) fn logout(options: &LogoutOptions) -> Result<String, LoginError> {
    if options.help {
        return Ok(LOGOUT_HELP.to_owned());
    }
    let environment = config::environment()?;
    let named = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"];
    let named = named.into_iter().find_map(|name| environment.non_empty(name));
    let profile = options.profile.clone().or(named);
    let profile = profile.unwrap_or_else(|| "default".to_owned());
    // A profile that is gone may have left a session behind.
    let chosen = Profile::choose(Files::load(&environment)?, Some(&profile), &environment).ok();
    let setting = match &chosen {
        Some(chosen) => chosen.trusted(vault::SETTING)?,
        None => None,
    };
    let vault = vault::open(&environment, setting).map_err(LoginError::Keep)?;
    let profiles = if options.all {
        session::profiles(&*vault)?
    } else {
        vec![profile]
    };
    let mut said = String::new();
    for profile in profiles {
        let how = if session::forget(&*vault, &profile)? {
            "Signed out of"
        } else {
            "There was no session of"
        };
        said.push_str(&format!("{how} the profile {}.\n", plain(&profile)));
    }
    Ok(said)
}
