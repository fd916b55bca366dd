//! A compact JWS (RFC 7515 §7.1) that carries claims: read, and then verified.
//!
//! The header chooses nothing but which registered key is tried: its algorithm must fit that key's type and curve, and
//! keys or places of keys within it (`jwk`, `jku`, `x5u`, `x5c`) are not even read. What demands to be understood
//! (`crit`, `b64`), is encrypted or nested, is refused (facts: security §1.6).

use jiff::Timestamp;

use super::{
    TokenError,
    algorithm::Algorithm,
    base64url,
    claims::Claims,
    json::{Json, Members},
    key_set::{Candidates, KeySet},
};

/// The longest token, in bytes: what `WebIdentityToken` may have (facts: sts §2.2).
pub const MAX_TOKEN_LEN: usize = 20_000;

/// The longest key id, in bytes. Longer ones are no provider's.
const MAX_KEY_ID_LEN: usize = 1024;

/// Explicit types (RFC 8725 §3.11) of signed objects that say something else than who their bearer is.
const OTHER_TYPES: [&str; 5] = [
    "at+jwt",
    "logout+jwt",
    "secevent+jwt",
    "dpop+jwt",
    "token-introspection+jwt",
];

/// A token that is well formed and of which nothing else is known.
#[derive(Debug)]
pub struct Token<'a> {
    signed: &'a str,
    signature: Vec<u8>,
    algorithm: Algorithm,
    key_id: Option<String>,
    issuer: String,
    claims: Members,
}

/// What a token is held against.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The registered provider's URL with its scheme.
    pub issuer: &'a str,
    /// The registered client ids.
    pub client_ids: &'a [&'a str],
    /// The time.
    pub now: Timestamp,
}

/// Why a key set does not verify a token: for lack of a key, or for good.
pub(super) enum Failure {
    /// The set has no key for the token; a newer one may.
    UnknownKey,
    /// The issuer did not announce the token's algorithm; it may have meanwhile.
    UnknownAlgorithm,
    /// Anything else.
    Refused(TokenError),
}

impl<'a> Token<'a> {
    /// Reads a token without verifying anything.
    ///
    /// # Errors
    /// `NotAJwt`, `UnsupportedAlgorithm`, `CriticalHeader`, or, as the provider is chosen by it, `MissingClaim` and
    /// `BadClaim` for `iss`.
    pub fn parse(token: &'a str) -> Result<Self, TokenError> {
        if token.len() > MAX_TOKEN_LEN {
            return Err(TokenError::NotAJwt);
        }
        let mut segments = token.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (segments.next(), segments.next(), segments.next(), segments.next())
        else {
            return Err(TokenError::NotAJwt);
        };
        let (algorithm, key_id) = read_header(&object(header)?)?;
        let signature = base64url::decode(signature).ok_or(TokenError::NotAJwt)?;
        let claims = object(payload)?;
        let issuer = match claims.get("iss") {
            None => return Err(TokenError::MissingClaim("iss")),
            Some(Json::Text(issuer)) => issuer.clone(),
            Some(_) => return Err(TokenError::BadClaim("iss")),
        };
        let signed = token
            .get(..header.len() + 1 + payload.len())
            .ok_or(TokenError::NotAJwt)?;
        Ok(Self {
            signed,
            signature,
            algorithm,
            key_id,
            issuer,
            claims,
        })
    }

    /// Returns what the token says its issuer is. Anyone can write it: it serves to find the registered provider, whose
    /// URL is then demanded.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Verifies issuer, signature and claims.
    ///
    /// # Errors
    /// `TokenError`; a key that the set does not have is `NoKey`.
    pub fn verify(&self, keys: &KeySet, expected: &Expected<'_>) -> Result<Claims, TokenError> {
        self.try_keys(keys, expected).map_err(|failure| match failure {
            Failure::UnknownKey => TokenError::NoKey,
            Failure::UnknownAlgorithm => TokenError::UnsupportedAlgorithm,
            Failure::Refused(error) => error,
        })
    }

    pub(super) fn try_keys(&self, keys: &KeySet, expected: &Expected<'_>) -> Result<Claims, Failure> {
        self.check_issuer(expected).map_err(Failure::Refused)?;
        let candidates = match keys.candidates(self.algorithm, self.key_id.as_deref()) {
            Candidates::Keys(candidates) => candidates,
            Candidates::Unknown => return Err(Failure::UnknownKey),
            Candidates::Ambiguous => return Err(Failure::Refused(TokenError::NoKey)),
            Candidates::Unsupported => return Err(Failure::UnknownAlgorithm),
        };
        let verifies = |key: &&locum_crypto::VerificationKey| {
            key.verify(
                self.algorithm.signature(),
                self.signed.as_bytes(),
                &self.signature,
            )
            .is_ok()
        };
        if !candidates.iter().any(verifies) {
            return Err(Failure::Refused(TokenError::BadSignature));
        }
        // Only now may the claims say anything: before, their errors would answer whoever wrote them.
        Claims::read(&self.claims, expected).map_err(Failure::Refused)
    }

    /// Refuses a token of another issuer than the registered one, byte for byte.
    pub(super) fn check_issuer(&self, expected: &Expected<'_>) -> Result<(), TokenError> {
        if self.issuer == expected.issuer {
            Ok(())
        } else {
            Err(TokenError::NoProvider(self.issuer.clone()))
        }
    }
}

fn object(segment: &str) -> Result<Members, TokenError> {
    let octets = base64url::decode(segment).ok_or(TokenError::NotAJwt)?;
    Json::object(&octets).map_err(|_| TokenError::NotAJwt)
}

/// The algorithm and the key id.
fn read_header(header: &Members) -> Result<(Algorithm, Option<String>), TokenError> {
    // `enc` makes it a JWE, whatever the number of segments.
    if header.contains_key("enc") {
        return Err(TokenError::NotAJwt);
    }
    let algorithm = match header.get("alg") {
        Some(Json::Text(name)) => Algorithm::named(name).ok_or(TokenError::UnsupportedAlgorithm)?,
        _ => return Err(TokenError::NotAJwt),
    };
    if header.contains_key("crit") || header.contains_key("b64") {
        return Err(TokenError::CriticalHeader);
    }
    if header
        .get("cty")
        .and_then(Json::as_text)
        .is_some_and(|cty| media_type(cty) == "jwt")
    {
        return Err(TokenError::NotAJwt);
    }
    if header
        .get("typ")
        .and_then(Json::as_text)
        .is_some_and(|typ| OTHER_TYPES.contains(&media_type(typ).as_str()))
    {
        return Err(TokenError::NotAJwt);
    }
    let key_id = match header.get("kid") {
        None => None,
        Some(Json::Text(id)) if id.len() <= MAX_KEY_ID_LEN => Some(id.clone()),
        Some(_) => return Err(TokenError::NotAJwt),
    };
    Ok((algorithm, key_id))
}

/// A media type as RFC 7515 §4.1.9 compares it: in lower case, without the `application/` that may be left out.
fn media_type(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    match lower.strip_prefix("application/") {
        Some(rest) => rest.to_owned(),
        None => lower,
    }
}
