//! Forgetting what a login keeps. What the credentials allow is not ended by it: they end at their time.

use locum_credentials::{VaultError, plain};

use super::error::LoginError;
use super::options::{LOGOUT_HELP, LogoutOptions};
use super::session;
use crate::cli::config::{self, Files, Profile};
use crate::outcome::{hint, write_out};
use crate::vault;

/// Forgets, and says whose session it was.
pub(super) fn logout(options: &LogoutOptions) -> Result<String, LoginError> {
    if options.help {
        return Ok(LOGOUT_HELP.to_owned());
    }
    let environment = config::environment()?;
    let named = config::naming_variable(&environment).and_then(|name| environment.get(name));
    let given = options.profile.clone().filter(|name| !name.is_empty());
    let profile = given.or(named);
    // Nobody signs in to a profile without a name, and not to say which is no wish to leave the default one.
    if profile.as_deref() == Some("") && !options.all {
        Profile::choose(Files::load(&environment)?, None, &environment)?;
    }
    let profile = profile.unwrap_or_else(|| "default".to_owned());
    // A profile that is gone may have left a session behind.
    let chosen = Profile::choose(Files::load(&environment)?, Some(&profile), &environment).ok();
    let setting = match &chosen {
        Some(chosen) => chosen.trusted(vault::SETTING)?,
        None => None,
    };
    let vault = vault::open(&environment, setting).map_err(VaultError::Unusable)?;
    let profiles = if options.all {
        session::profiles(&*vault)?
    } else {
        vec![profile]
    };
    let mut said = String::new();
    let mut failed = None;
    for profile in profiles {
        let how = match session::forget(&*vault, &profile) {
            Ok(true) => "Signed out of",
            Ok(false) => "There was no session of",
            // The others are to be forgotten all the same.
            Err(error) => {
                if let Some(earlier) = failed.replace(error) {
                    hint(&earlier.to_string());
                }
                continue;
            }
        };
        said.push_str(&format!("{how} the profile {}.\n", plain(&profile)));
    }
    match failed {
        None => Ok(said),
        Some(error) => {
            // What was done is told as well; that nobody reads it changes nothing.
            let _ = write_out(&said);
            Err(error)
        }
    }
}
