//! Who may act in an account: users, groups, roles, and the profiles that hand roles to machines.

use serde::{Deserialize, Serialize};

use super::{Document, Named};
use crate::plan::NONE;

/// What a role may be named with; a name has no slash.
const ROLE: &str = "role/";

/// A user.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct User {
    /// The path, `/` unless written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// All groups the user is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<String>>,
    /// All policies attached: names of this account's, `aws:<name>` for AWS's, or ARNs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policies: Option<Vec<String>>,
    /// All inline policies by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inline: Option<Named<Document>>,
    /// The permissions boundary, named like an attached policy; `none` takes it away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub boundary: Option<String>,
    /// All tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Named<String>>,
}

/// A group of users.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Group {
    /// The path, `/` unless written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// All policies attached: names of this account's, `aws:<name>` for AWS's, or ARNs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policies: Option<Vec<String>>,
    /// All inline policies by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inline: Option<Named<Document>>,
}

/// A role.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Role {
    /// The path, `/` unless written. It cannot be changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Who may assume it.
    pub trust: Document,
    /// The longest session in seconds, 3600 to 43200.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_session_duration: Option<u32>,
    /// All policies attached: names of this account's, `aws:<name>` for AWS's, or ARNs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policies: Option<Vec<String>>,
    /// All inline policies by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inline: Option<Named<Document>>,
    /// The permissions boundary, named like an attached policy; `none` takes it away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub boundary: Option<String>,
    /// All tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Named<String>>,
}

/// An instance profile.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct InstanceProfile {
    /// The path, `/` unless written. It cannot be changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The role in it, as its name or as `role/<name>`; `none` takes it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// All tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Named<String>>,
}

impl InstanceProfile {
    /// Returns what is said of the role: nothing, that there is none, or its name.
    pub(crate) fn wanted_role(&self) -> Option<Option<&str>> {
        let role = self.role.as_deref()?;
        Some((role != NONE).then(|| role.strip_prefix(ROLE).unwrap_or(role)))
    }

    /// Says which role is in it so that it means that one, also if it is called as if there were none.
    pub(crate) fn name_role_plainly(&mut self) {
        if let Some(role) = self.role.as_mut().filter(|role| *role == NONE) {
            role.insert_str(0, ROLE);
        }
    }
}
