use std::num::NonZeroU32;

use locum_api::model::Service as ApiService;
use locum_federation::outbound::PublicUrl;
use locum_names::{Partition, has_region_shape};
use locum_session::DeploymentId;

use crate::saml_recipients::SamlRecipients;

/// What an operator decides about a deployment.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The partition in every ARN.
    pub partition: Partition,
    /// Bound into every token, so that no other deployment's opens here.
    pub deployment: DeploymentId,
    /// The regions it answers for.
    pub regions: Regions,
    /// Where the world reaches it: what the URLs of its issuers begin with.
    pub public_url: PublicUrl,
    /// Where SAML responses may be addressed to.
    pub saml_recipients: SamlRecipients,
    /// OpenID Connect issuers, as `iss` has them to the letter, that need not be where the world can reach them: they may
    /// have a port, `http://` or a private address.
    pub allowed_issuers: Vec<String>,
    /// How slow passwords are hashed: [`PasswordScheme::ITERATIONS`](locum_crypto::PasswordScheme::ITERATIONS), but in
    /// tests.
    pub password_iterations: NonZeroU32,
}

/// The regions that a credential scope may name.
#[derive(Debug, Clone, Default)]
pub enum Regions {
    /// Every name of the shape of a region: whatever a client has configured works.
    #[default]
    Any,
    /// These; for IAM, Organizations and locum's own `us-east-1` as well, which clients sign for wherever they are.
    Only(Vec<String>),
}

impl Regions {
    /// The region of a call that nobody signed for one: what the host it was sent to names, as in
    /// `sts.eu-west-1.example.com`, if it is one that is answered for; otherwise the first one.
    #[must_use]
    pub fn of_host<'a>(&'a self, host: Option<&'a str>) -> &'a str {
        let named = host.and_then(|host| host.strip_prefix("sts.")?.split(['.', ':']).next());
        match (self, named) {
            (Self::Any, Some(named)) if has_region_shape(named) => named,
            (Self::Any, _) => "us-east-1",
            (Self::Only(regions), Some(named)) if regions.iter().any(|known| known == named) => named,
            (Self::Only(regions), _) => regions.first().map_or("us-east-1", String::as_str),
        }
    }

    /// Whether a request for `service` may be signed for `region`.
    #[must_use]
    pub fn accepts(&self, service: ApiService, region: &str) -> bool {
        match self {
            Self::Any => has_region_shape(region),
            Self::Only(regions) => {
                let global = !matches!(service, ApiService::Sts | ApiService::AccessAnalyzer);
                (global && region == "us-east-1") || regions.iter().any(|known| known == region)
            }
        }
    }
}

/// The `aws:RequestedRegion` of a request signed for `signed`. A service of all regions is asked where its partition has it,
/// whatever its client signs for: the caller must not choose what a policy compares (`facts: sts §8`).
pub(crate) const fn requested_region(service: ApiService, partition: Partition, signed: &str) -> &str {
    match (service, partition) {
        (ApiService::Sts | ApiService::AccessAnalyzer, _) => signed,
        (_, Partition::Aws) => "us-east-1",
        (ApiService::Organizations, Partition::China) => "cn-northwest-1",
        (_, Partition::China) => "cn-north-1",
        (_, Partition::UsGov) => "us-gov-west-1",
        (_, Partition::Iso) => "us-iso-east-1",
        (_, Partition::IsoB) => "us-isob-east-1",
        (_, Partition::IsoE) => "eu-isoe-west-1",
        (_, Partition::IsoF) => "us-isof-south-1",
        (_, Partition::Eusc) => "eusc-de-east-1",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_global_is_asked_in_one_region() {
        let requested = |service, partition| requested_region(service, partition, "eu-central-1");
        for (service, partition, region) in [
            (ApiService::Sts, Partition::Aws, "eu-central-1"),
            (ApiService::AccessAnalyzer, Partition::Aws, "eu-central-1"),
            (ApiService::Iam, Partition::Aws, "us-east-1"),
            (ApiService::Organizations, Partition::Aws, "us-east-1"),
            (ApiService::Locum, Partition::Aws, "us-east-1"),
            (ApiService::Iam, Partition::China, "cn-north-1"),
            (ApiService::Organizations, Partition::China, "cn-northwest-1"),
        ] {
            assert_eq!(requested(service, partition), region);
        }
    }

    #[test]
    fn regions_by_shape_or_by_name() {
        for (region, accepted) in [
            ("us-east-1", true),
            ("us-gov-west-1", true),
            ("eu-central-12", true),
            ("local", false),
            ("us-1", false),
            ("US-EAST-1", false),
            ("us-east-1a", false),
            ("us--1", false),
            ("", false),
        ] {
            assert_eq!(
                Regions::Any.accepts(ApiService::Sts, region),
                accepted,
                "{region}"
            );
        }
        let only = Regions::Only(vec!["eu-central-1".to_owned()]);
        assert!(only.accepts(ApiService::Sts, "eu-central-1"));
        assert!(!only.accepts(ApiService::Sts, "us-east-1"));
        assert!(only.accepts(ApiService::Iam, "us-east-1"));
        assert!(!only.accepts(ApiService::Iam, "us-west-2"));
    }
}
