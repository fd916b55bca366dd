//! Who a record says called (`facts: sts §10`, the types of `userIdentity`).

use std::collections::BTreeMap;

use serde::Serialize;

/// The caller of a recorded call.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserIdentity {
    /// `Root`, `IAMUser`, `AssumedRole`, `FederatedUser`, `SAMLUser`, `WebIdentityUser`, `AWSAccount` or `Unknown`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The unique id, with the session's name where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal_id: Option<String>,
    /// The caller's ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
    /// The caller's account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    /// The key that signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_key_id: Option<String>,
    /// An IAM user's name, or a federated user's as its provider has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_name: Option<String>,
    /// The provider of a federated user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_provider: Option<String>,
    /// What the session is, of a call with temporary credentials.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_context: Option<SessionContext>,
    /// What acted for whoever runs the program: such a call has no key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invoked_by: Option<&'static str>,
    /// Who uses the access, if it was delegated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invoked_by_delegate: Option<Delegate>,
}

/// Who uses access that was delegated.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Delegate {
    /// The account that asked for it.
    pub account_id: String,
}

impl UserIdentity {
    /// The identity of a caller who could not be established.
    #[must_use]
    pub fn unknown(access_key_id: Option<String>) -> Self {
        Self {
            kind: "Unknown",
            access_key_id,
            ..Self::default()
        }
    }
}

/// What a session is and where it came from.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionContext {
    /// Whose session it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_issuer: Option<SessionIssuer>,
    /// When it began, and how.
    pub attributes: SessionAttributes,
    /// The source identity, if one was set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_identity: Option<String>,
    /// What an identity provider vouched for, if one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub web_id_federation_data: Option<WebIdFederationData>,
    /// `"true"`, as text, of a session of `AssumeRoot`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assumed_root: Option<&'static str>,
}

/// What an identity provider vouched for.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WebIdFederationData {
    /// The provider's ARN.
    pub federated_provider: String,
    /// The condition keys that the session carries, several values joined by a comma.
    pub attributes: BTreeMap<String, String>,
}

/// The principal whose session it is.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionIssuer {
    /// `Role`, `IAMUser` or `Root`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Its unique id.
    pub principal_id: String,
    /// Its ARN.
    pub arn: String,
    /// Its account.
    pub account_id: String,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_name: Option<String>,
}

/// When a session began, and whether a second factor was given.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionAttributes {
    /// ISO 8601.
    pub creation_date: String,
    /// `"true"` or `"false"`, as text.
    pub mfa_authenticated: &'static str,
}
