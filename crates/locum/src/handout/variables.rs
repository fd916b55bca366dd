//! The variables by which a program knows who it is, and those that would tell it otherwise.

use std::collections::BTreeSet;

use locum_credentials::{Credentials, Environment};
use locum_crypto::SecretString;

use crate::caller::Caller;
use crate::cli::errors::Failure;

/// Whatever names somebody to the SDKs. What a program is not told it must not inherit: a profile that is still named
/// would win in some SDKs, and a token left behind would not fit the key.
const IDENTITY: [&str; 16] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
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

/// Whatever [`Variables::of_credentials`] may set.
pub(crate) const MAY_BE_SET: [&str; 11] = [
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
];

/// What belongs to the profile besides credentials: a program that is not told the profile needs it too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Surroundings {
    /// The region.
    pub(crate) region: Option<String>,
    /// Where every service is.
    pub(crate) endpoint_url: Option<String>,
    /// Where STS is.
    pub(crate) sts_url: Option<String>,
    /// The certificates to trust.
    pub(crate) ca_bundle: Option<String>,
}

impl Surroundings {
    /// What is configured for a caller.
    pub(crate) fn of(caller: &Caller<'_>, environment: &Environment) -> Result<Self, Failure> {
        let sts_url = caller.custom_url()?;
        let region = match caller.region() {
            // It is what we sign with ourselves.
            None if sts_url.is_some() => Some(caller.endpoint(true)?.signing_region),
            configured => configured,
        };
        // The profile's URL is for all services; that it was found tells that such settings are not switched off.
        let of_profile = match sts_url {
            Some(_) if environment.non_empty("AWS_ENDPOINT_URL").is_none() => {
                caller.profile().trusted("endpoint_url")?
            }
            _ => None,
        };
        Ok(Self {
            region,
            endpoint_url: of_profile.map(str::to_owned),
            sts_url,
            ca_bundle: caller.ca_bundle(),
        })
    }
}

/// Variables to set; whatever else names somebody is to be removed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Variables(Vec<(&'static str, SecretString)>);

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
            ("AWS_ENDPOINT_URL", &around.endpoint_url),
            ("AWS_ENDPOINT_URL_STS", &around.sts_url),
            ("AWS_CA_BUNDLE", &around.ca_bundle),
        ] {
            if let Some(value) = value {
                self.set(name, value.as_str());
            }
        }
        self
    }

    /// Adds one.
    pub(crate) fn set(&mut self, name: &'static str, value: impl Into<SecretString>) {
        self.0.push((name, value.into()));
    }

    /// What to set.
    pub(crate) fn to_set(&self) -> &[(&'static str, SecretString)] {
        &self.0
    }

    /// What to remove.
    pub(crate) fn to_remove(&self) -> impl Iterator<Item = &'static str> {
        let set: BTreeSet<&str> = self.0.iter().map(|(name, _)| *name).collect();
        IDENTITY.into_iter().filter(move |name| !set.contains(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(variables: &Variables) -> Vec<&'static str> {
        variables.to_set().iter().map(|(name, _)| *name).collect()
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
            endpoint_url: Some("http://all".into()),
            sts_url: Some("http://sts".into()),
            ca_bundle: Some("/ca".into()),
        };
        let session = Variables::of_credentials(&credentials, &around);
        let may: BTreeSet<_> = MAY_BE_SET
            .into_iter()
            .filter(|name| *name != "AWS_SECURITY_TOKEN")
            .collect();
        assert_eq!(names(&session).into_iter().collect::<BTreeSet<_>>(), may);
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
            assert!(names(&variables).iter().all(|name| !removed.contains(name)));
        }
    }
}
