//! A byte for what it is and one for where it is cut, then a request as it comes to the edge: its head is read as strictly by the
//! quick reading as by the slow one, and no other parser makes something else of it; its chunks end where a plain reading ends
//! them, in however many pieces they come.
#![no_main]
#![allow(dead_code)]

use libfuzzer_sys::fuzz_target;

#[path = "../../crates/locum-server/src/chunks.rs"]
mod chunks;
#[path = "../../crates/locum-server/src/head.rs"]
mod head;
#[path = "../../crates/locum-server/src/plain_head.rs"]
mod plain_head;
#[path = "../../crates/locum-server/src/refusal.rs"]
mod refusal;

use chunks::Chunks;
use head::{Framing, HeadEnd};
use refusal::Refusal;

fn strict(bytes: &[u8]) -> Result<Option<(usize, Framing)>, Refusal> {
    let Some(length) = HeadEnd::default().find(bytes)? else {
        return Ok(None);
    };
    Ok(Some((length, head::check(&bytes[..length])?)))
}

/// What is read in pieces is what is read at once.
fn head_in_two(bytes: &[u8], cut: usize) {
    let mut end = HeadEnd::default();
    let whole = HeadEnd::default().find(bytes);
    match end.find(&bytes[..cut]) {
        Ok(None) => assert_eq!(end.find(bytes), whole),
        early => assert_eq!(early, whole),
    }
}

/// What another parser makes of a head that was let through.
fn as_others_read_it(bytes: &[u8], length: usize, framing: Framing) {
    let mut headers = [httparse::EMPTY_HEADER; head::MAX_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    let end = match request.parse(bytes) {
        Ok(httparse::Status::Complete(end)) => end,
        // What it refuses, hyper refuses: nobody reads on.
        Err(_) => return,
        Ok(httparse::Status::Partial) => panic!("the head is whole"),
    };
    assert_eq!(end, length);
    let of = |name: &str| -> Vec<&[u8]> {
        let named = request
            .headers
            .iter()
            .filter(|header| header.name.eq_ignore_ascii_case(name));
        named.map(|header| header.value).collect()
    };
    assert!(of("host").len() == 1 || request.version == Some(0) && of("host").is_empty());
    match framing {
        Framing::Chunked => {
            assert!(of("transfer-encoding")[0].eq_ignore_ascii_case(b"chunked"));
            assert_eq!(
                (of("transfer-encoding").len(), of("content-length").len()),
                (1, 0)
            );
        }
        Framing::Length(length) => {
            assert!(of("transfer-encoding").is_empty());
            let said = of("content-length");
            assert!(said.len() <= 1);
            let said = said
                .first()
                .map_or("0", |value| std::str::from_utf8(value).expect("digits"));
            assert_eq!(said.parse(), Ok(length));
        }
    }
}

/// Where a chunked body ends; `None` if it does not yet.
fn plainly(body: &[u8]) -> Result<Option<usize>, Refusal> {
    /// What follows the line end that must be here.
    fn after_line_end(bytes: &[u8]) -> Result<Option<&[u8]>, Refusal> {
        match bytes.strip_prefix(b"\r\n") {
            Some(rest) => Ok(Some(rest)),
            None if b"\r\n".starts_with(bytes) => Ok(None),
            None => Err(Refusal::Chunk),
        }
    }
    let mut rest = body;
    loop {
        let digits = rest.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        if digits > 8 || digits == 0 && !rest.is_empty() {
            return Err(Refusal::Chunk);
        }
        let (size, after) = rest.split_at(digits);
        if digits == 0 {
            return Ok(None);
        }
        let Some(after) = after_line_end(after)? else {
            return Ok(None);
        };
        let size = u64::from_str_radix(std::str::from_utf8(size).expect("digits"), 16).expect("eight digits");
        let line = &rest[..rest.len() - after.len()];
        assert_eq!(
            httparse::parse_chunk_size(line),
            Ok(httparse::Status::Complete((line.len(), size)))
        );
        let Some(after) = usize::try_from(size).ok().and_then(|size| after.get(size..)) else {
            return Ok(None);
        };
        let Some(after) = after_line_end(after)? else {
            return Ok(None);
        };
        if size == 0 {
            return Ok(Some(body.len() - after.len()));
        }
        rest = after;
    }
}

fn chunks_in_pieces(body: &[u8], piece: usize) -> Result<Option<usize>, Refusal> {
    let mut chunks = Chunks::START;
    let mut taken = 0;
    for piece in body.chunks(piece) {
        let of_it = chunks.advance(piece)?;
        taken += of_it;
        if chunks == Chunks::Done {
            return Ok(Some(taken));
        }
        assert_eq!(of_it, piece.len());
    }
    Ok(None)
}

fn read_body(body: &[u8], cut: usize) {
    let expected = plainly(body);
    for piece in [1, cut.max(1), body.len().max(1)] {
        assert_eq!(chunks_in_pieces(body, piece), expected);
    }
}

fuzz_target!(|input: &[u8]| {
    let Some((&[what, cut], bytes)) = input.split_first_chunk::<2>() else {
        return;
    };
    let cut = usize::from(cut).min(bytes.len());
    if what % 2 == 0 {
        read_body(bytes, cut);
        return;
    }
    head_in_two(bytes, cut);
    let read = strict(bytes);
    if let Some(plain) = plain_head::read(bytes) {
        assert_eq!(read, Ok(Some(plain)));
    }
    if let Ok(Some((length, framing))) = read {
        as_others_read_it(bytes, length, framing);
        if framing == Framing::Chunked {
            read_body(&bytes[length..], cut);
        }
    }
});
