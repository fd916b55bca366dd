//! Whoever gets a token: knows an issuer's URL, reads the two documents there, and verifies with `jsonwebtoken`.

use jsonwebtoken::{
    Algorithm, DecodingKey, Header, Validation, decode, decode_header,
    jwk::{Jwk, JwkSet},
};
use serde_json::Value;

use super::scene::{AUDIENCE, World};

pub(crate) struct Partner {
    issuer: String,
    keys: JwkSet,
}

/// A token that was verified.
#[derive(Debug)]
pub(crate) struct Verified {
    pub(crate) header: Header,
    pub(crate) claims: Value,
}

impl Verified {
    pub(crate) fn kid(&self) -> &str {
        self.header.kid.as_deref().unwrap()
    }

    /// The claims that OpenID Connect has no name for.
    pub(crate) fn of_aws(&self) -> &Value {
        &self.claims["https://sts.amazonaws.com/"]
    }
}

/// What an issuer publishes below its URL.
pub(crate) fn published(world: &World, issuer: &str, document: &str) -> Option<String> {
    let path = issuer.strip_prefix("https://sts.example.com").unwrap();
    let found = world.service.publication(&format!("{path}/{document}"))?;
    Some(found.body.to_string())
}

impl Partner {
    /// Reads the discovery document, and the keys where it says they are.
    pub(crate) fn reading(world: &World, issuer: &str) -> Self {
        let discovery = published(world, issuer, ".well-known/openid-configuration").unwrap();
        let discovery: Value = serde_json::from_str(&discovery).unwrap();
        assert_eq!(discovery["issuer"], issuer);
        let place = discovery["jwks_uri"].as_str().unwrap();
        let relative = place.strip_prefix(&format!("{issuer}/")).unwrap();
        let keys = published(world, issuer, relative).unwrap();
        Self {
            issuer: issuer.to_owned(),
            keys: serde_json::from_str(&keys).unwrap(),
        }
    }

    /// The key of this id, if it was published when the documents were read.
    pub(crate) fn key(&self, kid: &str) -> Option<&Jwk> {
        self.keys.find(kid)
    }

    pub(crate) fn kids(&self) -> Vec<&str> {
        let keys = self.keys.keys.iter();
        keys.map(|key| key.common.key_id.as_deref().unwrap()).collect()
    }

    /// Verifies signature, issuer and audience; times are the test's to look at, for its clock is not the system's.
    pub(crate) fn verify(&self, token: &str) -> Result<Verified, String> {
        let header = decode_header(token).map_err(|error| error.to_string())?;
        let kid = header.kid.clone().ok_or("no kid")?;
        let jwk = self.key(&kid).ok_or_else(|| format!("unknown key {kid}"))?;
        let mut validation = Validation::new(Algorithm::RS256);
        validation.algorithms = vec![match kid.starts_with("RSA") {
            true => Algorithm::RS256,
            false => Algorithm::ES384,
        }];
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[AUDIENCE]);
        validation.validate_exp = false;
        let key = DecodingKey::from_jwk(jwk).map_err(|error| error.to_string())?;
        let verified = decode::<Value>(token, &key, &validation).map_err(|error| error.to_string())?;
        Ok(Verified {
            header: verified.header,
            claims: verified.claims,
        })
    }
}
