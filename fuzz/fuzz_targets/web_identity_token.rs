//! A token: read without a panic, and never verified, since nobody but the test that made the key could sign one.
#![no_main]

use std::sync::LazyLock;

use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use locum_federation::oidc::{Expected, KeySet, Token};

/// One key of each type, whose private halves were thrown away.
static KEYS: LazyLock<KeySet> =
    LazyLock::new(|| KeySet::parse(include_bytes!("../seeds/key_set/openssl")).unwrap());

fuzz_target!(|input: &[u8]| {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    let Ok(token) = Token::parse(text) else {
        return;
    };
    let expected = Expected {
        issuer: token.issuer(),
        client_ids: &["client-1"],
        now: Timestamp::UNIX_EPOCH,
    };
    // The seeds are signed, and long after this time.
    assert!(token.verify(&KEYS, &expected).is_err());
});
