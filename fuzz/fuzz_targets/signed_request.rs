//! A change to a request that is signed, in its headers or its query: four bytes say which and where and how much is cut, the rest is
//! put there. If the result verifies, it asks for what was signed.
#![no_main]

use std::{collections::BTreeMap, sync::LazyLock};

use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use locum_crypto::SecretString;
use locum_sigv4::{ExpectedScope, PathRule, Request, Signed, Signer, SigningKeyCache};

const EXPECTED: ExpectedScope<'static> = ExpectedScope {
    service: "sts",
    accepts_region: &|region| region == "us-east-1",
};
const BODY: &str = "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fa&RoleSessionName=b";
const TYPE: &str = "application/x-www-form-urlencoded; charset=utf-8";

static SECRET: LazyLock<SecretString> =
    LazyLock::new(|| SecretString::from("dDkXvR2mQhT7yWc0pLs9bNfJgAe4uZiK1oBxVqHw"));
static NOW: LazyLock<Timestamp> = LazyLock::new(|| "2026-11-22T04:01:00Z".parse().expect("a time"));
static ORIGINALS: LazyLock<[String; 2]> = LazyLock::new(|| {
    let signer = Signer {
        access_key_id: "AKIAQNZGKIQY56JQ7WML",
        secret: &SECRET,
        session_token: None,
        region: "us-east-1",
        service: "sts",
        path: PathRule::SERVICE,
    };
    let headers: [(&str, &[u8]); 3] = [
        ("Content-Type", TYPE.as_bytes()),
        ("Host", b"sts.example.com"),
        ("X-Amz-Target", b"some  thing"),
    ];
    let request = Request {
        method: "POST",
        path: "/",
        query: "b=2&a=1",
        headers: &headers,
        body: BODY.as_bytes(),
    };
    let added = signer.sign_headers(&request, *NOW).expect("it can be signed");
    let mut by_header = "POST /?b=2&a=1\n".to_owned();
    for (name, value) in headers {
        by_header.push_str(&format!("{name}: {}\n", String::from_utf8_lossy(value)));
    }
    for (name, value) in added {
        by_header.push_str(&format!("{name}: {value}\n"));
    }
    by_header.push_str(&format!("\n{BODY}"));
    let url = signer
        .presign(&format!("https://sts.example.com/?{BODY}"), &[], *NOW, 900)
        .expect("it can be signed");
    let target = url
        .strip_prefix("https://sts.example.com")
        .expect("the same host");
    let by_query = format!("GET {target}\nHost: sts.example.com\n\n");
    [by_header, by_query]
});

/// What a request asks for, however it is written.
#[derive(Debug, PartialEq, Eq)]
struct Asked {
    method: String,
    query: Vec<(Vec<u8>, Vec<u8>)>,
    headers: BTreeMap<String, Vec<String>>,
    body: Vec<u8>,
}

fn line(input: &[u8]) -> (&[u8], &[u8]) {
    match input.iter().position(|&b| b == b'\n') {
        Some(end) => (&input[..end], &input[end + 1..]),
        None => (input, &[]),
    }
}

fn decoded(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let digits = bytes
            .get(at + 1..at + 3)
            .and_then(|digits| std::str::from_utf8(digits).ok());
        match (
            bytes[at],
            digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()),
        ) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 3;
            }
            (b'+', _) => {
                out.push(b' ');
                at += 1;
            }
            (byte, _) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    out
}

/// What a text asks for, if it is a request that verifies.
fn verified(text: &[u8]) -> Option<Asked> {
    let (first, mut rest) = line(text);
    let (method, target) = std::str::from_utf8(first).ok()?.split_once(' ')?;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    // A path is resolved before it is signed, as every service but S3 does; the one that is served has no other spelling.
    if path != "/" {
        return None;
    }
    let mut headers = Vec::new();
    loop {
        let (header, after) = line(rest);
        rest = after;
        if header.is_empty() {
            break;
        }
        let colon = header.iter().position(|&b| b == b':')?;
        let (name, value) = header.split_at(colon);
        headers.push((std::str::from_utf8(name).ok()?, &value[1..]));
    }
    let request = Request {
        method,
        path,
        query,
        headers: &headers,
        body: rest,
    };
    let signed = Signed::parse(&request).ok()?;
    let scoped = signed.check_time(*NOW).ok()?.check_scope(&EXPECTED).ok()?;
    let verified = scoped.verify(&SECRET, &SigningKeyCache::new(4)).ok()?;
    let mut asked = Asked {
        method: method.to_owned(),
        query: query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .map(|(name, value)| (decoded(name), decoded(value)))
            .collect(),
        headers: BTreeMap::new(),
        body: rest.to_vec(),
    };
    asked.query.sort();
    for (name, value) in &headers {
        let name = name.to_ascii_lowercase();
        // The header itself may say the same in other words; what it covers is what counts.
        if name != "authorization" && verified.covers(&name) {
            let text = String::from_utf8_lossy(value);
            // White space of any kind is a blank, and the edge lets none but blanks and tabs through.
            let words: Vec<&str> = text.split_ascii_whitespace().collect();
            asked.headers.entry(name).or_default().push(words.join(" "));
        }
    }
    Some(asked)
}

static ASKED: LazyLock<[Asked; 2]> = LazyLock::new(|| {
    ORIGINALS
        .each_ref()
        .map(|original| verified(original.as_bytes()).expect("what was signed verifies"))
});

fuzz_target!(|input: &[u8]| {
    let Some((&[which, high, low, cut], put)) = input.split_first_chunk::<4>() else {
        return;
    };
    let which = usize::from(which) % 2;
    let original = ORIGINALS[which].as_bytes();
    let at = usize::from(u16::from_be_bytes([high, low])) % original.len();
    let end = (at + usize::from(cut)).min(original.len());
    let changed = [&original[..at], put, &original[end..]].concat();
    if let Some(asked) = verified(&changed) {
        assert_eq!(asked, ASKED[which], "{}", String::from_utf8_lossy(&changed));
    }
});
