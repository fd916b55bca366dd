//! Stopping without losing a request.

use std::{
    net::TcpStream,
    time::{Duration, Instant},
};

use crate::fixture::{Fixture, post};

#[test]
fn requests_under_way_finish_and_everything_else_closes() {
    let mut server = Fixture::start(|_| {});
    let mut silent = server.connect();
    let mut idle = server.connect();
    assert_eq!(idle.ask(&post("a")).body, "a");
    let mut slow = server.connect();
    slow.send(b"GET /?slow HTTP/1.1\r\nHost: a\r\n\r\n");
    server.expect_metric("locum_requests_in_flight 1");

    let began = Instant::now();
    server.shutdown.stop();
    assert!(silent.is_closed());
    assert!(idle.is_closed());
    assert_eq!(slow.read().status, 200);
    assert!(slow.is_closed());
    server.running.take().unwrap().wait();
    assert!(
        began.elapsed() < Duration::from_secs(4),
        "before the grace of 5 s ends"
    );
    assert!(TcpStream::connect(server.address).is_err(), "nobody listens");
}

#[test]
fn the_grace_ends() {
    let mut server = Fixture::start(|config| config.shutdown_grace = Duration::from_millis(100));
    let mut stuck = server.connect();
    stuck.send(b"GET /?never HTTP/1.1\r\nHost: a\r\n\r\n");
    server.expect_metric("locum_requests_in_flight 1");
    let began = Instant::now();
    server.shutdown.stop();
    server.running.take().unwrap().wait();
    assert!(began.elapsed() < Duration::from_secs(10));
    assert!(stuck.is_closed(), "without an answer");
}
