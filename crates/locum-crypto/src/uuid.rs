use crate::{Random, hash::hex_digits};

/// A random UUID (RFC 9562, version 4).
#[must_use]
pub fn uuid(random: &mut dyn Random) -> String {
    let mut bytes = [0; 16];
    random.fill(&mut bytes);
    let mut bits = u128::from_be_bytes(bytes);
    bits = bits & !(0xf << 76) | 0x4 << 76;
    bits = bits & !(0x3 << 62) | 0x2 << 62;
    let mut digits = [0; 32];
    for (pair, byte) in digits.chunks_exact_mut(2).zip(bits.to_be_bytes()) {
        pair.copy_from_slice(&hex_digits(byte));
    }
    // INVARIANT: digits are ASCII.
    let mut rest = std::str::from_utf8(&digits).unwrap_or_default();
    let mut text = String::with_capacity(36);
    for length in [8, 4, 4, 4] {
        let (part, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        text.push_str(part);
        text.push('-');
        rest = after;
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SeededRandom;

    #[test]
    fn a_uuid_has_its_version_and_variant() {
        let mut random = SeededRandom::new(7);
        for _ in 0..100 {
            let text = uuid(&mut random);
            assert_eq!(text.len(), 36);
            assert_eq!(text.as_bytes()[14], b'4', "{text}");
            assert!(matches!(text.as_bytes()[19], b'8' | b'9' | b'a' | b'b'), "{text}");
            for dash in [8, 13, 18, 23] {
                assert_eq!(text.as_bytes()[dash], b'-', "{text}");
            }
        }
    }
}
