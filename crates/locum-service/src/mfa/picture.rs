//! The seed of a virtual device as its owner gets it: in base32 to type, and as a picture to scan (`facts: sts §5`).

use locum_crypto::{Random, SecretBytes, SecretString};
use qrcode::{Color, EcLevel, QrCode, types::QrError};

use super::png::Bitmap;

/// Sixty-four characters of base32: twice what HMAC-SHA-1 can use, and as long as AWS's.
const SEED_LEN: usize = 40;
/// How many pixels wide and high a module is.
const SCALE: usize = 4;
/// The white margin that a scanner needs (ISO/IEC 18004), in modules.
const MARGIN: usize = 4;

/// Draws a seed.
pub(crate) fn new_seed(random: &mut dyn Random) -> SecretBytes {
    let mut seed = [0; SEED_LEN];
    random.fill(&mut seed);
    SecretBytes::new(seed)
}

/// A seed in base32 without padding (RFC 4648 §6).
pub(crate) fn base32(seed: &SecretBytes) -> SecretString {
    let mut text = String::with_capacity(seed.expose().len().div_ceil(5).saturating_mul(8));
    for group in seed.expose().chunks(5) {
        let mut padded = [0; 8];
        for (at, byte) in padded.iter_mut().skip(3).zip(group) {
            *at = *byte;
        }
        let bits = u64::from_be_bytes(padded);
        let characters = group.len().saturating_mul(8).div_ceil(5);
        text.extend(
            (0..characters).map(|at| character(bits >> (35_usize.saturating_sub(at.saturating_mul(5))))),
        );
    }
    SecretString::new(text)
}

/// The character of the five lowest bits.
fn character(bits: u64) -> char {
    let [low, ..] = bits.to_le_bytes();
    let value = low & 0x1f;
    char::from(if value < 26 {
        b'A'.wrapping_add(value)
    } else {
        b'2'.wrapping_add(value.wrapping_sub(26))
    })
}

/// What the picture says: `otpauth://totp/DEVICE@ACCOUNT?secret=SEED`, where `account_name` is a user's name or an
/// account's number.
pub(crate) fn uri(device_name: &str, account_name: &str, seed: &SecretString) -> SecretString {
    let (device, account) = (escaped(device_name), escaped(account_name));
    let seed = seed.expose();
    SecretString::new(format!("otpauth://totp/{device}@{account}?secret={seed}"))
}

/// A picture of a text as a PNG file.
///
/// # Errors
/// If the text is too long for any QR code, some 2,300 bytes.
pub(crate) fn qr_png(text: &SecretString) -> Result<Vec<u8>, QrError> {
    let code = QrCode::with_error_correction_level(text.expose(), EcLevel::M)?;
    let modules = code.width();
    let dark = code.to_colors();
    let module = |pixel: usize| (pixel / SCALE).checked_sub(MARGIN).filter(|at| *at < modules);
    let side = MARGIN
        .saturating_mul(2)
        .saturating_add(modules)
        .saturating_mul(SCALE);
    let bitmap = Bitmap::draw(side, |x, y| {
        let (Some(x), Some(y)) = (module(x), module(y)) else {
            return false;
        };
        let at = y.saturating_mul(modules).saturating_add(x);
        dark.get(at) == Some(&Color::Dark)
    });
    Ok(bitmap.png())
}

/// Everything but letters, digits and `-._~` percent-encoded.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                escaped.push(char::from(byte))
            }
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use locum_crypto::SeededRandom;

    use super::*;

    #[test]
    fn the_vectors_of_rfc_4648() {
        for (bytes, text) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(&SecretBytes::new(bytes)).expose(), text);
        }
        assert_eq!(
            base32(&SecretBytes::new([
                0x00, 0x44, 0x32, 0x14, 0xc7, 0x42, 0x54, 0xb6, 0x35, 0xcf
            ]))
            .expose(),
            "ABCDEFGHIJKLMNOP"
        );
        assert_eq!(
            base32(&SecretBytes::new([
                0x84, 0x65, 0x3a, 0x56, 0xd7, 0xc6, 0x75, 0xbe, 0x77, 0xdf
            ]))
            .expose(),
            "QRSTUVWXYZ234567"
        );
    }

    #[test]
    fn seeds_have_sixty_four_characters_and_differ() {
        let random = &mut SeededRandom::new(1);
        let (one, other) = (base32(&new_seed(random)), base32(&new_seed(random)));
        assert_eq!((one.expose().len(), other.expose().len()), (64, 64));
        assert!(!one.matches(other.expose()));
    }

    #[test]
    fn the_uri_keeps_its_parts_apart() {
        let seed = SecretString::from("MZXW6YTB");
        for (device, account, label) in [
            ("phone", "alice", "phone@alice"),
            ("phone", "111122223333", "phone@111122223333"),
            ("a@b", "c+d=e,f", "a%40b@c%2Bd%3De%2Cf"),
        ] {
            let uri = uri(device, account, &seed);
            assert_eq!(uri.expose(), format!("otpauth://totp/{label}?secret=MZXW6YTB"));
        }
    }

    #[test]
    fn the_longest_names_that_there_can_be_fit() {
        let name = "@".repeat(256);
        let longest = uri(&name, &name, &base32(&new_seed(&mut SeededRandom::new(1))));
        assert!(qr_png(&longest).is_ok());
    }
}
