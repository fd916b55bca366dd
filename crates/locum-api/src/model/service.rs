//! The services of AWS that are spoken here, and one of our own: how each is named where.
//!
//! Namespaces are also there as literals: the start of every XML answer is spelled out where its operation is declared.

/// Returns the namespace of a service's XML documents as a literal.
macro_rules! namespace {
    (Sts) => {
        "https://sts.amazonaws.com/doc/2011-06-15/"
    };
    (Iam) => {
        "https://iam.amazonaws.com/doc/2010-05-08/"
    };
    (Organizations) => {
        "http://organizations.amazonaws.com/doc/2016-11-28/"
    };
    (Locum) => {
        "urn:locum:2026-11-22"
    };
    (AccessAnalyzer) => {
        "https://access-analyzer.amazonaws.com/doc/2019-11-01/"
    };
}

pub(crate) use namespace;

/// One of the services that this crate declares operations of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Service {
    /// Security Token Service, awsQuery.
    Sts,
    /// Identity and Access Management, awsQuery.
    Iam,
    /// Organizations, AWS JSON 1.1.
    Organizations,
    /// What only locum has, AWS JSON 1.1.
    Locum,
    /// Access Analyzer, REST-JSON.
    AccessAnalyzer,
}

impl Service {
    /// All services.
    pub const ALL: [Self; 5] = [
        Self::Sts,
        Self::Iam,
        Self::Organizations,
        Self::Locum,
        Self::AccessAnalyzer,
    ];

    /// Returns the API version, as in the `Version` parameter.
    pub const fn api_version(self) -> &'static str {
        match self {
            Self::Sts => "2011-06-15",
            Self::Iam => "2010-05-08",
            Self::Organizations => "2016-11-28",
            Self::Locum => "2026-11-22",
            Self::AccessAnalyzer => "2019-11-01",
        }
    }

    /// Returns the namespace of the service's XML documents.
    pub const fn xml_namespace(self) -> &'static str {
        match self {
            Self::Sts => namespace!(Sts),
            Self::Iam => namespace!(Iam),
            Self::Organizations => namespace!(Organizations),
            Self::Locum => namespace!(Locum),
            Self::AccessAnalyzer => namespace!(AccessAnalyzer),
        }
    }

    /// Returns the service's name in a credential scope.
    pub const fn signing_name(self) -> &'static str {
        match self {
            Self::AccessAnalyzer => "access-analyzer",
            Self::Sts | Self::Iam | Self::Organizations | Self::Locum => self.cli_name(),
        }
    }

    /// Returns the service's name on the command line.
    pub const fn cli_name(self) -> &'static str {
        match self {
            Self::Sts => "sts",
            Self::Iam => "iam",
            Self::Organizations => "organizations",
            Self::Locum => "locum",
            Self::AccessAnalyzer => "accessanalyzer",
        }
    }

    /// Returns the name that prints well in a heading.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Sts => "Security Token Service",
            Self::Iam => "Identity and Access Management",
            Self::Organizations => "Organizations",
            Self::Locum => "locum",
            Self::AccessAnalyzer => "Access Analyzer",
        }
    }

    /// Returns what precedes the operation in `X-Amz-Target`, or `None` for a service of awsQuery or REST-JSON.
    pub const fn target_prefix(self) -> Option<&'static str> {
        match self {
            Self::Sts | Self::Iam | Self::AccessAnalyzer => None,
            Self::Organizations => Some("AWSOrganizationsV20161128"),
            Self::Locum => Some("Locum_20261122"),
        }
    }
}
