//! Mutated tokens, held against the `jsonwebtoken` crate: whatever we accept, it accepts too, and says the same.

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use locum_crypto::{PublicParts, Random, SeededRandom};
use locum_federation::oidc::TokenError;
use serde_json::Value;

use crate::issuer::{CLIENT_IDS, ISSUER, P384, RSA, RSA_HEADER, claims, encode, sign, verify};

/// How many mutants.
const MUTANTS: usize = 20_000;

/// What the oracle reads in a token, its times left aside since they are fixed here.
fn oracle(token: &str) -> Option<Value> {
    let PublicParts::Rsa { modulus, exponent } = RSA.public() else {
        return None;
    };
    let rsa = DecodingKey::from_rsa_raw_components(modulus, exponent);
    let PublicParts::Ec { x, y, .. } = P384.public() else {
        return None;
    };
    let ec = DecodingKey::from_ec_components(&encode(x), &encode(y)).ok()?;
    [(Algorithm::RS256, rsa), (Algorithm::ES384, ec)]
        .into_iter()
        .find_map(|(algorithm, key)| {
            let mut validation = Validation::new(algorithm);
            validation.validate_exp = false;
            validation.set_issuer(&[ISSUER]);
            validation.set_audience(&CLIENT_IDS);
            validation.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
            Some(decode::<Value>(token, &key, &validation).ok()?.claims)
        })
}

/// One small change somewhere.
fn mutate(token: &str, random: &mut SeededRandom) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ ";
    let mut draw = |below: usize| usize::try_from(random.next_u64() % below as u64).unwrap();
    let mut octets = token.as_bytes().to_vec();
    for _ in 0..=draw(2) {
        let place = draw(octets.len());
        let character = ALPHABET[draw(ALPHABET.len())];
        match draw(5) {
            0 => octets.insert(place, character),
            1 => drop(octets.remove(place)),
            2 => octets[place] = character,
            3 => octets.truncate(place.max(1)),
            _ => {
                let other = draw(octets.len());
                octets.swap(place, other);
            }
        }
    }
    String::from_utf8(octets).unwrap()
}

#[test]
fn a_mutant_is_accepted_only_if_it_is_the_original() {
    let originals = [
        sign(&RSA, RSA_HEADER, claims(&[("aud", r#"["client-2","x"]"#)])),
        sign(&P384, r#"{"alg":"ES384","kid":"ec"}"#, claims(&[])),
    ];
    let mut random = SeededRandom::new(7);
    let mut refused = 0;
    for number in 0..MUTANTS {
        let original = &originals[number % 2];
        let mutant = mutate(original, &mut random);
        match verify(&mutant) {
            Ok(claims) => {
                assert_eq!(mutant, *original, "another text says the same");
                let other = oracle(&mutant).expect("the oracle refuses what we accept");
                assert_eq!(other["sub"], claims.subject.as_str());
            }
            Err(_) => refused += 1,
        }
    }
    assert!(refused > MUTANTS * 9 / 10);
}

#[test]
fn signed_oddities_are_read_as_the_oracle_reads_them_or_refused() {
    let values = [
        "7",
        "0",
        "-1",
        "1.5",
        "1e3",
        "true",
        "null",
        "\"\"",
        "\"client-1\"",
        "\"x\"",
        "[]",
        "[\"client-1\"]",
        "[7]",
        "[\"client-1\",7]",
        "{}",
        "\"1795343600\"",
        "1795343600",
        "\"https://idp.example.com/tenant\"",
        "1795343600.0",
    ];
    let mut both = 0;
    for name in ["iss", "sub", "aud", "exp", "iat", "nbf", "azp", "amr", "email"] {
        for value in values {
            let token = sign(&RSA, RSA_HEADER, claims(&[(name, value)]));
            match (verify(&token), oracle(&token)) {
                (Ok(claims), Some(other)) => {
                    both += 1;
                    assert_eq!(other["sub"], claims.subject.as_str());
                    assert_eq!(other["iss"], claims.issuer.as_str());
                    assert_eq!(other["exp"], claims.expires_at.as_second());
                }
                (Ok(claims), None) => panic!("the oracle refuses {name}={value}: {claims:?}"),
                (Err(error), _) => assert_ne!(error, TokenError::BadSignature, "{name}={value}"),
            }
        }
    }
    assert!(both > 10);
}
