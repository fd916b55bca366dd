use std::fmt;

use crate::{Random, hash::hex_digits};

/// A random UUID (RFC 9562, version 4) in its usual spelling, kept in place: every call has two.
// `from_utf8` looks at whole words only where a text is aligned.
#[repr(align(8))]
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Uuid([u8; 36]);

impl Uuid {
    /// Draws one.
    #[must_use]
    pub fn random(random: &mut dyn Random) -> Self {
        let mut bytes = [0; 16];
        random.fill(&mut bytes);
        Self::from_random(bytes)
    }

    /// The one of sixteen random bytes that were drawn already. Six of their bits give way to version and variant.
    #[must_use]
    pub const fn from_random(bytes: [u8; 16]) -> Self {
        let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = bytes;
        let (g, i) = (g & 0x0f | 0x40, i & 0x3f | 0x80);
        let [a1, a2, a3, a4, a5, a6, a7, a8] = hex_digits([a, b, c, d]);
        let [b1, b2, b3, b4, c1, c2, c3, c4] = hex_digits([e, f, g, h]);
        let [d1, d2, d3, d4, e1, e2, e3, e4] = hex_digits([i, j, k, l]);
        let [e5, e6, e7, e8, e9, e10, e11, e12] = hex_digits([m, n, o, p]);
        Self([
            a1, a2, a3, a4, a5, a6, a7, a8, b'-', b1, b2, b3, b4, b'-', c1, c2, c3, c4, b'-', d1, d2, d3, d4,
            b'-', e1, e2, e3, e4, e5, e6, e7, e8, e9, e10, e11, e12,
        ])
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
