//! Digests, HMACs and their hexadecimal spelling.
//!
//! SHA-256 is what Signature V4 and nearly everything else uses. SHA-384 and SHA-512 are for the digests that SAML's
//! signatures name. SHA-1 stands only where a format fixes it and no forger gains by a collision: one-time codes
//! (HMAC), the name qualifier of SAML, thumbprints of certificates, names of cached files. No signature is made or verified with it.

use aws_lc_rs::{constant_time, digest, hmac};

/// Returns the SHA-256 digest of `bytes`.
#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    fixed(digest::digest(&digest::SHA256, bytes).as_ref())
}

/// Returns the SHA-384 digest of `bytes`.
#[must_use]
pub fn sha384(bytes: &[u8]) -> [u8; 48] {
    fixed(digest::digest(&digest::SHA384, bytes).as_ref())
}

/// Returns the SHA-512 digest of `bytes`.
#[must_use]
pub fn sha512(bytes: &[u8]) -> [u8; 64] {
    fixed(digest::digest(&digest::SHA512, bytes).as_ref())
}

/// Returns the SHA-1 digest of `bytes`: for names and thumbprints that are defined by it, never for a signature.
#[must_use]
pub fn sha1(bytes: &[u8]) -> [u8; 20] {
    fixed(digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, bytes).as_ref())
}

/// SHA-256 over parts that are not in one piece.
#[derive(Clone)]
pub struct Sha256(digest::Context);

impl Sha256 {
    /// Begins an empty digest.
    #[must_use]
    pub fn new() -> Self {
        Self(digest::Context::new(&digest::SHA256))
    }

    /// Takes in the next part.
    pub fn update(&mut self, part: &[u8]) {
        self.0.update(part);
    }

    /// Returns the digest of all parts.
    #[must_use]
    pub fn finish(self) -> [u8; 32] {
        fixed(self.0.finish().as_ref())
    }
}

impl Default for Sha256 {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sha256(..)")
    }
}

/// A key for HMAC-SHA-256 with its two padded blocks already absorbed: signing again costs half of a fresh key.
#[derive(Clone)]
pub struct HmacKey(hmac::Key);

impl HmacKey {
    /// Prepares a key of any length.
    #[must_use]
    pub fn new(key: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    /// Returns the MAC of `message`.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; 32] {
        fixed(hmac::sign(&self.0, message).as_ref())
    }

    /// Tells in constant time whether `mac` is the MAC of `message`.
    #[must_use]
    pub fn verifies(&self, message: &[u8], mac: &[u8]) -> bool {
        hmac::verify(&self.0, message, mac).is_ok()
    }
}

impl std::fmt::Debug for HmacKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HmacKey(..)")
    }
}

/// Returns the HMAC-SHA-256 of `message` under a key that is used once.
#[must_use]
pub fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    HmacKey::new(key).sign(message)
}

/// Returns the HMAC-SHA-1 of `message`, the function under one-time codes (RFC 4226, RFC 6238).
#[must_use]
pub fn hmac_sha1(key: &[u8], message: &[u8]) -> [u8; 20] {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key);
    fixed(hmac::sign(&key, message).as_ref())
}

/// Compares two byte strings in time that depends on their lengths only.
#[must_use]
pub fn equal(a: &[u8], b: &[u8]) -> bool {
    constant_time::verify_slices_are_equal(a, b).is_ok()
}

/// Returns the lower-case hexadecimal spelling of `bytes`.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for &byte in bytes {
        let [.., high, low] = hex_digits([0, 0, 0, byte]);
        text.extend([high, low].map(char::from));
    }
    text
}

/// Returns the lower-case hexadecimal spelling of a digest, without an allocation.
#[must_use]
pub fn hex32(digest: &[u8; 32]) -> [u8; 64] {
    let mut text = [0; 64];
    let (fours, _) = digest.as_chunks::<4>();
    let (eights, _) = text.as_chunks_mut::<8>();
    for (eight, four) in eights.iter_mut().zip(fours) {
        *eight = hex_digits(*four);
    }
    text
}

/// The eight lower-case digits of four bytes.
///
/// Arithmetic on all of them at once instead of a table: no address depends on a digit.
pub(crate) const fn hex_digits(bytes: [u8; 4]) -> [u8; 8] {
    let mut digits = u32::from_be_bytes(bytes) as u64;
    // One half byte in each byte.
    digits = (digits | digits << 16) & 0x0000_ffff_0000_ffff;
    digits = (digits | digits << 8) & 0x00ff_00ff_00ff_00ff;
    digits = (digits | digits << 4) & 0x0f0f_0f0f_0f0f_0f0f;
    // One where a letter stands: with six added, ten and more carry into the upper half. No byte carries into the next.
    let letters = digits.wrapping_add(EACH * 6) >> 4 & EACH;
    let past_nine = letters.wrapping_mul((b'a' - b'0' - 10) as u64);
    digits
        .wrapping_add(EACH * b'0' as u64)
        .wrapping_add(past_nine)
        .to_be_bytes()
}

/// A one in each of eight bytes.
const EACH: u64 = 0x0101_0101_0101_0101;

fn fixed<const LEN: usize>(bytes: &[u8]) -> [u8; LEN] {
    let mut out = [0; LEN];
    // INVARIANT: every caller's algorithm gives as many bytes as its result holds.
    out.copy_from_slice(bytes);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FIPS 180-2, appendix B.1.
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn sha256_of_the_published_example() {
        assert_eq!(hex(&sha256(b"abc")), ABC);
        let mut parts = Sha256::new();
        parts.update(b"a");
        parts.update(b"");
        parts.update(b"bc");
        assert_eq!(parts.finish(), sha256(b"abc"));
    }

    /// RFC 4231, test case 2.
    #[test]
    fn hmac_of_the_published_example() {
        let mac = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        let key = HmacKey::new(b"Jefe");
        let message = b"what do ya want for nothing?";
        assert_eq!(hex(&hmac_sha256(b"Jefe", message)), mac);
        assert!(key.verifies(message, &key.sign(message)));
        assert!(!key.verifies(message, key.sign(message).get(..31).unwrap()));
    }

    /// FIPS 180-2, appendices A.1, B.1, C.1 and D.1; RFC 3174 §7.3.
    #[test]
    fn other_digests_of_the_published_examples() {
        assert_eq!(hex(&sha1(b"abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(
            hex(&sha1(b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
            "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
        );
        assert_eq!(
            hex(&sha384(b"abc")),
            "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"
        );
        assert_eq!(
            hex(&sha512(b"abc")),
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
        );
        assert_eq!(hex(&sha1(b"")), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    }

    /// RFC 2202 §3, and a code of RFC 4226 appendix D.
    #[test]
    fn hmac_sha1_of_the_published_examples() {
        let cases: [(&[u8], &[u8], &str); 7] = [
            (
                &[0x0b; 20],
                b"Hi There",
                "b617318655057264e28bc0b6fb378c8ef146be00",
            ),
            (
                b"Jefe",
                b"what do ya want for nothing?",
                "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
            ),
            (
                &[0xaa; 20],
                &[0xdd; 50],
                "125d7342b9ac11cd91a39af48aa17b4f63f175d3",
            ),
            (
                &[0xaa; 80],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "aa4ae5e15272d00e95705637ce8a3b55ed402112",
            ),
            (
                &[0xaa; 80],
                b"Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data",
                "e8e99d0f45237d786d6bbaa7965c7808bbff1a91",
            ),
            (
                &[0x0c; 20],
                b"Test With Truncation",
                "4c1a03424b55e07fe7f27be1d58bb9324a9a5a04",
            ),
            (
                b"12345678901234567890",
                &[0; 8],
                "cc93cf18508d94934c64b65d8ba7667fb7cde4b0",
            ),
        ];
        for (key, message, mac) in cases {
            assert_eq!(hex(&hmac_sha1(key, message)), mac);
        }
        assert_eq!(
            hex(&hmac_sha1(b"", b"")),
            "fbdb1d1b18aa6c08324b7d64b71fb76370690e1d"
        );
    }

    #[test]
    fn both_hex_spellings_agree_on_every_byte() {
        for start in (0..=224).step_by(32) {
            let bytes: [u8; 32] = std::array::from_fn(|i| u8::try_from(start + i).unwrap());
            let expected: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
            assert_eq!(hex(&bytes), expected);
            assert_eq!(hex32(&bytes).as_slice(), expected.as_bytes());
        }
    }

    #[test]
    fn equal_compares_content_and_length() {
        assert!(equal(b"", b"") && equal(b"ab", b"ab"));
        assert!(!equal(b"ab", b"ac") && !equal(b"ab", b"abc"));
    }
}
