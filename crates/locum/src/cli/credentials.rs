//! Whose credentials sign the call: the environment, then the profile's static keys.
//!
//! An explicit `--profile` puts the environment aside, `AWS_PROFILE` does not. A profile that names a source this
//! command does not have ends the call with one sentence: signing with other credentials than those asked for would be
//! worse than not signing (`facts: cli §2`).

use locum_crypto::SecretString;

use super::config::{Environment, Profile};
use super::errors::Failure;

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

/// Sources that AWS's command asks before the static keys of the `credentials` file, in its order.
const BEFORE_SHARED_KEYS: [(&str, &str); 4] = [
    ("role_arn", "assuming a role"),
    ("web_identity_token_file", "a web identity token"),
    ("sso_session", "single sign-on"),
    ("sso_start_url", "single sign-on"),
];
/// Those it asks between the keys of `credentials` and the keys of `config`.
const BEFORE_CONFIG_KEYS: [(&str, &str); 2] = [
    ("login_session", "`aws login`"),
    ("credential_process", "a credential process"),
];
/// Variables that name a source, asked after (or, for web identity, before) the profile's keys.
const WEB_IDENTITY: &str = "AWS_WEB_IDENTITY_TOKEN_FILE";
const CONTAINER: [&str; 2] = [
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
];

/// Finds the credentials.
pub(crate) fn find(environment: &Environment, profile: &Profile) -> Result<Credentials, Failure> {
    if !profile.explicit
        && let Some(credentials) = of_environment(environment)?
    {
        return Ok(credentials);
    }
    refuse_sources(profile, &BEFORE_SHARED_KEYS)?;
    if environment.non_empty(WEB_IDENTITY).is_some() {
        return Err(unsupported(
            &format!("the environment ({WEB_IDENTITY})"),
            "a web identity token",
        ));
    }
    let of_file = |values: &std::collections::HashMap<String, String>, source: &str| {
        keys(
            |name| {
                values
                    .get(&name.to_lowercase())
                    .cloned()
                    .filter(|v| !v.is_empty())
            },
            source,
            str::to_lowercase,
        )
    };
    if let Some(credentials) = of_file(&profile.credentials.values, "shared-credentials-file")? {
        return Ok(credentials);
    }
    refuse_sources(profile, &BEFORE_CONFIG_KEYS)?;
    if let Some(credentials) = of_file(&profile.config.values, "config-file")? {
        return Ok(credentials);
    }
    match CONTAINER
        .into_iter()
        .find(|name| environment.non_empty(name).is_some())
    {
        Some(name) => Err(unsupported(
            &format!("the environment ({name})"),
            "a container's credential endpoint",
        )),
        None => Err(Failure::NoCredentials),
    }
}

fn of_environment(environment: &Environment) -> Result<Option<Credentials>, Failure> {
    keys(|name| environment.non_empty(name), "env", str::to_owned)
}

/// Reads the three keys of a source. An access key without its secret is an error, not an absence.
fn keys(
    get: impl Fn(&str) -> Option<String>,
    source: &str,
    spelled: impl Fn(&str) -> String,
) -> Result<Option<Credentials>, Failure> {
    let Some(access_key_id) = get("AWS_ACCESS_KEY_ID") else {
        return Ok(None);
    };
    let Some(secret) = get("AWS_SECRET_ACCESS_KEY") else {
        return Err(Failure::General(format!(
            "Partial credentials found in {source}, missing: {}",
            spelled("AWS_SECRET_ACCESS_KEY")
        )));
    };
    let token = get("AWS_SESSION_TOKEN").or_else(|| get("AWS_SECURITY_TOKEN"));
    Ok(Some(Credentials {
        access_key_id,
        secret_access_key: SecretString::new(secret),
        session_token: token.map(SecretString::new),
    }))
}

fn refuse_sources(profile: &Profile, sources: &[(&str, &str)]) -> Result<(), Failure> {
    match sources.iter().find(|(key, _)| profile.get(key).is_some()) {
        Some((key, what)) => Err(unsupported(
            &format!("the profile \"{}\" ({key})", profile.name),
            what,
        )),
        None => Ok(()),
    }
}

fn unsupported(place: &str, what: &str) -> Failure {
    Failure::Configuration(format!(
        "The credentials of {place} come from {what}, which locum does not support yet; give it an access key instead."
    ))
}

#[cfg(test)]
mod tests {
    use super::super::config::Section;
    use super::*;

    const ENV: [(&str, &str); 3] = [
        ("AWS_ACCESS_KEY_ID", "ENV"),
        ("AWS_SECRET_ACCESS_KEY", "s"),
        ("AWS_SESSION_TOKEN", "t"),
    ];

    fn section(values: &[(&str, &str)]) -> Section {
        Section {
            values: values
                .iter()
                .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
                .collect(),
            ..Section::default()
        }
    }

    fn profile(explicit: bool, credentials: &[(&str, &str)], config: &[(&str, &str)]) -> Profile {
        Profile {
            name: "p".into(),
            explicit,
            config: section(config),
            credentials: section(credentials),
            ..Profile::default()
        }
    }

    fn key(environment: &[(&str, &str)], profile: &Profile) -> Result<String, String> {
        find(&Environment::of(environment), profile)
            .map(|c| c.access_key_id)
            .map_err(|f| f.to_string())
    }

    const SHARED: [(&str, &str); 2] = [("aws_access_key_id", "SHARED"), ("aws_secret_access_key", "s")];
    const CONFIG: [(&str, &str); 2] = [("aws_access_key_id", "CONFIG"), ("aws_secret_access_key", "s")];

    #[test]
    fn sources_are_asked_in_order() {
        assert_eq!(key(&ENV, &profile(false, &SHARED, &CONFIG)).unwrap(), "ENV");
        assert_eq!(key(&ENV, &profile(true, &SHARED, &CONFIG)).unwrap(), "SHARED");
        assert_eq!(key(&[], &profile(false, &SHARED, &CONFIG)).unwrap(), "SHARED");
        assert_eq!(key(&[], &profile(false, &[], &CONFIG)).unwrap(), "CONFIG");
        assert_eq!(
            find(&Environment::of(&[]), &profile(false, &[], &[])).unwrap_err(),
            Failure::NoCredentials
        );
    }

    #[test]
    fn an_explicit_profile_without_keys_does_not_borrow_the_environment() {
        assert_eq!(
            find(&Environment::of(&ENV), &profile(true, &[], &[])).unwrap_err(),
            Failure::NoCredentials
        );
    }

    #[test]
    fn half_a_key_is_an_error() {
        assert_eq!(
            key(&ENV[..1], &profile(false, &SHARED, &[])).unwrap_err(),
            "Partial credentials found in env, missing: AWS_SECRET_ACCESS_KEY"
        );
        assert_eq!(
            key(&[], &profile(false, &SHARED[..1], &CONFIG)).unwrap_err(),
            "Partial credentials found in shared-credentials-file, missing: aws_secret_access_key"
        );
    }

    #[test]
    fn a_source_that_is_not_supported_is_named_and_never_passed_over() {
        for name in [
            "role_arn",
            "sso_session",
            "sso_start_url",
            "web_identity_token_file",
        ] {
            let error = key(&[], &profile(false, &SHARED, &[(name, "x")])).unwrap_err();
            assert!(error.contains(name), "{error}");
        }
        for name in ["credential_process", "login_session"] {
            let error = key(&[], &profile(false, &[], &[(name, "x"), CONFIG[0], CONFIG[1]])).unwrap_err();
            assert!(error.contains(name), "{error}");
            assert_eq!(
                key(&[], &profile(false, &SHARED, &[(name, "x")])).unwrap(),
                "SHARED"
            );
        }
        for name in [WEB_IDENTITY, CONTAINER[0], CONTAINER[1]] {
            let error = key(&[(name, "x")], &profile(false, &[], &[])).unwrap_err();
            assert!(error.contains(name), "{error}");
        }
    }
}
