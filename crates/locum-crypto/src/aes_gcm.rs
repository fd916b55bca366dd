use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

const TAG_LEN: usize = 16;

/// Opens AES-128-GCM or AES-256-GCM, as the length of the key says (16 or 32 bytes), without associated data.
///
/// The tag is always the last sixteen bytes: nothing in the input can shorten it (`facts: security §1.5`). Draws no
/// randomness. Returns nothing if the key has another length, the tag is cut, or anything was changed.
#[must_use]
pub fn open_aes_gcm(key: &[u8], iv: &[u8; 12], ciphertext_and_tag: &[u8]) -> Option<Vec<u8>> {
    if ciphertext_and_tag.len() < TAG_LEN {
        return None;
    }
    let algorithm = match key.len() {
        16 => &AES_128_GCM,
        32 => &AES_256_GCM,
        _ => return None,
    };
    let key = LessSafeKey::new(UnboundKey::new(algorithm, key).ok()?);
    let mut text = ciphertext_and_tag.to_vec();
    let len = key
        .open_in_place(Nonce::assume_unique_for_key(*iv), Aad::empty(), &mut text)
        .ok()?
        .len();
    text.truncate(len);
    Some(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fixture::bytes;

    /// McGrew and Viega, "The Galois/Counter Mode of Operation", appendix B, test cases 3 and 15.
    const KEY: &str = "feffe9928665731c6d6a8f9467308308";
    const IV: &str = "cafebabefacedbaddecaf888";
    const TEXT: &str = "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72
        1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255";
    const SEALED_128: &str = "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e
        21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091473f5985 4d5c2af327cd64a62cf35abd2ba6fab4";
    const SEALED_256: &str = "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa
        8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad b094dac5d93471bdec1a502270e3cc6c";

    fn iv() -> [u8; 12] {
        bytes(IV).try_into().unwrap()
    }

    #[test]
    fn published_values_open() {
        let double = [bytes(KEY), bytes(KEY)].concat();
        assert_eq!(
            open_aes_gcm(&bytes(KEY), &iv(), &bytes(SEALED_128)),
            Some(bytes(TEXT))
        );
        assert_eq!(
            open_aes_gcm(&double, &iv(), &bytes(SEALED_256)),
            Some(bytes(TEXT))
        );
        // Test case 1: nothing but a tag.
        let tag = bytes("58e2fccefa7e3061367f1d57a4e7455a");
        assert_eq!(open_aes_gcm(&[0; 16], &[0; 12], &tag), Some(vec![]));
    }

    #[test]
    fn cut_tags_and_other_keys_do_not_open() {
        let sealed = bytes(SEALED_128);
        for len in 0..sealed.len() {
            assert_eq!(open_aes_gcm(&bytes(KEY), &iv(), &sealed[..len]), None, "{len}");
        }
        let long = [&*sealed, &[0]].concat();
        assert_eq!(open_aes_gcm(&bytes(KEY), &iv(), &long), None);
        for len in [0, 8, 15, 17, 24, 31, 32, 33, 64] {
            assert_eq!(open_aes_gcm(&vec![0xfe; len], &iv(), &sealed), None, "{len}");
        }
    }

    proptest! {
        #[test]
        fn one_flipped_bit_does_not_open(bit in 0usize..(28 + 80) * 8) {
            let mut whole = [bytes(KEY), bytes(IV), bytes(SEALED_128)].concat();
            whole[bit / 8] ^= 1 << (bit % 8);
            let (key, rest) = whole.split_at(16);
            let (iv, sealed) = rest.split_at(12);
            prop_assert_eq!(open_aes_gcm(key, iv.try_into().unwrap(), sealed), None);
        }
    }
}
