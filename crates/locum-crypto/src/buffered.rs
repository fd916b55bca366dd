use std::fmt;

use zeroize::{Zeroizing, optimization_barrier};

use crate::{Random, SystemRandom};

const SIZE: usize = 2048;

/// The system's randomness, drawn in blocks: a request needs about ninety bytes in six draws, and each draw costs half
/// a microsecond beside what its length costs. What was given out is wiped at once. One for each thread; not to be carried
/// through a `fork`, after which two processes would draw the same.
pub struct BufferedRandom {
    block: Zeroizing<[u8; SIZE]>,
    /// `block[used..]` was not given out yet.
    used: usize,
}

impl BufferedRandom {
    /// Begins with an empty buffer.
    #[must_use]
    pub fn new() -> Self {
        Self {
            block: Zeroizing::new([0; SIZE]),
            used: SIZE,
        }
    }
}

impl Default for BufferedRandom {
    fn default() -> Self {
        Self::new()
    }
}

impl Random for BufferedRandom {
    fn fill(&mut self, bytes: &mut [u8]) {
        if bytes.len() > SIZE {
            SystemRandom.fill(bytes);
            return;
        }
        if self.used + bytes.len() > SIZE {
            SystemRandom.fill(self.block.as_mut_slice());
            self.used = 0;
        }
        let end = self.used + bytes.len();
        if let Some(fresh) = self.block.get_mut(self.used..end) {
            bytes.copy_from_slice(fresh);
            fresh.fill(0);
            optimization_barrier(fresh);
        } else {
            // INVARIANT: the block was refilled if it held too little.
            SystemRandom.fill(bytes);
        }
        self.used = end;
    }
}

impl fmt::Debug for BufferedRandom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BufferedRandom(..)")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_byte_is_given_out_twice_and_none_is_kept() {
        let mut random = BufferedRandom::new();
        let mut seen = HashSet::new();
        for len in (8..=600).chain(8..=600).chain(SIZE - 8..=SIZE + 8) {
            let mut bytes = vec![0; len];
            random.fill(&mut bytes);
            assert!(seen.insert(bytes[..8].to_vec()), "length {len}");
            assert!(bytes[len - 8..].iter().any(|&b| b != 0), "length {len}");
            assert!(random.block[..random.used].iter().all(|&b| b == 0));
        }
        random.fill(&mut []);
    }
}
