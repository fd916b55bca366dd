//! Metadata of an identity provider: read without a panic, and what is read is fit to use.
#![no_main]

use libfuzzer_sys::fuzz_target;
use locum_federation::saml::Metadata;

fuzz_target!(|input: &[u8]| {
    let Ok(document) = std::str::from_utf8(input) else {
        return;
    };
    let Ok(metadata) = Metadata::parse(document) else {
        return;
    };
    assert!(!metadata.entity_id.is_empty());
    let keys = metadata.keys().expect("the certificates were parsed");
    assert!((1..=10).contains(&keys.len()));
});
