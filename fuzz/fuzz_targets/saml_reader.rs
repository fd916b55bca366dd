//! The octets of a response, in clear: guarded, parsed and read without a panic. No key is registered, so nothing is
//! ever accepted.
#![no_main]

use base64::{Engine, prelude::BASE64_STANDARD};
use libfuzzer_sys::fuzz_target;
use locum_federation::saml::{Encryption, Expected, Provider, verify};

fuzz_target!(|input: &[u8]| {
    let expected = Expected {
        provider: Provider {
            entity_id: "https://idp.example.com/metadata",
            keys: &[],
            decryption: &[],
            encryption: Encryption::Allowed,
        },
        audiences: &["urn:amazon:webservices"],
        recipients: &["https://signin.aws.amazon.com/saml"],
        now: "2026-11-22T04:01:00Z".parse().expect("a time"),
    };
    assert!(verify(&BASE64_STANDARD.encode(input), &expected).is_err());
});
