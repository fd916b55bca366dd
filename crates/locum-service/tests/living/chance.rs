//! Draws from small sets, so that steps meet each other.

use locum_crypto::{Random, SeededRandom};

pub(super) struct Chance(SeededRandom);

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        Self(SeededRandom::new(seed))
    }

    pub(super) fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.0.next_u64() % most as u64).unwrap()
    }

    pub(super) fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// Whether something happens that happens once in so many times.
    pub(super) fn once_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }
}
