//! A change to a response that is signed: four bytes say which, where and how much is cut, and the rest is put there, or says
//! which pieces of signed responses are. If the result is accepted, it says what it said.
#![no_main]

use std::sync::LazyLock;

use base64::{Engine, prelude::BASE64_STANDARD};
use libfuzzer_sys::fuzz_target;
use locum_crypto::DecryptionKey;
use locum_federation::saml::{
    Assertion, Encryption, Expected, Offer, Provider, RoleClaims, SamlError, VerificationKeyWithThumbprint,
    condition_keys, verify,
};

const SIGNED: [&str; 7] = [
    include_str!("../../crates/locum-federation/tests/saml/data/xmlsec-a-rsa-sha256.xml"),
    include_str!("../../crates/locum-federation/tests/saml/data/xmlsec-ar-prefixes.xml"),
    include_str!("../../crates/locum-federation/tests/saml/data/encrypted-aes256-sha256.xml"),
    include_str!("../../crates/locum-federation/tests/saml/data/xmlsec-a-pretty.xml"),
    include_str!("../../crates/locum-federation/tests/saml/data/signxml-r-rsa-sha512.xml"),
    include_str!("../../crates/locum-federation/tests/saml/data/signxml-r-ecdsa-sha256.xml"),
    include_str!("../../crates/locum-federation/tests/saml/data/encrypted-signed-response.xml"),
];
/// What an attacker would like to have read: another name, under the same id and under another.
static FORGED: LazyLock<[String; 2]> = LazyLock::new(|| {
    let other = SIGNED[0].replace("alice", "mallory");
    [other.replace("_a1", "_a2"), other]
});
/// The bit that says that pieces are put.
const PIECES: u8 = 0x80;

struct World {
    keys: Vec<VerificationKeyWithThumbprint>,
    decryption: Vec<DecryptionKey>,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let certificates = [
        include_bytes!("../../crates/locum-federation/tests/saml/data/rsa.crt").as_slice(),
        include_bytes!("../../crates/locum-federation/tests/saml/data/p256.crt"),
    ];
    let private = include_str!("../../crates/locum-federation/tests/saml/data/newest.pem");
    World {
        keys: certificates
            .map(|certificate| {
                VerificationKeyWithThumbprint::from_certificate(certificate).expect("a certificate")
            })
            .into(),
        decryption: vec![DecryptionKey::from_pem(private).expect("a private key")],
    }
});

static ORIGINAL: LazyLock<Assertion> = LazyLock::new(|| {
    let [first, ..] = SIGNED.map(|document| check(document.as_bytes()).expect("a genuine response"));
    first
});

fn check(document: &[u8]) -> Result<Assertion, SamlError> {
    let expected = Expected {
        provider: Provider {
            entity_id: "https://idp.example.com/metadata",
            keys: &WORLD.keys,
            decryption: &WORLD.decryption,
            encryption: Encryption::Allowed,
        },
        audiences: &["urn:amazon:webservices"],
        recipients: &["https://signin.aws.amazon.com/saml"],
        now: "2026-11-22T04:01:00Z".parse().expect("a time"),
    };
    verify(&BASE64_STANDARD.encode(document), &expected)
}

/// A piece of a response: which, where, and how long.
fn piece(&[which, high, low, long, short]: &[u8; 5]) -> &'static [u8] {
    let which = usize::from(which) % (SIGNED.len() + FORGED.len());
    let forged = || FORGED[which - SIGNED.len()].as_str();
    let document = SIGNED.get(which).copied().unwrap_or_else(forged).as_bytes();
    let at = usize::from(u16::from_be_bytes([high, low])) % document.len();
    let length = usize::from(u16::from_be_bytes([long, short]));
    &document[at..(at + length).min(document.len())]
}

fuzz_target!(|input: &[u8]| {
    let Some((&[which, high, low, cut], put)) = input.split_first_chunk::<4>() else {
        return;
    };
    let document = SIGNED[usize::from(which & !PIECES) % SIGNED.len()].as_bytes();
    let at = usize::from(u16::from_be_bytes([high, low])) % document.len();
    let end = (at + usize::from(cut)).min(document.len());
    let put = if which & PIECES == 0 {
        put.to_vec()
    } else {
        put.as_chunks().0.iter().flat_map(piece).copied().collect()
    };
    let changed = [&document[..at], &put, &document[end..]].concat();
    if let Ok(assertion) = check(&changed) {
        let of_another_key = Assertion {
            signed_by: ORIGINAL.signed_by,
            ..assertion.clone()
        };
        assert_eq!(of_another_key, *ORIGINAL);
        let claims = RoleClaims::read(&assertion).expect("it has roles");
        assert!(condition_keys(&assertion).is_ok());
        // Who chooses a role is offered those that can be had; what is encrypted offers none.
        let offer = Offer::read(&BASE64_STANDARD.encode(&changed)).expect("it was verified");
        assert!(offer.roles.is_empty() || offer.roles == claims.roles);
        assert_eq!(offer.failure, None);
    }
});
