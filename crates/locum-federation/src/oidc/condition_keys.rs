//! What a trust policy may ask about a token: `<issuer's host and path>:<claim>` (facts: sts §4.5).
//!
//! A key exists only for the claims in these tables. Everything else in a token stays out of policies, so that a
//! provider cannot bring a key into being by naming a claim.

use super::{
    TokenError,
    claims::{Claims, present},
    json::Json,
};

/// Which claims the providers that AWS knows by name add to the generic ones.
///
/// A host counts with every path: issuers of one customer have one.
const PROVIDERS: [(Host, &[&str]); 7] = [
    (
        Host::Is("token.actions.githubusercontent.com"),
        &[
            "actor",
            "actor_id",
            "enterprise_id",
            "environment",
            "job_workflow_ref",
            "ref",
            "repository",
            "repository_id",
            "repository_owner_id",
            "workflow",
        ],
    ),
    (Host::Is("accounts.google.com"), &["google/organization_number"]),
    (Host::Is("oidc.circleci.com"), &["oidc.circleci.com/project-id"]),
    (Host::EndsWith(".oraclecloud.com"), &["rpst_id"]),
    (
        Host::Is("gitlab.com"),
        &[
            "namespace_id",
            "pipeline_source",
            "project_id",
            "ref_protected",
            "runner_environment",
            "user_access_level",
            "user_email",
            "user_id",
            "user_login",
        ],
    ),
    (
        Host::Is("agent.buildkite.com"),
        &[
            "organization_slug",
            "organization_id",
            "pipeline_slug",
            "pipeline_id",
            "cluster_name",
            "cluster_id",
            "build_branch",
        ],
    ),
    // Amazon Cognito has the generic keys alone.
    (Host::Is("cognito-identity.amazonaws.com"), &[]),
];

enum Host {
    Is(&'static str),
    EndsWith(&'static str),
}

impl Host {
    fn matches(&self, host: &str) -> bool {
        match *self {
            Self::Is(name) => host == name,
            Self::EndsWith(suffix) => host.ends_with(suffix),
        }
    }
}

impl Claims {
    /// Returns the condition keys of the token with their values, for a provider whose ARN ends in `provider`: host and
    /// path, without a scheme. A claim that the token does not have gives no key.
    ///
    /// # Errors
    /// `TokenError::BadClaim` for a claim of one of the keys that is neither text, number nor truth value: without the
    /// key, a policy that denies by its value would not.
    pub fn condition_keys(&self, provider: &str) -> Result<Vec<(String, Vec<String>)>, TokenError> {
        let key = |claim: &str| format!("{provider}:{claim}");
        let mut keys = vec![
            (key("aud"), vec![self.audience.clone()]),
            (key("oaud"), self.raw_audiences.clone()),
            (key("sub"), vec![self.subject.clone()]),
        ];
        if !self.amr.is_empty() {
            keys.push((key("amr"), self.amr.clone()));
        }
        if let Some(email) = &self.email {
            keys.push((key("email"), vec![email.clone()]));
        }
        let host = provider.split('/').next().unwrap_or_default();
        let own = PROVIDERS.iter().find(|(name, _)| name.matches(host));
        for claim in own.map_or(&[][..], |(_, claims)| claims) {
            if let Some(found) = self.claim(claim)? {
                let value = value(found).ok_or(TokenError::BadClaim(claim))?;
                keys.push((key(claim), vec![value]));
            }
        }
        Ok(keys)
    }

    /// The claim of a key. Google's stands in an object.
    fn claim(&self, name: &'static str) -> Result<Option<&Json>, TokenError> {
        if let Some(value) = present(&self.members, name) {
            return Ok(Some(value));
        }
        let Some(inner) = name.strip_prefix("google/") else {
            return Ok(None);
        };
        match present(&self.members, "google") {
            None => Ok(None),
            Some(Json::Object(google)) => Ok(present(google, inner)),
            Some(_) => Err(TokenError::BadClaim(name)),
        }
    }
}

/// The value of a claim as policies compare it.
fn value(claim: &Json) -> Option<String> {
    match claim {
        Json::Text(text) => Some(text.clone()),
        Json::Number(digits) => Some(digits.clone()),
        Json::Boolean(value) => Some(value.to_string()),
        Json::Array(_) | Json::Null | Json::Object(_) => None,
    }
}
