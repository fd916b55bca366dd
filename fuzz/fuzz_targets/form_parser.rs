//! A query string, a line break, a form: read without a panic, and never so that a name stands there twice.
#![no_main]

use std::collections::BTreeSet;

use libfuzzer_sys::fuzz_target;
use locum_api::{Parameters, operation_for};

fuzz_target!(|input: &[u8]| {
    let (query, body) = match input.iter().position(|&b| b == b'\n') {
        Some(end) => (&input[..end], &input[end + 1..]),
        None => (&[][..], input),
    };
    let Ok(parameters) = Parameters::parse(query, body) else {
        return;
    };
    let all = || parameters.iter().chain(parameters.authentication());
    let names: BTreeSet<String> = all().map(|(name, _)| name.to_ascii_lowercase()).collect();
    assert_eq!(names.len(), parameters.len(), "a name stands there twice");
    let _ = operation_for(&parameters);

    // Written out with every byte escaped, the same parameters are read again.
    let escaped = |text: &str| text.bytes().map(|b| format!("%{b:02X}")).collect::<String>();
    let pairs: Vec<String> = all()
        .map(|(n, v)| format!("{}={}", escaped(n), escaped(v)))
        .collect();
    let again = Parameters::parse(b"", pairs.join("&").as_bytes()).expect("what was read can be written");
    assert!(again.iter().eq(parameters.iter()));
    assert!(again.authentication().eq(parameters.authentication()));
});
