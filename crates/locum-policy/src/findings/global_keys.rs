//! The condition keys that every request may carry: the `aws:` keys, and the few of STS that behave like them.

/// What the values of a key are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyType {
    Text,
    Arn,
    Number,
    Date,
    /// Seconds since 1970, which both number and date operators compare.
    Epoch,
    Flag,
    Address,
}

impl KeyType {
    pub(super) const fn operators(self) -> &'static str {
        match self {
            Self::Text => "String",
            Self::Arn => "Arn or String",
            Self::Number => "Numeric",
            Self::Date => "Date",
            Self::Epoch => "Date or Numeric",
            Self::Flag => "Bool",
            Self::Address => "IpAddress",
        }
    }
}

pub(super) struct GlobalKey {
    /// As it is spelled; a tag key ends with its slash.
    pub(super) name: &'static str,
    pub(super) kind: KeyType,
    /// A request may carry several values at once.
    pub(super) several: bool,
}

const fn one(name: &'static str, kind: KeyType) -> GlobalKey {
    GlobalKey {
        name,
        kind,
        several: false,
    }
}

const fn several(name: &'static str) -> GlobalKey {
    GlobalKey {
        name,
        kind: KeyType::Text,
        several: true,
    }
}

const KEYS: [GlobalKey; 61] = [
    one("aws:AssumedRoot", KeyType::Flag),
    several("aws:CalledVia"),
    one("aws:CalledViaFirst", KeyType::Text),
    one("aws:CalledViaLast", KeyType::Text),
    one("aws:ChatbotSourceArn", KeyType::Arn),
    one("aws:CurrentTime", KeyType::Date),
    one("aws:Ec2InstanceSourcePrivateIPv4", KeyType::Address),
    one("aws:Ec2InstanceSourceVpc", KeyType::Text),
    one("aws:EpochTime", KeyType::Epoch),
    one("aws:FederatedProvider", KeyType::Text),
    one("aws:MultiFactorAuthAge", KeyType::Number),
    one("aws:MultiFactorAuthPresent", KeyType::Flag),
    one("aws:PrincipalAccount", KeyType::Text),
    one("aws:PrincipalArn", KeyType::Arn),
    one("aws:PrincipalIsAWSService", KeyType::Flag),
    one("aws:PrincipalOrgID", KeyType::Text),
    several("aws:PrincipalOrgPaths"),
    one("aws:PrincipalServiceName", KeyType::Text),
    several("aws:PrincipalServiceNamesList"),
    one("aws:PrincipalTag/", KeyType::Text),
    one("aws:PrincipalType", KeyType::Text),
    one("aws:Referer", KeyType::Text),
    one("aws:RequestTag/", KeyType::Text),
    one("aws:RequestedRegion", KeyType::Text),
    one("aws:ResourceAccount", KeyType::Text),
    one("aws:ResourceOrgID", KeyType::Text),
    several("aws:ResourceOrgPaths"),
    one("aws:ResourceTag/", KeyType::Text),
    one("aws:SecureTransport", KeyType::Flag),
    one("aws:SignInSessionArn", KeyType::Arn),
    one("aws:SourceAccount", KeyType::Text),
    one("aws:SourceArn", KeyType::Arn),
    one("aws:SourceIdentity", KeyType::Text),
    one("aws:SourceIp", KeyType::Address),
    one("aws:SourceOrgID", KeyType::Text),
    several("aws:SourceOrgPaths"),
    one("aws:SourceVpc", KeyType::Text),
    one("aws:SourceVpcArn", KeyType::Arn),
    one("aws:SourceVpce", KeyType::Text),
    several("aws:TagKeys"),
    one("aws:TokenIssueTime", KeyType::Date),
    one("aws:UserAgent", KeyType::Text),
    one("aws:ViaAWSService", KeyType::Flag),
    one("aws:VpcSourceIp", KeyType::Address),
    one("aws:VpceAccount", KeyType::Text),
    one("aws:VpceOrgID", KeyType::Text),
    several("aws:VpceOrgPaths"),
    one("aws:userid", KeyType::Text),
    one("aws:username", KeyType::Text),
    one("iam:AWSServiceName", KeyType::Text),
    one("iam:PassedToService", KeyType::Text),
    one("iam:PermissionsBoundary", KeyType::Arn),
    one("iam:PolicyARN", KeyType::Arn),
    one("sts:AWSServiceName", KeyType::Text),
    one("sts:DurationSeconds", KeyType::Number),
    one("sts:ExternalId", KeyType::Text),
    several("sts:IdentityTokenAudience"),
    one("sts:RoleSessionName", KeyType::Text),
    one("sts:SourceIdentity", KeyType::Text),
    one("sts:TaskPolicyArn", KeyType::Arn),
    several("sts:TransitiveTagKeys"),
];

/// The key that a name stands for; names ignore case.
pub(super) fn find(name: &str) -> Option<&'static GlobalKey> {
    KEYS.iter().find(|key| {
        if key.name.ends_with('/') {
            let head = name.get(..key.name.len());
            name.len() > key.name.len() && head.is_some_and(|head| head.eq_ignore_ascii_case(key.name))
        } else {
            name.eq_ignore_ascii_case(key.name)
        }
    })
}

/// The key of tags that a name would stand for, if a tag's key came after it.
pub(super) fn without_tag(name: &str) -> Option<&'static GlobalKey> {
    let name = name.strip_suffix('/').unwrap_or(name);
    let tags = KEYS.iter().filter(|key| key.name.ends_with('/'));
    tags.into_iter().find(|key| {
        key.name
            .strip_suffix('/')
            .is_some_and(|tag| tag.eq_ignore_ascii_case(name))
    })
}
