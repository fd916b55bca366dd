//! The key-encryption key: the one secret outside the store, under which every stored value is sealed.

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use zeroize::{Zeroize, Zeroizing};

use crate::{
    Purpose, Random, SecretString,
    seal::{CipherKey, HEADER_LEN, KeyId, OVERHEAD, OpenError, RootSecret, derive},
};

const ID_LABEL: &[u8] = b"locum v1 key-encryption key id";

/// Editors and `base64 -w0` disagree about padding; a key file is no place for malleability to matter.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A key file that holds no usable key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyFileError {
    /// Neither 32 raw bytes nor their spelling.
    #[error("a key-encryption key is 32 random bytes, written raw, as 64 hexadecimal digits or as base64")]
    Shape,
    /// The same byte thirty-two times.
    #[error("the key-encryption key is one repeated byte, which is no secret; make one from 32 random bytes")]
    NotRandom,
}

/// The key that seals stored values. Its id is derived from it, so a wrong key is told from a damaged store.
pub struct KeyEncryptionKey {
    secret: RootSecret,
    cipher: CipherKey,
}

impl KeyEncryptionKey {
    /// Takes in 32 bytes of key.
    ///
    /// # Errors
    /// `KeyFileError::NotRandom` for one repeated byte, above all for zeros.
    pub fn new(secret: [u8; 32]) -> Result<Self, KeyFileError> {
        let secret = Zeroizing::new(secret);
        if secret.iter().all(|b| secret.first() == Some(b)) {
            return Err(KeyFileError::NotRandom);
        }
        let mut id = [0; KeyId::LEN];
        for (place, byte) in id.iter_mut().zip(derive(&secret, ID_LABEL).iter()) {
            *place = *byte;
        }
        let cipher = CipherKey::new(KeyId(id), Purpose::StoreValue, &secret);
        Ok(Self { secret, cipher })
    }

    /// Draws a new key.
    #[must_use]
    pub fn generate(rng: &mut dyn Random) -> Self {
        loop {
            let mut secret = [0; 32];
            rng.fill(&mut secret);
            let key = Self::new(secret);
            secret.zeroize();
            if let Ok(key) = key {
                return key;
            }
        }
    }

    /// Reads the contents of a key file or variable: raw bytes, 64 hexadecimal digits or base64, white space around
    /// either ignored. Thirty-two printable characters are refused: that is a passphrase or half a key, not random bytes.
    ///
    /// # Errors
    /// `KeyFileError`, whose text is one sentence for the operator.
    pub fn parse(contents: &[u8]) -> Result<Self, KeyFileError> {
        let is_text = contents
            .iter()
            .all(|b| b.is_ascii_graphic() || b.is_ascii_whitespace());
        let mut secret = if is_text {
            parse_text(contents.trim_ascii())
        } else {
            contents.try_into().ok()
        }
        .ok_or(KeyFileError::Shape)?;
        let key = Self::new(secret);
        secret.zeroize();
        key
    }

    /// Spells the key as a key file's line of hexadecimal digits.
    #[must_use]
    pub fn file_text(&self) -> SecretString {
        let mut text = crate::hex(self.secret.as_slice());
        text.push('\n');
        SecretString::new(text)
    }

    /// The id under which values name this key.
    #[must_use]
    pub const fn id(&self) -> KeyId {
        self.cipher.id()
    }

    /// Seals a value for its place in the store: moved to another path, it does not open.
    #[must_use]
    pub fn seal_value(&self, path: &str, plaintext: &[u8], rng: &mut dyn Random) -> Vec<u8> {
        let mut sealed = Vec::with_capacity(plaintext.len() + OVERHEAD);
        sealed.resize(HEADER_LEN, 0);
        sealed.extend_from_slice(plaintext);
        self.cipher.seal(&[path.as_bytes()], rng, &mut sealed, 0);
        sealed
    }

    /// Opens the value of this path.
    ///
    /// # Errors
    /// `OpenError::UnknownKey` if another key sealed it, otherwise what is wrong with the value.
    pub fn open_value(&self, path: &str, sealed: &[u8]) -> Result<Vec<u8>, OpenError> {
        let mut buffer = Zeroizing::new(sealed.to_vec());
        self.open_value_in_place(path, &mut buffer).map(<[u8]>::to_vec)
    }

    /// Opens the value of this path where it is, and returns the plaintext's part of it: the caller wipes it.
    ///
    /// # Errors
    /// `OpenError::UnknownKey` if another key sealed it, otherwise what is wrong with the value.
    pub fn open_value_in_place<'a>(&self, path: &str, sealed: &'a mut [u8]) -> Result<&'a [u8], OpenError> {
        self.cipher.open(&[path.as_bytes()], sealed).map(|text| &*text)
    }
}

impl std::fmt::Debug for KeyEncryptionKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeyEncryptionKey({}, ..)", self.id())
    }
}

fn parse_text(text: &[u8]) -> Option<[u8; 32]> {
    let mut secret = [0; 32];
    if text.len() == 64 {
        for (byte, pair) in secret.iter_mut().zip(text.chunks_exact(2)) {
            let [high, low] = pair else { return None };
            *byte = nibble(*high)? << 4 | nibble(*low)?;
        }
        return Some(secret);
    }
    // Engines ask for the room of a padded length: three bytes more than the 32.
    let mut room = Zeroizing::new([0; 33]);
    let len = BASE64.decode_slice(text, room.as_mut_slice()).ok()?;
    secret.copy_from_slice(room.get(..len).filter(|s| s.len() == 32)?);
    Some(secret)
}

fn nibble(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|d| u8::try_from(d).ok())
}

#[cfg(test)]
mod tests {
    use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD};

    use super::*;
    use crate::{SeededRandom, hex};

    fn key(seed: u64) -> KeyEncryptionKey {
        KeyEncryptionKey::generate(&mut SeededRandom::new(seed))
    }

    #[test]
    fn every_spelling_of_a_key_is_the_same_key() {
        let key = key(1);
        let raw = key.secret.as_slice();
        let spellings: [Vec<u8>; 7] = [
            raw.to_vec(),
            hex(raw).into_bytes(),
            hex(raw).to_uppercase().into_bytes(),
            format!("  {}\r\n", hex(raw)).into_bytes(),
            BASE64_STANDARD.encode(raw).into_bytes(),
            BASE64_STANDARD_NO_PAD.encode(raw).into_bytes(),
            key.file_text().expose().as_bytes().to_vec(),
        ];
        for text in spellings {
            let again = KeyEncryptionKey::parse(&text).unwrap();
            assert_eq!(again.secret, key.secret);
            assert_eq!(again.id(), key.id());
        }
    }

    #[test]
    fn anything_else_is_refused() {
        let raw = key(1).secret;
        let refused: [(&[u8], KeyFileError); 10] = [
            (b"", KeyFileError::Shape),
            (b"\n", KeyFileError::Shape),
            (b"correct horse battery staple 123", KeyFileError::Shape),
            (b"0123456789abcdef0123456789abcdef", KeyFileError::Shape),
            (&raw[..31], KeyFileError::Shape),
            (&[raw.as_slice(), b"\n"].concat(), KeyFileError::Shape),
            (&[b'g'; 64], KeyFileError::Shape),
            (&[0; 32], KeyFileError::NotRandom),
            (&[b'0'; 64], KeyFileError::NotRandom),
            (&[&[b'A'; 43], b"=".as_slice()].concat(), KeyFileError::NotRandom),
        ];
        for (contents, error) in refused {
            assert_eq!(
                KeyEncryptionKey::parse(contents).unwrap_err(),
                error,
                "{contents:?}"
            );
        }
    }

    #[test]
    fn a_value_opens_at_its_own_path_only() {
        let (mine, other) = (key(1), key(2));
        let sealed = mine.seal_value("/users/a", b"secret", &mut SeededRandom::new(3));
        assert_eq!(mine.open_value("/users/a", &sealed).unwrap(), b"secret");
        assert_eq!(mine.open_value("/users/b", &sealed), Err(OpenError::NotAuthentic));
        assert_eq!(other.open_value("/users/a", &sealed), Err(OpenError::UnknownKey));
        assert!(!sealed.windows(6).any(|w| w == b"secret"));
    }

    #[test]
    fn an_empty_value_and_a_long_path_round_trip() {
        let path = "/long".repeat(100);
        let sealed = key(1).seal_value(&path, b"", &mut SeededRandom::new(3));
        assert_eq!(sealed.len(), OVERHEAD);
        assert_eq!(key(1).open_value(&path, &sealed).unwrap(), b"");
    }

    #[test]
    fn every_flipped_bit_and_every_truncation_is_refused() {
        let sealed = key(1).seal_value("/k", b"value", &mut SeededRandom::new(3));
        for bit in 0..sealed.len() * 8 {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(key(1).open_value("/k", &changed).is_err(), "bit {bit}");
        }
        for len in 0..sealed.len() {
            assert!(key(1).open_value("/k", &sealed[..len]).is_err(), "length {len}");
        }
        assert!(
            key(1)
                .open_value("/k", &[sealed.as_slice(), b"x"].concat())
                .is_err()
        );
    }

    #[test]
    fn debug_shows_no_key() {
        let shown = format!("{:?}", key(1));
        assert!(!shown.contains(&hex(&key(1).secret.as_slice()[..4])), "{shown}");
        assert_eq!(shown, format!("KeyEncryptionKey({}, ..)", key(1).id()));
    }
}
