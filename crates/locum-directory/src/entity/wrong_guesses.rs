use jiff::Timestamp;

/// Wrong guesses of a secret (the codes of a device, a password) that are not forgiven yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrongGuesses {
    /// How many.
    pub count: u32,
    /// When the first of them came, or one was last forgiven.
    pub since: Timestamp,
}
