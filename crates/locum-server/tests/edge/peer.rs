//! An HTTP/2 client that says what it is told to, frame by frame.

use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    time::Duration,
};

use crate::fixture::Fixture;

pub(crate) const DATA: u8 = 0;
pub(crate) const HEADERS: u8 = 1;
pub(crate) const RST_STREAM: u8 = 3;
pub(crate) const SETTINGS: u8 = 4;
pub(crate) const PING: u8 = 6;
pub(crate) const GOAWAY: u8 = 7;
pub(crate) const WINDOW_UPDATE: u8 = 8;
pub(crate) const CONTINUATION: u8 = 9;

pub(crate) const ACK: u8 = 1;
pub(crate) const END_STREAM: u8 = 1;
pub(crate) const END_HEADERS: u8 = 4;

pub(crate) const INITIAL_WINDOW: u16 = 4;
pub(crate) const HEADER_TABLE: u16 = 1;

#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) kind: u8,
    pub(crate) flags: u8,
    pub(crate) stream: u32,
    pub(crate) payload: Vec<u8>,
}

/// A connection with prior knowledge that says what it is told to.
pub(crate) struct Peer {
    pub(crate) stream: TcpStream,
    read: Vec<u8>,
}

impl Peer {
    pub(crate) fn connect(server: &Fixture, settings: &[(u16, u32)]) -> Self {
        let stream = TcpStream::connect(server.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.set_nodelay(true).unwrap();
        let mut peer = Self {
            stream,
            read: Vec::new(),
        };
        peer.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        let settings: Vec<u8> = settings
            .iter()
            .flat_map(|(id, value)| [id.to_be_bytes().to_vec(), value.to_be_bytes().to_vec()].concat())
            .collect();
        peer.send(&frame(SETTINGS, 0, 0, &settings));
        peer
    }

    /// Sends what the server is willing to take; returns whether it took all.
    pub(crate) fn send(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).is_ok()
    }

    /// The next frame; `None` if there will be none. A ping is answered.
    pub(crate) fn read(&mut self) -> Option<Frame> {
        while self.read.len() < 9 || self.read.len() < 9 + self.length() {
            let mut bytes = [0; 64 * 1024];
            match self.stream.read(&mut bytes) {
                Ok(0) => return None,
                Ok(length) => self.read.extend_from_slice(&bytes[..length]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => panic!("the server says nothing"),
                Err(_) => return None,
            }
        }
        let length = self.length();
        let whole: Vec<u8> = self.read.drain(..9 + length).collect();
        let frame = Frame {
            kind: whole[3],
            flags: whole[4],
            stream: u32::from_be_bytes(whole[5..9].try_into().unwrap()),
            payload: whole[9..].to_vec(),
        };
        if frame.kind == PING && frame.flags & ACK == 0 {
            self.send(&self::frame(PING, ACK, 0, &frame.payload));
        }
        Some(frame)
    }

    fn length(&self) -> usize {
        usize::from(self.read[0]) << 16 | usize::from(self.read[1]) << 8 | usize::from(self.read[2])
    }

    /// The next frame of this kind on this stream; the others before it are passed over.
    pub(crate) fn expect(&mut self, kind: u8, stream: u32) -> Frame {
        loop {
            let frame = self.read().expect("the connection goes on");
            if (frame.kind, frame.stream) == (kind, stream) {
                return frame;
            }
        }
    }

    /// Whatever comes until the server closes the connection.
    pub(crate) fn rest(&mut self) -> Vec<Frame> {
        std::iter::from_fn(|| self.read()).collect()
    }

    /// Asks for something on a stream of its own, without a body.
    pub(crate) fn ask(&mut self, stream: u32, path: &str) -> bool {
        let fields = [
            (":method", "GET"),
            (":scheme", "http"),
            (":authority", "a"),
            (":path", path),
        ];
        self.send(&frame(HEADERS, END_STREAM | END_HEADERS, stream, &block(&fields)))
    }
}

pub(crate) fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut frame = length[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

/// A header block in which nothing is compressed or remembered.
pub(crate) fn block(fields: &[(&str, &str)]) -> Vec<u8> {
    let mut block = Vec::new();
    for (name, value) in fields {
        block.push(0);
        for text in [name, value] {
            push_length(&mut block, text.len());
            block.extend(text.as_bytes());
        }
    }
    block
}

/// HPACK's number of seven bits and more.
fn push_length(block: &mut Vec<u8>, length: usize) {
    let Some(mut rest) = length.checked_sub(127) else {
        block.push(u8::try_from(length).unwrap());
        return;
    };
    block.push(127);
    while rest >= 128 {
        block.push(u8::try_from(rest % 128).unwrap() | 128);
        rest /= 128;
    }
    block.push(u8::try_from(rest).unwrap());
}

pub(crate) const PLAIN: [(&str, &str); 4] = [
    (":method", "POST"),
    (":scheme", "http"),
    (":authority", "a"),
    (":path", "/"),
];
