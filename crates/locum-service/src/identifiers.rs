//! Ids of requests and records.

use std::fmt::Write as _;

use base64::{Engine, prelude::BASE64_STANDARD};
use jiff::Timestamp;
use locum_crypto::Random;

/// A random UUID (RFC 9562, version 4).
pub(crate) fn uuid(random: &mut dyn Random) -> String {
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

/// The value of `x-amz-sts-extended-request-id`, in the shape AWS gives it (`facts: sts §1.2`).
pub(crate) fn extended_request_id(now: Timestamp, random: &mut dyn Random) -> String {
    let mut bytes = [0; 6];
    random.fill(&mut bytes);
    let mut text = String::with_capacity(48);
    // INVARIANT: writing to a string does not fail.
    let _ = write!(
        text,
        "0:local:S:{}:R:{}",
        now.as_millisecond(),
        BASE64_STANDARD.encode(bytes)
    );
    BASE64_STANDARD.encode(text)
}

#[cfg(test)]
mod tests {
    use locum_crypto::SeededRandom;

    use super::*;

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
