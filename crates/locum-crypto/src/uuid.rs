use std::fmt;

use crate::{Random, hash::hex_digits};

/// A random UUID (RFC 9562, version 4) in its usual spelling, kept in place: every call has two.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Uuid([u8; 36]);

impl Uuid {
    /// Draws one.
    #[must_use]
    pub fn random(random: &mut dyn Random) -> Self {
        let mut bytes = [0; 16];
        random.fill(&mut bytes);
        let mut bits = u128::from_be_bytes(bytes);
        bits = bits & !(0xf << 76) | 0x4 << 76;
        bits = bits & !(0x3 << 62) | 0x2 << 62;
        let mut digits = [0; 32];
        let bytes = bits.to_be_bytes();
        for (eight, four) in digits
            .as_chunks_mut::<8>()
            .0
            .iter_mut()
            .zip(bytes.as_chunks::<4>().0)
        {
            *eight = hex_digits(*four);
        }
        let mut text = [b'-'; 36];
        let mut rest = digits.as_slice();
        for (at, length) in [(0, 8), (9, 4), (14, 4), (19, 4), (24, 12)] {
            if let (Some(place), Some((part, after))) =
                (text.get_mut(at..at + length), rest.split_at_checked(length))
            {
                place.copy_from_slice(part);
                rest = after;
            }
        }
        Self(text)
    }

    /// The 36 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // INVARIANT: digits and dashes are ASCII.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Uuid({self})")
    }
}

/// A random UUID as text.
#[must_use]
pub fn uuid(random: &mut dyn Random) -> String {
    Uuid::random(random).as_str().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SeededRandom;

    #[test]
    fn a_uuid_has_its_version_and_variant() {
        let mut random = SeededRandom::new(7);
        for _ in 0..100 {
            let uuid = Uuid::random(&mut random);
            let text = uuid.as_str();
            assert_eq!(text.len(), 36);
            assert_eq!(text.as_bytes()[14], b'4', "{text}");
            assert!(matches!(text.as_bytes()[19], b'8' | b'9' | b'a' | b'b'), "{text}");
            for (at, byte) in text.bytes().enumerate() {
                let dash = matches!(at, 8 | 13 | 18 | 23);
                assert_eq!(byte == b'-', dash, "{text}");
                assert!(dash || matches!(byte, b'0'..=b'9' | b'a'..=b'f'), "{text}");
            }
        }
    }

    #[test]
    fn every_byte_but_version_and_variant_is_spelled_as_drawn() {
        struct Counting;
        impl Random for Counting {
            fn fill(&mut self, bytes: &mut [u8]) {
                for (byte, value) in bytes.iter_mut().zip(0x10..) {
                    *byte = value;
                }
            }
        }
        assert_eq!(
            Uuid::random(&mut Counting).to_string(),
            "10111213-1415-4617-9819-1a1b1c1d1e1f"
        );
    }
}
