//! What makes a role a service's own.
//!
//! Control policies and boundaries do not bind such a role (`facts: policy §2.2`), so the mark is worth a privilege. It
//! is a field that only [`Role::service_linked`] sets, not a path that somebody may choose, and
//! [`Snapshot::apply`](crate::Snapshot::apply) refuses every other way to get or keep it.

use jiff::Timestamp;
use locum_crypto::Random;
use locum_names::AccountId;
use locum_policy::{Policy, PolicyError, PolicyKind};

use super::Role;

/// Where the paths of service-linked roles begin.
pub const SERVICE_LINKED_PATH: &str = "/aws-service-role/";

impl Role {
    /// A role linked to `service`, such as `autoscaling.amazonaws.com`: only the service can assume it, and it has no
    /// permissions.
    ///
    /// # Errors
    /// `PolicyError` if `service` cannot stand as a service in a trust policy.
    pub fn service_linked(
        account: AccountId,
        service: &str,
        name: &str,
        created: Timestamp,
        rng: &mut dyn Random,
    ) -> Result<Self, PolicyError> {
        let trust = Policy::compile(&linked_trust(service), PolicyKind::Trust)?;
        let path = linked_path(service);
        let role = Self::new(account, &path, name, trust, created, rng);
        Ok(Self {
            service: Some(service.into()),
            ..role
        })
    }

    /// Whether it is a service's own.
    #[must_use]
    pub const fn is_service_linked(&self) -> bool {
        self.service.is_some()
    }

    /// What is wrong with its link, or with its lack of one.
    pub(crate) fn fault_of_link(&self) -> Option<&'static str> {
        let Some(service) = &self.service else {
            let reserved = self.path.starts_with(SERVICE_LINKED_PATH);
            return reserved.then_some("its path is that of roles linked to services");
        };
        if *self.path != *linked_path(service) {
            return Some("its path is not that of its service");
        }
        if self.trust.document() != linked_trust(service) {
            return Some("it trusts others than its service");
        }
        let extended = self.boundary.is_some() || !self.inline.is_empty() || !self.attached.is_empty();
        extended.then_some("a role linked to a service has no policies of others")
    }
}

fn linked_path(service: &str) -> String {
    format!("{SERVICE_LINKED_PATH}{service}/")
}

/// Stored with the role: another text here would refuse the roles that are stored already.
fn linked_trust(service: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Service":"{service}"}},"Action":"sts:AssumeRole"}}]}}"#
    )
}
