//! The variables by which a program knows who it is, and those that would tell it otherwise.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::absolute;

use locum_credentials::{Credentials, Environment};
use locum_crypto::SecretString;

use super::endpoints::{Endpoints, is_url};
use crate::caller::Caller;
use crate::cli::errors::Failure;

/// Whatever names somebody to the SDKs. What a program is not told it must not inherit: a profile that is still named
/// would win in some SDKs, and a token left behind would not fit the key.
const IDENTITY: [&str; 19] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    // The first SDK for Java.
    "AWS_ACCESS_KEY",
    "AWS_SECRET_KEY",
    // Goes before keys where a service takes it.
    "AWS_BEARER_TOKEN_BEDROCK",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_ACCOUNT_ID",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_CREDENTIAL_FILE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
];

/// Whatever [`Variables::of_credentials`] may set, but for the endpoints of single services.
const MAY_BE_SET: [&str; 14] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_ACCOUNT_ID",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_STS",
    "AWS_CA_BUNDLE",
    "AWS_SECURITY_TOKEN",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT",
];

/// Whatever leads to an endpoint of ours besides.
const MAY_LEAD: [&str; 4] = [
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    "AWS_EC2_METADATA_DISABLED",
];

/// Returns the names of all variables that may have been set in such an environment; with `endpoint`, also of those that
/// lead to an endpoint.
pub(super) fn to_unset(environment: &Environment, endpoint: bool) -> BTreeSet<String> {
    let of_services = environment.names().filter(|name| is_url(name));
    let lead = MAY_LEAD.into_iter().filter(|_| endpoint);
    let all = MAY_BE_SET.into_iter().chain(of_services).chain(lead);
    all.map(str::to_owned).collect()
}

/// What belongs to the profile besides credentials: a program that is not told the profile needs it too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Surroundings {
    /// The region.
    pub(crate) region: Option<String>,
    /// Where services are.
    pub(crate) endpoints: Endpoints,
    /// The certificates to trust.
    pub(crate) ca_bundle: Option<String>,
}

impl Surroundings {
    /// What is configured for a caller.
    pub(crate) fn of(caller: &Caller<'_>, environment: &Environment) -> Result<Self, Failure> {
        let region = match caller.region() {
            // It is what we sign with ourselves.
            None if caller.custom_url()?.is_some() => Some(caller.endpoint(true)?.signing_region),
            configured => configured,
        };
        Ok(Self {
            region,
            endpoints: Endpoints::of(caller, environment)?,
            // Whoever reads it may be in another directory.
            ca_bundle: caller.ca_bundle().map(|path| {
                let whole = absolute(&path).ok();
                let whole = whole.and_then(|path| path.into_os_string().into_string().ok());
                whole.unwrap_or(path)
            }),
        })
    }
}

/// Variables to set; whatever else names somebody is to be removed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Variables {
    set: Vec<(Cow<'static, str>, SecretString)>,
    remove: Vec<String>,
}

impl Variables {
    /// Those that hold credentials.
    pub(crate) fn of_credentials(credentials: &Credentials, around: &Surroundings) -> Self {
        let mut all = Self::default();
        all.set("AWS_ACCESS_KEY_ID", credentials.access_key_id.as_str());
        all.set("AWS_SECRET_ACCESS_KEY", credentials.secret_access_key.clone());
        if let Some(token) = &credentials.session_token {
            all.set("AWS_SESSION_TOKEN", token.clone());
        }
        if let Some(end) = credentials.expiration {
            all.set("AWS_CREDENTIAL_EXPIRATION", end.to_string());
        }
        if let Some(account) = &credentials.account_id {
            all.set("AWS_ACCOUNT_ID", account.as_str());
        }
        all.surrounded(around)
    }

    /// Those that lead to an endpoint like a container's.
    pub(crate) fn of_container(url: &str, token: &SecretString, around: &Surroundings) -> Self {
        let mut all = Self::default();
        all.set("AWS_CONTAINER_CREDENTIALS_FULL_URI", url);
        all.set("AWS_CONTAINER_AUTHORIZATION_TOKEN", token.clone());
        all.surrounded(around)
    }

    /// Those that lead to an endpoint like an instance's metadata service.
    pub(crate) fn of_instance(url: &str, around: &Surroundings) -> Self {
        let mut all = Self::default();
        all.set("AWS_EC2_METADATA_SERVICE_ENDPOINT", url);
        all.set("AWS_EC2_METADATA_DISABLED", "false");
        all.surrounded(around)
    }

    fn surrounded(mut self, around: &Surroundings) -> Self {
        for (name, value) in [
            ("AWS_REGION", &around.region),
            ("AWS_DEFAULT_REGION", &around.region),
            ("AWS_CA_BUNDLE", &around.ca_bundle),
        ] {
            if let Some(value) = value {
                self.set(name, value.as_str());
            }
        }
        for (name, value) in &around.endpoints.set {
            self.set(name.clone(), value.as_str());
        }
        self.remove.clone_from(&around.endpoints.remove);
        self
    }

    /// Adds one.
    pub(crate) fn set(&mut self, name: impl Into<Cow<'static, str>>, value: impl Into<SecretString>) {
        self.set.push((name.into(), value.into()));
    }

    /// What to set.
    pub(crate) fn to_set(&self) -> &[(Cow<'static, str>, SecretString)] {
        &self.set
    }

    /// What to remove.
    pub(crate) fn to_remove(&self) -> impl Iterator<Item = &str> {
        let set: BTreeSet<&str> = self.set.iter().map(|(name, _)| &**name).collect();
        let all = IDENTITY.into_iter().chain(self.remove.iter().map(String::as_str));
        all.filter(move |name| !set.contains(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(variables: &Variables) -> Vec<&str> {
        variables.to_set().iter().map(|(name, _)| &**name).collect()
    }

    #[test]
    fn what_is_not_set_is_removed() {
        let mut credentials = Credentials::new("AKIA".into(), "s".into(), None);
        let long_term = Variables::of_credentials(&credentials, &Surroundings::default());
        assert_eq!(names(&long_term), ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]);
        let removed: Vec<_> = long_term.to_remove().collect();
        for name in [
            "AWS_SESSION_TOKEN",
            "AWS_SECURITY_TOKEN",
            "AWS_ACCESS_KEY",
            "AWS_SECRET_KEY",
            "AWS_BEARER_TOKEN_BEDROCK",
            "AWS_PROFILE",
            "AWS_ACCOUNT_ID",
            "AWS_CREDENTIAL_EXPIRATION",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
        ] {
            assert!(removed.contains(&name), "{name}");
        }
        assert!(!removed.contains(&"AWS_ACCESS_KEY_ID") && !removed.contains(&"AWS_REGION"));

        credentials.session_token = Some("t".into());
        credentials.expiration = "2027-01-01T00:00:00Z".parse().ok();
        credentials.account_id = Some("1".into());
        let around = Surroundings {
            region: Some("r".into()),
            endpoints: Endpoints {
                set: ["", "_STS", "_S3"]
                    .map(|end| (format!("AWS_ENDPOINT_URL{end}"), "http://x".to_owned()))
                    .into(),
                remove: vec![
                    "AWS_ENDPOINT_URL_EC2".to_owned(),
                    "AWS_ENDPOINT_URL_S3".to_owned(),
                ],
                of_default: false,
            },
            ca_bundle: Some("/ca".into()),
        };
        let session = Variables::of_credentials(&credentials, &around);
        let set: Vec<_> = session.to_set().iter().map(|(name, _)| (&**name, "x")).collect();
        let unset = to_unset(&Environment::of(&set), false);
        assert!(set.len() == 11 && set.iter().all(|(name, _)| unset.contains(*name)));
        let removed: Vec<_> = session.to_remove().collect();
        assert!(removed.contains(&"AWS_ENDPOINT_URL_EC2") && !removed.contains(&"AWS_ENDPOINT_URL_S3"));
        let end = session
            .to_set()
            .iter()
            .find(|(name, _)| name.ends_with("EXPIRATION"));
        assert!(end.is_some_and(|(_, value)| value.matches("2027-01-01T00:00:00Z")));
    }

    #[test]
    fn an_endpoint_leaves_no_keys() {
        let token = SecretString::from("t");
        for variables in [
            Variables::of_container("http://127.0.0.1:1/", &token, &Surroundings::default()),
            Variables::of_instance("http://127.0.0.1:1", &Surroundings::default()),
        ] {
            let removed: Vec<_> = variables.to_remove().collect();
            assert!(removed.contains(&"AWS_ACCESS_KEY_ID") && removed.contains(&"AWS_SECRET_ACCESS_KEY"));
            let unset = to_unset(&Environment::default(), true);
            assert!(names(&variables).iter().all(|name| unset.contains(*name)));
            assert!(names(&variables).iter().all(|name| !removed.contains(name)));
        }
    }
}
