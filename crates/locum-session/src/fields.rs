//! Writing and reading of length-prefixed bytes, big-endian, without panics and without an ambiguous layout.

use locum_names::AccountId;

/// Appends values to a buffer.
pub(crate) struct Writer<'a>(pub(crate) &'a mut Vec<u8>);

impl Writer<'_> {
    pub(crate) fn u8(&mut self, value: u8) {
        self.0.push(value);
    }

    pub(crate) fn i64(&mut self, value: i64) {
        self.0.extend_from_slice(&value.to_be_bytes());
    }

    pub(crate) fn account(&mut self, account: AccountId) {
        self.0.extend_from_slice(&account.number().to_be_bytes());
    }

    pub(crate) fn bytes(&mut self, value: &[u8]) {
        self.0.extend_from_slice(value);
    }

    /// Text behind its length.
    pub(crate) fn text(&mut self, value: &str) {
        self.0.extend_from_slice(&short(value.len()).to_be_bytes());
        self.0.extend_from_slice(value.as_bytes());
    }

    /// A tag, a length, and what `write` appends.
    pub(crate) fn field(&mut self, tag: u8, write: impl FnOnce(&mut Writer<'_>)) {
        self.0.extend_from_slice(&[tag, 0, 0]);
        let start = self.0.len();
        write(&mut Writer(self.0));
        let len = short(self.0.len() - start);
        if let Some(place) = self.0.get_mut(start - 2..start) {
            place.copy_from_slice(&len.to_be_bytes());
        }
    }
}

/// A length in sixteen bits. What is longer than that does not fit any sealed text, and its size is checked before
/// anything is sealed.
fn short(len: usize) -> u16 {
    u16::try_from(len).unwrap_or(u16::MAX)
}

/// Takes values from the front of a buffer; `None` once it does not hold them.
pub(crate) struct Reader<'a>(pub(crate) &'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn bytes(&mut self, len: usize) -> Option<&'a [u8]> {
        let (value, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(value)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (value, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*value)
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.array().map(|[value]| value)
    }

    pub(crate) fn i64(&mut self) -> Option<i64> {
        self.array().map(i64::from_be_bytes)
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }

    pub(crate) fn account(&mut self) -> Option<AccountId> {
        AccountId::new(self.array().map(u64::from_be_bytes)?).ok()
    }

    pub(crate) fn text(&mut self) -> Option<&'a str> {
        let len = self.u16()?;
        std::str::from_utf8(self.bytes(len.into())?).ok()
    }

    /// Everything that is left, as text.
    pub(crate) fn rest_as_text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(std::mem::take(&mut self.0)).ok()
    }

    /// The next tag and its value.
    pub(crate) fn field(&mut self) -> Option<(u8, Reader<'a>)> {
        let tag = self.u8()?;
        let len = self.u16()?;
        Some((tag, Reader(self.bytes(len.into())?)))
    }
}
