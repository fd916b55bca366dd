//! The names of service-linked roles.
//!
//! Every service of AWS names its roles itself, so those of the common ones are a table. Another service's role gets a
//! name made of the service's own.

/// A service and its roles.
pub(super) struct LinkedService {
    /// Of its role, without a suffix.
    pub(super) role_name: String,
    /// Whether it can have several roles.
    pub(super) suffixes: Suffixes,
}

/// Whether a service can have several roles, told apart by a suffix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Suffixes {
    /// It has one.
    Refused,
    /// It can.
    Allowed,
}

const PREFIX: &str = "AWSServiceRoleFor";
const DOMAIN: &str = ".amazonaws.com";

/// Sorted by service, without the domain; the role's name is without the prefix.
const KNOWN: &[(&str, &str, Suffixes)] = &[
    ("access-analyzer", "AccessAnalyzer", Suffixes::Refused),
    ("acm", "CertificateManager", Suffixes::Refused),
    ("appmesh", "AppMesh", Suffixes::Refused),
    ("apprunner", "AppRunner", Suffixes::Refused),
    ("autoscaling", "AutoScaling", Suffixes::Allowed),
    ("backup", "Backup", Suffixes::Refused),
    ("batch", "Batch", Suffixes::Refused),
    ("cloud9", "AWSCloud9", Suffixes::Refused),
    ("cloudtrail", "CloudTrail", Suffixes::Refused),
    ("config", "Config", Suffixes::Refused),
    (
        "config-multiaccountsetup",
        "ConfigMultiAccountSetup",
        Suffixes::Refused,
    ),
    ("connect", "AmazonConnect", Suffixes::Allowed),
    ("dax", "DAX", Suffixes::Refused),
    (
        "dynamodb.application-autoscaling",
        "ApplicationAutoScaling_DynamoDBTable",
        Suffixes::Refused,
    ),
    ("ec2fleet", "EC2Fleet", Suffixes::Refused),
    ("ecs", "ECS", Suffixes::Refused),
    (
        "ecs.application-autoscaling",
        "ApplicationAutoScaling_ECSService",
        Suffixes::Refused,
    ),
    ("eks", "AmazonEKS", Suffixes::Refused),
    ("eks-fargate", "AmazonEKSForFargate", Suffixes::Refused),
    ("eks-nodegroup", "AmazonEKSNodegroup", Suffixes::Refused),
    ("elasticache", "ElastiCache", Suffixes::Refused),
    ("elasticbeanstalk", "ElasticBeanstalk", Suffixes::Refused),
    ("elasticfilesystem", "AmazonElasticFileSystem", Suffixes::Refused),
    ("elasticloadbalancing", "ElasticLoadBalancing", Suffixes::Refused),
    ("elasticmapreduce", "EMRCleanup", Suffixes::Refused),
    ("es", "AmazonElasticsearchService", Suffixes::Refused),
    ("fsx", "AmazonFSx", Suffixes::Refused),
    ("guardduty", "AmazonGuardDuty", Suffixes::Refused),
    ("inspector2", "AmazonInspector2", Suffixes::Refused),
    ("kafka", "Kafka", Suffixes::Refused),
    (
        "lambda.application-autoscaling",
        "ApplicationAutoScaling_LambdaConcurrency",
        Suffixes::Refused,
    ),
    ("lex", "LexBots", Suffixes::Refused),
    ("macie", "AmazonMacie", Suffixes::Refused),
    (
        "managedupdates.elasticbeanstalk",
        "ElasticBeanstalkManagedUpdates",
        Suffixes::Refused,
    ),
    ("opensearchservice", "AmazonOpenSearchService", Suffixes::Refused),
    ("ops.apigateway", "APIGateway", Suffixes::Refused),
    ("organizations", "Organizations", Suffixes::Refused),
    ("ram", "ResourceAccessManager", Suffixes::Refused),
    ("rds", "RDS", Suffixes::Refused),
    (
        "rds.application-autoscaling",
        "ApplicationAutoScaling_RDSCluster",
        Suffixes::Refused,
    ),
    ("redshift", "Redshift", Suffixes::Refused),
    ("replication.dynamodb", "DynamoDBReplication", Suffixes::Refused),
    ("securityhub", "SecurityHub", Suffixes::Refused),
    ("servicequotas", "ServiceQuotas", Suffixes::Refused),
    ("spot", "EC2Spot", Suffixes::Refused),
    ("spotfleet", "EC2SpotFleet", Suffixes::Refused),
    ("ssm", "AmazonSSM", Suffixes::Refused),
    ("sso", "SSO", Suffixes::Refused),
    ("support", "Support", Suffixes::Refused),
    ("transitgateway", "VPCTransitGateway", Suffixes::Refused),
    ("trustedadvisor", "TrustedAdvisor", Suffixes::Refused),
    ("waf", "WAFLogging", Suffixes::Refused),
    ("wafv2", "WAFV2Logging", Suffixes::Refused),
];

impl LinkedService {
    /// The service that a trust policy names so. `None` for what is no service's name: lower-case labels with dots.
    pub(super) fn named(service: &str) -> Option<Self> {
        let label = |label: &str| {
            !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        };
        let (first, _) = service
            .split_once('.')
            .filter(|_| service.split('.').all(label))?;
        let known = service.strip_suffix(DOMAIN).and_then(|own| {
            let at = KNOWN.binary_search_by(|(known, ..)| (*known).cmp(own)).ok()?;
            KNOWN.get(at)
        });
        Some(match known {
            Some((_, name, suffixes)) => Self {
                role_name: format!("{PREFIX}{name}"),
                suffixes: *suffixes,
            },
            None => Self {
                role_name: format!(
                    "{PREFIX}{}",
                    first.split('-').map(capitalized).collect::<String>()
                ),
                suffixes: Suffixes::Allowed,
            },
        })
    }
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_so_that_services_are_found() {
        assert!(KNOWN.is_sorted_by(|a, b| a.0 < b.0));
        for (service, name, suffixes) in KNOWN {
            let found = LinkedService::named(&format!("{service}{DOMAIN}")).unwrap();
            assert_eq!(found.role_name, format!("AWSServiceRoleFor{name}"));
            assert_eq!(found.suffixes, *suffixes);
        }
    }

    #[test]
    fn others_are_named_after_their_service() {
        for (service, name) in [
            ("notes.example.com", "AWSServiceRoleForNotes"),
            ("night-watch.amazonaws.com", "AWSServiceRoleForNightWatch"),
            ("ecs.example.com", "AWSServiceRoleForEcs"),
            ("7.example", "AWSServiceRoleFor7"),
        ] {
            let found = LinkedService::named(service).unwrap();
            assert_eq!((&*found.role_name, found.suffixes), (name, Suffixes::Allowed));
        }
        for no_service in [
            "",
            "ecs",
            "ECS.amazonaws.com",
            ".a",
            "a.",
            "a..b",
            "a.b/c",
            "a_b.c",
            "-a.b",
            "a.b-",
            "a.b c",
            "*.b",
        ] {
            assert!(LinkedService::named(no_service).is_none(), "{no_service}");
        }
    }
}
