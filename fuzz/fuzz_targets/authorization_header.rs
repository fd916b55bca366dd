//! A request as text, request line, header lines, empty line, body: read without a panic, and never verified, since
//! nobody but this file knows the secret.
#![no_main]

use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use locum_crypto::SecretString;
use locum_sigv4::{ExpectedScope, Request, Signed, SigningKeyCache};

const EXPECTED: ExpectedScope<'static> = ExpectedScope {
    service: "sts",
    accepts_region: &|region| region == "us-east-1",
};

/// One line and what follows it.
fn line(input: &[u8]) -> (&[u8], &[u8]) {
    match input.iter().position(|&b| b == b'\n') {
        Some(end) => (&input[..end], &input[end + 1..]),
        None => (input, &[]),
    }
}

fuzz_target!(|input: &[u8]| {
    let (first, mut rest) = line(input);
    let Ok(first) = std::str::from_utf8(first) else {
        return;
    };
    let (method, target) = first.split_once(' ').unwrap_or(("POST", first));
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut headers = Vec::new();
    loop {
        let (header, after) = line(rest);
        rest = after;
        if header.is_empty() {
            break;
        }
        let colon = header.iter().position(|&b| b == b':').unwrap_or(header.len());
        let (name, value) = header.split_at(colon);
        let Ok(name) = std::str::from_utf8(name) else {
            return;
        };
        headers.push((name, value.get(1..).unwrap_or_default()));
    }
    let request = Request {
        method,
        path,
        query,
        headers: &headers,
        body: rest,
    };
    let Ok(signed) = Signed::parse(&request) else {
        return;
    };
    let _ = (
        signed.form(),
        signed.access_key_id(),
        signed.scope(),
        signed.security_token(),
    );
    // At the time the request claims, so that the later steps are reached.
    let now = signed.signed_at();
    let Ok(current) = signed.check_time(now) else {
        return;
    };
    let _ = signed.check_time(Timestamp::UNIX_EPOCH);
    let Ok(scoped) = current.check_scope(&EXPECTED) else {
        return;
    };
    let secret = SecretString::from("dDkXvR2mQhT7yWc0pLs9bNfJgAe4uZiK1oBxVqHw");
    let verified = scoped.verify(&secret, &SigningKeyCache::new(4));
    assert!(verified.is_err(), "a signature without the secret was accepted");
});
