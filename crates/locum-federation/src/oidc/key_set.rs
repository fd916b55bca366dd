//! The public keys of an issuer, as its JWKS gives them (RFC 7517).
//!
//! What a key is for is settled here, once: its type, its curve, and the algorithm that the JWK itself may name. A key that
//! cannot verify one of the six algorithms is left out, as RFC 7517 §5 wants; a document that two readers could take
//! differently, or that is larger than IAM accepts, gives no keys at all.

use locum_crypto::{Curve, VerificationKey};

use super::{
    algorithm::Algorithm,
    base64url,
    json::{Json, Members},
};

/// Keys of one type, usable or not, that a document may have (facts: sts §6.2).
const MAX_KEYS: usize = 100;

/// Keys that are tried for one token. Providers that give several keys one id have two while they rotate.
const MAX_TRIED: usize = 4;

/// What a JWK has beside a public key (RFC 7518 §6): one prime of an RSA key gives all of it away.
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// Why a document gives no keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JwksError {
    /// Not a JSON object with an array of objects named `keys`, or a member is repeated.
    #[error("the key set is not a JSON object with an array of keys, or repeats a member")]
    Malformed,
    /// More than a hundred keys of one type.
    #[error("the key set has more than {MAX_KEYS} keys of one type")]
    TooMany,
}

/// One key and what it may be used for.
#[derive(Debug, Clone)]
struct Key {
    id: Option<Box<str>>,
    /// The one algorithm that the JWK names; without it, those that fit the key.
    only: Option<Algorithm>,
    key: VerificationKey,
}

impl Key {
    fn is_for(&self, algorithm: Algorithm) -> bool {
        algorithm.fits(self.key.kind()) && self.only.is_none_or(|only| only == algorithm)
    }
}

/// The keys of one issuer and the algorithms that it signs with.
#[derive(Debug, Clone)]
pub struct KeySet {
    keys: Vec<Key>,
    algorithms: Vec<Algorithm>,
}

/// What a set has for a token.
pub(super) enum Candidates<'a> {
    /// The keys to try, at least one.
    Keys(Vec<&'a VerificationKey>),
    /// No key; the issuer may have published it since.
    Unknown,
    /// The token names no key and several would fit.
    Ambiguous,
    /// The issuer does not sign with this algorithm.
    Unsupported,
}

impl KeySet {
    /// Reads a JWKS of at most 256 KiB, which the fetcher sees to. Keys for encryption, of other types or curves, of less
    /// than 2048 bits, malformed, or published with their private half are left out; the set may be empty.
    ///
    /// # Errors
    /// `JwksError` if the document as a whole cannot be trusted to mean one thing.
    pub fn parse(jwks: &[u8]) -> Result<Self, JwksError> {
        let document = Json::object(jwks).map_err(|_| JwksError::Malformed)?;
        let Some(Json::Array(entries)) = document.get("keys") else {
            return Err(JwksError::Malformed);
        };
        let mut keys = Vec::new();
        let (mut rsa, mut ec) = (0_usize, 0_usize);
        for entry in entries {
            let Json::Object(jwk) = entry else {
                return Err(JwksError::Malformed);
            };
            match jwk.get("kty").and_then(Json::as_text) {
                Some("RSA") => rsa += 1,
                Some("EC") => ec += 1,
                _ => continue,
            }
            if rsa > MAX_KEYS || ec > MAX_KEYS {
                return Err(JwksError::TooMany);
            }
            keys.extend(usable(jwk));
        }
        Ok(Self {
            keys,
            algorithms: Algorithm::ALL.to_vec(),
        })
    }

    /// Limits the set to the algorithms that the issuer announces, whatever its keys could do.
    #[must_use]
    pub fn limited_to(mut self, algorithms: &[Algorithm]) -> Self {
        self.algorithms.retain(|algorithm| algorithms.contains(algorithm));
        self
    }

    /// Returns the number of usable keys.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Returns whether no key is usable.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The keys that may have signed a token with this header.
    ///
    /// Without a key id there must be exactly one key for the algorithm: a token never gets to try its luck.
    pub(super) fn candidates(&self, algorithm: Algorithm, id: Option<&str>) -> Candidates<'_> {
        if !self.algorithms.contains(&algorithm) {
            return Candidates::Unsupported;
        }
        let fitting = self.keys.iter().filter(|key| key.is_for(algorithm));
        let keys: Vec<&VerificationKey> = match id {
            Some(_) => fitting
                .filter(|key| key.id.as_deref() == id)
                .map(|key| &key.key)
                .take(MAX_TRIED)
                .collect(),
            None => fitting.map(|key| &key.key).take(2).collect(),
        };
        match (keys.len(), id) {
            (0, _) => Candidates::Unknown,
            (2.., None) => Candidates::Ambiguous,
            _ => Candidates::Keys(keys),
        }
    }
}

/// The key of a JWK, if it can verify a token's signature and is meant to.
fn usable(jwk: &Members) -> Option<Key> {
    let optional = |name: &str| match jwk.get(name) {
        None => Some(None),
        Some(value) => value.as_text().map(Some),
    };
    if optional("use")?.is_some_and(|purpose| purpose != "sig") {
        return None;
    }
    if let Some(operations) = jwk.get("key_ops")
        && !operations.as_texts()?.contains(&"verify")
    {
        return None;
    }
    // Who publishes the private half, or a part of it, lets anyone sign.
    if PRIVATE.iter().any(|part| jwk.contains_key(*part)) {
        return None;
    }
    let id = optional("kid")?.map(Into::into);
    let only = match optional("alg")? {
        Some(name) => Some(Algorithm::named(name)?),
        None => None,
    };
    let number = |name: &str| base64url::decode(jwk.get(name)?.as_text()?);
    let key = match jwk.get("kty")?.as_text()? {
        "RSA" => VerificationKey::rsa(&number("n")?, &number("e")?).ok()?,
        "EC" => {
            let curve = match jwk.get("crv")?.as_text()? {
                "P-256" => Curve::P256,
                "P-384" => Curve::P384,
                "P-521" => Curve::P521,
                _ => return None,
            };
            VerificationKey::ec(curve, &number("x")?, &number("y")?).ok()?
        }
        _ => return None,
    };
    if only.is_some_and(|only| !only.fits(key.kind())) {
        return None;
    }
    Some(Key { id, only, key })
}
