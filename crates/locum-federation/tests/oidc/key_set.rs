//! Key sets: what is a key, what is left out, what is refused, and which key a token gets.

use locum_federation::oidc::{Algorithm, JwksError, KeySet, Token, TokenError};

use crate::issuer::{OTHER_RSA, P384, RSA, RSA_HEADER, claims, encode, expected, jwk, jwks, sign};

fn parse(keys: &[String]) -> Result<KeySet, JwksError> {
    KeySet::parse(jwks(keys).as_bytes())
}

/// How a token that the RSA key signed fares with these keys.
fn fares(header: &str, keys: &[String]) -> Result<(), TokenError> {
    let token = sign(&RSA, header, claims(&[]));
    Token::parse(&token)?
        .verify(&parse(keys).unwrap(), &expected())
        .map(drop)
}

#[test]
fn a_key_that_is_not_for_signatures_is_left_out() {
    for further in [
        r#","kid":"rsa","use":"enc""#,
        r#","kid":"rsa","use":"""#,
        r#","kid":"rsa","use":null"#,
        r#","kid":"rsa","use":["sig"]"#,
        r#","kid":"rsa","key_ops":["encrypt"]"#,
        r#","kid":"rsa","key_ops":["sign"]"#,
        r#","kid":"rsa","key_ops":"verify""#,
        r#","kid":"rsa","key_ops":[]"#,
        r#","kid":"rsa","alg":"RSA-OAEP""#,
        r#","kid":"rsa","alg":"PS256""#,
        r#","kid":"rsa","alg":"ES256""#,
        r#","kid":"rsa","alg":"none""#,
        r#","kid":"rsa","alg":7"#,
        r#","kid":7"#,
        r#","kid":"rsa","d":"AQAB""#,
        r#","kid":"rsa","p":"AQAB","q":"AQAB""#,
        r#","kid":"rsa","dp":"AQAB""#,
        r#","kid":"rsa","dq":null"#,
        r#","kid":"rsa","qi":"AQAB""#,
        r#","kid":"rsa","oth":[]"#,
        r#","kid":"rsa","k":"AQAB""#,
    ] {
        assert!(parse(&[jwk(&RSA, further)]).unwrap().is_empty(), "{further}");
        assert_eq!(fares(RSA_HEADER, &[jwk(&RSA, further)]), Err(TokenError::NoKey));
    }
    for further in [
        r#","kid":"rsa""#,
        r#","kid":"rsa","use":"sig","alg":"RS256","key_ops":["verify"]"#,
        r#","kid":"rsa","x5c":["MIIB"],"x5u":"https://x","unknown":{}"#,
    ] {
        assert_eq!(fares(RSA_HEADER, &[jwk(&RSA, further)]), Ok(()), "{further}");
    }
}

#[test]
fn a_key_is_used_with_the_algorithm_that_it_names() {
    let keys = [jwk(&RSA, r#","kid":"rsa","alg":"RS512""#)];
    assert_eq!(parse(&keys).unwrap().len(), 1);
    assert_eq!(fares(RSA_HEADER, &keys), Err(TokenError::NoKey));
}

#[test]
fn an_issuer_signs_with_what_it_announces() {
    let token = sign(&RSA, RSA_HEADER, claims(&[]));
    let keys = || parse(&[jwk(&RSA, r#","kid":"rsa""#)]).unwrap();
    let verify = |keys: KeySet| Token::parse(&token).unwrap().verify(&keys, &expected());
    assert!(verify(keys().limited_to(&[Algorithm::Rs256])).is_ok());
    let error = verify(keys().limited_to(&[Algorithm::Rs512, Algorithm::Es256])).unwrap_err();
    assert_eq!(error, TokenError::UnsupportedAlgorithm);
}

#[test]
fn weak_malformed_and_other_keys_are_left_out() {
    let fixture = include_str!("fixtures/openssl.json");
    let fixture: serde_json::Value = serde_json::from_str(fixture).unwrap();
    let modulus = |octets: &[u8]| {
        format!(
            r#"{{"kty":"RSA","kid":"rsa","n":"{}","e":"AQAB"}}"#,
            encode(octets)
        )
    };
    let good = jwk(&P384, r#","kid":"ec""#);
    let left_out = [
        fixture["weak"].to_string(),
        r#"{"kty":"oct","k":"AAAA","kid":"rsa"}"#.to_owned(),
        r#"{"kty":"OKP","crv":"Ed25519","x":"AAAA","kid":"rsa"}"#.to_owned(),
        r#"{"kty":"rsa"}"#.to_owned(),
        r#"{"kty":7}"#.to_owned(),
        "{}".to_owned(),
        r#"{"kty":"RSA","kid":"rsa"}"#.to_owned(),
        r#"{"kty":"RSA","kid":"rsa","n":"","e":"AQAB"}"#.to_owned(),
        modulus(&[0xff; 255]),
        modulus(&[0xff; 1025]),
        modulus(&[0xfe; 256]),
        jwk(&RSA, "").replace(r#""e":"AQAB""#, r#""e":"AQ""#),
        jwk(&RSA, "").replace(r#""e":"AQAB""#, r#""e":"AQAB=""#),
        jwk(&RSA, "").replace(r#""e":"AQAB""#, r#""e":65537"#),
        good.replace("P-384", "P-256"),
        good.replace("P-384", "P-521"),
        good.replace("P-384", "secp256k1"),
        good.replace(r#""x":""#, r#""x":"AA"#),
        format!(
            r#"{{"kty":"EC","crv":"P-256","x":"{0}","y":"{0}"}}"#,
            encode([0; 32])
        ),
        format!(
            r#"{{"kty":"EC","crv":"P-256","x":"{0}","y":"{0}"}}"#,
            encode([1; 32])
        ),
    ];
    for key in &left_out {
        assert!(parse(std::slice::from_ref(key)).unwrap().is_empty(), "{key}");
    }
    let mut all = left_out.to_vec();
    all.push(good);
    assert_eq!(
        parse(&all).unwrap().len(),
        1,
        "the others do not spoil a good one"
    );
}

#[test]
fn a_document_that_is_no_key_set_gives_no_keys() {
    for text in [
        "",
        "null",
        "[]",
        "{}",
        "<html>",
        r#"{"keys":{}}"#,
        r#"{"keys":null}"#,
        r#"{"keys":["x"]}"#,
        r#"{"keys":[null]}"#,
        r#"{"Keys":[]}"#,
        r#"{"keys":[],"keys":[]}"#,
        r#"{"keys":[],"\u006beys":[]}"#,
        r#"{"keys":[{"kty":"RSA","kty":"EC"}]}"#,
        r#"{"keys":[{"kty":"RSA","n":"AA","\u006e":"AB"}]}"#,
        r#"{"keys":[]} {"keys":[]}"#,
    ] {
        assert_eq!(
            KeySet::parse(text.as_bytes()).err(),
            Some(JwksError::Malformed),
            "{text}"
        );
    }
    assert_eq!(
        KeySet::parse(b"{\"keys\":[],\"x\":\"\xff\"}").err(),
        Some(JwksError::Malformed)
    );
    assert!(parse(&[]).unwrap().is_empty());
}

#[test]
fn a_hundred_keys_of_a_type_are_the_most() {
    let (rsa, ec) = (jwk(&RSA, ""), jwk(&P384, ""));
    let many = |of_rsa: usize, of_ec: usize| {
        let mut keys = vec![rsa.clone(); of_rsa];
        keys.extend(vec![ec.clone(); of_ec]);
        parse(&keys).map(|keys| keys.len())
    };
    assert_eq!(many(100, 100), Ok(200));
    assert_eq!(many(101, 0), Err(JwksError::TooMany));
    assert_eq!(many(0, 101), Err(JwksError::TooMany));
    let unusable = vec![r#"{"kty":"RSA"}"#.to_owned(); 101];
    assert_eq!(
        parse(&unusable).err(),
        Some(JwksError::TooMany),
        "all of them count"
    );
}

#[test]
fn a_token_without_a_key_id_needs_one_key_to_fit() {
    const NO_ID: &str = r#"{"alg":"RS256"}"#;
    let (one, other) = (jwk(&RSA, r#","kid":"rsa""#), jwk(&OTHER_RSA, r#","kid":"other""#));
    let ec = jwk(&P384, r#","kid":"ec""#);
    assert_eq!(fares(NO_ID, std::slice::from_ref(&one)), Ok(()));
    assert_eq!(
        fares(NO_ID, &[one.clone(), ec.clone()]),
        Ok(()),
        "the other is of another type"
    );
    assert_eq!(fares(NO_ID, &[jwk(&RSA, "")]), Ok(()));
    assert_eq!(
        fares(NO_ID, &[one.clone(), other]),
        Err(TokenError::NoKey),
        "which one?"
    );
    assert_eq!(fares(NO_ID, &[ec]), Err(TokenError::NoKey));
    let unusable = jwk(&OTHER_RSA, r#","use":"enc""#);
    assert_eq!(fares(NO_ID, &[one, unusable]), Ok(()));
    // A token that names a key does not get one without a name.
    assert_eq!(fares(RSA_HEADER, &[jwk(&RSA, "")]), Err(TokenError::NoKey));
}

#[test]
fn keys_with_one_id_are_tried_and_not_without_end() {
    let (good, other) = (jwk(&RSA, r#","kid":"rsa""#), jwk(&OTHER_RSA, r#","kid":"rsa""#));
    let ec = jwk(&P384, r#","kid":"rsa""#);
    assert_eq!(fares(RSA_HEADER, &[other.clone(), good.clone()]), Ok(()));
    assert_eq!(
        fares(RSA_HEADER, &[ec.clone(), good.clone()]),
        Ok(()),
        "of another type"
    );
    assert_eq!(
        fares(RSA_HEADER, &[ec, other.clone()]),
        Err(TokenError::BadSignature)
    );
    let mut many = vec![other; 99];
    many.push(good);
    assert_eq!(
        fares(RSA_HEADER, &many),
        Err(TokenError::BadSignature),
        "four are tried"
    );
}
