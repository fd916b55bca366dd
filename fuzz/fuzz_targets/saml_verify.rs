//! A change to a response that is signed: three bytes say where and how much is cut, the rest is put there. If the
//! result is accepted, it says what it said.
#![no_main]

use std::sync::LazyLock;

use base64::{Engine, prelude::BASE64_STANDARD};
use libfuzzer_sys::fuzz_target;
use locum_crypto::DecryptionKey;
use locum_federation::saml::{
    Assertion, Encryption, Expected, Offer, Provider, RoleClaims, SamlError, VerificationKeyWithThumbprint,
    condition_keys, verify,
};

const SIGNED: [&str; 3] = [
    include_str!("../../crates/locum-federation/tests/saml/data/xmlsec-a-rsa-sha256.xml"),
    include_str!("../../crates/locum-federation/tests/saml/data/xmlsec-ar-prefixes.xml"),
    include_str!("../../crates/locum-federation/tests/saml/data/encrypted-aes256-sha256.xml"),
];

struct World {
    keys: Vec<VerificationKeyWithThumbprint>,
    decryption: Vec<DecryptionKey>,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let certificate = include_bytes!("../../crates/locum-federation/tests/saml/data/rsa.crt");
    let private = include_str!("../../crates/locum-federation/tests/saml/data/newest.pem");
    World {
        keys: vec![VerificationKeyWithThumbprint::from_certificate(certificate).expect("a certificate")],
        decryption: vec![DecryptionKey::from_pem(private).expect("a private key")],
    }
});

static ORIGINAL: LazyLock<Assertion> =
    LazyLock::new(|| check(SIGNED[0].as_bytes()).expect("a genuine response"));

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

fuzz_target!(|input: &[u8]| {
    let Some((&[which, high, low, cut], put)) = input.split_first_chunk::<4>() else {
        return;
    };
    let document = SIGNED[usize::from(which) % SIGNED.len()].as_bytes();
    let at = usize::from(u16::from_be_bytes([high, low])) % document.len();
    let end = (at + usize::from(cut)).min(document.len());
    let changed = [&document[..at], put, &document[end..]].concat();
    if let Ok(assertion) = check(&changed) {
        assert_eq!(assertion, *ORIGINAL);
        let claims = RoleClaims::read(&assertion).expect("it has roles");
        assert!(condition_keys(&assertion).is_ok());
        // Who chooses a role is offered those that can be had; what is encrypted offers none.
        let offer = Offer::read(&BASE64_STANDARD.encode(&changed)).expect("it was verified");
        assert!(offer.roles.is_empty() || offer.roles == claims.roles);
        assert_eq!(offer.failure, None);
    }
});
