//! An OpenID Connect issuer as its discovery document describes it (OpenID Connect Discovery 1.0 §4).

use serde_json::Value;

use super::error::LoginError;
use super::settings::Oidc;
use super::web::Web;
use crate::secure_url::SecureUrl;

const WHAT: &str = "the issuer's discovery document";

/// Where an issuer takes which requests.
#[derive(Debug)]
pub(super) struct Issuer {
    /// Its name, as the configuration and the document have it.
    pub(super) name: String,
    /// Where a browser goes.
    pub(super) authorization: Option<SecureUrl>,
    /// Where codes are redeemed.
    pub(super) token: SecureUrl,
    /// Where a device asks for a code.
    pub(super) device: Option<SecureUrl>,
    /// Whether its answers through the browser say whose they are (RFC 9207 §3).
    pub(super) names_itself: bool,
}

impl Issuer {
    /// Asks the issuer for its document.
    pub(super) fn discover(oidc: &Oidc, web: &Web<'_>) -> Result<Self, LoginError> {
        let base = oidc.issuer.trim_end_matches('/');
        let url = format!("{base}/.well-known/openid-configuration");
        let reply = web.get(WHAT, &SecureUrl::parse("locum_oidc_issuer", &url)?)?;
        let wrong = |reason: String| LoginError::Provider { what: WHAT, reason };
        if reply.status != 200 {
            return Err(wrong(format!("{url} answers with status {}", reply.status)));
        }
        // To the letter, or another issuer's document would be taken for this one's (§4.3).
        if reply.text("issuer") != Some(&oidc.issuer) {
            return Err(wrong(format!(
                "it is that of another issuer; locum_oidc_issuer must be as the document at {url} has it, to the letter"
            )));
        }
        let endpoint = |name: &'static str| {
            let url = reply.text(name).map(|url| SecureUrl::parse(name, url));
            Ok::<_, LoginError>(url.transpose()?)
        };
        Ok(Self {
            name: oidc.issuer.clone(),
            authorization: endpoint("authorization_endpoint")?,
            token: endpoint("token_endpoint")?.ok_or_else(|| wrong("it has no token_endpoint".to_owned()))?,
            device: endpoint("device_authorization_endpoint")?,
            names_itself: reply
                .members
                .get("authorization_response_iss_parameter_supported")
                == Some(&Value::Bool(true)),
        })
    }
}
