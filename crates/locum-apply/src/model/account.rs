//! An account and what it has of its own.

use serde::{Deserialize, Serialize};

use super::{Document, Group, InstanceProfile, Named, OidcProvider, Role, SamlProvider, User};
use crate::{FileError, Place};

/// An account. What is not written is left alone.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Account {
    /// The address that makes the account if it is not there. It cannot be changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The organizational unit it is in, from the root, such as `Production/Europe`; `/` is the root itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// All service control policies attached to the account, by name; `FullAWSAccess` needs no mention.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_control_policies: Option<Vec<String>>,
    /// All resource control policies attached to the account, by name; `RCPFullAWSAccess` needs no mention.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_control_policies: Option<Vec<String>>,
    /// Whether `FullAWSAccess` is attached to the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub full_access: Option<bool>,
    /// All tags of the account in the organization.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Named<String>>,
    /// The name in the sign-in address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// What passwords of users must be like.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_policy: Option<PasswordPolicy>,
    /// What the Security Token Service hands out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sts: Option<TokenPreferences>,
    /// Customer managed policies by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policies: Option<Named<ManagedPolicy>>,
    /// Groups by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups: Option<Named<Group>>,
    /// Users by name. Their passwords, keys and MFA devices are no matter of this file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub users: Option<Named<User>>,
    /// Roles by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roles: Option<Named<Role>>,
    /// Instance profiles by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_profiles: Option<Named<InstanceProfile>>,
    /// SAML identity providers by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub saml_providers: Option<Named<SamlProvider>>,
    /// OpenID Connect identity providers by URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oidc_providers: Option<Named<OidcProvider>>,
}

/// A customer managed policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ManagedPolicy {
    /// The path, `/` unless written. It cannot be changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// What it is for. It cannot be changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The policy.
    pub document: Document,
    /// All of its tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Named<String>>,
}

/// What passwords of users must be like.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct PasswordPolicy {
    /// The fewest characters, 6 to 128.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum_password_length: Option<u32>,
    /// Whether one character must be no letter and no digit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_symbols: Option<bool>,
    /// Whether one character must be a digit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_numbers: Option<bool>,
    /// Whether one character must be an upper-case letter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_uppercase_characters: Option<bool>,
    /// Whether one character must be a lower-case letter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_lowercase_characters: Option<bool>,
    /// Whether users may change their own passwords.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_users_to_change_password: Option<bool>,
    /// The days after which a password expires, 1 to 1095.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_password_age: Option<u32>,
    /// The number of former passwords that cannot be used again, 1 to 24.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_reuse_prevention: Option<u32>,
    /// Whether only an administrator can replace an expired password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hard_expiry: Option<bool>,
}

/// What the Security Token Service hands out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TokenPreferences {
    /// The version of tokens from the global endpoint.
    pub global_endpoint_token_version: TokenVersion,
}

/// A version of session tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum TokenVersion {
    /// Valid in the regions that are on by default.
    #[default]
    #[serde(rename = "v1Token")]
    V1,
    /// Valid in all regions.
    #[serde(rename = "v2Token")]
    V2,
}

impl TokenVersion {
    /// Returns the name in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V1 => "v1Token",
            Self::V2 => "v2Token",
        }
    }
}

impl Account {
    /// Returns a field that only makes sense in an organization, if one is written.
    pub(crate) fn organizational_field(&self) -> Option<&'static str> {
        [
            (self.email.is_some(), "email"),
            (self.unit.is_some(), "unit"),
            (self.service_control_policies.is_some(), "serviceControlPolicies"),
            (
                self.resource_control_policies.is_some(),
                "resourceControlPolicies",
            ),
            (self.full_access.is_some(), "fullAccess"),
            (self.tags.is_some(), "tags"),
        ]
        .into_iter()
        .find_map(|(written, field)| written.then_some(field))
    }

    /// Whether anything of its place in the organization is described.
    #[must_use]
    pub fn is_in_organization(&self) -> bool {
        self.organizational_field().is_some()
    }

    /// Whether anything but its place in the organization is described.
    #[must_use]
    pub fn has_contents(&self) -> bool {
        let contents = Self {
            email: None,
            unit: None,
            service_control_policies: None,
            resource_control_policies: None,
            full_access: None,
            tags: None,
            ..self.clone()
        };
        contents != Self::default()
    }

    pub(super) fn check(&self, place: &dyn Fn(&[&str]) -> Place) -> Result<(), FileError> {
        for url in self.oidc_providers.iter().flatten().map(|(url, _)| url) {
            if !url.starts_with("https://") && !url.starts_with("http://") {
                let message = format!("an OIDC provider is named by its URL; write https://{url}");
                return Err(FileError::at(&place(&["oidcProviders", url]), message));
            }
        }
        Ok(())
    }
}
