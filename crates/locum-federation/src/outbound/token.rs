use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use locum_crypto::{SigningAlgorithm, SigningError, SigningKey};

use super::Claims;

/// The most bytes that the claims may have as JSON: AWS's limit, recorded, whatever the algorithm.
pub const MAX_PAYLOAD: usize = 14_984;

/// Why there is no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// More claims than a token holds.
    #[error("the claims have {size} bytes, more than the {MAX_PAYLOAD} that a token holds")]
    TooLarge {
        /// The bytes of the claims as JSON.
        size: usize,
    },
    /// The key did not sign.
    #[error(transparent)]
    Signing(#[from] SigningError),
}

/// Signs claims and returns the token in JWS compact form (RFC 7515 §7.1), its header naming `kid` and the key's
/// algorithm.
///
/// # Errors
/// `SignError::TooLarge` above [`MAX_PAYLOAD`], else what the key says.
pub fn sign(claims: &Claims<'_>, kid: &str, key: &SigningKey) -> Result<String, SignError> {
    let payload = claims.to_json();
    if payload.len() > MAX_PAYLOAD {
        return Err(SignError::TooLarge { size: payload.len() });
    }
    let header = serde_json::json!({ "kid": kid, "typ": "JWT", "alg": name(key.algorithm()) });
    let mut token = String::with_capacity(payload.len() * 4 / 3 + 512);
    BASE64_URL_SAFE_NO_PAD.encode_string(header.to_string(), &mut token);
    token.push('.');
    BASE64_URL_SAFE_NO_PAD.encode_string(payload, &mut token);
    let signature = key.sign(token.as_bytes())?;
    token.push('.');
    BASE64_URL_SAFE_NO_PAD.encode_string(signature, &mut token);
    Ok(token)
}

/// The algorithm's name in JOSE (RFC 7518 §3.1).
pub(super) const fn name(algorithm: SigningAlgorithm) -> &'static str {
    match algorithm {
        SigningAlgorithm::Rs256 => "RS256",
        SigningAlgorithm::Es384 => "ES384",
    }
}

#[cfg(test)]
mod tests {
    use locum_crypto::{Curve, PublicParts, SignatureAlgorithm, VerificationKey};
    use serde_json::{Value, json};

    use super::*;

    fn claims<'a>(audience: &'a [String], tags: &'a [(&'a str, &'a str)]) -> Claims<'a> {
        Claims {
            issuer: "https://sts.example.com/0d9f8a1c-2b3d-4e5f-8a9b-0c1d2e3f4a5b",
            subject: "arn:aws:iam::111122223333:role/app/Uploader",
            audience,
            id: "5d000f81-9602-470d-bde0-0a5a6f69ce2b",
            issued_at: 1_789_151_766,
            expires_at: 1_789_151_826,
            account: "111122223333".parse().unwrap(),
            region: "us-east-1",
            organization: None,
            organization_path: None,
            principal_tags: tags,
            request_tags: &[],
            session_expires_at: None,
            source_identity: None,
            federated_provider: None,
        }
    }

    fn decoded(part: &str) -> Value {
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    }

    #[test]
    fn a_token_is_three_parts_that_the_public_key_verifies() {
        let audience = ["https://api.example.com".to_owned()];
        let claims = claims(&audience, &[]);
        let keys = [
            (
                SigningKey::generate_rs256().unwrap(),
                SignatureAlgorithm::RsaPkcs1Sha256,
                "RS256",
            ),
            (
                SigningKey::generate_es384().unwrap(),
                SignatureAlgorithm::EcdsaP384Sha384,
                "ES384",
            ),
        ];
        for (key, algorithm, name) in keys {
            let token = sign(&claims, "K_7", &key).unwrap();
            let (signed, signature) = token.rsplit_once('.').unwrap();
            let (header, payload) = signed.split_once('.').unwrap();
            assert_eq!(
                decoded(header),
                json!({ "kid": "K_7", "typ": "JWT", "alg": name })
            );
            assert_eq!(decoded(payload)["aud"], "https://api.example.com");
            let public = match key.public() {
                PublicParts::Rsa { modulus, exponent } => VerificationKey::rsa(modulus, exponent),
                PublicParts::Ec { x, y, .. } => VerificationKey::ec(Curve::P384, x, y),
            };
            let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap();
            let verified = public.unwrap().verify(algorithm, signed.as_bytes(), &signature);
            assert_eq!(verified, Ok(()), "{name}");
        }
    }

    #[test]
    fn claims_of_the_recorded_size_fit_and_one_byte_more_does_not() {
        let key = SigningKey::generate_es384().unwrap();
        let audience = ["a".to_owned()];
        let empty = claims(&audience, &[("k", "")]).to_json().len();
        let value = "v".repeat(MAX_PAYLOAD - empty + 1);
        let (fits, exceeds) = (&value[1..], &value[..]);
        let of = |value| sign(&claims(&audience, &[("k", value)]), "k", &key).map(drop);
        assert_eq!(of(fits), Ok(()));
        assert_eq!(
            of(exceeds),
            Err(SignError::TooLarge {
                size: MAX_PAYLOAD + 1
            })
        );
    }

    #[test]
    fn absent_claims_are_left_out_and_present_ones_have_their_recorded_shape() {
        let one = ["a".to_owned()];
        let least: Value = serde_json::from_str(&claims(&one, &[]).to_json()).unwrap();
        assert_eq!(
            least,
            json!({
                "aud": "a",
                "sub": "arn:aws:iam::111122223333:role/app/Uploader",
                "https://sts.amazonaws.com/": {
                    "aws_account": "111122223333",
                    "source_region": "us-east-1",
                    "principal_id": "arn:aws:iam::111122223333:role/app/Uploader",
                },
                "iss": "https://sts.example.com/0d9f8a1c-2b3d-4e5f-8a9b-0c1d2e3f4a5b",
                "exp": 1_789_151_826,
                "iat": 1_789_151_766,
                "jti": "5d000f81-9602-470d-bde0-0a5a6f69ce2b",
            })
        );
        let several = ["a".to_owned(), "a".to_owned()];
        let most = Claims {
            organization: Some("o-fixture"),
            organization_path: Some("o-fixture/r-p5qq/"),
            request_tags: &[("aws:test", "reserved")],
            session_expires_at: Some("2026-09-11T18:51:01Z".parse().unwrap()),
            source_identity: Some("probe-source"),
            federated_provider: Some("arn:aws:iam::111122223333:saml-provider/ADFS"),
            ..claims(&several, &[("untouched", "retained"), ("team", "session")])
        };
        let most: Value = serde_json::from_str(&most.to_json()).unwrap();
        assert_eq!(most["aud"], json!(["a", "a"]));
        assert_eq!(
            most["https://sts.amazonaws.com/"],
            json!({
                "source_identity": "probe-source",
                "org_id": "o-fixture",
                "aws_account": "111122223333",
                "ou_path": ["o-fixture/r-p5qq/"],
                "request_tags": { "aws:test": "reserved" },
                "original_session_exp": "2026-09-11T18:51:01Z",
                "federated_provider": "arn:aws:iam::111122223333:saml-provider/ADFS",
                "source_region": "us-east-1",
                "principal_id": "arn:aws:iam::111122223333:role/app/Uploader",
                "principal_tags": { "untouched": "retained", "team": "session" },
            })
        );
    }
}
