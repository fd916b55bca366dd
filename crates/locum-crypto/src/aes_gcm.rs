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
