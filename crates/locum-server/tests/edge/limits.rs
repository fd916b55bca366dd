//! What a peer may take: bytes, time, connections.

use std::time::{Duration, Instant};

use crate::fixture::{Client, Fixture, post};

const SHORT: Duration = Duration::from_millis(150);

#[test]
fn a_body_over_the_limit_is_413_whatever_its_framing() {
    let server = Fixture::start(|config| config.limits.max_body = 1_000);
    let mut client = server.connect();
    assert_eq!(client.ask(&post(&"x".repeat(1_000))).body.len(), 1_000);

    let large = "x".repeat(3_000_000);
    for request in [
        post(&large),
        format!(
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n{}\r\n0\r\n\r\n",
            &large[..1001]
        ),
    ] {
        let mut client = server.connect();
        let reply = client.ask(&request);
        assert_eq!((reply.status, reply.body.as_str()), (413, ""));
        assert!(client.is_closed());
    }
    assert_eq!(server.calls(), 1);
    server.expect_metric("locum_requests_refused_total{reason=\"body_too_large\"} 2");
}

#[test]
fn a_client_that_asks_first_is_told_before_it_sends() {
    let server = Fixture::start(|config| config.limits.max_body = 10);
    let head = |length: usize| {
        format!("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: {length}\r\n\r\n")
    };
    assert_eq!(server.connect().ask(&head(11)).status, 413);
    let mut client = server.connect();
    assert_eq!(client.ask(&head(2)).status, 100);
    assert_eq!(client.ask("hi").body, "hi");
}

/// Facts: sts §1.1: a 15,870-byte query works with the usual headers, a longer head is 400 with an empty body.
#[test]
fn a_head_over_16_kib_is_400() {
    let server = Fixture::start(|_| {});
    let mut client = server.connect();
    let query = "q".repeat(15_870);
    assert_eq!(
        client
            .ask(&format!("GET /?{query} HTTP/1.1\r\nHost: a\r\n\r\n"))
            .status,
        200
    );
    let query = "q".repeat(16 * 1024);
    let reply = client.ask(&format!("GET /?{query} HTTP/1.1\r\nHost: a\r\n\r\n"));
    assert_eq!((reply.status, reply.body.as_str()), (400, ""));
    assert!(client.is_closed());
    server.expect_metric("locum_requests_refused_total{reason=\"head_too_large\"} 1");
}

#[test]
fn a_head_that_drips_is_cut_off() {
    let server = Fixture::start(|config| config.limits.header_timeout = SHORT);
    let mut client = server.connect();
    let began = Instant::now();
    client.send(b"GET / HTTP/1.1\r\n");
    let mut drip = client.stream.try_clone().unwrap();
    let dripping = std::thread::spawn(move || {
        use std::io::Write;
        while began.elapsed() < Duration::from_secs(5) && drip.write_all(b"x: y\r\n").is_ok() {
            std::thread::sleep(Duration::from_millis(20));
        }
    });
    assert_eq!(client.read().status, 408);
    assert!(
        began.elapsed() < Duration::from_secs(4),
        "the drip does not move the deadline"
    );
    drop(client);
    dripping.join().unwrap();
}

#[test]
fn a_body_that_stalls_is_cut_off() {
    let server = Fixture::start(|config| config.limits.body_timeout = SHORT);
    let mut client = server.connect();
    let reply = client.ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel");
    assert_eq!(reply.status, 408);
    assert!(client.is_closed());
    assert_eq!(server.calls(), 0);
}

#[test]
fn silent_connections_are_closed() {
    let server = Fixture::start(|config| {
        config.limits.header_timeout = SHORT;
        config.limits.idle_timeout = SHORT;
    });
    assert!(server.connect().is_closed(), "before the first request");
    let mut client = server.connect();
    assert_eq!(client.ask(&post("a")).body, "a");
    assert!(client.is_closed(), "after a request");
    server.expect_metric("locum_connections 0");
}

#[test]
fn a_connection_is_not_idle_while_it_is_being_answered() {
    let server = Fixture::start(|config| {
        config.limits.header_timeout = Duration::from_millis(50);
        config.limits.idle_timeout = Duration::from_millis(50);
    });
    let reply = server.connect().ask("GET /?slow HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(reply.status, 200, "an answer that takes 300 ms");
}

#[test]
fn a_client_that_does_not_read_is_cut_off() {
    let server = Fixture::start(|config| config.limits.write_timeout = SHORT);
    let mut client = server.connect();
    client.send(b"GET /?large HTTP/1.1\r\nHost: a\r\n\r\n");
    server.expect_metric("locum_connections 1");
    server.expect_metric("locum_connections 0");
}

#[test]
fn connections_over_a_limit_are_closed_at_once() {
    for (in_all, per_peer, metric) in [(2, 100, "server"), (100, 2, "peer")] {
        let server = Fixture::start(|config| {
            config.limits.max_connections = in_all;
            config.limits.max_connections_per_peer = per_peer;
        });
        let mut kept = [server.connect(), server.connect()];
        for client in &mut kept {
            assert_eq!(client.ask(&post("a")).body, "a");
        }
        assert!(server.connect().is_closed());
        server.expect_metric(&format!(
            "locum_connections_turned_away_total{{limit=\"{metric}\"}} 1"
        ));

        drop(kept);
        server.expect_metric("locum_connections 0");
        assert_eq!(
            server.connect().ask(&post("b")).body,
            "b",
            "a place is free again"
        );
    }
}

#[test]
fn requests_over_the_limit_are_503() {
    let server = Fixture::start(|config| config.limits.max_requests_in_flight = 1);
    let mut slow = server.connect();
    slow.send(b"GET /?slow HTTP/1.1\r\nHost: a\r\n\r\n");
    server.expect_metric("locum_requests_in_flight 1");
    let reply = server.connect().ask(&post("a"));
    assert_eq!(reply.status, 503);
    assert_eq!(slow.read().status, 200);
    assert_eq!(server.connect().ask(&post("a")).status, 200);
}

/// Whoever sends heads and no bodies must not take all the places there are.
#[cfg(target_os = "linux")]
#[test]
fn one_peer_does_not_take_all_places_by_bodies_that_do_not_come() {
    let server = Fixture::start(|config| config.limits.max_requests_in_flight = 8);
    let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel";
    let mut stalled: Vec<_> = (0..8)
        .map(|_| {
            let mut client = server.connect();
            client.send(head.as_bytes());
            client
        })
        .collect();
    server.expect_metric("locum_requests_refused_total{reason=\"busy\"} 6");
    server.expect_metric("locum_requests_in_flight 2");
    let other = || Client::connect_from([127, 0, 0, 2], server.address);
    assert_eq!(other().ask(&post("on")).body, "on");
    assert_eq!(server.connect().ask(&post("on")).body, "on", "what comes at once");
    let mut slow = other();
    slow.send(head.as_bytes());
    slow.send(b"lo");
    assert_eq!(slow.read().body, "hello");

    let mut answers: Vec<_> = stalled
        .iter_mut()
        .map(|client| {
            client.send(b"lo");
            client.read().status
        })
        .collect();
    answers.sort_unstable();
    assert_eq!(answers, [200, 200, 503, 503, 503, 503, 503, 503]);
}

#[test]
fn answers_that_wait_for_their_turn_to_be_sent_are_not_under_way() {
    let server = Fixture::start(|config| {
        config.limits.max_requests_in_flight = 1;
        config.workers = Some(1);
    });
    let mut clients: Vec<_> = (0..16).map(|_| server.connect()).collect();
    for _ in 0..20 {
        for client in &mut clients {
            client.send(post("a").as_bytes());
        }
        for client in &mut clients {
            assert_eq!(client.read().status, 200);
        }
    }
}

#[test]
fn answers_wait_for_a_few_others_only() {
    let server = Fixture::start(|config| config.workers = Some(1));
    let sleep = "GET /?sleep HTTP/1.1\r\nHost: a\r\n\r\n";
    let mut clients: Vec<_> = (0..7).map(|_| server.connect()).collect();
    for client in &mut clients {
        assert_eq!(client.ask(&post("a")).status, 200);
    }
    let (first, others) = clients.split_first_mut().unwrap();
    let (quick, slow) = others.split_at_mut(4);
    first.send(sleep.as_bytes());
    while server.calls() == 7 {
        std::thread::yield_now();
    }
    // These come while the worker is busy, so that it finds all of them at once.
    quick
        .iter_mut()
        .for_each(|client| client.send(post("a").as_bytes()));
    slow.iter_mut().for_each(|client| client.send(sleep.as_bytes()));
    for client in quick {
        assert_eq!(client.read().status, 200);
    }
    assert!(
        server.calls() < 14,
        "the quick ones waited for all of the slow ones"
    );
}

/// Who asks without end, whether he reads the answers or not, holds up nobody.
#[test]
fn a_flood_of_requests_on_one_connection_holds_up_nobody() {
    use std::{io::Read, io::Write, net::Shutdown};

    for reads in [true, false] {
        let server = Fixture::start(|config| config.workers = Some(1));
        let flooder = server.connect();
        let (mut asking, mut reading) = (
            flooder.stream.try_clone().unwrap(),
            flooder.stream.try_clone().unwrap(),
        );
        let flood = std::thread::spawn(move || {
            let many = post("a").repeat(1_000);
            while asking.write_all(many.as_bytes()).is_ok() {}
        });
        let reader = std::thread::spawn(move || {
            let mut some = vec![0; 64 * 1024];
            while reads && matches!(reading.read(&mut some), Ok(1..)) {}
        });
        while server.calls() < 500 {
            std::thread::yield_now();
        }
        let mut client = server.connect();
        for _ in 0..100 {
            let began = Instant::now();
            assert_eq!(client.ask(&post("b")).body, "b");
            assert!(began.elapsed() < Duration::from_secs(3), "reads: {reads}");
        }
        let _ = flooder.stream.shutdown(Shutdown::Both);
        flood.join().unwrap();
        reader.join().unwrap();
    }
}
