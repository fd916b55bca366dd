//! Ordinary requests, routes, writes and panics.

use std::net::{SocketAddr, TcpListener};

use locum_server::{Config, Server};

use crate::fixture::{Fixture, bind, post};

#[test]
fn a_connection_serves_many_requests() {
    let server = Fixture::start(|_| {});
    let mut client = server.connect();
    for index in 0..50 {
        let reply = client.ask(&post(&format!("body {index}")));
        assert_eq!((reply.status, reply.body), (200, format!("body {index}")));
        for header in [
            "date: ",
            "x-amzn-requestid: 1-2\r\n",
            "content-type: text/xml\r\n",
        ] {
            assert!(reply.head.contains(header), "{}", reply.head);
        }
        assert!(!reply.head.contains("server:"), "{}", reply.head);
    }
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    let server = Fixture::start(|_| {});
    let mut client = server.connect();
    let all: String = (0..100).map(|index| post(&index.to_string())).collect();
    client.send(all.as_bytes());
    for index in 0..100 {
        assert_eq!(client.read().body, index.to_string());
    }
}

#[test]
fn http_1_0_closes_after_its_answer() {
    let server = Fixture::start(|_| {});
    let mut client = server.connect();
    let reply = client.ask("GET /?facts HTTP/1.0\r\nHost: b:1\r\n\r\n");
    assert_eq!(reply.body, "Http10 b:1 None");
    assert!(client.is_closed());
}

#[test]
fn documents_are_read_and_nothing_else() {
    let server = Fixture::start(|_| {});
    let mut client = server.connect();
    let reply = client.ask("GET /document?x=1 HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!((reply.status, reply.body.as_str()), (200, "{}"));
    assert!(
        reply.head.contains("content-type: application/json\r\n"),
        "{}",
        reply.head
    );
    for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
        let reply = client.ask(&format!("{method} /document HTTP/1.1\r\nHost: a\r\n\r\n"));
        assert_eq!((reply.status, reply.body.as_str()), (405, ""), "{method}");
        assert!(reply.head.contains("allow: GET, HEAD\r\n"), "{}", reply.head);
    }
    assert_eq!(
        client.ask("GET /documents HTTP/1.1\r\nHost: a\r\n\r\n").status,
        404
    );
    assert_eq!(client.ask("GET /panic HTTP/1.1\r\nHost: a\r\n\r\n").status, 500);
    // Where a body would end, the next answer begins.
    client.send(b"HEAD /document HTTP/1.1\r\nHost: a\r\n\r\nGET /?facts HTTP/1.1\r\nHost: b\r\n\r\n");
    let head = client.read_head();
    assert!(
        head.starts_with("HTTP/1.1 200") && head.contains("content-length: 2\r\n"),
        "{head}"
    );
    assert_eq!(client.read().body, "Http11 b None");
    assert_eq!(server.calls(), 1, "a document is no call");
    let metrics = server.metrics();
    for line in [
        "locum_requests_total{operation=\"Document\",outcome=\"ok\"} 2",
        "locum_requests_total{operation=\"Document\",outcome=\"MethodNotAllowed\"} 4",
        "locum_panics_total 1",
    ] {
        assert!(metrics.lines().any(|shown| shown == line), "{line}\n{metrics}");
    }
}

/// Facts: sts §1.1, recorded.
#[test]
fn other_paths_and_methods_are_unknown_operations() {
    let server = Fixture::start(|_| {});
    for line in [
        "GET /a",
        "POST //",
        "PUT /",
        "DELETE /",
        "PATCH /",
        "GET /%2f",
        "OPTIONS *",
        "OPTIONS /a",
        "GET /policy/validation",
        "OPTIONS /policy/validation",
        "POST /policy/validation/",
        "POST /policy//validation",
        "POST /policy/%76alidation",
        "POST /Policy/validation",
        "POST /policy/validation;a",
    ] {
        let reply = server
            .connect()
            .ask(&format!("{line} HTTP/1.1\r\nHost: a\r\n\r\n"));
        assert_eq!(
            (reply.status, reply.body.as_str()),
            (404, "<UnknownOperationException/>\n"),
            "{line}"
        );
    }
    assert_eq!(server.calls(), 0);
    // One operation has a path of its own, which has one spelling.
    let found = server
        .connect()
        .ask("POST /policy/validation?maxResults=1 HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!((found.status, server.calls()), (200, 1));
}

/// Facts: sts §1.1, recorded.
#[test]
fn preflight_is_answered_as_aws_does() {
    let server = Fixture::start(|_| {});
    let reply = server
        .connect()
        .ask("OPTIONS / HTTP/1.1\r\nHost: a\r\nOrigin: https://b\r\n\r\n");
    assert_eq!((reply.status, reply.body.as_str()), (200, ""));
    for header in [
        "access-control-allow-origin: *\r\n",
        "access-control-allow-methods: POST\r\n",
        "access-control-expose-headers: x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date,smithy-protocol\r\n",
        "access-control-max-age: 172800\r\n",
    ] {
        assert!(reply.head.contains(header), "{}", reply.head);
    }
}

#[test]
fn a_panic_costs_one_request_only() {
    let server = Fixture::start(|config| config.workers = Some(1));
    let mut client = server.connect();
    let reply = client.ask("GET /?panic HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!((reply.status, reply.body.as_str()), (500, "failed panic"));
    assert_eq!(client.ask(&post("still here")).body, "still here");
    server.expect_metric("locum_panics_total 1");
}

#[test]
fn an_answer_waits_until_its_write_is_durable() {
    let server = Fixture::start(|config| config.workers = Some(1));
    let mut slow = server.connect();
    slow.send(b"GET /?slow HTTP/1.1\r\nHost: a\r\n\r\n");
    server.expect_metric("locum_requests_in_flight 1");
    // The thread serves others meanwhile.
    assert_eq!(server.connect().ask(&post("other")).body, "other");
    assert_eq!(slow.read().status, 200);
}

#[test]
fn a_write_that_fails_is_never_acknowledged() {
    let server =
        Fixture::start(|config| config.limits.durable_timeout = std::time::Duration::from_millis(100));
    for (query, status) in [("failed", 503), ("lost", 500), ("never", 500)] {
        let reply = server
            .connect()
            .ask(&format!("GET /?{query} HTTP/1.1\r\nHost: a\r\n\r\n"));
        assert_eq!(reply.status, status, "{query}");
    }
}

#[test]
fn a_header_value_cannot_become_two() {
    let server = Fixture::start(|_| {});
    let reply = server.connect().ask("GET /?split HTTP/1.1\r\nHost: a\r\n\r\n");
    assert!(!reply.head.contains("x-other"), "{}", reply.head);
}

#[test]
fn a_busy_port_is_an_error_even_if_another_locum_has_it() {
    let bound = bind(|_| {});
    let foreign = TcpListener::bind("127.0.0.1:0").unwrap();
    for address in [bound.local_addr(), foreign.local_addr().unwrap()] {
        let error = Server::bind(Config::new(address)).err().unwrap();
        assert_eq!(
            error.to_string(),
            format!("cannot listen on {address}: the port is in use by another process")
        );
    }
}

#[test]
fn an_admin_address_that_others_can_reach_is_refused() {
    let mut config = Config::new(SocketAddr::from(([127, 0, 0, 1], 0)));
    config.admin_listen = Some(SocketAddr::from(([0, 0, 0, 0], 0)));
    let error = Server::bind(config).err().unwrap();
    assert!(error.to_string().contains("not a loopback address"), "{error}");
}

/// Each worker has a listener; were one of them not served, some of many connections would hang.
#[test]
fn every_listener_is_served() {
    let server = Fixture::start(|config| config.workers = Some(4));
    for _ in 0..32 {
        assert_eq!(server.connect().ask(&post("a")).body, "a");
    }
}
