//! Randomness as an argument: the operating system's in service, a replayable stream in tests.

use crate::HmacKey;

/// Where random bytes come from. Object safe, so operations take `&mut dyn Random`.
pub trait Random {
    /// Fills `bytes` with randomness.
    fn fill(&mut self, bytes: &mut [u8]);

    /// Returns 64 random bits.
    fn next_u64(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }
}

/// The operating system's cryptographic generator.
///
/// Not that of `aws-lc`, which before its first byte measures the processor's jitter for a tenth of a second: as long as a
/// thousand AssumeRoles, and longer than the whole of `locum sts` may take.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&mut self, bytes: &mut [u8]) {
        if getrandom::fill(bytes).is_err() {
            // Going on would issue guessable keys; there is nothing to answer a caller with either.
            std::process::abort();
        }
    }
}

/// A stream that a seed determines, HMAC-SHA-256 in counter mode. **For tests and replay only**: whoever knows the
/// seed knows every key.
#[derive(Debug, Clone)]
pub struct SeededRandom {
    key: HmacKey,
    counter: u64,
}

impl SeededRandom {
    /// Begins the stream of `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            key: HmacKey::new(&seed.to_le_bytes()),
            counter: 0,
        }
    }
}

impl Random for SeededRandom {
    fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let block = self.key.sign(&self.counter.to_le_bytes());
            self.counter += 1;
            for (byte, random) in chunk.iter_mut().zip(block) {
                *byte = random;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_determines_the_stream() {
        let (mut a, mut b, mut c) = (SeededRandom::new(7), SeededRandom::new(7), SeededRandom::new(8));
        let (first, other) = (a.next_u64(), c.next_u64());
        assert_eq!(first, b.next_u64());
        assert_ne!(first, other);
        assert_ne!(first, a.next_u64());
    }

    #[test]
    fn the_system_fills_all_of_a_long_buffer() {
        let mut bytes = [0; 4096];
        SystemRandom.fill(&mut bytes);
        assert!(bytes.chunks(64).all(|c| c.iter().any(|&b| b != 0)));
    }
}
