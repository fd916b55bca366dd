//! Profiles of IAM Identity Center: with an `sso-session` section, or everything in the profile as it once was.

use crate::error::ConfigError;
use crate::files::{Files, ProfileView};
use crate::recipe::{Recipe, Sso};

/// What a role of Identity Center needs to be asked for.
const NEEDED: [&str; 4] = ["sso_role_name", "sso_account_id", "sso_start_url", "sso_region"];

/// Looks for a role of Identity Center.
pub(crate) fn sso(
    files: &Files,
    profile: &str,
    view: ProfileView<'_>,
) -> Result<Option<Recipe>, ConfigError> {
    if !view.has("sso_role_name") && !view.has("sso_account_id") {
        return Ok(None);
    }
    let session = match view.get("sso_session") {
        None => None,
        Some(name) => {
            let section = files
                .session(name)
                .ok_or_else(|| ConfigError::NoSsoSession(name.to_owned()))?;
            Some((name, section))
        }
    };
    let mut found = [const { None }; 4];
    for (slot, key) in found.iter_mut().zip(NEEDED) {
        let of_profile = view.get(key);
        let of_session = session
            .and_then(|(_, section)| section.values.get(key))
            .map(String::as_str)
            .filter(|value| !value.is_empty());
        if let (Some(profile), Some(session)) = (of_profile, of_session)
            && profile != session
        {
            return Err(ConfigError::SsoDiffers {
                key,
                profile: profile.to_owned(),
                session: session.to_owned(),
            });
        }
        *slot = of_profile.or(of_session).map(str::to_owned);
    }
    match found {
        [Some(role_name), Some(account_id), Some(start_url), Some(region)] => Ok(Some(Recipe::Sso(Sso {
            session: session.map(|(name, _)| name.to_owned()),
            start_url,
            region,
            account_id,
            role_name,
        }))),
        found => {
            let missing: Vec<&str> = NEEDED
                .into_iter()
                .zip(&found)
                .filter_map(|(key, value)| value.is_none().then_some(key))
                .collect();
            Err(ConfigError::SsoMissing {
                profile: profile.to_owned(),
                missing: missing.join(", "),
            })
        }
    }
}
