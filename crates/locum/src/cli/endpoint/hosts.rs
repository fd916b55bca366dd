//! Where AWS has its services: their hosts in each family of regions.

use super::Endpoint;
use crate::cli::errors::Failure;

/// A family of regions: how their names start, and the suffixes of their hosts, plain and dual-stack.
struct Family {
    prefix: &'static str,
    suffix: &'static str,
    dual_stack: &'static str,
}

/// The families apart from the commercial one (`facts: sts §3.4`).
const FAMILIES: [Family; 6] = [
    Family {
        prefix: "cn-",
        suffix: "amazonaws.com.cn",
        dual_stack: "api.amazonwebservices.com.cn",
    },
    Family {
        prefix: "us-iso-",
        suffix: "c2s.ic.gov",
        dual_stack: "api.aws.ic.gov",
    },
    Family {
        prefix: "us-isob-",
        suffix: "sc2s.sgov.gov",
        dual_stack: "api.aws.scloud",
    },
    Family {
        prefix: "eu-isoe-",
        suffix: "cloud.adc-e.uk",
        dual_stack: "api.cloud-aws.adc-e.uk",
    },
    Family {
        prefix: "us-isof-",
        suffix: "csp.hci.ic.gov",
        dual_stack: "api.aws.hci.ic.gov",
    },
    Family {
        prefix: "eusc-",
        suffix: "amazonaws.eu",
        dual_stack: "api.amazonwebservices.eu",
    },
];
const COMMERCIAL: Family = Family {
    prefix: "",
    suffix: "amazonaws.com",
    dual_stack: "api.aws",
};

impl Family {
    fn of(region: &str) -> &'static Self {
        FAMILIES
            .iter()
            .find(|family| region.starts_with(family.prefix))
            .unwrap_or(&COMMERCIAL)
    }
}

/// The endpoint of STS in a region, or the host that needs none for `aws-global`.
pub(super) fn of_sts(region: &str, fips: bool, dual_stack: bool) -> Endpoint {
    if region == "aws-global" && !fips && !dual_stack {
        return Endpoint {
            url: "https://sts.amazonaws.com".into(),
            signing_region: "us-east-1".into(),
        };
    }
    let family = Family::of(region);
    // GovCloud's plain endpoints are the FIPS ones; it has none by the name sts-fips.
    let plain = !fips || (region.starts_with("us-gov-") && !dual_stack);
    let host = if plain { "sts" } else { "sts-fips" };
    let suffix = if dual_stack {
        family.dual_stack
    } else {
        family.suffix
    };
    Endpoint {
        url: format!("https://{host}.{region}.{suffix}"),
        signing_region: region.to_owned(),
    }
}

/// The URL of a service that is asked on the way to credentials: `sso`, `sso-oidc` or `signin`.
pub(super) fn of_service(service: &str, region: &str) -> String {
    let suffix = Family::of(region).suffix;
    match service {
        "sso" => format!("https://portal.sso.{region}.{suffix}"),
        "sso-oidc" => format!("https://oidc.{region}.{suffix}"),
        _ => format!("https://{region}.{}", sign_in_host(region)),
    }
}

/// The host of the sign-in service, after the region: botocore's rules for endpoints.
fn sign_in_host(region: &str) -> &'static str {
    const HOSTS: [(&str, &str); 7] = [
        ("cn-", "signin.amazonaws.cn"),
        ("us-gov-", "signin.amazonaws-us-gov.com"),
        ("us-iso-", "signin.c2shome.ic.gov"),
        ("us-isob-", "signin.sc2shome.sgov.gov"),
        ("us-isof-", "signin.csphome.hci.ic.gov"),
        ("eu-isoe-", "signin.csphome.adc-e.uk"),
        ("eusc-", "signin.amazonaws-eusc.eu"),
    ];
    HOSTS
        .iter()
        .find(|(prefix, _)| region.starts_with(prefix))
        .map_or("signin.aws.amazon.com", |(_, host)| host)
}

/// Finds AWS's endpoint of IAM: there is one for each partition.
pub(crate) fn of_iam(partition: &str) -> Result<Endpoint, Failure> {
    const HOSTS: [(&str, &str, &str); 3] = [
        ("aws-cn", "iam.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        ("aws-us-gov", "iam.us-gov.amazonaws.com", "us-gov-west-1"),
        ("aws", "iam.amazonaws.com", "us-east-1"),
    ];
    let found = HOSTS.into_iter().find(|(name, _, _)| *name == partition);
    let (_, host, region) = found.ok_or_else(|| {
        Failure::General(format!(
            "where IAM is in the partition {partition} is not known here; say so with AWS_ENDPOINT_URL_IAM"
        ))
    })?;
    Ok(Endpoint {
        url: format!("https://{host}"),
        signing_region: region.to_owned(),
    })
}

/// What the regions that share credentials have in common: how their names begin, or `aws`. The host that needs no region is
/// apart.
pub(super) fn partition(region: &str) -> &'static str {
    let prefixes = FAMILIES.iter().map(|family| family.prefix);
    let prefix = prefixes
        .chain(["us-gov-", "aws-global"])
        .find(|prefix| region.starts_with(prefix));
    prefix.unwrap_or("aws").trim_end_matches('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(region: &str, fips: bool, dual_stack: bool) -> String {
        of_sts(region, fips, dual_stack).url
    }

    #[test]
    fn each_family_of_regions_has_its_hosts() {
        for (region, expected) in [
            ("eu-central-1", "https://sts.eu-central-1.amazonaws.com"),
            ("aws-global", "https://sts.amazonaws.com"),
            ("cn-north-1", "https://sts.cn-north-1.amazonaws.com.cn"),
            ("us-gov-west-1", "https://sts.us-gov-west-1.amazonaws.com"),
            ("us-iso-east-1", "https://sts.us-iso-east-1.c2s.ic.gov"),
            ("us-isob-east-1", "https://sts.us-isob-east-1.sc2s.sgov.gov"),
            ("eusc-de-east-1", "https://sts.eusc-de-east-1.amazonaws.eu"),
        ] {
            assert_eq!(url(region, false, false), expected);
        }
        assert_eq!(
            url("us-east-2", true, false),
            "https://sts-fips.us-east-2.amazonaws.com"
        );
        assert_eq!(
            url("us-gov-west-1", true, false),
            "https://sts.us-gov-west-1.amazonaws.com"
        );
        assert_eq!(url("us-east-2", false, true), "https://sts.us-east-2.api.aws");
        assert_eq!(url("us-east-2", true, true), "https://sts-fips.us-east-2.api.aws");
    }
}
