//! What an issuer may answer, and what is not taken.

use std::time::{Duration, Instant};

use locum_federation::oidc::FetchProblem;

use crate::{
    fixture::Fixture,
    idp::{Answer, DISCOVERY, Idp, JWKS, KEYS, nowhere},
};

const LARGEST: usize = 256 * 1024;

/// What comes of an issuer that answers so at this path.
fn answering(path: &str, answer: Answer) -> Result<&'static str, FetchProblem> {
    let idp = Idp::http();
    idp.answer(path, answer);
    Fixture::with_timeout(&[&idp.issuer()], &[], Duration::from_millis(700)).fetch(&idp.issuer())
}

/// The key set, padded with space to this length.
fn padded(len: usize) -> String {
    format!("{JWKS}{}", " ".repeat(len - JWKS.len()))
}

fn chunked(body: &str) -> Vec<u8> {
    let mut text = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_owned();
    for chunk in body.as_bytes().chunks(1000) {
        text.push_str(&format!(
            "{:x}\r\n{}\r\n",
            chunk.len(),
            String::from_utf8_lossy(chunk)
        ));
    }
    (text + "0\r\n\r\n").into_bytes()
}

#[test]
fn a_request_says_what_is_wanted() {
    let idp = Idp::http();
    let fixture = Fixture::start(&[&idp.issuer()], &[]);
    assert_eq!(fixture.fetch(&idp.issuer()), Ok("IAMTrustStore"));
    let asked = idp.asked();
    assert_eq!(asked.len(), 2);
    assert!(
        asked[0].starts_with(&format!("GET {DISCOVERY} HTTP/1.1\r\n")),
        "{}",
        asked[0]
    );
    assert!(asked[1].starts_with("GET /keys HTTP/1.1\r\n"));
    let host = format!("host: localhost:{}\r\n", idp.address.port());
    assert!(
        asked.iter().all(|head| head.contains(&host)),
        "the name, not the address"
    );
    assert!(
        asked
            .iter()
            .all(|head| head.contains("accept-encoding: identity\r\n"))
    );
}

#[test]
fn documents_have_a_largest_size() {
    assert_eq!(
        answering(KEYS, Answer::Document(padded(LARGEST))),
        Ok("IAMTrustStore")
    );
    assert_eq!(
        answering(KEYS, Answer::Document(padded(LARGEST + 1))),
        Err(FetchProblem::BadDocument)
    );
    assert_eq!(
        answering(KEYS, Answer::raw(chunked(&padded(LARGEST)))),
        Ok("IAMTrustStore")
    );
    assert_eq!(
        answering(KEYS, Answer::raw(chunked(&padded(LARGEST + 1)))),
        Err(FetchProblem::BadDocument)
    );
    let until_closed = [
        b"HTTP/1.1 200 OK\r\n\r\n".to_vec(),
        padded(LARGEST + 1).into_bytes(),
    ]
    .concat();
    assert_eq!(
        answering(KEYS, Answer::raw(until_closed)),
        Err(FetchProblem::BadDocument)
    );
    let claimed = "HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n";
    assert_eq!(
        answering(KEYS, Answer::raw(claimed)),
        Err(FetchProblem::BadDocument)
    );
    let head = format!(
        "HTTP/1.1 200 OK\r\nx: {}\r\ncontent-length: 2\r\n\r\n{{}}",
        "x".repeat(20_000)
    );
    assert_eq!(
        answering(DISCOVERY, Answer::raw(head)),
        Err(FetchProblem::Unreachable)
    );
}

#[test]
fn both_documents_have_one_span_of_time() {
    let slow = |piece: &str, times| {
        Answer::Pieces(vec![piece.as_bytes().to_vec(); times], Duration::from_millis(200))
    };
    for answer in [
        slow("", 10),
        slow("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n", 10),
        slow("HTTP/1.1 200 OK\r\nx: y\r\n", 10),
    ] {
        let begun = Instant::now();
        assert_eq!(answering(KEYS, answer.clone()), Err(FetchProblem::Unreachable));
        assert_eq!(answering(DISCOVERY, answer), Err(FetchProblem::Unreachable));
        assert!(begun.elapsed() < Duration::from_secs(4));
    }
}

#[test]
fn only_200_brings_a_document() {
    let status = |line: &str| {
        let text = format!("HTTP/1.1 {line}\r\ncontent-length: {}\r\n\r\n{JWKS}", JWKS.len());
        answering(KEYS, Answer::raw(text))
    };
    assert_eq!(status("200 OK"), Ok("IAMTrustStore"));
    for line in [
        "201 Created",
        "203 Other",
        "206 Partial Content",
        "304 Not Modified",
        "400 Bad",
        "401 No",
        "404 No",
        "410 Gone",
    ] {
        assert_eq!(status(line), Err(FetchProblem::BadDocument), "{line}");
    }
    for line in ["429 Too Many Requests", "500 No", "502 No", "503 No", "504 No"] {
        assert_eq!(status(line), Err(FetchProblem::Unreachable), "{line}");
    }
    for text in [
        "",
        "nonsense\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n{}",
    ] {
        assert_eq!(
            answering(KEYS, Answer::raw(text)),
            Err(FetchProblem::Unreachable),
            "{text}"
        );
    }
}

#[test]
fn nothing_is_decompressed() {
    for encoding in ["gzip", "deflate", "br", "zstd", "gzip, identity"] {
        let text = format!(
            "HTTP/1.1 200 OK\r\ncontent-encoding: {encoding}\r\ncontent-length: {}\r\n\r\n{JWKS}",
            JWKS.len()
        );
        assert_eq!(
            answering(KEYS, Answer::raw(text)),
            Err(FetchProblem::BadDocument),
            "{encoding}"
        );
    }
}

#[test]
fn documents_are_of_the_issuer_and_whole() {
    let idp = Idp::http();
    for (issuer, keys) in [
        ("https://idp.example.com/tenant".to_owned(), idp.url(KEYS)),
        (format!("{}/", idp.issuer()), idp.url(KEYS)),
        (idp.issuer().replace("http", "https"), idp.url(KEYS)),
    ] {
        idp.answer(DISCOVERY, Answer::Document(idp.discovery(&issuer, &keys)));
        let fixture = Fixture::start(&[&idp.issuer()], &[]);
        assert_eq!(
            fixture.fetch(&idp.issuer()),
            Err(FetchProblem::BadDocument),
            "{issuer}"
        );
    }
    assert!(
        idp.asked().iter().all(|head| !head.starts_with("GET /keys ")),
        "no keys were asked for"
    );
    for body in ["", "<html>", "[]", r#"{"keys":{}}"#, r#"{"keys":[],"keys":[]}"#] {
        assert_eq!(
            answering(KEYS, Answer::Document(body.to_owned())),
            Err(FetchProblem::BadDocument),
            "{body}"
        );
        assert_eq!(
            answering(DISCOVERY, Answer::Document(body.to_owned())),
            Err(FetchProblem::BadDocument)
        );
    }
    let many = format!(r#"{{"keys":[{}]}}"#, vec![r#"{"kty":"RSA"}"#; 101].join(","));
    assert_eq!(
        answering(KEYS, Answer::Document(many)),
        Err(FetchProblem::BadDocument)
    );
}

#[test]
fn nobody_at_home_is_told() {
    let issuer = format!("http://{}", nowhere());
    let fixture = Fixture::start(&[&issuer, "http://no-such-host.invalid"], &[]);
    assert_eq!(fixture.fetch(&issuer), Err(FetchProblem::Unreachable));
    assert_eq!(
        fixture.fetch("http://no-such-host.invalid"),
        Err(FetchProblem::Unreachable)
    );
}
