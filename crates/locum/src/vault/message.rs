//! Messages of D-Bus, as few of its types as the Secret Service's calls take (D-Bus Specification, "Message Protocol").
//!
//! What comes in is somebody else's: every length is checked against what is there, and what does not fit ends the
//! reading. Both buffers may hold secrets and are wiped.

use zeroize::Zeroizing;

/// The largest message that is read, in bytes: what the largest entry of the vault takes, and room around it.
pub(super) const MAX_MESSAGE: usize = 4 << 20;
/// The length of what stands before the fields of a header.
pub(super) const FIXED: usize = 16;

pub(super) const METHOD_CALL: u8 = 1;
pub(super) const METHOD_RETURN: u8 = 2;
pub(super) const ERROR: u8 = 3;
pub(super) const SIGNAL: u8 = 4;

/// A message that is not one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Malformed;

/// Values on their way out.
#[derive(Debug, Default)]
pub(super) struct Writer(Zeroizing<Vec<u8>>);

impl Writer {
    pub(super) fn into_bytes(self) -> Zeroizing<Vec<u8>> {
        self.0
    }

    pub(super) fn align(&mut self, to: usize) {
        let length = self.0.len().next_multiple_of(to);
        self.0.resize(length, 0);
    }

    pub(super) fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    pub(super) fn number(&mut self, number: u32) {
        self.align(4);
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    fn length(&mut self, length: usize) {
        self.number(u32::try_from(length).unwrap_or(u32::MAX));
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.length(bytes.len());
        self.0.extend_from_slice(bytes);
    }

    /// A string, or the path of an object.
    pub(super) fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
        self.0.push(0);
    }

    pub(super) fn signature(&mut self, signature: &str) {
        self.0.push(u8::try_from(signature.len()).unwrap_or(u8::MAX));
        self.0.extend_from_slice(signature.as_bytes());
        self.0.push(0);
    }

    /// A list whose elements start at multiples of `alignment`.
    pub(super) fn array(&mut self, alignment: usize, fill: impl FnOnce(&mut Self)) {
        self.number(0);
        let length_at = self.0.len() - 4;
        self.align(alignment);
        let start = self.0.len();
        fill(self);
        let length = u32::try_from(self.0.len() - start).unwrap_or(u32::MAX);
        if let Some(place) = self.0.get_mut(length_at..length_at + 4) {
            place.copy_from_slice(&length.to_le_bytes());
        }
    }

    /// A dictionary from text to text.
    pub(super) fn pairs(&mut self, pairs: &[(&str, &str)]) {
        self.array(8, |writer| {
            for (key, value) in pairs {
                writer.align(8);
                writer.text(key);
                writer.text(value);
            }
        });
    }
}

/// A message that came in.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) kind: u8,
    pub(super) reply_to: Option<u32>,
    pub(super) path: String,
    pub(super) member: String,
    pub(super) error: String,
    signature: String,
    bytes: Zeroizing<Vec<u8>>,
    body_at: usize,
    big: bool,
}

/// Tells from the fixed part how long a message is in all.
pub(super) fn whole_length(fixed: &[u8; FIXED]) -> Result<usize, Malformed> {
    let big = is_big(fixed)?;
    let mut reader = Reader {
        bytes: fixed,
        at: 4,
        big,
    };
    let body = reader.number()? as usize;
    reader.number()?;
    let fields = reader.number()? as usize;
    let length = fields
        .checked_add(FIXED)
        .and_then(|header| header.checked_next_multiple_of(8)?.checked_add(body));
    length.filter(|length| *length <= MAX_MESSAGE).ok_or(Malformed)
}

fn is_big(bytes: &[u8]) -> Result<bool, Malformed> {
    match bytes.first() {
        Some(b'l') => Ok(false),
        Some(b'B') => Ok(true),
        _ => Err(Malformed),
    }
}

impl Message {
    /// Reads a whole message.
    pub(super) fn read(bytes: Zeroizing<Vec<u8>>) -> Result<Self, Malformed> {
        let big = is_big(&bytes)?;
        let kind = *bytes.get(1).ok_or(Malformed)?;
        let mut message = Self {
            kind,
            reply_to: None,
            path: String::new(),
            member: String::new(),
            error: String::new(),
            signature: String::new(),
            body_at: 0,
            big,
            bytes: Zeroizing::default(),
        };
        let mut reader = Reader {
            bytes: &bytes,
            at: 12,
            big,
        };
        let end = reader.number()? as usize;
        let end = end
            .checked_add(FIXED)
            .filter(|end| *end <= bytes.len())
            .ok_or(Malformed)?;
        while reader.at < end {
            reader.align(8)?;
            let field = reader.byte()?;
            match (field, reader.signature()?.as_str()) {
                (1, "o") => message.path = reader.text()?,
                (3, "s") => message.member = reader.text()?,
                (4, "s") => message.error = reader.text()?,
                (5, "u") => message.reply_to = Some(reader.number()?),
                (8, "g") => message.signature = reader.signature()?,
                (_, "s" | "o") => drop(reader.text()?),
                (_, "u") => drop(reader.number()?),
                (_, "g") => drop(reader.signature()?),
                _ => return Err(Malformed),
            }
        }
        message.body_at = end.next_multiple_of(8);
        message.bytes = bytes;
        Ok(message)
    }

    /// Returns the body, if it has the types that are expected.
    pub(super) fn body(&self, signature: &str) -> Result<Reader<'_>, Malformed> {
        (self.signature == signature).then_some(()).ok_or(Malformed)?;
        Ok(Reader {
            bytes: &self.bytes,
            at: self.body_at,
            big: self.big,
        })
    }

    /// Returns the sentence of an error.
    pub(super) fn complaint(&self) -> String {
        let text = self.body("s").and_then(|mut body| body.text());
        text.map_or_else(|_| self.error.clone(), |text| format!("{}: {text}", self.error))
    }
}

/// Values on their way in. Positions count from the start of the message, as alignment does.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    big: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn align(&mut self, to: usize) -> Result<(), Malformed> {
        self.at = self.at.checked_next_multiple_of(to).ok_or(Malformed)?;
        Ok(())
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], Malformed> {
        let end = self.at.checked_add(length).ok_or(Malformed)?;
        let taken = self.bytes.get(self.at..end).ok_or(Malformed)?;
        self.at = end;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, Malformed> {
        self.take(1)?.first().copied().ok_or(Malformed)
    }

    pub(super) fn number(&mut self) -> Result<u32, Malformed> {
        self.align(4)?;
        let bytes = self.take(4)?.try_into().map_err(|_| Malformed)?;
        Ok(if self.big {
            u32::from_be_bytes(bytes)
        } else {
            u32::from_le_bytes(bytes)
        })
    }

    pub(super) fn truth(&mut self) -> Result<bool, Malformed> {
        Ok(self.number()? != 0)
    }

    pub(super) fn octets(&mut self) -> Result<&'a [u8], Malformed> {
        let length = self.number()?;
        self.take(length as usize)
    }

    /// A string, or the path of an object.
    pub(super) fn text(&mut self) -> Result<String, Malformed> {
        let text = self.octets()?.to_vec();
        self.take(1)?;
        String::from_utf8(text).map_err(|_| Malformed)
    }

    pub(super) fn signature(&mut self) -> Result<String, Malformed> {
        let length = self.byte()?;
        let text = self.take(usize::from(length))?.to_vec();
        self.take(1)?;
        String::from_utf8(text).map_err(|_| Malformed)
    }

    /// The elements of a list.
    pub(super) fn array<T>(
        &mut self,
        alignment: usize,
        mut element: impl FnMut(&mut Self) -> Result<T, Malformed>,
    ) -> Result<Vec<T>, Malformed> {
        let length = self.number()? as usize;
        self.align(alignment)?;
        let end = self.at.checked_add(length).ok_or(Malformed)?;
        let mut elements = Vec::new();
        while self.at < end {
            let before = self.at;
            elements.push(element(self)?);
            // An element of no length would go on for ever.
            if self.at == before {
                return Err(Malformed);
            }
        }
        (self.at == end).then_some(elements).ok_or(Malformed)
    }

    pub(super) fn texts(&mut self) -> Result<Vec<String>, Malformed> {
        self.array(4, Self::text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reply with a body of a list of paths and a path.
    fn reply() -> Vec<u8> {
        let mut body = Writer::default();
        body.array(4, |writer| writer.text("/a"));
        body.text("/");
        let body = body.into_bytes();
        let mut message = Writer::default();
        for byte in [b'l', METHOD_RETURN, 0, 1] {
            message.byte(byte);
        }
        message.number(u32::try_from(body.len()).unwrap());
        message.number(7);
        message.array(8, |fields| {
            fields.byte(5);
            fields.signature("u");
            fields.number(3);
            fields.align(8);
            fields.byte(8);
            fields.signature("g");
            fields.signature("aoo");
        });
        message.align(8);
        let mut bytes = message.into_bytes().to_vec();
        bytes.extend_from_slice(&body);
        bytes
    }

    #[test]
    fn what_is_written_is_read() {
        let bytes = reply();
        let fixed = bytes.first_chunk().unwrap();
        assert_eq!(whole_length(fixed), Ok(bytes.len()));
        let message = Message::read(Zeroizing::new(bytes)).unwrap();
        assert_eq!((message.kind, message.reply_to), (METHOD_RETURN, Some(3)));
        let mut body = message.body("aoo").unwrap();
        assert_eq!(body.texts().unwrap(), ["/a"]);
        assert_eq!(body.text().unwrap(), "/");
        assert!(message.body("s").is_err());
    }

    #[test]
    fn what_does_not_add_up_is_refused() {
        let bytes = reply();
        for length in 0..bytes.len() {
            let cut = Message::read(Zeroizing::new(bytes[..length].to_vec()));
            let read = cut.and_then(|message| {
                let mut body = message.body("aoo")?;
                body.texts()?;
                body.text()
            });
            assert!(read.is_err(), "{length}");
        }
        // Any one byte may be anything: nothing is read outside, and nothing goes on for ever.
        for place in 0..bytes.len() {
            for value in [0, 1, 0x7f, 0xff] {
                let mut spoilt = bytes.clone();
                spoilt[place] = value;
                let _ = whole_length(spoilt.first_chunk().unwrap());
                if let Ok(message) = Message::read(Zeroizing::new(spoilt))
                    && let Ok(mut body) = message.body("aoo")
                {
                    let _ = body.texts().and_then(|_| body.text());
                }
            }
        }
        let mut huge = *bytes.first_chunk::<FIXED>().unwrap();
        huge[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(whole_length(&huge), Err(Malformed));
        assert_eq!(whole_length(&[b'x'; FIXED]), Err(Malformed));
    }
}
