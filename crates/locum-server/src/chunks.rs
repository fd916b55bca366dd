//! Where a chunked body ends.
//!
//! Follows a body as it streams by, only to know where the next request begins. Chunk extensions and trailers are
//! refused: no client of these services sends any, and they are where parsers have disagreed.

use crate::refusal::Refusal;

/// A place in a chunked body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Chunks {
    /// In a size line, `digits` read.
    Size { size: u64, digits: u8 },
    /// After the CR of a size line.
    SizeEnd { size: u64 },
    /// In the data, `left` bytes to go.
    Data { left: u64 },
    /// After the data, before its CR.
    DataCr,
    /// After the data and its CR.
    DataEnd,
    /// After the last size line, before the final CR.
    LastCr,
    /// Before the final LF.
    LastEnd,
    /// Behind the body.
    Done,
}

impl Chunks {
    pub(crate) const START: Self = Self::Size { size: 0, digits: 0 };

    /// Follows `bytes` and returns how many of them belong to the body.
    pub(crate) fn advance(&mut self, bytes: &[u8]) -> Result<usize, Refusal> {
        let mut rest = bytes;
        while *self != Self::Done
            && let Some((byte, after)) = rest.split_first()
        {
            if let Self::Data { left } = self {
                let take = usize::try_from(*left).map_or(rest.len(), |left| left.min(rest.len()));
                rest = rest.get(take..).unwrap_or_default();
                *left -= take as u64;
                if *left == 0 {
                    *self = Self::DataCr;
                }
                continue;
            }
            *self = self.after(*byte).ok_or(Refusal::Chunk)?;
            rest = after;
        }
        Ok(bytes.len() - rest.len())
    }

    /// The place after one byte that is not data; `None` if the byte has no business there.
    fn after(self, byte: u8) -> Option<Self> {
        Some(match (self, byte) {
            (Self::Size { size, digits }, _) if byte.is_ascii_hexdigit() && digits < 8 => Self::Size {
                size: size << 4 | u64::from(char::from(byte).to_digit(16)?),
                digits: digits + 1,
            },
            (Self::Size { size, digits: 1.. }, b'\r') => Self::SizeEnd { size },
            (Self::SizeEnd { size: 0 }, b'\n') => Self::LastCr,
            (Self::SizeEnd { size }, b'\n') => Self::Data { left: size },
            (Self::DataCr, b'\r') => Self::DataEnd,
            (Self::DataEnd, b'\n') => Self::START,
            (Self::LastCr, b'\r') => Self::LastEnd,
            (Self::LastEnd, b'\n') => Self::Done,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_where_the_body_ends_however_it_arrives() {
        let body = b"5\r\nhello\r\n0A\r\n0123456789\r\n0\r\n\r\nGET";
        for split in 0..body.len() {
            let mut chunks = Chunks::START;
            let first = chunks.advance(&body[..split]).unwrap();
            let second = if chunks == Chunks::Done {
                0
            } else {
                assert_eq!(first, split);
                chunks.advance(&body[split..]).unwrap()
            };
            assert_eq!(
                (chunks, first + second),
                (Chunks::Done, body.len() - 3),
                "split at {split}"
            );
        }
    }

    #[test]
    fn refuses_what_parsers_read_differently() {
        for body in [
            "5;a=b\r\nhello\r\n",
            "5 \r\nhello\r\n",
            "5\nhello\r\n",
            "\r\nhello",
            "+5\r\nhello\r\n",
            "0x5\r\nhello\r\n",
            "000000005\r\nhello\r\n",
            "5\r\nhello!\r\n",
            "5\r\nhello\n",
            "0\r\nTrailer: a\r\n\r\n",
            "0\r\n\n",
        ] {
            let mut chunks = Chunks::START;
            assert_eq!(chunks.advance(body.as_bytes()), Err(Refusal::Chunk), "{body:?}");
        }
    }
}
