//! Requests that the application calls long.

use std::{
    sync::atomic::Ordering,
    thread,
    time::{Duration, Instant},
};

use crate::fixture::{Client, Fixture, post};

fn long(query: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "POST /{query} HTTP/1.1\r\nHost: a\r\nx-long: 1\r\nx-amz-target: a\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}

#[test]
fn only_a_long_request_may_have_a_long_body() {
    let server = Fixture::start(|config| {
        config.limits.max_body = 1_000;
        config.limits.max_long_body = 500_000;
    });
    let body = "x".repeat(500_000);
    assert_eq!(server.connect().ask(&long("", &body)).body.len(), 500_000);
    assert_eq!(server.connect().ask(&post(&body)).status, 413);
    assert_eq!(server.connect().ask(&long("", &format!("{body}x"))).status, 413);
    let chunked = format!(
        "POST / HTTP/1.1\r\nHost: a\r\nx-long: 1\r\nx-amz-target: a\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n1\r\nx\r\n0\r\n\r\n",
        body.len()
    );
    assert_eq!(server.connect().ask(&chunked).status, 413);
    assert_eq!(server.calls(), 1);
}

#[test]
fn without_a_target_no_request_is_long() {
    let server = Fixture::start(|config| config.limits.max_body = 1_000);
    let body = "x".repeat(2_000);
    assert_eq!(server.connect().ask(&long("", &body)).status, 200);
    let without = long("", &body).replace("x-amz-target: a\r\n", "");
    assert_eq!(server.connect().ask(&without).status, 413);
}

#[test]
fn long_bodies_have_few_places_and_short_ones_need_none() {
    let server = Fixture::start(|config| {
        config.limits.max_body = 1_000;
        config.limits.max_long_requests = 1;
    });
    let body = "x".repeat(2_000);
    let (begin, end) = body.split_at(1_500);
    let mut slow = server.connect();
    let head = "POST / HTTP/1.1\r\nHost: a\r\nx-long: 1\r\nx-amz-target: a\r\nContent-Length: 2000\r\n\r\n";
    slow.send(format!("{head}{begin}").as_bytes());
    server.expect_metric("locum_requests_in_flight 1");
    assert_eq!(server.connect().ask(&long("", &body)).status, 503);
    assert_eq!(server.connect().ask(&long("", "short")).body, "short");
    assert_eq!(server.connect().ask(&post("common")).body, "common");
    assert_eq!(slow.ask(end).body.len(), 2_000);
    assert_eq!(server.connect().ask(&long("", &body)).body.len(), 2_000);
}

/// Whoever knows an access key id and sends slowly must not take all the places there are.
#[cfg(target_os = "linux")]
#[test]
fn one_peer_does_not_take_all_places_of_long_bodies() {
    let server = Fixture::start(|config| {
        config.limits.max_body = 1_000;
        config.limits.max_long_requests = 4;
    });
    let body = "x".repeat(2_000);
    let (begin, end) = body.split_at(1_500);
    let begin = format!(
        "POST /?sleep HTTP/1.1\r\nHost: a\r\nx-long: 1\r\nx-amz-target: a\r\nContent-Length: 2000\r\n\r\n{begin}"
    );
    let mut slow = server.connect();
    slow.send(begin.as_bytes());
    server.expect_metric("locum_requests_in_flight 1");
    // Of the same address no other one is waited for, whatever its framing and connection.
    let chunked = format!(
        "POST / HTTP/1.1\r\nHost: a\r\nx-long: 1\r\nx-amz-target: a\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n{body}\r\n0\r\n\r\n"
    );
    for refused in [long("", &body), chunked] {
        assert_eq!(server.connect().ask(&refused).status, 503);
    }
    let mut other = Client::connect_from([127, 0, 0, 2], server.address);
    assert_eq!(other.ask(&long("", &body)).body.len(), 2_000);
    // Only while the body has not come: then it is answered, and the next one can be sent.
    slow.send(end.as_bytes());
    while server.echo.calls.load(Ordering::SeqCst) < 2 {
        thread::yield_now();
    }
    assert_eq!(server.connect().ask(&long("", &body)).body.len(), 2_000);
    assert_eq!(slow.read().status, 200);
}

#[test]
fn a_long_request_holds_up_nobody_else() {
    let server = Fixture::start(|config| {
        config.workers = Some(1);
        config.limits.max_long_requests = 1;
    });
    let mut first = server.connect();
    first.send(long("?sleep", "").as_bytes());
    while server.echo.calls.load(Ordering::SeqCst) < 1 {
        thread::yield_now();
    }
    // Another one waits for its turn, and common ones do not.
    let mut second = server.connect();
    second.send(long("", "second").as_bytes());
    let began = Instant::now();
    assert_eq!(server.connect().ask(&post("common")).body, "common");
    assert!(began.elapsed() < Duration::from_millis(500));
    assert_eq!(first.read().status, 200);
    assert_eq!(second.read().body, "second");
}

#[test]
fn a_slow_request_holds_up_nobody_else_and_is_no_longer_than_others() {
    let server = Fixture::start(|config| {
        config.workers = Some(1);
        config.limits.max_body = 1_000;
    });
    let slow = |body: &str| {
        let length = body.len();
        format!("POST /?sleep HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n{body}")
    };
    let mut first = server.connect();
    first.send(slow("slow").as_bytes());
    while server.echo.calls.load(Ordering::SeqCst) < 1 {
        thread::yield_now();
    }
    let began = Instant::now();
    assert_eq!(server.connect().ask(&post("common")).body, "common");
    assert!(began.elapsed() < Duration::from_millis(500));
    assert_eq!(first.read().status, 200);
    let long = format!("slow{}", "x".repeat(1_000));
    assert_eq!(server.connect().ask(&slow(&long)).status, 413);
}

#[test]
fn a_long_request_waits_for_its_write_and_survives_a_panic() {
    let server = Fixture::start(|_| {});
    assert_eq!(server.connect().ask(&long("?slow", "")).status, 200);
    assert_eq!(server.connect().ask(&long("?failed", "")).status, 503);
    let reply = server.connect().ask(&long("?panic", ""));
    assert_eq!((reply.status, reply.body.as_str()), (500, "failed panic"));
    server.expect_metric("locum_panics_total 1");
    assert_eq!(server.connect().ask(&long("", "x")).body, "x");
}
