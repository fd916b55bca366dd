//! Attacks through claims that the issuer itself signed, and what good ones say.

use locum_federation::oidc::{Expected, Token, TokenError};

use crate::issuer::{
    ISSUED, ISSUER, OTHER_RSA, RSA, RSA_HEADER, at, claims, expected, keys, now, sign, verify, verify_claims,
};

fn refused(changes: &[(&str, &str)]) -> TokenError {
    verify_claims(claims(changes)).expect_err(&claims(changes))
}

#[test]
fn good_claims_are_read_whole() {
    let read = verify_claims(claims(&[
        ("aud", r#"["other","client-2","client-1"]"#),
        ("amr", r#"["pwd","mfa"]"#),
        ("email", r#""user@example.com""#),
        ("nbf", &ISSUED.to_string()),
    ]))
    .unwrap();
    assert_eq!(read.issuer, ISSUER);
    assert_eq!(read.subject, "user-1");
    assert_eq!(read.audience, "client-2");
    assert_eq!(read.raw_audiences, ["other", "client-2", "client-1"]);
    assert_eq!(read.amr, ["pwd", "mfa"]);
    assert_eq!(read.email.as_deref(), Some("user@example.com"));
    assert_eq!((read.issued_at, read.expires_at), (at(0), at(3600)));
    assert_eq!(
        verify_claims(claims(&[("amr", r#""pwd""#)])).unwrap().amr,
        ["pwd"]
    );
}

#[test]
fn each_required_claim_is_missed_by_name() {
    for name in ["iss", "sub", "aud", "iat", "exp"] {
        assert_eq!(refused(&[(name, "")]), TokenError::MissingClaim(name));
        let error = refused(&[(name, "")]);
        // facts: sts §6.2
        assert_eq!(error.message(), format!("Missing a required claim: {name}"));
        assert_eq!((error.code(), error.status()), ("InvalidIdentityToken", 400));
    }
    for name in ["sub", "aud", "iat", "exp"] {
        assert_eq!(refused(&[(name, "null")]), TokenError::MissingClaim(name));
    }
    assert_eq!(refused(&[("iss", "null")]), TokenError::BadClaim("iss"));
}

#[test]
fn times_are_whole_numbers() {
    for name in ["exp", "iat", "nbf"] {
        for value in [
            "\"1795343600\"",
            "\"\"",
            "1795343600.0",
            "1795343600.5",
            "1.7953436e9",
            "1795343600e0",
            "-1",
            "-0",
            "true",
            "false",
            "[]",
            "[1795343600]",
            "{}",
            "{\"seconds\":1795343600}",
            "9223372036854775807",
            "9223372036854775808",
            "18446744073709551616",
            "99999999999999999999999999",
            "1e400",
            "253402300800",
        ] {
            assert_eq!(
                refused(&[(name, value)]),
                TokenError::BadClaim(name),
                "{name} {value}"
            );
        }
    }
    assert!(verify_claims(claims(&[("nbf", "0")])).is_ok());
}

#[test]
fn a_token_ends_to_the_second() {
    let token = sign(&RSA, RSA_HEADER, claims(&[]));
    let at_time = |now| {
        let expected = Expected { now, ..expected() };
        Token::parse(&token).unwrap().verify(&keys(), &expected)
    };
    assert!(at_time(at(3599)).is_ok());
    let error = at_time(at(3600)).unwrap_err();
    assert_eq!(
        error,
        TokenError::Expired {
            now: at(3600),
            expires_at: at(3600)
        }
    );
    assert_eq!(error.code(), "ExpiredTokenException");
    // facts: sts §6.2
    assert_eq!(
        at_time(at(4000)).unwrap_err().message(),
        format!(
            "Token expired: current date/time {} must be before the expiration date/time {}",
            ISSUED + 4000,
            ISSUED + 3600
        )
    );
    assert_eq!(refused(&[("exp", "0")]).code(), "ExpiredTokenException");
}

#[test]
fn a_token_begins_when_it_was_made() {
    let ahead = |name: &str, seconds: i64| {
        let value = (now().as_second() + seconds).to_string();
        verify_claims(claims(&[(name, &value)])).err()
    };
    for name in ["iat", "nbf"] {
        assert_eq!(ahead(name, 60), None, "clocks differ");
        let error = ahead(name, 61).unwrap();
        assert!(matches!(error, TokenError::NotYet(claim) if claim == name));
        assert_eq!(error.code(), "InvalidIdentityToken");
    }
}

#[test]
fn the_audience_is_a_registered_client() {
    for aud in [
        r#""other""#,
        r#""Client-1""#,
        r#""client-1 ""#,
        r#""client-""#,
        r#""client-1,client-2""#,
        r#"["other"]"#,
        r#"["client-1 client-2"]"#,
        r#""client-1\u0000""#,
    ] {
        assert_eq!(refused(&[("aud", aud)]), TokenError::WrongAudience, "{aud}");
    }
    assert_eq!(
        refused(&[("aud", r#""other""#)]).message(),
        "Incorrect token audience"
    );
    for aud in [
        r#""""#,
        "[]",
        r#"[""]"#,
        r#"["client-1",""]"#,
        r#"[["client-1"]]"#,
        r#"["client-1",["x"]]"#,
        r#"["client-1",7]"#,
        r#"["client-1",null]"#,
        r#"{"client-1":true}"#,
        "7",
        "true",
    ] {
        assert_eq!(refused(&[("aud", aud)]), TokenError::BadClaim("aud"), "{aud}");
    }
    let many = |count: usize| format!("[{}\"client-1\"]", "\"other\",".repeat(count - 1));
    assert!(verify_claims(claims(&[("aud", &many(100))])).is_ok());
    assert_eq!(refused(&[("aud", &many(101))]), TokenError::BadClaim("aud"));
}

#[test]
fn the_authorized_party_comes_before_the_audience() {
    let read = verify_claims(claims(&[("azp", r#""client-2""#), ("aud", r#"["other"]"#)])).unwrap();
    assert_eq!(
        (read.audience.as_str(), read.raw_audiences.as_slice()),
        ("client-2", &["other".to_owned()][..])
    );
    for azp in [r#""other""#, r#""""#, r#""CLIENT-1""#] {
        assert_eq!(refused(&[("azp", azp)]), TokenError::WrongAudience, "{azp}");
    }
    for azp in ["7", r#"["client-1"]"#, "{}", "true"] {
        assert_eq!(refused(&[("azp", azp)]), TokenError::BadClaim("azp"), "{azp}");
    }
    assert_eq!(
        refused(&[("azp", r#""client-1""#), ("aud", "")]),
        TokenError::MissingClaim("aud")
    );
}

#[test]
fn without_registered_clients_no_token_is_good() {
    let token = sign(&RSA, RSA_HEADER, claims(&[("aud", r#""""#)]));
    let expected = Expected {
        client_ids: &[],
        ..expected()
    };
    let error = Token::parse(&token)
        .unwrap()
        .verify(&keys(), &expected)
        .unwrap_err();
    assert_eq!(error, TokenError::BadClaim("aud"));
    let token = sign(&RSA, RSA_HEADER, claims(&[]));
    let error = Token::parse(&token)
        .unwrap()
        .verify(&keys(), &expected)
        .unwrap_err();
    assert_eq!(error, TokenError::WrongAudience);
}

#[test]
fn look_alike_issuers_are_others() {
    for issuer in [
        "https://idp.example.com/tenant/",
        "https://idp.example.com/Tenant",
        "https://IDP.example.com/tenant",
        "HTTPS://idp.example.com/tenant",
        "http://idp.example.com/tenant",
        "https://idp.example.com:443/tenant",
        "https://idp.example.com./tenant",
        "https://user@idp.example.com/tenant",
        "https://idp.example.com@attacker.example.com/tenant",
        "https://idp.example.com/tenant?x",
        "https://idp.example.com/tenant#x",
        "https://idp.example.com/other/../tenant",
        "https://idp.example.com//tenant",
        "https://idp.example.com/%74enant",
        "https://idp.example.com/tenant%00",
        "https://\\u0456dp.example.com/tenant",
        "https://idp\\u3002example.com/tenant",
        "https://xn--dp-qmc.example.com/tenant",
        " https://idp.example.com/tenant",
        "https://idp.example.com/tenant\\n",
        "idp.example.com/tenant",
        "https://idp.example.com",
        "",
    ] {
        let error = refused(&[("iss", &format!("\"{issuer}\""))]);
        assert!(matches!(error, TokenError::NoProvider(_)), "{issuer}: {error:?}");
    }
    for issuer in ["[\"https://idp.example.com/tenant\"]", "7", "{}", "true"] {
        assert_eq!(refused(&[("iss", issuer)]), TokenError::BadClaim("iss"));
    }
    // facts: sts §6.2
    assert_eq!(
        refused(&[("iss", r#""https://elsewhere.example.com""#)]).message(),
        "No OpenIDConnect provider found in your account for https://elsewhere.example.com"
    );
    let long = refused(&[("iss", &format!("\"{}\"", "x".repeat(9000)))]);
    assert!(long.message().len() < 400);
}

#[test]
fn a_subject_is_a_name() {
    for sub in [
        r#""""#,
        "7",
        r#"["user-1"]"#,
        "{}",
        "true",
        r#""user\u0000""#,
        r#""user\n""#,
        r#""\u007f""#,
    ] {
        assert_eq!(refused(&[("sub", sub)]), TokenError::BadClaim("sub"), "{sub}");
    }
    let long = |len: usize| format!("\"{}\"", "ü".repeat(len));
    assert_eq!(
        verify_claims(claims(&[("sub", &long(255))]))
            .unwrap()
            .subject
            .chars()
            .count(),
        255
    );
    assert_eq!(refused(&[("sub", &long(256))]), TokenError::BadClaim("sub"));
}

#[test]
fn claims_have_no_member_twice() {
    let good = claims(&[]);
    let open = good.strip_suffix('}').unwrap();
    for more in [
        r#","iss":"https://attacker.example.com""#,
        r#","\u0069ss":"https://attacker.example.com""#,
        r#","sub":"user-1""#,
        r#","su\u0062":"admin""#,
        r#","exp":9999999999"#,
        r#","x":{"a":1,"a":2}"#,
        r#","x":[{"a":{"b":1,"\u0062":2}}]"#,
        r#","https://aws.amazon.com/tags":{"principal_tags":{"K":["a"],"K":["b"]}}"#,
    ] {
        assert_eq!(
            verify_claims(format!("{open}{more}}}")),
            Err(TokenError::NotAJwt),
            "{more}"
        );
    }
    for text in [
        "",
        "null",
        "[]",
        "7",
        "\"claims\"",
        "{",
        &format!("{good}{good}"),
        &format!("{good}x"),
    ] {
        assert_eq!(verify_claims(text), Err(TokenError::NotAJwt), "{text:.40}");
    }
    assert_eq!(verify_claims(format!("\u{feff}{good}")), Err(TokenError::NotAJwt));
    let mut octets = good.clone().into_bytes();
    octets.splice(1..1, *b"\"x\":\"\xc0\xaf\",");
    assert_eq!(verify_claims(octets), Err(TokenError::NotAJwt));
    // Space between the tokens of JSON is nobody's attack.
    assert!(verify_claims(format!(" \n{}\t", good.replace(',', " , "))).is_ok());
}

#[test]
fn other_claims_have_their_type_or_are_refused() {
    for (name, value) in [
        ("amr", "7"),
        ("amr", r#"["mfa",7]"#),
        ("amr", r#"[["mfa"]]"#),
        ("email", "7"),
        ("email", r#"["a@example.com"]"#),
    ] {
        assert_eq!(
            refused(&[(name, value)]),
            TokenError::BadClaim(name),
            "{name} {value}"
        );
    }
    let nulls = verify_claims(claims(&[
        ("amr", "null"),
        ("email", "null"),
        ("azp", "null"),
        ("nbf", "null"),
    ]));
    assert_eq!(nulls.unwrap().email, None);
}

#[test]
fn unsigned_claims_say_nothing() {
    // Whatever is wrong with the claims, a bad signature is what is told.
    for changes in [
        &[("exp", "0")][..],
        &[("aud", r#""other""#)],
        &[("sub", "")],
        &[("exp", "\"x\"")],
    ] {
        let token = sign(&OTHER_RSA, RSA_HEADER, claims(changes));
        assert_eq!(verify(&token), Err(TokenError::BadSignature));
    }
}
