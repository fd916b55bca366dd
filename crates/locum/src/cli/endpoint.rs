//! Where the call goes and for which region it is signed (`facts: cli §1.7`).

mod hosts;
mod region;
mod url;

use super::config::{Environment, Profile};
use super::errors::Failure;

pub(crate) use hosts::of_iam;
pub(crate) use region::{configured_region, is_region, without_fips};
pub(crate) use url::{called_url, check_url, configured_url, custom_url, ignores_configured_urls};

/// A destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint {
    /// The URL without a trailing slash.
    pub(crate) url: String,
    /// The region in the credential scope.
    pub(crate) signing_region: String,
}

/// What the command line says about the destination.
#[derive(Debug, Default)]
pub(crate) struct Wanted<'a> {
    /// `--region`.
    pub(crate) region: Option<&'a str>,
    /// `--endpoint-url`.
    pub(crate) endpoint_url: Option<&'a str>,
    /// Whether the request gets a signature, which needs a region.
    pub(crate) signed: bool,
}

/// Finds the endpoint of STS.
pub(crate) fn find(
    wanted: &Wanted<'_>,
    environment: &Environment,
    profile: &Profile,
) -> Result<Endpoint, Failure> {
    let region = wanted
        .region
        .map(str::to_owned)
        .or_else(|| configured_region(environment, profile));
    if let Some(region) = &region
        && !(is_region(region) && is_region(&without_fips(region).0))
    {
        return Err(Failure::General(format!(
            "Provided region_name '{region}' doesn't match a supported format."
        )));
    }
    let switched = |variable: &str, key: &str| match environment.non_empty(variable) {
        Some(value) => value.eq_ignore_ascii_case("true"),
        None => profile
            .get(key)
            .is_some_and(|value| value.eq_ignore_ascii_case("true")),
    };
    let (region, named_fips) = match region.as_deref().map(without_fips) {
        Some((region, named_fips)) => (Some(region), named_fips),
        None => (None, false),
    };
    let fips = named_fips || switched("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint");
    let dual_stack = switched("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint");
    if let Some(url) = called_url(wanted, environment, profile)? {
        for (on, name) in [(fips, "FIPS"), (dual_stack, "Dualstack")] {
            if on {
                return Err(Failure::General(format!(
                    "Invalid Configuration: {name} and custom endpoint are not supported"
                )));
            }
        }
        let signing_region = match region {
            Some(region) if region == "aws-global" => "us-east-1".to_owned(),
            Some(region) => region,
            None if !wanted.signed => "us-east-1".to_owned(),
            None => return Err(Failure::NoRegion),
        };
        return Ok(Endpoint { url, signing_region });
    }
    match region {
        Some(region) => Ok(hosts::of_sts(&region, fips, dual_stack)),
        // The host that needs no region; both versions of `aws` go there, and sign for us-east-1.
        None if !fips && !dual_stack => Ok(hosts::of_sts("aws-global", false, false)),
        None => Err(Failure::NoRegion),
    }
}

/// Finds the URL of a service that is asked on the way to credentials: `sso`, `sso-oidc` or `signin`.
pub(crate) fn of_service(
    service: &str,
    region: Option<&str>,
    environment: &Environment,
    profile: &Profile,
) -> Result<String, Failure> {
    let region = match region {
        Some(region) => region.to_owned(),
        None => configured_region(environment, profile).ok_or(Failure::NoRegion)?,
    };
    if !is_region(&region) {
        return Err(Failure::General(format!(
            "Provided region_name '{region}' doesn't match a supported format."
        )));
    }
    let key = service.replace('-', "_");
    if let Some((url, source)) = configured_url(&key, environment, profile)? {
        check_url(&url, &source)?;
        return Ok(url.trim_end_matches('/').to_owned());
    }
    Ok(hosts::of_service(service, &region))
}

/// Finds what tells the STS of the configuration from others whose credentials it does not take: its URL if somebody set it,
/// else the partition of AWS. Sessions of a region are good in the others; those of the global host are not quite.
pub(crate) fn realm(
    wanted: &Wanted<'_>,
    environment: &Environment,
    profile: &Profile,
) -> Result<String, Failure> {
    if let Some(url) = custom_url(wanted, environment, profile)? {
        return Ok(url);
    }
    let named = wanted.region.map(str::to_owned);
    let region = named.or_else(|| configured_region(environment, profile));
    let (region, _) = without_fips(&region.ok_or(Failure::NoRegion)?);
    Ok(hosts::partition(&region).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_that_share_no_credentials_are_told_apart() {
        for (region, variables, realm) in [
            ("eu-west-1", &[][..], "aws"),
            ("us-east-1", &[], "aws"),
            ("aws-global", &[], "aws-global"),
            ("us-gov-west-1", &[], "us-gov"),
            ("cn-north-1", &[], "cn"),
            ("us-isob-east-1", &[], "us-isob"),
            (
                "eu-west-1",
                &[("AWS_ENDPOINT_URL_STS", "http://here:1/")],
                "http://here:1",
            ),
        ] {
            let wanted = Wanted {
                region: Some(region),
                ..Wanted::default()
            };
            let found = super::realm(&wanted, &Environment::of(variables), &Profile::default());
            assert_eq!(found.as_deref(), Ok(realm), "{region}");
        }
    }

    #[test]
    fn identity_center_has_hosts_of_its_own() {
        let url = |service, region, variables: &[(&str, &str)]| {
            of_service(
                service,
                Some(region),
                &Environment::of(variables),
                &Profile::default(),
            )
        };
        for (service, region, expected) in [
            ("sso", "eu-west-1", "https://portal.sso.eu-west-1.amazonaws.com"),
            (
                "sso-oidc",
                "us-gov-west-1",
                "https://oidc.us-gov-west-1.amazonaws.com",
            ),
            (
                "sso",
                "cn-north-1",
                "https://portal.sso.cn-north-1.amazonaws.com.cn",
            ),
            ("signin", "eu-west-1", "https://eu-west-1.signin.aws.amazon.com"),
            ("signin", "cn-north-1", "https://cn-north-1.signin.amazonaws.cn"),
        ] {
            assert_eq!(url(service, region, &[]).unwrap(), expected);
        }
        let own = [
            ("AWS_ENDPOINT_URL_SSO_OIDC", "http://own/"),
            ("AWS_ENDPOINT_URL", "http://all"),
        ];
        assert_eq!(url("sso-oidc", "x-1", &own).unwrap(), "http://own");
        assert_eq!(url("sso", "x-1", &own).unwrap(), "http://all");
        assert!(url("sso", "evil.test/", &[]).is_err());
    }

    fn found(wanted: &Wanted<'_>, variables: &[(&str, &str)]) -> Result<Endpoint, Failure> {
        find(wanted, &Environment::of(variables), &Profile::default())
    }

    #[test]
    fn the_nearer_setting_wins() {
        let all = [
            ("AWS_REGION", "eu-west-1"),
            ("AWS_DEFAULT_REGION", "eu-west-2"),
            ("AWS_ENDPOINT_URL_STS", "http://sts.test/"),
            ("AWS_ENDPOINT_URL", "http://all.test"),
        ];
        let none = Wanted {
            signed: true,
            ..Wanted::default()
        };
        let endpoint = found(&none, &all).unwrap();
        assert_eq!(
            (endpoint.url.as_str(), endpoint.signing_region.as_str()),
            ("http://sts.test", "eu-west-1")
        );
        let flags = Wanted {
            region: Some("r-1"),
            endpoint_url: Some("http://flag.test"),
            signed: true,
        };
        let endpoint = found(&flags, &all).unwrap();
        assert_eq!(
            (endpoint.url.as_str(), endpoint.signing_region.as_str()),
            ("http://flag.test", "r-1")
        );
        let mut ignoring = all.to_vec();
        ignoring.push(("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"));
        assert_eq!(
            found(&none, &ignoring).unwrap().url,
            "https://sts.eu-west-1.amazonaws.com"
        );
        assert_eq!(found(&flags, &ignoring).unwrap().url, "http://flag.test");
        for (url, called, place) in [
            ("http://h/", "http://h", "http://h"),
            ("http://h/a", "http://h/a", "http://h/a"),
            ("HTTP://h/a/", "http://h/a/", "http://h/a"),
            ("http://h//", "http://h//", "http://h"),
            ("http://h/a?b=/", "http://h/a?b=/", "http://h/a?b="),
            ("http://h?b=/", "http://h?b=/", "http://h?b="),
        ] {
            let flags = Wanted {
                endpoint_url: Some(url),
                ..Wanted::default()
            };
            assert_eq!(found(&flags, &[]).unwrap().url, called);
            let found = custom_url(&flags, &Environment::default(), &Profile::default());
            assert_eq!(found.unwrap().as_deref(), Some(place));
        }
    }

    #[test]
    fn what_cannot_be_a_destination_is_refused() {
        let signed = Wanted {
            signed: true,
            ..Wanted::default()
        };
        let global = Endpoint {
            url: "https://sts.amazonaws.com".to_owned(),
            signing_region: "us-east-1".to_owned(),
        };
        assert_eq!(found(&signed, &[]), Ok(global));
        assert_eq!(
            found(&signed, &[("AWS_ENDPOINT_URL", "http://x")]),
            Err(Failure::NoRegion)
        );
        assert!(found(&Wanted::default(), &[("AWS_ENDPOINT_URL", "http://x")]).is_ok());
        assert_eq!(
            found(&Wanted::default(), &[]).unwrap().url,
            "https://sts.amazonaws.com"
        );
        assert_eq!(
            found(&Wanted::default(), &[("AWS_USE_FIPS_ENDPOINT", "true")]),
            Err(Failure::NoRegion)
        );
        for region in ["bad region!", "evil.com/", "-x", "x-", "123", "", "fips--fips"] {
            let wanted = Wanted {
                region: Some(region),
                ..Wanted::default()
            };
            assert!(
                matches!(found(&wanted, &[]), Err(Failure::General(_))),
                "{region:?}"
            );
        }
        for url in [
            "foo",
            "ftp://x",
            "http://",
            "http:///x",
            "http://:80",
            "http://?x",
        ] {
            let wanted = Wanted {
                endpoint_url: Some(url),
                ..Wanted::default()
            };
            assert!(
                matches!(found(&wanted, &[]), Err(Failure::Validation(_))),
                "{url}"
            );
        }
        let own = ("AWS_ENDPOINT_URL", "http://x");
        for fips in [
            [("AWS_USE_FIPS_ENDPOINT", "true"), ("AWS_REGION", "x"), own],
            [("AWS_USE_FIPS_ENDPOINT", "false"), ("AWS_REGION", "fips-x"), own],
        ] {
            assert!(matches!(found(&signed, &fips), Err(Failure::General(_))));
        }
    }

    #[test]
    fn the_region_of_a_fips_host_is_the_region() {
        for (name, region, url) in [
            (
                "fips-us-east-1",
                "us-east-1",
                "https://sts-fips.us-east-1.amazonaws.com",
            ),
            (
                "us-gov-west-1-fips",
                "us-gov-west-1",
                "https://sts.us-gov-west-1.amazonaws.com",
            ),
            ("us-east-1", "us-east-1", "https://sts.us-east-1.amazonaws.com"),
        ] {
            let wanted = Wanted {
                region: Some(name),
                ..Wanted::default()
            };
            let endpoint = found(&wanted, &[]).unwrap();
            assert_eq!(
                (endpoint.url.as_str(), endpoint.signing_region.as_str()),
                (url, region),
                "{name}"
            );
            let realm = |region| {
                let wanted = Wanted {
                    region: Some(region),
                    ..Wanted::default()
                };
                super::realm(&wanted, &Environment::default(), &Profile::default())
            };
            assert_eq!(realm(name), realm(region), "{name}");
        }
    }
}
