use crate::Random;

/// A random UUID (RFC 9562, version 4).
#[must_use]
pub fn uuid(random: &mut dyn Random) -> String {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut bytes = [0; 16];
    random.fill(&mut bytes);
    let mut bits = u128::from_be_bytes(bytes);
    bits = bits & !(0xf << 76) | 0x4 << 76;
    bits = bits & !(0x3 << 62) | 0x2 << 62;
    let mut text = String::with_capacity(36);
    for nibble in (0..32).rev() {
        if matches!(nibble, 23 | 19 | 15 | 11) {
            text.push('-');
        }
        let digit = usize::try_from(bits >> (4 * nibble) & 0xf).unwrap_or_default();
        text.push(HEX.get(digit).copied().map_or('0', char::from));
    }
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
