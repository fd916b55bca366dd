//! The organization: its tree, and the policies that bound everything below them.

use serde::{Deserialize, Serialize};

use super::{Document, Named};

/// The organization. What is not written is left alone.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Organization {
    /// The kinds of policies that are in force; those not listed are left as they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_types: Option<Vec<PolicyType>>,
    /// All features of central root access that are on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root_features: Option<Vec<RootFeature>>,
    /// Service control policies by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_control_policies: Option<Named<ControlPolicy>>,
    /// Resource control policies by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_control_policies: Option<Named<ControlPolicy>>,
    /// What is attached to the root.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root: Option<Root>,
    /// The organizational units below the root, by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub units: Option<Named<Unit>>,
    /// Accounts, by name or number, and all services that they administer for the organization.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delegated_administrators: Option<Named<Vec<String>>>,
}

/// A kind of policy of the organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum PolicyType {
    /// Service control policies: what principals of an account can do at most.
    #[serde(rename = "SERVICE_CONTROL_POLICY")]
    ServiceControl,
    /// Resource control policies: what can be done to resources of an account at most.
    #[serde(rename = "RESOURCE_CONTROL_POLICY")]
    ResourceControl,
}

impl PolicyType {
    /// Both.
    pub const ALL: [Self; 2] = [Self::ServiceControl, Self::ResourceControl];

    /// Returns the name in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ServiceControl => "SERVICE_CONTROL_POLICY",
            Self::ResourceControl => "RESOURCE_CONTROL_POLICY",
        }
    }

    /// Returns the policy of this kind that AWS made and that allows everything.
    #[must_use]
    pub const fn full_access(self) -> &'static str {
        match self {
            Self::ServiceControl => "FullAWSAccess",
            Self::ResourceControl => "RCPFullAWSAccess",
        }
    }

    /// Returns what it is called in a plan.
    #[must_use]
    pub const fn described(self) -> &'static str {
        match self {
            Self::ServiceControl => "service control policy",
            Self::ResourceControl => "resource control policy",
        }
    }
}

/// A feature of central root access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum RootFeature {
    /// Root credentials of member accounts are managed centrally.
    RootCredentialsManagement,
    /// Root tasks are done in member accounts by sessions of AssumeRoot.
    RootSessions,
}

/// A policy of the organization.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ControlPolicy {
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The policy.
    pub document: Document,
    /// All tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Named<String>>,
}

/// What is attached to the root.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Root {
    /// All service control policies attached, by name; `FullAWSAccess` needs no mention.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_control_policies: Option<Vec<String>>,
    /// All resource control policies attached, by name; `RCPFullAWSAccess` needs no mention.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_control_policies: Option<Vec<String>>,
    /// Whether `FullAWSAccess` is attached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub full_access: Option<bool>,
    /// All tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Named<String>>,
}

/// An organizational unit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Unit {
    /// All service control policies attached, by name; `FullAWSAccess` needs no mention.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_control_policies: Option<Vec<String>>,
    /// All resource control policies attached, by name; `RCPFullAWSAccess` needs no mention.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_control_policies: Option<Vec<String>>,
    /// Whether `FullAWSAccess` is attached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub full_access: Option<bool>,
    /// All tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Named<String>>,
    /// The units below it, by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub units: Option<Named<Unit>>,
}

impl Organization {
    /// Returns the policies of a kind, if they are described.
    #[must_use]
    pub fn control_policies(&self, kind: PolicyType) -> Option<&Named<ControlPolicy>> {
        match kind {
            PolicyType::ServiceControl => self.service_control_policies.as_ref(),
            PolicyType::ResourceControl => self.resource_control_policies.as_ref(),
        }
    }

    /// Returns the name of every unit at every depth.
    pub(crate) fn unit_names(&self) -> Vec<&str> {
        let mut names = Vec::new();
        let mut waiting: Vec<&Named<Unit>> = self.units.iter().collect();
        while let Some(units) = waiting.pop() {
            names.extend(units.keys().map(String::as_str));
            waiting.extend(units.values().filter_map(|unit| unit.units.as_ref()));
        }
        names
    }

    /// Returns every unit by its path from the root, such as `Production/Europe`.
    #[must_use]
    pub fn unit_paths(&self) -> Named<&Unit> {
        let mut found = Named::new();
        let mut waiting: Vec<(String, &Unit)> =
            self.units.iter().flatten().map(|(n, u)| (n.clone(), u)).collect();
        while let Some((path, unit)) = waiting.pop() {
            let below = unit.units.iter().flatten();
            waiting.extend(below.map(|(name, unit)| (format!("{path}/{name}"), unit)));
            found.insert(path, unit);
        }
        found
    }
}
