//! Values that are wiped when dropped and cannot be printed or compared by accident.

use std::fmt;

use zeroize::{Zeroizing, optimization_barrier};

use crate::equal;

/// Text that must not be shown: a secret access key, a password, a token.
#[derive(Clone)]
pub struct SecretString(Box<str>);

impl SecretString {
    /// Takes in a secret. A `String` with spare capacity is copied, and the original wiped.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.len() == text.capacity() {
            return Self(text.into_boxed_str());
        }
        let text = Zeroizing::new(text);
        Self(Box::from(text.as_str()))
    }

    /// Returns the secret itself. Every call is a place to review.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Tells in constant time whether `other` is the same text.
    #[must_use]
    pub fn matches(&self, other: &str) -> bool {
        equal(self.0.as_bytes(), other.as_bytes())
    }

    /// Returns the memory of the secret, wiped, and leaves an empty text. It wipes whole words; `zeroize` stores text byte
    /// by byte, and every session has a secret to wipe.
    fn wiped(&mut self) -> Box<[u8]> {
        let mut bytes = std::mem::take(&mut self.0).into_boxed_bytes();
        bytes.fill(0);
        optimization_barrier(&*bytes);
        bytes
    }
}

impl fmt::Debug for SecretString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretString(..)")
    }
}

impl From<String> for SecretString {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl From<&str> for SecretString {
    fn from(text: &str) -> Self {
        Self(Box::from(text))
    }
}

impl Drop for SecretString {
    fn drop(&mut self) {
        drop(self.wiped());
    }
}

/// Bytes that must not be shown: key material, opened plaintext.
#[derive(Clone)]
pub struct SecretBytes(Zeroizing<Box<[u8]>>);

impl SecretBytes {
    /// Takes in a secret. A `Vec` with spare capacity is copied, and the original wiped.
    #[must_use]
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = Zeroizing::new(bytes.into());
        Self(Zeroizing::new(Box::from(bytes.as_slice())))
    }

    /// Returns the secret itself. Every call is a place to review.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// Tells in constant time whether `other` is the same.
    #[must_use]
    pub fn matches(&self, other: &[u8]) -> bool {
        equal(&self.0, other)
    }
}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretBytes(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing_of_the_content() {
        assert_eq!(
            format!("{:?}", SecretString::from("wJalrXUtnFEMI")),
            "SecretString(..)"
        );
        assert_eq!(format!("{:?}", SecretBytes::new(*b"wJalr")), "SecretBytes(..)");
    }

    #[test]
    fn matches_compares_the_whole_text() {
        let secret = SecretString::new(String::from("wJalr"));
        assert!(secret.matches("wJalr"));
        assert!(!secret.matches("wJal") && !secret.matches("wjalr"));
        assert!(SecretBytes::new(*b"ab").matches(b"ab") && !SecretBytes::new(*b"ab").matches(b"a"));
    }

    /// Dropping does nothing else.
    #[test]
    fn what_held_a_secret_is_wiped() {
        for length in 1..70 {
            let mut secret = SecretString::from("x".repeat(length));
            let held = secret.expose().as_ptr();
            let wiped = secret.wiped();
            assert_eq!((wiped.as_ptr(), &*wiped), (held, &*vec![0; length]));
            assert_eq!(secret.expose(), "");
        }
    }
}
