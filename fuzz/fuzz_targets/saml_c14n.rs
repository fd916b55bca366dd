//! A document: its canonical form, if it has one, is admitted again and is its own canonical form.
//!
//! With a byte before it that chooses a `PrefixList`, which only the first time may add anything.
#![no_main]

use libfuzzer_sys::fuzz_target;
use locum_federation::saml::canonicalize;

const PREFIXES: [&str; 4] = ["", "#default", "a", "a saml xs #default none"];

fuzz_target!(|input: &[u8]| {
    let Some((choice, document)) = input.split_first() else {
        return;
    };
    let Ok(document) = std::str::from_utf8(document) else {
        return;
    };
    let prefixes = PREFIXES[usize::from(*choice) % PREFIXES.len()];
    let Ok(canonical) = canonicalize(document, None, prefixes) else {
        return;
    };
    assert!(!canonical.is_empty());
    assert_eq!(
        canonicalize(&canonical, None, prefixes).as_deref(),
        Ok(canonical.as_str()),
        "the canonical form is not its own"
    );
});
