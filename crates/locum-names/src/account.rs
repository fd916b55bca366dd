use std::{fmt, str::FromStr};

use crate::NameError;

/// A twelve-digit account number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountId(u64);

impl AccountId {
    /// One more than the largest account number.
    pub const LIMIT: u64 = 1_000_000_000_000;

    /// The account of this number.
    ///
    /// # Errors
    /// `NameError::Account` for a number of more than twelve digits.
    pub const fn new(number: u64) -> Result<Self, NameError> {
        if number < Self::LIMIT {
            Ok(Self(number))
        } else {
            Err(NameError::Account)
        }
    }

    /// An account number drawn from random bits, never with a leading zero: tools that read it as a number keep it.
    #[must_use]
    pub const fn from_random(bits: u64) -> Self {
        let floor = Self::LIMIT / 10;
        Self(floor + bits % (Self::LIMIT - floor))
    }

    /// The number itself.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }

    /// Returns the twelve digits as text, as `to_string` does at more cost.
    #[must_use]
    pub fn text(self) -> String {
        // INVARIANT: digits are ASCII.
        std::str::from_utf8(&self.digits()).unwrap_or_default().to_owned()
    }

    /// Twelve ASCII digits.
    #[must_use]
    pub fn digits(self) -> [u8; 12] {
        // Two halves of six digits, each a number of half a word: their divisions are cheaper, and do not wait for each other.
        const HALF: u64 = 1_000_000;
        let mut digits = [b'0'; 12];
        let (high, low) = digits.split_at_mut(6);
        for (half, number) in [(high, self.0 / HALF), (low, self.0 % HALF)] {
            let mut rest = number as u32;
            let (pairs, _) = half.as_chunks_mut::<2>();
            for pair in pairs.iter_mut().rev() {
                let [.., value] = (rest % 100).to_be_bytes();
                *pair = [b'0' + value / 10, b'0' + value % 10];
                rest /= 100;
            }
        }
        digits
    }
}

impl FromStr for AccountId {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let digits: &[u8; 12] = text.as_bytes().try_into().map_err(|_| NameError::Account)?;
        let number = digits.iter().try_fold(0, |number, digit| {
            let value = digit.is_ascii_digit().then(|| u64::from(digit & 0xf))?;
            Some(number * 10 + value)
        });
        number.map(Self).ok_or(NameError::Account)
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // INVARIANT: digits are ASCII.
        f.write_str(std::str::from_utf8(&self.digits()).unwrap_or_default())
    }
}
