//! Profiles with a `role_arn`: whose credentials assume the role, over as many hops as the profiles make.

use crate::environment::Environment;
use crate::error::ConfigError;
use crate::files::ProfileView;
use crate::mfa_plan;
use crate::plan::Chain;
use crate::recipe::{Recipe, Role, WebIdentity};
use crate::source::Source;

/// Hops beyond which a chain of profiles is a mistake; it keeps a hostile file from exhausting the stack.
const MAX_HOPS: usize = 64;

/// Looks for a role to assume.
pub(crate) fn assume_role(chain: &Chain<'_>, profile: &str) -> Result<Option<Recipe>, ConfigError> {
    let view = chain.files.profile(profile).unwrap_or_default();
    if !has_role(view) {
        return Ok(None);
    }
    hop(chain, profile, &mut vec![profile.to_owned()]).map(Some)
}

/// Whether a profile assumes a role; one with a web identity token does it without other credentials.
fn has_role(view: ProfileView<'_>) -> bool {
    view.has("role_arn") && !view.has("web_identity_token_file")
}

/// Whether a profile has keys of its own, be they empty, which is refused when they are read.
fn has_keys(view: ProfileView<'_>) -> bool {
    let sections = [view.credentials, view.config].into_iter().flatten();
    let mut values = sections.map(|section| &section.values);
    values.any(|values| {
        values.contains_key("aws_secret_access_key") || values.contains_key("aws_access_key_id")
    })
}

/// One hop: the role of `profile`. `visited` are the profiles so far, this one included.
fn hop(chain: &Chain<'_>, profile: &str, visited: &mut Vec<String>) -> Result<Recipe, ConfigError> {
    let view = chain.files.profile(profile).unwrap_or_default();
    let owned = |key: &str| view.get(key).map(str::to_owned);
    let from = match (view.get("source_profile"), view.get("credential_source")) {
        (Some(_), Some(_)) => return Err(ConfigError::TwoSources(profile.to_owned())),
        (None, None) => {
            return Err(ConfigError::Partial {
                provider: Source::AssumeRole.name(),
                missing: "source_profile or credential_source",
            });
        }
        (None, Some(named)) => of_source(chain, named, profile)?,
        (Some(source), None) => of_profile(chain, source, profile, visited)?,
    };
    Ok(Recipe::Role(Box::new(Role {
        arn: owned("role_arn").unwrap_or_default(),
        session_name: owned("role_session_name"),
        external_id: owned("external_id"),
        mfa: mfa_plan::mfa(chain, view)?,
        // What is not a number is passed over, as the original does.
        duration_seconds: view.get("duration_seconds").and_then(number),
        from,
    })))
}

/// Reads a number as the original does, `1_800` too: whoever wrote one must not get a session of the usual length instead.
fn number(text: &str) -> Option<i64> {
    let text = text.trim();
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let grouped = digits.split('_').all(|group| !group.is_empty());
    let plain = text.replace('_', "");
    grouped.then(|| plain.parse().ok()).flatten()
}

fn of_source(chain: &Chain<'_>, named: &str, profile: &str) -> Result<Recipe, ConfigError> {
    let found = match named {
        "Environment" => chain.environment_keys()?,
        "EcsContainer" => chain.ask(Source::Container, profile, false)?,
        "Ec2InstanceMetadata" => chain.ask(Source::Instance, profile, false)?,
        _ => {
            return Err(ConfigError::UnknownSource {
                named: named.to_owned(),
                profile: profile.to_owned(),
            });
        }
    };
    found.ok_or_else(|| ConfigError::EmptySource {
        named: named.to_owned(),
        profile: profile.to_owned(),
    })
}

fn of_profile(
    chain: &Chain<'_>,
    source: &str,
    profile: &str,
    visited: &mut Vec<String>,
) -> Result<Recipe, ConfigError> {
    let view = chain
        .files
        .profile(source)
        .ok_or_else(|| ConfigError::NoSourceProfile {
            named: source.to_owned(),
            profile: profile.to_owned(),
        })?;
    let again = visited.iter().any(|name| name == source);
    // A profile may name itself, to take its own keys for its own role.
    if (again && (source != profile || !has_keys(view))) || visited.len() > MAX_HOPS {
        return Err(ConfigError::Loop {
            profile: source.to_owned(),
            visited: visited.clone(),
        });
    }
    visited.push(source.to_owned());
    if has_role(view) && !has_keys(view) {
        return hop(chain, source, visited);
    }
    for kind in Source::OF_PROFILE {
        if let Some(recipe) = chain.ask(kind, source, false)? {
            return Ok(recipe);
        }
    }
    Err(ConfigError::EmptySourceProfile(source.to_owned()))
}

/// Looks for a role and a token: in the environment if that counts, then in the profile, setting by setting.
pub(crate) fn web_identity(
    environment: &Environment,
    view: ProfileView<'_>,
    with_environment: bool,
) -> Result<Option<Recipe>, ConfigError> {
    let get = |variable: &str, key: &str| match environment.get(variable).filter(|_| with_environment) {
        // A variable that is set counts even when it is empty: it says that there is no such thing.
        Some(value) => Some(value).filter(|value| !value.is_empty()),
        None => view.get(key).map(str::to_owned),
    };
    let Some(token_file) = get("AWS_WEB_IDENTITY_TOKEN_FILE", "web_identity_token_file") else {
        return Ok(None);
    };
    Ok(Some(Recipe::WebIdentity(WebIdentity {
        role_arn: get("AWS_ROLE_ARN", "role_arn").ok_or(ConfigError::NoRoleArn)?,
        session_name: get("AWS_ROLE_SESSION_NAME", "role_session_name"),
        token_file: token_file.into(),
    })))
}
