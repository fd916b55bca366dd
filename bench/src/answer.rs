//! As much of an answer's head as tells where it ends and what comes after it.

/// What the head of an answer says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) status: u16,
    /// How long the whole answer is.
    pub(crate) length: Length,
    /// Whether the connection ends with it.
    pub(crate) closes: bool,
}

/// How the end of an answer is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Length {
    /// Head and body have so many bytes.
    Known(usize),
    /// A chunk of no bytes comes last.
    Chunked,
    /// The connection ends with it.
    UntilClosed,
}

impl Head {
    /// Reads it, once all of it is there.
    pub(crate) fn read(buffer: &[u8]) -> Option<Self> {
        let end = buffer.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
        let head = std::str::from_utf8(buffer.get(..end)?).ok()?;
        let mut lines = head.lines();
        let mut words = lines.next()?.split(' ');
        let mut closes = words.next()? == "HTTP/1.0";
        let status = words.next()?.parse().ok()?;
        let mut length = Length::UntilClosed;
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            let value = value.trim();
            if name.eq_ignore_ascii_case("content-length") {
                length = Length::Known(end + value.parse::<usize>().ok()?);
            } else if name.eq_ignore_ascii_case("transfer-encoding") {
                length = Length::Chunked;
            } else if name.eq_ignore_ascii_case("connection") {
                closes = value.eq_ignore_ascii_case("close");
            }
        }
        Some(Self {
            status,
            length,
            closes: closes || length == Length::UntilClosed,
        })
    }

    /// Whether all of the answer is there; nobody knows before the connection ends if that is how it ends.
    pub(crate) fn is_whole(&self, buffer: &[u8]) -> bool {
        match self.length {
            Length::Known(length) => buffer.len() >= length,
            Length::Chunked => buffer.ends_with(b"\r\n0\r\n\r\n"),
            Length::UntilClosed => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_of_known_length_is_whole_with_its_last_byte() {
        let answer = b"HTTP/1.1 200 OK\r\ncontent-LENGTH: 3\r\nDate: now\r\n\r\nabc";
        let head = Head::read(answer).unwrap();
        assert_eq!((head.status, head.closes), (200, false));
        assert!(head.is_whole(answer));
        assert!(!head.is_whole(&answer[..answer.len() - 1]));
        assert_eq!(Head::read(&answer[..20]), None);
    }

    #[test]
    fn a_server_of_http_1_0_keeps_a_connection_only_if_it_says_so() {
        let closes = |text: &[u8]| Head::read(text).unwrap().closes;
        assert!(closes(b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n"));
        assert!(closes(
            b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        ));
        assert!(!closes(
            b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n"
        ));
        assert!(closes(b"HTTP/1.1 200 OK\r\n\r\n"));
    }

    #[test]
    fn chunks_end_with_an_empty_one() {
        let answer = b"HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n";
        let head = Head::read(answer).unwrap();
        assert_eq!(head.status, 403);
        assert!(head.is_whole(answer));
        assert!(!head.is_whole(&answer[..answer.len() - 5]));
    }
}
