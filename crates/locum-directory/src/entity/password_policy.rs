use locum_names::AccountId;

use super::Revision;

/// What an account asks of the passwords of its users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub struct PasswordPolicy {
    /// The revision it was read at.
    pub revision: Revision,
    /// The account.
    pub account: AccountId,
    /// The fewest characters.
    pub minimum_length: u32,
    /// Whether a symbol must be in it.
    pub symbols: bool,
    /// Whether a digit must be in it.
    pub numbers: bool,
    /// Whether a letter from A to Z must be in it.
    pub uppercase: bool,
    /// Whether a letter from a to z must be in it.
    pub lowercase: bool,
    /// Whether every user may change the own password.
    pub users_may_change: bool,
    /// After how many days a password expires.
    pub max_age: Option<u32>,
    /// How many of the last passwords cannot be used again.
    pub reuse_prevention: Option<u32>,
    /// Whether an expired password keeps its user from choosing another at the sign-in; `None` if nobody said.
    pub hard_expiry: Option<bool>,
}
