//! Base64url with one spelling a value: no padding, no bits left over, nothing ignored.

use base64::{
    Engine,
    alphabet::URL_SAFE,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

const STRICT: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_allow_trailing_bits(false)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

/// The octets that `text` stands for; `None` unless it is their one spelling.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    STRICT.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_has_one_spelling() {
        assert_eq!(decode("-_8").unwrap(), [0xfb, 0xff]);
        assert!(decode("").unwrap().is_empty());
        for text in ["-_8=", "-_9", "+/8", "-_ 8", "-_8\n", "A", "-_8é"] {
            assert_eq!(decode(text), None, "{text:?}");
        }
    }
}
