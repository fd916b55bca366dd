//! The URLs that option, environment and profile give a service.

use super::{
    super::{
        config::{Environment, Profile},
        errors::Failure,
        proxy::without_password,
    },
    Wanted,
};

/// Refuses what is not an absolute URL.
pub(crate) fn check_url(url: &str, source: &str) -> Result<(), Failure> {
    let known = |scheme: &str| {
        ["http", "https"]
            .iter()
            .any(|known| scheme.eq_ignore_ascii_case(known))
    };
    match url.split_once("://") {
        Some((scheme, rest))
            if known(scheme) && !rest.is_empty() && !rest.starts_with(['/', ':', '?', '#']) =>
        {
            Ok(())
        }
        _ => Err(Failure::Validation(format!(
            "Bad value for {source} \"{}\": scheme is missing.  Must be of the form http://<hostname>/ or \
             https://<hostname>/",
            without_password(url)
        ))),
    }
}

/// Tells whether the URLs of environment and profile are switched off.
pub(crate) fn ignores_configured_urls(environment: &Environment, profile: &Profile) -> bool {
    let switch = match environment.non_empty("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") {
        Some(value) => Some(value),
        None => profile.get("ignore_configured_endpoint_urls").map(str::to_owned),
    };
    switch.is_some_and(|value| value.eq_ignore_ascii_case("true"))
}

/// The URL that environment or profile give a service, and which of them it was.
pub(crate) fn configured_url(
    service: &str,
    environment: &Environment,
    profile: &Profile,
) -> Result<Option<(String, String)>, Failure> {
    if ignores_configured_urls(environment, profile) {
        return Ok(None);
    }
    let own = format!("AWS_ENDPOINT_URL_{}", service.to_uppercase());
    let of_environment = [own.as_str(), "AWS_ENDPOINT_URL"]
        .into_iter()
        .find_map(|name| Some((environment.non_empty(name)?, name.to_owned())));
    if of_environment.is_some() {
        return Ok(of_environment);
    }
    if let Some(url) = profile.of_service(service, "endpoint_url")? {
        return Ok(Some((url.to_owned(), "the services section".to_owned())));
    }
    let url = profile.trusted("endpoint_url")?;
    Ok(url.map(|url| (url.to_owned(), "endpoint_url".to_owned())))
}

/// Finds the URL that somebody set, by option, environment or profile; what is not set is AWS. It has no slash at its end, so
/// that two spellings of a place are one.
pub(crate) fn custom_url(
    wanted: &Wanted<'_>,
    environment: &Environment,
    profile: &Profile,
) -> Result<Option<String>, Failure> {
    let url = called_url(wanted, environment, profile)?;
    Ok(url.map(|url| url.trim_end_matches('/').to_owned()))
}

/// The same as it is called: behind a path a slash belongs to it.
pub(crate) fn called_url(
    wanted: &Wanted<'_>,
    environment: &Environment,
    profile: &Profile,
) -> Result<Option<String>, Failure> {
    let found = match wanted.endpoint_url {
        Some(url) => Some((url.to_owned(), "--endpoint-url".to_owned())),
        None => configured_url("sts", environment, profile)?,
    };
    match found {
        Some((url, source)) => {
            check_url(&url, &source)?;
            let (scheme, rest) = url.split_once("://").unwrap_or_default();
            // A lone slash behind the host says nothing.
            let host = rest.strip_suffix('/');
            let rest = host
                .filter(|host| !host.contains(['/', '?', '#']))
                .unwrap_or(rest);
            Ok(Some(format!("{}://{rest}", scheme.to_ascii_lowercase())))
        }
        None => Ok(None),
    }
}
