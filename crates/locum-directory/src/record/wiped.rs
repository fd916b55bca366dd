use std::io::{self, Write};

use zeroize::Zeroizing;

/// A buffer that wipes what it leaves behind when it grows: a vector that grows by itself leaves copies of secrets.
pub(super) struct Wiped(pub(super) Zeroizing<Vec<u8>>);

impl Wiped {
    pub(super) fn with_capacity(capacity: usize) -> Self {
        Self(Zeroizing::new(Vec::with_capacity(capacity)))
    }
}

impl Write for Wiped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = self.0.len().saturating_add(bytes.len());
        if length > self.0.capacity() {
            let mut larger = Self::with_capacity(length.max(self.0.capacity().saturating_mul(2)));
            larger.0.extend_from_slice(&self.0);
            *self = larger;
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_grows_without_losing_anything() {
        let mut buffer = Wiped::with_capacity(3);
        let mut expected = Vec::new();
        for length in [0_u8, 1, 2, 7, 100, 3] {
            let piece = vec![length; usize::from(length)];
            buffer.write_all(&piece).unwrap();
            expected.extend(piece);
        }
        assert_eq!(*buffer.0, expected);
    }
}
