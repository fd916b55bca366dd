//! Base64 with one spelling a value: canonical padding, no bits left over, nothing ignored.

use std::sync::LazyLock;

use base64::engine::{DecodePaddingMode, GeneralPurposeConfig};

/// Chooses vector instructions at start where the processor has them.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
type Base64 = base64::engine::Simd;
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
type Base64 = base64::engine::GeneralPurpose;

const STRICT: GeneralPurposeConfig = GeneralPurposeConfig::new().with_decode_allow_trailing_bits(false);
const PADDED: GeneralPurposeConfig = STRICT
    .with_encode_padding(true)
    .with_decode_padding_mode(DecodePaddingMode::RequireCanonical);
const UNPADDED: GeneralPurposeConfig = STRICT
    .with_encode_padding(false)
    .with_decode_padding_mode(DecodePaddingMode::RequireNone);

/// The standard alphabet with padding, as session tokens are written.
pub(crate) static STANDARD: LazyLock<Base64> = LazyLock::new(|| {
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    return Base64::standard(PADDED);
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    Base64::new(&base64::alphabet::STANDARD, PADDED)
});

/// The URL-safe alphabet without padding, as authorization messages are written.
pub(crate) static URL_SAFE: LazyLock<Base64> = LazyLock::new(|| {
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    return Base64::url_safe(UNPADDED);
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    Base64::new(&base64::alphabet::URL_SAFE, UNPADDED)
});

#[cfg(test)]
mod tests {
    use base64::Engine;
    use proptest::prelude::*;

    use super::*;

    /// Every text of up to a few symbols that decodes is what encoding its bytes gives.
    fn has_one_spelling(engine: &Base64, text: &str) -> bool {
        engine
            .decode(text)
            .is_ok_and(|bytes| engine.encode(bytes) == text)
    }

    proptest! {
        #[test]
        fn what_decodes_is_what_would_be_encoded(text in "[A-Za-z0-9+/=_ \n-]{0,200}") {
            for engine in [&*STANDARD, &*URL_SAFE] {
                if engine.decode(&text).is_ok() {
                    prop_assert!(has_one_spelling(engine, &text));
                }
            }
        }

        #[test]
        fn every_value_round_trips(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            for engine in [&*STANDARD, &*URL_SAFE] {
                prop_assert!(has_one_spelling(engine, &engine.encode(&bytes)));
            }
        }
    }

    #[test]
    fn other_spellings_of_the_last_bytes_are_refused() {
        let long = "QUFB".repeat(60);
        for (end, standard, url_safe) in [
            ("QQ==", true, false),
            ("QQ", false, true),
            ("QR==", false, false),
            ("QR", false, false),
            ("QQ=", false, false),
            ("QQ== ", false, false),
            ("QQ==\n", false, false),
            ("QUE=", true, false),
            ("QUF=", false, false),
            ("QUE", false, true),
            ("+/+/", true, false),
            ("-_-_", false, true),
        ] {
            for text in [end.to_owned(), format!("{long}{end}")] {
                assert_eq!(STANDARD.decode(&text).is_ok(), standard, "standard {text:?}");
                assert_eq!(URL_SAFE.decode(&text).is_ok(), url_safe, "URL-safe {text:?}");
            }
        }
    }
}
