use jiff::Timestamp;
use locum_crypto::PasswordHash;
use locum_names::{AccountId, UniqueId};

use super::{Revision, WrongGuesses};

/// How many passwords of a user are remembered, the one in use among them: the most that a password policy can ask for.
pub const MOST_REMEMBERED_PASSWORDS: usize = 24;

/// The password of a user.
#[derive(Debug, Clone)]
pub struct LoginProfile {
    /// The revision it was read at.
    pub revision: Revision,
    /// The account of the user.
    pub account: AccountId,
    /// The user.
    pub user: UniqueId,
    /// When the user was given the first password.
    pub created: Timestamp,
    /// When the password last changed.
    pub changed: Timestamp,
    /// Whether the user must choose another at the next sign-in.
    pub reset_required: bool,
    /// The password.
    pub password: PasswordHash,
    /// The passwords before it, the newest first.
    pub previous: Vec<PasswordHash>,
    /// The wrong passwords that count against it.
    pub failures: Option<WrongGuesses>,
    /// No password is looked at before this time.
    pub locked_until: Option<Timestamp>,
}

impl LoginProfile {
    /// The first password of a user.
    #[must_use]
    pub const fn new(
        account: AccountId,
        user: UniqueId,
        password: PasswordHash,
        reset_required: bool,
        created: Timestamp,
    ) -> Self {
        Self {
            revision: Revision::NEW,
            account,
            user,
            created,
            changed: created,
            reset_required,
            password,
            previous: Vec::new(),
            failures: None,
            locked_until: None,
        }
    }

    /// Replaces the password and remembers the one that was.
    pub fn change(&mut self, password: PasswordHash, now: Timestamp) {
        let old = std::mem::replace(&mut self.password, password);
        self.previous.insert(0, old);
        self.previous.truncate(MOST_REMEMBERED_PASSWORDS - 1);
        self.changed = now;
    }

    /// The last `count` passwords, the one in use first.
    pub fn last(&self, count: usize) -> impl Iterator<Item = &PasswordHash> {
        std::iter::once(&self.password).chain(&self.previous).take(count)
    }
}
