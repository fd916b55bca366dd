//! Good signatures of all six algorithms, made by OpenSSL, and bad ones of every kind.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use locum_federation::oidc::{KeySet, Token, TokenError};
use serde_json::Value;

use crate::issuer::{OTHER_RSA, P384, RSA, RSA_HEADER, claims, encode, expected, sign, verify};

/// Keys and one token for each algorithm, with the good claims.
fn fixture() -> Value {
    serde_json::from_str(include_str!("fixtures/openssl.json")).unwrap()
}

fn verify_fixture(fixture: &Value, token: &str) -> Result<String, TokenError> {
    let keys = KeySet::parse(fixture["jwks"].to_string().as_bytes()).unwrap();
    let claims = Token::parse(token)?.verify(&keys, &expected())?;
    Ok(claims.subject)
}

/// A token's signed part and its signature.
fn split(token: &str) -> (&str, Vec<u8>) {
    let (signed, signature) = token.rsplit_once('.').unwrap();
    (signed, BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap())
}

#[test]
fn openssl_signs_with_all_six() {
    let fixture = fixture();
    for (algorithm, len) in [
        ("RS256", 256),
        ("RS384", 256),
        ("RS512", 256),
        ("ES256", 64),
        ("ES384", 96),
        ("ES512", 132),
    ] {
        let token = fixture["tokens"][algorithm].as_str().unwrap();
        assert_eq!(
            verify_fixture(&fixture, token),
            Ok("user-1".to_owned()),
            "{algorithm}"
        );
        let (signed, signature) = split(token);
        assert_eq!(signature.len(), len);
        for place in [0, len / 2, len - 1] {
            let mut other = signature.clone();
            other[place] ^= 1;
            let forged = format!("{signed}.{}", encode(other));
            assert_eq!(verify_fixture(&fixture, &forged), Err(TokenError::BadSignature));
        }
        for bad in [
            vec![],
            vec![0; len],
            vec![0xff; len],
            signature[..len - 1].to_vec(),
            [&signature[..], &[0]].concat(),
            [&[0], &signature[..]].concat(),
            [&signature[..], &signature[..]].concat(),
        ] {
            let forged = format!("{signed}.{}", encode(bad));
            assert_eq!(
                verify_fixture(&fixture, &forged),
                Err(TokenError::BadSignature),
                "{algorithm}"
            );
        }
    }
}

#[test]
fn a_signature_is_of_these_octets() {
    let fixture = fixture();
    for algorithm in ["RS256", "ES256", "ES384", "ES512"] {
        let token = fixture["tokens"][algorithm].as_str().unwrap();
        let (signed, signature) = split(token);
        let (header, _) = signed.split_once('.').unwrap();
        let forged = format!(
            "{header}.{}.{}",
            encode(claims(&[("sub", r#""admin""#)])),
            encode(signature)
        );
        assert_eq!(verify_fixture(&fixture, &forged), Err(TokenError::BadSignature));
    }
}

#[test]
fn a_point_at_nothing_signs_nothing() {
    let fixture = fixture();
    for (algorithm, len) in [("ES256", 32), ("ES384", 48), ("ES512", 66)] {
        let (signed, good) = split(fixture["tokens"][algorithm].as_str().unwrap());
        let (r, s) = good.split_at(len);
        let zero = vec![0; len];
        let mut one = zero.clone();
        one[len - 1] = 1;
        for (r, s) in [
            (&zero, &zero),
            (&zero, &one),
            (&one, &zero),
            (&r.to_vec(), &zero),
            (&zero, &s.to_vec()),
            (&one, &one),
        ] {
            let forged = format!("{signed}.{}", encode([&r[..], &s[..]].concat()));
            assert_eq!(
                verify_fixture(&fixture, &forged),
                Err(TokenError::BadSignature),
                "{algorithm}"
            );
        }
    }
}

/// `SEQUENCE { INTEGER r, INTEGER s }`.
fn to_der(signature: &[u8]) -> Vec<u8> {
    let integer = |number: &[u8]| {
        let mut number: Vec<u8> = number.iter().copied().skip_while(|&octet| octet == 0).collect();
        if number.first().is_some_and(|&octet| octet >= 0x80) {
            number.insert(0, 0);
        }
        [&[2, u8::try_from(number.len()).unwrap()], &number[..]].concat()
    };
    let (r, s) = signature.split_at(signature.len() / 2);
    let body = [integer(r), integer(s)].concat();
    let len = u8::try_from(body.len()).unwrap();
    let head = if len < 0x80 {
        vec![0x30, len]
    } else {
        vec![0x30, 0x81, len]
    };
    [head, body].concat()
}

#[test]
fn der_is_not_how_a_token_writes_a_signature() {
    let fixture = fixture();
    for algorithm in ["ES256", "ES384", "ES512"] {
        let (signed, signature) = split(fixture["tokens"][algorithm].as_str().unwrap());
        let forged = format!("{signed}.{}", encode(to_der(&signature)));
        assert_eq!(
            verify_fixture(&fixture, &forged),
            Err(TokenError::BadSignature),
            "{algorithm}"
        );
    }
}

#[test]
fn another_key_signs_for_nobody() {
    assert_eq!(
        verify(&sign(&OTHER_RSA, RSA_HEADER, claims(&[]))),
        Err(TokenError::BadSignature)
    );
    let token = sign(&RSA, RSA_HEADER, claims(&[]));
    let other = sign(&P384, r#"{"alg":"ES384","kid":"ec"}"#, claims(&[]));
    assert!(verify(&token).is_ok() && verify(&other).is_ok());
    let ((signed, _), (_, signature)) = (split(&token), split(&other));
    assert_eq!(
        verify(&format!("{signed}.{}", encode(signature))),
        Err(TokenError::BadSignature)
    );
}

#[test]
fn errors_have_their_wire_form() {
    let error = verify(&sign(&RSA, r#"{"alg":"RS256","kid":"gone"}"#, claims(&[]))).unwrap_err();
    assert_eq!((error.code(), error.status()), ("InvalidIdentityToken", 400));
    // facts: sts §6.2, with its two spaces
    assert_eq!(
        error.message(),
        "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements"
    );
    assert_eq!(
        TokenError::CertificateMismatch.message(),
        "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint"
    );
    assert_eq!(TokenError::ProviderUnreachable.code(), "IDPCommunicationError");
}
