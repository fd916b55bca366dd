//! Attacks through the form of a token and its header.

use base64::{Engine, prelude::BASE64_STANDARD};
use locum_crypto::{PublicParts, hmac_sha256};
use locum_federation::oidc::{MAX_TOKEN_LEN, Token, TokenError};

use crate::issuer::{OTHER_RSA, P384, RSA, RSA_HEADER, claims, encode, jwk, sign, verify};

fn refused(token: &str) -> TokenError {
    verify(token).expect_err(token)
}

/// A token of the issuer's own making but for its header.
fn with_header(header: &str) -> String {
    sign(&RSA, header, claims(&[]))
}

#[test]
fn none_is_no_algorithm_in_any_spelling() {
    for name in [
        "none",
        "None",
        "NONE",
        "nOnE",
        "none ",
        " none",
        "",
        "null",
        "no\\u006ee",
        "n\\u00f6ne",
        "none\\u0000",
    ] {
        for kid in ["", r#","kid":"rsa""#] {
            let header = format!(r#"{{"alg":"{name}"{kid}}}"#);
            let unsigned = format!("{}.{}", encode(&header), encode(claims(&[])));
            for signature in ["", "AA", &encode([0; 256])] {
                let token = format!("{unsigned}.{signature}");
                assert_eq!(refused(&token), TokenError::UnsupportedAlgorithm, "{header}");
            }
            assert_eq!(refused(&unsigned), TokenError::NotAJwt, "two segments");
            assert_eq!(
                refused(&with_header(&header)),
                TokenError::UnsupportedAlgorithm,
                "{header}"
            );
        }
    }
}

#[test]
fn an_algorithm_is_named_exactly() {
    for name in [
        "HS256",
        "HS384",
        "HS512",
        "PS256",
        "PS384",
        "PS512",
        "EdDSA",
        "Ed25519",
        "ES256K",
        "RSA-OAEP",
        "RSA1_5",
        "dir",
        "rs256",
        "Rs256",
        "RS256 ",
        "RS256\\u0000",
        "RS256,none",
        "RS1",
        "RS",
        "ES",
    ] {
        let header = format!(r#"{{"alg":"{name}","kid":"rsa"}}"#);
        assert_eq!(
            refused(&with_header(&header)),
            TokenError::UnsupportedAlgorithm,
            "{name}"
        );
    }
    for header in [
        r#"{"kid":"rsa"}"#,
        r#"{"alg":null,"kid":"rsa"}"#,
        r#"{"alg":["RS256"],"kid":"rsa"}"#,
        r#"{"alg":{"RS256":1},"kid":"rsa"}"#,
        r#"{"alg":256,"kid":"rsa"}"#,
        r#"{"Alg":"RS256","kid":"rsa"}"#,
    ] {
        assert_eq!(refused(&with_header(header)), TokenError::NotAJwt, "{header}");
    }
}

/// The RSA key's `SubjectPublicKeyInfo`: all but the modulus is the same for every key of 2048 bits.
fn public_key_der() -> Vec<u8> {
    const BEFORE: &[u8] = b"\x30\x82\x01\x22\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00\
        \x03\x82\x01\x0f\x00\x30\x82\x01\x0a\x02\x82\x01\x01\x00";
    let PublicParts::Rsa { modulus, .. } = RSA.public() else {
        panic!("it is RSA");
    };
    let der = [BEFORE, modulus, b"\x02\x03\x01\x00\x01"].concat();
    // As long as its two outermost lengths say.
    assert_eq!(der.len(), 0x122 + 4);
    der
}

#[test]
fn a_public_key_is_no_hmac_secret() {
    let der = public_key_der();
    let text = BASE64_STANDARD.encode(&der);
    let lines: Vec<_> = text
        .as_bytes()
        .chunks(64)
        .map(|line| str::from_utf8(line).unwrap())
        .collect();
    let pem = format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----",
        lines.join("\n")
    );
    let key = jwk(&RSA, r#","kid":"rsa","use":"sig""#);
    let line_feed = format!("{pem}\n");
    let secrets = [pem.as_bytes(), line_feed.as_bytes(), &der, key.as_bytes(), b""];
    for (secret, algorithm) in secrets
        .iter()
        .flat_map(|secret| ["HS256", "HS384", "HS512"].map(|algorithm| (secret, algorithm)))
    {
        for kid in [r#","kid":"rsa""#, r#","kid":"ec""#, ""] {
            let forge = |algorithm: &str| {
                let header = format!(r#"{{"alg":"{algorithm}"{kid}}}"#);
                let signed = format!("{}.{}", encode(header), encode(claims(&[])));
                let mac = hmac_sha256(secret, signed.as_bytes());
                format!("{signed}.{}", encode(mac))
            };
            assert_eq!(refused(&forge(algorithm)), TokenError::UnsupportedAlgorithm);
            // And the same octets under an algorithm that exists.
            let error = refused(&forge("RS256"));
            assert!(
                matches!(error, TokenError::BadSignature | TokenError::NoKey),
                "{error:?}"
            );
        }
    }
}

#[test]
fn keys_of_the_token_itself_do_not_count() {
    let own = jwk(&OTHER_RSA, r#","kid":"mine""#);
    for member in [
        format!(r#""jwk":{own}"#),
        r#""jku":"https://attacker.example.com/jwks.json""#.to_owned(),
        r#""jku":"file:///etc/passwd""#.to_owned(),
        r#""x5u":"https://attacker.example.com/chain.pem""#.to_owned(),
        r#""x5c":["MIIB"]"#.to_owned(),
        r#""x5t":"AAAA""#.to_owned(),
    ] {
        let forged = |kid: &str| {
            sign(
                &OTHER_RSA,
                &format!(r#"{{"alg":"RS256",{member}{kid}}}"#),
                claims(&[]),
            )
        };
        assert_eq!(
            refused(&forged(r#","kid":"rsa""#)),
            TokenError::BadSignature,
            "{member}"
        );
        assert_eq!(
            refused(&forged(r#","kid":"mine""#)),
            TokenError::NoKey,
            "{member}"
        );
        assert_eq!(refused(&forged("")), TokenError::BadSignature, "{member}");
        // They do not harm a token of the issuer either.
        let header = format!(r#"{{"alg":"RS256","kid":"rsa",{member}}}"#);
        assert!(verify(&with_header(&header)).is_ok(), "{member}");
    }
}

#[test]
fn what_must_be_understood_is_not() {
    for member in [
        r#""crit":["b64"],"b64":false"#,
        r#""crit":["exp"]"#,
        r#""crit":["https://example.com/extension"]"#,
        r#""crit":[]"#,
        r#""crit":null"#,
        r#""crit":"b64""#,
        r#""b64":false"#,
        r#""b64":true"#,
        r#""\u0063rit":["x"]"#,
    ] {
        let header = format!(r#"{{"alg":"RS256","kid":"rsa",{member}}}"#);
        assert_eq!(
            refused(&with_header(&header)),
            TokenError::CriticalHeader,
            "{member}"
        );
    }
}

#[test]
fn encrypted_and_nested_tokens_are_none() {
    let inner = with_header(RSA_HEADER);
    let jwe = format!(
        "{}.{}.{}.{}.{}",
        encode(r#"{"alg":"RSA-OAEP","enc":"A256GCM"}"#),
        encode([1; 256]),
        encode([2; 12]),
        encode(&inner),
        encode([3; 16])
    );
    assert_eq!(refused(&jwe), TokenError::NotAJwt);
    for cty in ["JWT", "jwt", "application/jwt", "application/JWT"] {
        let header = format!(r#"{{"alg":"RS256","kid":"rsa","cty":"{cty}"}}"#);
        assert_eq!(refused(&sign(&RSA, &header, &inner)), TokenError::NotAJwt);
        assert_eq!(refused(&with_header(&header)), TokenError::NotAJwt);
    }
    assert_eq!(
        refused(&with_header(r#"{"alg":"RS256","kid":"rsa","enc":"A256GCM"}"#)),
        TokenError::NotAJwt
    );
    assert_eq!(refused(&sign(&RSA, RSA_HEADER, &inner)), TokenError::NotAJwt);
}

#[test]
fn signed_objects_of_another_kind_are_none() {
    for typ in [
        "logout+jwt",
        "Logout+JWT",
        "application/logout+jwt",
        "secevent+jwt",
        "dpop+jwt",
        "at+jwt",
    ] {
        let header = format!(r#"{{"alg":"RS256","kid":"rsa","typ":"{typ}"}}"#);
        assert_eq!(refused(&with_header(&header)), TokenError::NotAJwt, "{typ}");
    }
    for typ in [r#""JWT""#, r#""jwt""#, r#""JOSE""#, "null", "7"] {
        let header = format!(r#"{{"alg":"RS256","kid":"rsa","typ":{typ}}}"#);
        assert!(verify(&with_header(&header)).is_ok(), "{typ}");
    }
}

#[test]
fn a_token_has_three_segments() {
    let good = with_header(RSA_HEADER);
    assert!(verify(&good).is_ok());
    let parts: Vec<_> = good.split('.').collect();
    for token in [
        String::new(),
        ".".to_owned(),
        "..".to_owned(),
        "...".to_owned(),
        parts[0].to_owned(),
        format!("{}.{}", parts[0], parts[1]),
        format!("{}..{}", parts[0], parts[2]),
        format!(".{}.{}", parts[1], parts[2]),
        format!("{good}."),
        format!(".{good}"),
        format!("{good}.{}", parts[2]),
        format!("{good}~disclosure"),
        ".".repeat(MAX_TOKEN_LEN),
    ] {
        assert_eq!(refused(&token), TokenError::NotAJwt, "{token:.80}");
    }
    let stripped = format!("{}.{}.", parts[0], parts[1]);
    assert_eq!(refused(&stripped), TokenError::BadSignature);
}

#[test]
fn base64url_has_one_spelling() {
    let good = with_header(RSA_HEADER);
    let parts: Vec<_> = good.split('.').collect();
    let respelled = |index: usize, segment: String| {
        let mut parts: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
        parts[index] = segment;
        parts.join(".")
    };
    for (index, part) in parts.iter().enumerate() {
        for other in [
            format!("{part}="),
            format!("{part}=="),
            format!("{part} "),
            format!(" {part}"),
            format!("{part}\n"),
            format!("{part}\0"),
            part.replacen(|c: char| c.is_ascii_alphanumeric(), "+", 1),
            part.replacen(|c: char| c.is_ascii_alphanumeric(), "/", 1),
            part.replacen(|c: char| c.is_ascii_alphanumeric(), "é", 1),
            part.replacen(|c: char| c.is_ascii_alphanumeric(), "%41", 1),
        ] {
            assert_eq!(
                refused(&respelled(index, other.clone())),
                TokenError::NotAJwt,
                "{index} {other}"
            );
        }
    }
    // 256 octets leave two bits over in the last character; only zero is theirs.
    let last = parts[2].chars().last().unwrap();
    let others = ['A', 'Q', 'g', 'w'].map(|c| char::from(c as u8 + 1));
    assert!(['A', 'Q', 'g', 'w'].contains(&last));
    for other in others {
        let mut spelled = parts[2].to_owned();
        spelled.pop();
        spelled.push(other);
        assert_eq!(refused(&respelled(2, spelled)), TokenError::NotAJwt);
    }
}

#[test]
fn headers_have_no_member_twice() {
    for header in [
        r#"{"alg":"none","alg":"RS256","kid":"rsa"}"#,
        r#"{"alg":"RS256","kid":"rsa","alg":"RS256"}"#,
        r#"{"alg":"RS256","\u0061lg":"none","kid":"rsa"}"#,
        r#"{"alg":"RS256","kid":"rsa","kid":"ec"}"#,
        r#"{"alg":"RS256","kid":"rsa","jwk":{"kty":"RSA","kty":"EC"}}"#,
        r#"{"alg":"RS256","kid":"rsa"}{"alg":"none"}"#,
        r#"{"alg":"RS256","kid":"rsa"} x"#,
        r#"[{"alg":"RS256","kid":"rsa"}]"#,
        r#""RS256""#,
        "{",
        "",
    ] {
        assert_eq!(refused(&with_header(header)), TokenError::NotAJwt, "{header}");
    }
}

#[test]
fn a_header_is_utf8() {
    let mut header = RSA_HEADER.as_bytes().to_vec();
    header.splice(1..1, *b"\"x\":\"\xff\",");
    let signed = format!("{}.{}", encode(header), encode(claims(&[])));
    let token = format!("{signed}.{}", encode(RSA.sign(signed.as_bytes()).unwrap()));
    assert_eq!(refused(&token), TokenError::NotAJwt);
}

#[test]
fn a_key_id_names_a_key_and_nothing_else() {
    for kid in [
        "../../../../etc/passwd",
        "/dev/null",
        "rsa' OR '1'='1",
        "rsa; DROP TABLE keys",
        "https://attacker.example.com/key.pem",
        "RSA",
        "rsa ",
        " rsa",
        "rsa\\u0000",
        "",
        "ec",
    ] {
        let header = format!(r#"{{"alg":"RS256","kid":"{kid}"}}"#);
        assert_eq!(refused(&with_header(&header)), TokenError::NoKey, "{kid}");
    }
    let long = "k".repeat(1024);
    assert_eq!(
        refused(&with_header(&format!(r#"{{"alg":"RS256","kid":"{long}"}}"#))),
        TokenError::NoKey
    );
    for kid in [
        format!("\"{long}k\""),
        "null".to_owned(),
        "7".to_owned(),
        "[\"rsa\"]".to_owned(),
        "{}".to_owned(),
    ] {
        let header = format!(r#"{{"alg":"RS256","kid":{kid}}}"#);
        assert_eq!(refused(&with_header(&header)), TokenError::NotAJwt, "{kid:.40}");
    }
}

#[test]
fn an_algorithm_belongs_to_the_type_and_curve_of_its_key() {
    // An RSA signature that names the key on a curve, and the other way round.
    assert_eq!(
        refused(&with_header(r#"{"alg":"RS256","kid":"ec"}"#)),
        TokenError::NoKey
    );
    let token = sign(&P384, r#"{"alg":"ES384","kid":"rsa"}"#, claims(&[]));
    assert_eq!(refused(&token), TokenError::NoKey);
    // The right key under the name of another curve or hash.
    for algorithm in ["ES256", "ES512"] {
        let token = sign(
            &P384,
            &format!(r#"{{"alg":"{algorithm}","kid":"ec"}}"#),
            claims(&[]),
        );
        assert_eq!(refused(&token), TokenError::NoKey, "{algorithm}");
    }
    for algorithm in ["RS384", "RS512"] {
        let token = with_header(&format!(r#"{{"alg":"{algorithm}","kid":"rsa"}}"#));
        assert_eq!(refused(&token), TokenError::BadSignature, "{algorithm}");
    }
}

#[test]
fn size_ends() {
    let padding = |len: usize| claims(&[("padding", &format!("\"{}\"", "x".repeat(len)))]);
    let fits = sign(&RSA, RSA_HEADER, padding(14_000));
    assert!(fits.len() <= MAX_TOKEN_LEN && verify(&fits).is_ok());
    let long = sign(&RSA, RSA_HEADER, padding(15_000));
    assert!(long.len() > MAX_TOKEN_LEN);
    assert_eq!(refused(&long), TokenError::NotAJwt);
    let deep = format!(r#"{{"iss":{}{}}}"#, "[".repeat(5000), "]".repeat(5000));
    assert_eq!(refused(&sign(&RSA, RSA_HEADER, deep)), TokenError::NotAJwt);
    assert_eq!(
        Token::parse(&"é".repeat(10)).err(),
        Some(TokenError::NotAJwt),
        "not even ASCII"
    );
}
