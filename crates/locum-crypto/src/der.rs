//! Reads the few DER structures that lead to a public key: strict, borrowing, one element at a time.
//!
//! Only definite, shortest lengths and low tag numbers; nothing recurses and nothing allocates, so a hostile
//! certificate costs one walk over its outline. What this cannot read is refused by its callers.

pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OID: u8 = 0x06;
pub(crate) const SEQUENCE: u8 = 0x30;

/// The elements that were not read yet.
#[derive(Clone, Copy)]
pub(crate) struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The content of `bytes`, if they are one sequence and nothing after it.
    pub(crate) fn only_sequence(bytes: &'a [u8]) -> Option<Self> {
        let mut outer = Self(bytes);
        let content = outer.sequence()?;
        outer.end()?;
        Some(content)
    }

    /// Takes the next element if it has this tag, and returns its content. Takes nothing otherwise.
    pub(crate) fn take(&mut self, tag: u8) -> Option<&'a [u8]> {
        let (&first, rest) = self.0.split_first()?;
        let (content, rest) = split_content(rest)?;
        (first == tag).then(|| {
            self.0 = rest;
            content
        })
    }

    pub(crate) fn sequence(&mut self) -> Option<Self> {
        self.take(SEQUENCE).map(Self)
    }

    /// A positive integer, big-endian and without leading zeros.
    pub(crate) fn positive(&mut self) -> Option<&'a [u8]> {
        match self.take(INTEGER)? {
            [0, magnitude @ ..] if magnitude.first().is_some_and(|&b| b >= 0x80) => Some(magnitude),
            magnitude @ [1..=0x7f, ..] => Some(magnitude),
            _ => None,
        }
    }

    /// A bit string of whole bytes.
    pub(crate) fn whole_bits(&mut self) -> Option<&'a [u8]> {
        match self.take(BIT_STRING)? {
            [0, bits @ ..] => Some(bits),
            _ => None,
        }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The bytes that were not read yet.
    pub(crate) const fn rest(&self) -> &'a [u8] {
        self.0
    }

    /// Holds if everything was read.
    pub(crate) fn end(&self) -> Option<()> {
        self.is_empty().then_some(())
    }
}

/// Reads a length and splits the content off.
fn split_content(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&first, rest) = bytes.split_first()?;
    if first < 0x80 {
        return rest.split_at_checked(usize::from(first));
    }
    let count = usize::from(first & 0x7f);
    if !(1..=4).contains(&count) {
        return None;
    }
    let (octets, rest) = rest.split_at_checked(count)?;
    let len = octets.iter().fold(0u64, |len, &b| len << 8 | u64::from(b));
    let shortest = len >= 0x80 && octets.first() != Some(&0);
    if !shortest {
        return None;
    }
    rest.split_at_checked(usize::try_from(len).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_definite_and_shortest() {
        let long = [&[0x04, 0x81, 0x80][..], &[7; 128]].concat();
        assert_eq!(Der::new(&long).take(0x04), Some(&[7; 128][..]));
        let longer = [&[0x04, 0x82, 0x01, 0x00][..], &[7; 256]].concat();
        assert_eq!(Der::new(&longer).take(0x04), Some(&[7; 256][..]));
        let filled = [0x04, 0x81, 0x7f].into_iter().chain([7; 127]).collect::<Vec<_>>();
        let zeros = [0x04, 0x82, 0x00, 0x80]
            .into_iter()
            .chain([7; 128])
            .collect::<Vec<_>>();
        for bad in [
            &filled[..],
            &zeros,
            &long[..130],
            &[],
            &[0x04],
            &[0x04, 0x01],
            &[0x04, 0x80, 0x07, 0x00, 0x00],
            &[0x04, 0x81],
            &[0x04, 0x84, 0xff, 0xff, 0xff, 0xff],
            &[0x04, 0x85, 0x00, 0x00, 0x00, 0x00, 0x01, 0x07],
            &[0x04, 0xff, 0x07],
        ] {
            assert_eq!(Der::new(bad).take(0x04), None, "{bad:x?}");
        }
    }

    #[test]
    fn a_wrong_tag_takes_nothing() {
        let mut der = Der::new(&[0x02, 0x01, 0x05, 0x30, 0x00]);
        assert_eq!(der.take(SEQUENCE), None);
        assert_eq!(der.take(INTEGER), Some(&[5][..]));
        assert!(der.end().is_none());
        assert!(der.sequence().is_some_and(|inner| inner.is_empty()));
        assert!(der.end().is_some());
    }

    #[test]
    fn positive_integers_have_one_spelling() {
        let read = |content: &[u8]| {
            let der = [&[INTEGER, u8::try_from(content.len()).unwrap()], content].concat();
            Der::new(&der).positive().map(<[u8]>::to_vec)
        };
        assert_eq!(read(&[5]), Some(vec![5]));
        assert_eq!(read(&[0, 0x80]), Some(vec![0x80]));
        assert_eq!(read(&[0x7f, 0]), Some(vec![0x7f, 0]));
        for bad in [&[][..], &[0], &[0, 5], &[0, 0, 0x80], &[0x80], &[0xff, 0xff]] {
            assert_eq!(read(bad), None, "{bad:x?}");
        }
    }
}
