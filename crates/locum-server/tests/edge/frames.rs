//! HTTP/2 frame by frame: what no library would send.

use std::{
    io::Write,
    net::Shutdown,
    time::{Duration, Instant},
};

use crate::{
    fixture::{Fixture, post},
    peer::{
        CONTINUATION, DATA, END_HEADERS, END_STREAM, GOAWAY, HEADER_TABLE, HEADERS, INITIAL_WINDOW, PING,
        PLAIN, Peer, RST_STREAM, SETTINGS, WINDOW_UPDATE, block, frame,
    },
};

const SHORT: Duration = Duration::from_millis(200);

fn with(more: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    [&PLAIN[..], more].concat()
}

/// The usual four, one of them said otherwise.
fn but(name: &'static str, value: &'static str) -> Vec<(&'static str, &'static str)> {
    PLAIN
        .into_iter()
        .map(|field| if field.0 == name { (name, value) } else { field })
        .collect()
}

fn without(name: &str) -> Vec<(&'static str, &'static str)> {
    PLAIN.into_iter().filter(|field| field.0 != name).collect()
}

#[test]
fn heads_with_two_meanings_are_served_to_nobody() {
    let server = Fixture::start(|_| {});
    let reordered = [&[("x-a", "b")], &PLAIN[..]].concat();
    let refused = [
        ("two paths", with(&[(":path", "/?b")])),
        ("two authorities", with(&[(":authority", "a")])),
        ("two methods", with(&[(":method", "GET")])),
        ("two schemes", with(&[(":scheme", "http")])),
        ("pseudo-header behind a header", reordered),
        ("no path", without(":path")),
        ("no method", without(":method")),
        ("no scheme", without(":scheme")),
        ("no host at all", without(":authority")),
        ("empty path", but(":path", "")),
        ("path that is none", but(":path", "a")),
        ("asterisk of a POST", but(":path", "*")),
        ("path with a host", but(":path", "http://b/")),
        ("path with a blank", but(":path", "/ /")),
        ("path with a line break", but(":path", "/\r\nhost: b")),
        ("path beyond ASCII", but(":path", "/?\u{e9}")),
        ("user in the authority", but(":authority", "u@a")),
        ("two hosts in the authority", but(":authority", "a,b")),
        ("empty authority", but(":authority", "")),
        ("authority with a path", but(":authority", "a/b")),
        ("unknown pseudo-header", with(&[(":host", "a")])),
        ("pseudo-header of an answer", with(&[(":status", "200")])),
        ("protocol", with(&[(":protocol", "websocket")])),
        ("tunnel", but(":method", "CONNECT")),
        ("method that is none", but(":method", "PO ST")),
        ("name in upper case", with(&[("X-A", "b")])),
        ("empty name", with(&[("", "b")])),
        ("name with a colon", with(&[("x:a", "b")])),
        ("name with a blank", with(&[("x a", "b")])),
        ("value with a line break", with(&[("x-a", "b\r\nx-c: d")])),
        ("value with NUL", with(&[("x-a", "b\0")])),
        ("value beyond ASCII", with(&[("x-a", "\u{e9}")])),
        ("connection", with(&[("connection", "close")])),
        ("keep-alive", with(&[("keep-alive", "5")])),
        ("proxy-connection", with(&[("proxy-connection", "close")])),
        ("upgrade", with(&[("upgrade", "h2c")])),
        ("transfer-encoding", with(&[("transfer-encoding", "chunked")])),
        ("te", with(&[("te", "gzip")])),
        ("another host", with(&[("host", "b")])),
        ("two hosts", with(&[("host", "a"), ("host", "a")])),
        ("length of no body", with(&[("content-length", "5")])),
        ("length that is none", with(&[("content-length", "+0")])),
        (
            "two lengths",
            with(&[("content-length", "0"), ("content-length", "5")]),
        ),
    ];
    for (what, fields) in refused {
        let mut peer = Peer::connect(&server, &[]);
        peer.send(&frame(HEADERS, END_STREAM | END_HEADERS, 1, &block(&fields)));
        let answer = loop {
            match peer.read() {
                Some(frame) if matches!(frame.kind, HEADERS | RST_STREAM | GOAWAY) => break frame,
                Some(_) => {}
                None => panic!("{what}: closed without a word"),
            }
        };
        // `:status: 400` is in the static table; so is 404.
        let told = answer.kind == HEADERS;
        assert!(
            !told || matches!(answer.payload[0], 0x8c | 0x8d),
            "{what}: {answer:?}"
        );
        assert_eq!(server.calls(), 0, "{what}");
    }

    for fields in [
        PLAIN.to_vec(),
        with(&[("host", "A")]),
        with(&[("te", "trailers"), ("content-length", "0")]),
        [without(":authority"), vec![("host", "a")]].concat(),
    ] {
        let before = server.calls();
        let mut peer = Peer::connect(&server, &[]);
        peer.send(&frame(HEADERS, END_STREAM | END_HEADERS, 1, &block(&fields)));
        assert_eq!(peer.expect(HEADERS, 1).payload[0], 0x88, "{fields:?}");
        assert_eq!(server.calls(), before + 1);
    }
}

#[test]
fn a_body_is_as_long_as_it_says() {
    let server = Fixture::start(|_| {});
    for (said, body) in [("3", "four"), ("5", "four"), ("0", "four")] {
        let mut peer = Peer::connect(&server, &[]);
        let fields = with(&[("content-length", said)]);
        peer.send(&frame(HEADERS, END_HEADERS, 1, &block(&fields)));
        peer.send(&frame(DATA, END_STREAM, 1, body.as_bytes()));
        loop {
            let frame = peer.read().unwrap();
            assert!(
                frame.kind != HEADERS || frame.payload[0] == 0x8c,
                "{said}: {frame:?}"
            );
            if matches!(frame.kind, RST_STREAM | GOAWAY | HEADERS) {
                break;
            }
        }
    }
    assert_eq!(server.calls(), 0);
}

#[test]
fn trailers_are_no_headers() {
    let server = Fixture::start(|_| {});
    let mut peer = Peer::connect(&server, &[]);
    peer.send(&frame(HEADERS, END_HEADERS, 1, &block(&but(":path", "/?facts"))));
    peer.send(&frame(DATA, 0, 1, b"body"));
    let trailers = block(&[("host", "b"), ("x-amz-date", "x")]);
    peer.send(&frame(HEADERS, END_STREAM | END_HEADERS, 1, &trailers));
    let body = peer.expect(DATA, 1).payload;
    assert!(
        body.starts_with(b"Http2 a "),
        "{:?}",
        String::from_utf8_lossy(&body)
    );
}

/// Sends until the server has enough, and returns how often that was.
fn flood(peer: &mut Peer, most: usize, mut next: impl FnMut(usize) -> Vec<u8>) -> usize {
    (0..most)
        .find(|number| {
            let bytes = next(*number);
            !peer.send(&bytes)
        })
        .unwrap_or(most)
}

fn stream(number: usize) -> u32 {
    u32::try_from(2 * number + 1).unwrap()
}

#[test]
fn floods_end_the_connection() {
    const MANY: usize = 200_000;
    let server = Fixture::start(|_| {});
    let head = || block(&PLAIN);
    let open = move |number| frame(HEADERS, END_HEADERS, stream(number), &head());
    type Next = Box<dyn Fn(usize) -> Vec<u8>>;
    let floods: [(&str, Next); 6] = [
        // Some that cross the announcement are refused, one by one.
        ("streams beyond the limit", Box::new(open)),
        (
            "rapid reset",
            Box::new(move |number| {
                [open(number), frame(RST_STREAM, 0, stream(number), &[0, 0, 0, 8])].concat()
            }),
        ),
        (
            "resets that are made by errors",
            Box::new(move |number| [open(number), frame(WINDOW_UPDATE, 0, stream(number), &[0; 4])].concat()),
        ),
        (
            "continuations",
            Box::new(move |number| match number {
                0 => frame(HEADERS, 0, 1, &head()),
                _ => frame(CONTINUATION, 0, 1, &block(&[("x-a", "b")])),
            }),
        ),
        (
            "empty continuations",
            Box::new(move |number| match number {
                0 => frame(HEADERS, 0, 1, &head()),
                _ => frame(CONTINUATION, 0, 1, &[]),
            }),
        ),
        (
            "windows that are too wide",
            Box::new(|_| frame(WINDOW_UPDATE, 0, 0, &i32::MAX.to_be_bytes())),
        ),
    ];
    for (what, next) in floods {
        let mut peer = Peer::connect(&server, &[]);
        let sent = flood(&mut peer, MANY, next);
        assert!(sent < MANY, "{what}: all was taken");
        assert!(server.calls() < 2_000, "{what}: {} calls", server.calls());
        server.expect_metric("locum_connections 0");
    }
    assert_eq!(server.connect().ask(&post("on")).body, "on");
}

/// Whoever asks and does not read is not read from: what waits to be answered is bounded.
#[test]
fn floods_of_what_must_be_answered_are_not_gathered() {
    const MEGABYTES: usize = 64;
    let server = Fixture::start(|_| {});
    for (what, one) in [
        ("pings", frame(PING, 0, 0, &[7; 8])),
        ("settings", frame(SETTINGS, 0, 0, &[0, 4, 0, 0, 255, 255])),
    ] {
        let mut peer = Peer::connect(&server, &[]);
        peer.stream
            .set_write_timeout(Some(Duration::from_secs(2)))
            .unwrap();
        let many = one.repeat(1024 * 1024 / one.len());
        let taken = flood(&mut peer, MEGABYTES, |_| many.clone());
        assert!(taken < MEGABYTES, "{what}: all was taken");
    }
}

/// The table of headers is the client's to size, and the server's memory.
#[test]
fn a_huge_table_of_headers_is_not_used() {
    let server = Fixture::start(|_| {});
    let mut peer = Peer::connect(&server, &[(HEADER_TABLE, u32::MAX)]);
    peer.ask(1, "/");
    let head = peer.expect(HEADERS, 1).payload;
    let larger = head[0] & 0xe0 == 0x20 && head[..3] != [0x3f, 0xe1, 0x1f];
    assert!(!larger, "{head:?}");
}

#[test]
fn so_many_streams_at_a_time_and_no_more() {
    let server = Fixture::start(|config| {
        config.limits.max_streams = 8;
        config.limits.body_timeout = SHORT;
    });
    let mut peer = Peer::connect(&server, &[]);
    // Bodies that never end.
    let heads = (0..20).flat_map(|number| frame(HEADERS, END_HEADERS, stream(number), &block(&PLAIN)));
    peer.send(&heads.collect::<Vec<_>>());
    let (mut answered, mut refused) = (0, 0);
    while answered + refused < 20 {
        let frame = peer.read().unwrap();
        match frame.kind {
            HEADERS => answered += 1,
            // Beyond what was announced: REFUSED_STREAM.
            RST_STREAM if frame.payload == [0, 0, 0, 7] => refused += 1,
            _ => {}
        }
    }
    assert_eq!((answered, refused), (8, 12));
    assert_eq!(server.calls(), 0);
    server.expect_metric("locum_requests_refused_total{reason=\"body_timeout\"} 8");
}

#[test]
fn a_peer_without_a_request_is_closed_whatever_else_it_says() {
    let server = Fixture::start(|config| {
        config.limits.idle_timeout = SHORT;
        config.limits.header_timeout = SHORT;
    });
    let mut peer = Peer::connect(&server, &[]);
    let mut chatter = peer.stream.try_clone().unwrap();
    let began = Instant::now();
    let chatting = std::thread::spawn(move || {
        let ping = frame(PING, 0, 0, &[7; 8]);
        let most = Duration::from_secs(15);
        while began.elapsed() < most && chatter.write_all(&ping).is_ok() {
            std::thread::sleep(Duration::from_millis(10));
        }
    });
    let frames = peer.rest();
    assert!(frames.iter().any(|frame| frame.kind == GOAWAY));
    assert!(began.elapsed() < Duration::from_secs(10));
    let _ = peer.stream.shutdown(Shutdown::Both);
    chatting.join().unwrap();
}

/// Who opens no window, or takes a byte now and then, holds an answer for ever; and further requests keep the connection from being
/// idle.
#[test]
fn a_peer_that_takes_no_answer_is_cut_off() {
    for window in [0, 1] {
        let server = Fixture::start(|config| config.limits.write_timeout = SHORT);
        let mut peer = Peer::connect(&server, &[(INITIAL_WINDOW, window)]);
        peer.ask(1, "/?facts");
        let began = Instant::now();
        let mut asker = peer.stream.try_clone().unwrap();
        let asking = std::thread::spawn(move || {
            let fields = with(&[]);
            for number in 1..500 {
                let head = frame(HEADERS, END_STREAM | END_HEADERS, stream(number), &block(&fields));
                if asker.write_all(&head).is_err() {
                    break;
                }
                std::thread::sleep(Duration::from_millis(20));
            }
        });
        peer.rest();
        assert!(began.elapsed() < Duration::from_secs(5), "window {window}");
        let _ = peer.stream.shutdown(Shutdown::Both);
        asking.join().unwrap();
        server.expect_metric("locum_connections 0");
    }
}

#[test]
fn a_peer_that_takes_its_answer_slowly_gets_it() {
    let server = Fixture::start(|config| {
        config.limits.write_timeout = Duration::from_secs(2);
        // Taking an answer is no idleness.
        config.limits.idle_timeout = SHORT;
        config.limits.header_timeout = Duration::from_secs(2);
    });
    let mut peer = Peer::connect(&server, &[(INITIAL_WINDOW, 1)]);
    peer.ask(1, "/?facts");
    let mut body = Vec::new();
    loop {
        let data = peer.expect(DATA, 1);
        body.extend(data.payload);
        if data.flags & END_STREAM != 0 {
            break;
        }
        std::thread::sleep(SHORT);
        peer.send(&frame(WINDOW_UPDATE, 0, 1, &[0, 0, 0, 1]));
    }
    assert_eq!(body, b"Http2 a None");
}

#[test]
fn a_stop_says_goodbye_and_answers_what_is_under_way() {
    let server = Fixture::start(|_| {});
    let mut peer = Peer::connect(&server, &[]);
    peer.ask(1, "/?slow");
    server.expect_metric("locum_requests_in_flight 1");
    server.shutdown.stop();
    peer.expect(GOAWAY, 0);
    let answer = peer.expect(HEADERS, 1);
    assert_eq!(answer.payload[0], 0x88);
    // The second goodbye comes after a ping, so that what crossed the first is answered too.
    let rest = peer.rest();
    assert!(rest.iter().all(|frame| frame.kind != HEADERS), "{rest:?}");
    assert_eq!(server.calls(), 1);
}
