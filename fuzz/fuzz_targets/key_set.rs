//! A JWKS or a discovery document: read without a panic, and bounded whatever it says.
#![no_main]

use libfuzzer_sys::fuzz_target;
use locum_federation::oidc::{Discovery, KeySet};

fuzz_target!(|input: &[u8]| {
    if let Ok(keys) = KeySet::parse(input) {
        assert!(keys.len() <= 200);
    }
    if let Ok(discovery) = Discovery::parse(input, "https://idp.example.com/tenant") {
        assert!(!discovery.algorithms().is_empty());
    }
});
