//! Ambiguous framings (facts: security §1.1, the twenty raw requests).

use crate::fixture::{Client, Fixture, post};

fn count(server: &Fixture, reason: &str) -> u64 {
    let metric = format!("locum_requests_refused_total{{reason=\"{reason}\"}} ");
    let text = server.metrics();
    let value = text.lines().find_map(|line| line.strip_prefix(&metric)).unwrap();
    value.parse().unwrap()
}

#[test]
fn only_the_plain_one_of_the_twenty_raw_requests_is_served() {
    let server = Fixture::start(|_| {});
    let many_headers = format!(
        "GET / HTTP/1.1\r\nHost: a\r\n{}\r\n",
        (0..10_000)
            .map(|index| format!("x-{index}: y\r\n"))
            .collect::<String>()
    );
    let chunk = "5\r\nhello\r\n0\r\n\r\n";
    let refused: [(&str, String, &str); 19] = [
        (
            "CL then TE",
            format!(
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 15\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}"
            ),
            "length_and_encoding",
        ),
        (
            "TE then CL",
            format!(
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 15\r\n\r\n{chunk}"
            ),
            "length_and_encoding",
        ),
        (
            "two identical CL",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nhi".into(),
            "content_length",
        ),
        (
            "chunked twice",
            format!("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n{chunk}"),
            "transfer_encoding",
        ),
        ("bare LF", "GET / HTTP/1.1\nHost: a\n\n".into(), "line_end"),
        ("no Host", "GET / HTTP/1.1\r\n\r\n".into(), "host"),
        (
            "two Host",
            "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n".into(),
            "host_repeated",
        ),
        (
            "other authority",
            "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n".into(),
            "host_mismatch",
        ),
        (
            "UTF-8 path",
            "GET /\u{e9} HTTP/1.1\r\nHost: a\r\n\r\n".into(),
            "target",
        ),
        (
            "obs-text",
            "GET / HTTP/1.1\r\nHost: a\r\nX-A: \u{e9}\r\n\r\n".into(),
            "header_value",
        ),
        (
            "two CL",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nhi!".into(),
            "content_length",
        ),
        (
            "signed CL",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello".into(),
            "content_length",
        ),
        (
            "unknown TE",
            format!("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: cow\r\n\r\n{chunk}"),
            "transfer_encoding",
        ),
        (
            "TE on 1.0",
            format!("POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}"),
            "transfer_encoding",
        ),
        (
            "space before colon",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length : 2\r\n\r\nhi".into(),
            "header_name",
        ),
        (
            "obs-fold",
            "GET / HTTP/1.1\r\nHost: a\r\nX-A: b\r\n c\r\n\r\n".into(),
            "header_name",
        ),
        (
            "LF in chunk extension",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;a\nb\r\nhello\r\n0\r\n\r\n"
                .into(),
            "chunk",
        ),
        (
            "NUL in path",
            "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n".into(),
            "target",
        ),
        ("10,000 headers", many_headers, "head_too_large"),
    ];
    for (name, request, reason) in &refused {
        let before = count(&server, reason);
        let mut client = server.connect();
        // What follows must not be taken for another request.
        let reply = client.ask(&format!("{request}GET /?smuggled HTTP/1.1\r\nHost: a\r\n\r\n"));
        assert_eq!((reply.status, reply.body.as_str()), (400, ""), "{name}");
        assert!(
            reply.head.contains("connection: close\r\n"),
            "{name}: {}",
            reply.head
        );
        assert!(client.is_closed(), "{name}");
        assert_eq!(
            count(&server, reason),
            before + 1,
            "{name} is counted as something else"
        );
    }
    assert_eq!(server.calls(), 0, "no refused request reaches the application");

    let reply = server.connect().ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!((reply.status, server.calls()), (200, 1));
}

#[test]
fn a_refused_request_is_answered_in_its_turn() {
    let server = Fixture::start(|_| {});
    let mut client = server.connect();
    let all = format!("{}{}GET /\n\n{}", post("one"), post("two"), post("three"));
    client.send(all.as_bytes());
    assert_eq!(client.read().body, "one");
    assert_eq!(client.read().body, "two");
    assert_eq!(client.read().status, 400);
    assert!(client.is_closed());
    assert_eq!(server.calls(), 2);
}

#[test]
fn a_refused_request_waits_for_a_slow_answer_before_it() {
    let server = Fixture::start(|_| {});
    let mut client = server.connect();
    client.send(b"GET /?slow HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/9\r\n\r\n");
    assert_eq!(client.read().status, 200);
    assert_eq!(client.read().status, 400);
    assert!(client.is_closed());
}

#[test]
fn framing_holds_however_the_bytes_are_cut() {
    let server = Fixture::start(|_| {});
    let chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n0\r\n\r\n";
    let all = format!("{chunked}{}GET / HTTP/1.1\r\nHost: a\r\n\r\n", post("two"));
    for size in [1, 2, 3, 7, 64] {
        let mut client: Client = server.connect();
        client.stream.set_nodelay(true).unwrap();
        for piece in all.as_bytes().chunks(size) {
            client.send(piece);
        }
        assert_eq!(client.read().body, "one", "pieces of {size}");
        assert_eq!(client.read().body, "two", "pieces of {size}");
        assert_eq!(client.read().body, "", "pieces of {size}");
    }
    assert_eq!(server.calls(), 15);
}

/// A body that nobody reads, of a method that seldom has one, is a body all the same.
#[test]
fn the_body_of_any_method_is_its_body() {
    let server = Fixture::start(|_| {});
    let inner = "GET /?facts HTTP/1.1\r\nHost: a\r\n\r\n";
    for method in [
        "PUT", "DELETE", "HEAD", "OPTIONS", "CONNECT", "TRACE", "PRI", "GET",
    ] {
        for target in ["/", "/other", "*", "http://a/"] {
            for framed in [
                format!("Content-Length: {}\r\n\r\n{inner}", inner.len()),
                format!(
                    "Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{inner}\r\n0\r\n\r\n",
                    inner.len()
                ),
            ] {
                let request = format!(
                    "{method} {target} HTTP/1.1\r\nHost: a\r\n{framed}{}",
                    post("after")
                );
                let before = server.calls();
                let mut client = server.connect();
                client.send(request.as_bytes());
                let head = client.read_head();
                let is_served = head.starts_with("HTTP/1.1 200") && method == "GET";
                if is_served {
                    let _ = client.read_body(inner.len());
                } else if method != "HEAD" {
                    let length = head
                        .lines()
                        .find_map(|line| line.strip_prefix("content-length: "));
                    let _ = client.read_body(length.map_or(0, |length| length.parse().unwrap()));
                }
                // Then the next, or the end.
                let next = client.try_read();
                let calls = usize::from(is_served) + usize::from(next.is_some());
                if let Some(reply) = next {
                    assert_eq!(reply.body, "after", "{request}");
                }
                assert_eq!(server.calls(), before + calls, "{request}");
            }
        }
    }
}
