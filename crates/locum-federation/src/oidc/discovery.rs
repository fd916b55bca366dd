//! An issuer's discovery document: where its keys are, and what it signs with.
//!
//! Its `issuer` must be the registered one byte for byte, or one host could speak for another (OpenID Connect Discovery
//! §4.3). The document need not announce claims: that of a Kubernetes API server does not, and each claim is
//! demanded of the token itself.

use super::{
    algorithm::Algorithm,
    json::{Json, Members},
};

/// Longest `jwks_uri`, in bytes.
const MAX_URI: usize = 2048;

/// Why a discovery document is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DiscoveryError {
    /// Not a JSON object, or a member is repeated.
    #[error("the discovery document is not a JSON object, or repeats a member")]
    Malformed,
    /// A required member is missing or has the wrong type.
    #[error("the discovery document has no usable {0}")]
    Missing(&'static str),
    /// Another issuer's document.
    #[error("the discovery document is of another issuer")]
    Issuer,
    /// None of the six algorithms.
    #[error("the issuer announces none of RS256, RS384, RS512, ES256, ES384 and ES512")]
    Algorithms,
}

/// What is taken from a discovery document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discovery {
    jwks_uri: Box<str>,
    algorithms: Vec<Algorithm>,
}

impl Discovery {
    /// Reads the document that `issuer`, a URL with its scheme, serves.
    ///
    /// # Errors
    /// `DiscoveryError` if it is another issuer's, or lacks a member that IAM requires (facts: sts §6.2).
    pub fn parse(document: &[u8], issuer: &str) -> Result<Self, DiscoveryError> {
        let document = Json::object(document).map_err(|_| DiscoveryError::Malformed)?;
        let own = document
            .get("issuer")
            .and_then(Json::as_text)
            .ok_or(DiscoveryError::Missing("issuer"))?;
        if own != issuer {
            return Err(DiscoveryError::Issuer);
        }
        let jwks_uri = document
            .get("jwks_uri")
            .and_then(Json::as_text)
            .filter(|uri| uri.len() <= MAX_URI && uri.bytes().all(|byte| byte.is_ascii_graphic()))
            .ok_or(DiscoveryError::Missing("jwks_uri"))?;
        announced(&document, "response_types_supported")?;
        announced(&document, "subject_types_supported")?;
        if document.contains_key("claims_supported") {
            announced(&document, "claims_supported")?;
        }
        let algorithms: Vec<_> = announced(&document, "id_token_signing_alg_values_supported")?
            .into_iter()
            .filter_map(Algorithm::named)
            .collect();
        if algorithms.is_empty() {
            return Err(DiscoveryError::Algorithms);
        }
        Ok(Self {
            jwks_uri: jwks_uri.into(),
            algorithms,
        })
    }

    /// Returns where the keys are: a URL that nobody has looked at yet.
    #[must_use]
    pub fn jwks_uri(&self) -> &str {
        &self.jwks_uri
    }

    /// Returns the algorithms that the issuer announces, of the six.
    #[must_use]
    pub fn algorithms(&self) -> &[Algorithm] {
        &self.algorithms
    }
}

/// The strings of a member that must be an array of some.
fn announced<'a>(document: &'a Members, name: &'static str) -> Result<Vec<&'a str>, DiscoveryError> {
    document
        .get(name)
        .and_then(Json::as_texts)
        .filter(|values| !values.is_empty())
        .ok_or(DiscoveryError::Missing(name))
}
