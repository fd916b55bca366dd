use jiff::Timestamp;
use locum_names::AccountId;

use super::Revision;

/// A member account that administers services for the whole organization, and may look at it.
#[derive(Debug, Clone)]
pub struct DelegatedAdministrator {
    /// The revision it was read at.
    pub revision: Revision,
    /// The account.
    pub account: AccountId,
    /// When it became one.
    pub enabled: Timestamp,
    /// The services, by name; at least one.
    pub services: Vec<ServiceGrant>,
}

impl DelegatedAdministrator {
    /// Whether it administers this service.
    #[must_use]
    pub fn administers(&self, service: &str) -> bool {
        self.services.iter().any(|grant| *grant.service == *service)
    }
}

/// A service that was given something at a time: access to the organization, or an administrator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceGrant {
    /// Its principal, such as `iam.amazonaws.com`.
    pub service: Box<str>,
    /// When.
    pub since: Timestamp,
}
