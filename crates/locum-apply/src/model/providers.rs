//! Identity providers.

use serde::{Deserialize, Serialize};

use super::{Content, Named};

/// A SAML identity provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SamlProvider {
    /// The provider's metadata, an XML document.
    pub metadata: Content,
    /// All tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Named<String>>,
}

/// An OpenID Connect identity provider.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct OidcProvider {
    /// All audiences that tokens may be for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_ids: Option<Vec<String>>,
    /// All SHA-1 thumbprints of certificates that its TLS may end in; without any, the public authorities are trusted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thumbprints: Option<Vec<String>>,
    /// All tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Named<String>>,
}
