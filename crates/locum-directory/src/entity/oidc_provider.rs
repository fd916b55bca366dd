use jiff::Timestamp;
use locum_names::{AccountId, Partition};

use super::{Revision, Tag};

/// An OpenID Connect identity provider that an account trusts.
#[derive(Debug, Clone)]
pub struct OidcProvider {
    /// The revision it was read at.
    pub revision: Revision,
    /// The account that trusts it.
    pub account: AccountId,
    /// Host and path as in its ARN, without the scheme. Unique in the account, upper and lower case being different.
    pub url: Box<str>,
    /// How its issuer is reached.
    pub scheme: IssuerScheme,
    /// The audiences it may issue tokens for, at most 100.
    pub client_ids: Vec<Box<str>>,
    /// SHA-1 thumbprints of certificates, each 40 hexadecimal digits, at most five.
    pub thumbprints: Vec<Box<str>>,
    /// When it was made.
    pub created: Timestamp,
    /// In the order they were put.
    pub tags: Vec<Tag>,
}

impl OidcProvider {
    /// A provider without audiences, thumbprints and tags, reached by `https`.
    #[must_use]
    pub fn new(account: AccountId, url: &str, created: Timestamp) -> Self {
        Self {
            revision: Revision::NEW,
            account,
            url: url.into(),
            scheme: IssuerScheme::Https,
            client_ids: Vec::new(),
            thumbprints: Vec::new(),
            created,
            tags: Vec::new(),
        }
    }

    /// Its ARN.
    #[must_use]
    pub fn arn(&self, partition: Partition) -> String {
        let Self { account, url, .. } = self;
        format!("arn:{partition}:iam::{account}:oidc-provider/{url}")
    }

    /// The `iss` of its tokens.
    #[must_use]
    pub fn issuer(&self) -> String {
        format!("{}://{}", self.scheme.as_str(), self.url)
    }
}

/// How an issuer is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IssuerScheme {
    /// `https`.
    Https,
    /// `http`: only for issuers that the operator allows by name.
    Http,
}

impl IssuerScheme {
    /// The scheme as in a URL.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Https => "https",
            Self::Http => "http",
        }
    }
}
