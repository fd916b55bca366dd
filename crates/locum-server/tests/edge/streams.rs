//! Streams of requests, right ones and nearly right ones, against a second reading that is as simple as can be: where two
//! parts of a server disagree about where a request ends, one of them serves what the other took for a body.

use crate::fixture::{Client, Fixture, Reply};

/// What ends a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// 400, and nothing behind it.
    Refused,
    /// Perhaps the rest was to come.
    CutOff,
    /// The client asked for it.
    Closed,
    /// There is no more.
    Open,
}

/// The bodies of the requests that are served, and what comes then.
fn expected(mut stream: &[u8]) -> (Vec<Vec<u8>>, End) {
    let mut served = Vec::new();
    while !stream.is_empty() {
        match request(stream) {
            Ok((body, closes, rest)) => {
                served.push(body);
                if closes {
                    return (served, End::Closed);
                }
                stream = rest;
            }
            Err(end) => return (served, end),
        }
    }
    (served, End::Open)
}

/// The body of the first request, whether it is the last, and what is behind it.
fn request(stream: &[u8]) -> Result<(Vec<u8>, bool, &[u8]), End> {
    let (head, rest) = cut(stream, "\r\n\r\n").ok_or(End::CutOff)?;
    let (length, closes) = read(head).ok_or(End::Refused)?;
    match length {
        Some(length) => {
            let (body, rest) = rest.split_at_checked(length).ok_or(End::CutOff)?;
            Ok((body.to_vec(), closes, rest))
        }
        None => chunked(rest).map(|(body, rest)| (body, closes, rest)),
    }
}

/// The length of the body, unless it is chunked, and whether the request is the last; `None` if the head has no one meaning.
fn read(head: &[u8]) -> Option<(Option<usize>, bool)> {
    let head = std::str::from_utf8(head).ok()?;
    let mut lines = head.split("\r\n");
    let line = lines.next()?;
    let fields: Vec<_> = lines
        .map(|line| line.split_once(':'))
        .collect::<Option<Vec<_>>>()?;
    let printable = |text: &str| text.chars().all(|c| c == '\t' || (' '..='~').contains(&c));
    let token = |text: &str| {
        !text.is_empty()
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c))
    };
    if !fields.iter().all(|(name, value)| token(name) && printable(value)) {
        return None;
    }
    let values = |wanted: &str| -> Vec<&str> {
        let named = fields
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case(wanted));
        named.map(|(_, value)| value.trim_matches([' ', '\t'])).collect()
    };
    let [method, target, version] = line.split(' ').collect::<Vec<_>>()[..] else {
        return None;
    };
    if !matches!(method, "GET" | "POST") || !matches!(version, "HTTP/1.0" | "HTTP/1.1") {
        return None;
    }
    let is_old = version == "HTTP/1.0";
    match (target, values("host").as_slice()) {
        ("/" | "http://a/", ["a" | "A"]) | ("/" | "http://b/", ["b"]) => {}
        ("/", []) if is_old => {}
        _ => return None,
    }
    let closes = is_old || values("connection").contains(&"close");
    match (
        values("content-length").as_slice(),
        values("transfer-encoding").as_slice(),
    ) {
        ([], []) => Some((Some(0), closes)),
        ([length], []) if !length.is_empty() && length.chars().all(|c| c.is_ascii_digit()) => {
            Some((Some(length.parse().ok()?), closes))
        }
        ([], [coding]) if coding.eq_ignore_ascii_case("chunked") && !is_old => Some((None, closes)),
        _ => None,
    }
}

fn chunked(mut rest: &[u8]) -> Result<(Vec<u8>, &[u8]), End> {
    let mut body = Vec::new();
    loop {
        let (size, after) = cut(rest, "\r\n").ok_or(End::CutOff)?;
        let size = std::str::from_utf8(size).map_err(|_| End::Refused)?;
        if size.is_empty() || size.len() > 8 || !size.chars().all(|c| c.is_ascii_hexdigit()) {
            return Err(End::Refused);
        }
        let size = usize::from_str_radix(size, 16).unwrap();
        let (data, after) = after.split_at_checked(size).ok_or(End::CutOff)?;
        rest = match after {
            [b'\r', b'\n', rest @ ..] => rest,
            [] | [b'\r'] => return Err(End::CutOff),
            _ => return Err(End::Refused),
        };
        if data.is_empty() {
            return Ok((body, rest));
        }
        body.extend_from_slice(data);
    }
}

fn cut<'a>(bytes: &'a [u8], at: &str) -> Option<(&'a [u8], &'a [u8])> {
    let found = bytes
        .windows(at.len())
        .position(|window| window == at.as_bytes())?;
    Some((&bytes[..found], &bytes[found + at.len()..]))
}

/// Chance with a seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most
    }

    /// The first, as a rule.
    fn mostly<T: Copy>(&mut self, from: &[T]) -> T {
        let others = self.below(12) == 0;
        from[if others { self.below(from.len()) } else { 0 }]
    }
}

const BODIES: [&str; 4] = [
    "",
    "hello",
    "GET /?smuggled HTTP/1.1\r\nHost: a\r\n\r\n",
    "0\r\n\r\nPOST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n",
];

/// A request that is right, or nearly.
fn draw(dice: &mut Dice) -> Vec<u8> {
    let body = BODIES[dice.below(BODIES.len())];
    let end = dice.mostly(&["\r\n", "\n", "\r", "\r\r\n", "\r\n "]);
    let mut lines = vec![
        format!(
            "{}{}{}{}{}",
            dice.mostly(&["POST", "GET", "GET,", " GET", "\r\nGET", "P\u{f6}ST"]),
            dice.mostly(&[" ", "  ", "\t"]),
            dice.mostly(&[
                "/",
                "http://a/",
                "/ /",
                "http://b/",
                "/#a",
                "http://a@b/",
                "a",
                "\\"
            ]),
            dice.mostly(&[" ", "  ", "\u{b}"]),
            dice.mostly(&[
                "HTTP/1.1",
                "HTTP/1.0",
                "HTTP/1.2",
                "HTTP/0.9",
                "HTTP/1.1 ",
                "http/1.1"
            ]),
        ),
        dice.mostly(&[
            "Host: a",
            "host:\tA ",
            "Host: b",
            "Host : a",
            "Host: a, b",
            "X: y",
            "Host: a\u{e9}",
        ])
        .to_owned(),
    ];
    let length = body.len();
    let chunks = match (dice.below(2), length) {
        (0, _) => None,
        (_, 0) => Some(
            dice.mostly(&["0\r\n\r\n", "0\r\n", "0\n\n", "0;a\r\n\r\n", "0\r\nX: y\r\n\r\n"])
                .to_owned(),
        ),
        _ => Some(format!(
            "{}{length:x}{}\r\n{body}{}{}",
            dice.mostly(&["", "0", "+", "0x", " ", "00000000"]),
            dice.mostly(&["", ";a=b", " ", "\t", "\n", ";a\n"]),
            dice.mostly(&["\r\n", "\n", "", "!\r\n"]),
            dice.mostly(&["0\r\n\r\n", "00\r\n\r\n", "0\r\nHost: b\r\n\r\n", "0 \r\n\r\n"]),
        )),
    };
    let coding = match chunks {
        Some(_) => dice
            .mostly(&[
                "Transfer-Encoding: chunked",
                "transfer-encoding:Chunked\t",
                "Transfer-Encoding: chunked, chunked",
                "Transfer-Encoding: identity",
                "Transfer-Encoding: chunked;q=1",
                "Transfer-Encoding:",
                "Transfer-Encoding: \u{b}chunked",
                "Transfer-Encoding : chunked",
                "Transfer_Encoding: chunked",
                "X-A: b\r\n Transfer-Encoding: chunked",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked\r\nContent-Length: 5",
                "Content-Length: 0\r\nTransfer-Encoding: chunked",
            ])
            .to_owned(),
        None => dice
            .mostly(&[
                "Content-Length: N",
                "content-length:\tN ",
                "Content-Length: 0N",
                "Content-Length: +N",
                "Content-Length: N, N",
                "Content-Length: N\r\nContent-Length: N",
                "Content-Length: N\r\ncontent-length: 0",
                "Content-Length: 0xN",
                "Content-Length: N.0",
                "Content-Length:",
                "Content-Length: \u{b}N",
                "Content-Length : N",
                "Content-Length: 1N",
                "Content-Length: 99999999999999999999N",
            ])
            .replace('N', &length.to_string()),
    };
    lines.push(coding);
    if dice.below(3) == 0 {
        let more = dice.mostly(&[
            "X-A: b",
            "X-A:",
            "Expect: nothing",
            "Upgrade: h2c\r\nConnection: Upgrade",
            "Connection: close",
            "Connection: Content-Length",
            "X-A: b\0",
            ": b",
            "X-A",
            "(x): y",
        ]);
        lines.push(more.to_owned());
    }
    let head = lines.join(end);
    let last = dice.mostly(&["\r\n\r\n", "\n\n", "\r\n\n", "\r\n\r"]);
    let body = chunks.as_deref().unwrap_or(body);
    format!("{head}{last}{body}").into_bytes()
}

#[test]
fn nothing_is_served_that_was_part_of_something_else() {
    let server = Fixture::start(|_| {});
    let mut dice = Dice(11);
    let (mut whole, mut refused, mut calls) = (0, 0, 0);
    for number in 0..800 {
        let requests = 1 + dice.below(4);
        let stream = (0..requests).flat_map(|_| draw(&mut dice)).collect::<Vec<_>>();
        let (served, end) = expected(&stream);
        let shown = || format!("{number}: {:?}", String::from_utf8_lossy(&stream));
        calls += served.len();

        let mut client: Client = server.connect();
        let pieces = [stream.len(), 1 + dice.below(stream.len()), 7][dice.below(3)];
        for piece in stream.chunks(pieces) {
            client.send(piece);
        }
        for body in &served {
            let reply: Reply = client
                .try_read()
                .unwrap_or_else(|| panic!("no answer: {}", shown()));
            assert_eq!(reply.status, 200, "{}", shown());
            assert_eq!(reply.body.as_bytes(), body, "{}", shown());
        }
        match end {
            End::Open => whole += 1,
            End::CutOff => {}
            End::Closed => assert!(client.try_read().is_none(), "{}", shown()),
            End::Refused => {
                refused += 1;
                let reply = client.try_read();
                let status = reply.map(|reply| reply.status);
                assert!(matches!(status, Some(400)), "{status:?}: {}", shown());
                assert!(client.try_read().is_none(), "{}", shown());
            }
        }
    }
    server.expect_metric("locum_connections 0");
    assert_eq!(server.calls(), calls);
    assert!(whole > 100 && refused > 250, "{whole} {refused}");
}
