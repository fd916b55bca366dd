//! Health, readiness and metrics.

use std::sync::atomic::Ordering;

use crate::fixture::{Client, Fixture, post};

#[test]
fn health_and_readiness_are_told_apart() {
    let server = Fixture::start(|_| {});
    let get = |path: &str| {
        let reply = Client::connect(server.admin).ask(&format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n"));
        (reply.status, reply.body)
    };
    assert_eq!(get("/healthz"), (200, "ok\n".to_owned()));
    assert_eq!(get("/readyz"), (200, "ready\n".to_owned()));
    server.echo.not_ready.store(true, Ordering::SeqCst);
    assert_eq!(get("/healthz").0, 200);
    assert_eq!(get("/readyz"), (503, "not ready\n".to_owned()));
    assert_eq!(get("/other").0, 404);
    let mut client = Client::connect(server.admin);
    assert_eq!(
        client.ask("GET / HTTP/1.1\nHost: a\n\n").status,
        400,
        "as strict as the front door"
    );
}

#[test]
fn metrics_tell_what_happened() {
    let server = Fixture::start(|_| {});
    let mut client = server.connect();
    for _ in 0..3 {
        assert_eq!(client.ask(&post("a")).status, 200);
    }
    assert_eq!(client.ask("GET /a HTTP/1.1\r\nHost: a\r\n\r\n").status, 404);
    drop(client);
    server.expect_metric("locum_connections 0");

    let text = server.metrics();
    for line in [
        "locum_requests_total{operation=\"Echo\",outcome=\"ok\"} 3",
        "locum_requests_total{operation=\"none\",outcome=\"UnknownOperationException\"} 1",
        "locum_request_duration_seconds_count{operation=\"Echo\"} 3",
        "locum_request_duration_seconds_bucket{operation=\"Echo\",le=\"+Inf\"} 3",
        "# TYPE locum_request_duration_seconds histogram",
        "locum_connections_total 1",
        "locum_requests_in_flight 0",
        "locum_panics_total 0",
        "locum_tls_handshake_failures_total 0",
        concat!("locum_build_info{version=\"", env!("CARGO_PKG_VERSION"), "\"} 1"),
        "echo_metric 7",
    ] {
        assert!(text.lines().any(|shown| shown == line), "{line}\n{text}");
    }
    // Every sample has its type, and every line is one or the other.
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (_, value) = line.rsplit_once(' ').unwrap();
        value.parse::<f64>().unwrap();
    }
}
