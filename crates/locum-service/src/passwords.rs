//! Passwords of users: what an account asks of them, and whether one is right.
//!
//! Hashing a password takes a tenth of a second by design. It is done in the first of an operation's two runs, outside of
//! the writers' queue; the second run, on the newest state, compares the hashes that were made. If that state knows a
//! password that they cannot be compared with, because somebody replaced it in between, the operation ends.

use std::num::NonZeroU32;

use jiff::Timestamp;
use locum_api::{ApiError, errors};
use locum_crypto::{PasswordHash, PasswordScheme, Random};
use locum_directory::{Account, LoginProfile, PasswordPolicy};

use crate::guesses::{self, Counted};

/// The characters that count as symbols, as AWS's documentation lists them.
const SYMBOLS: &str = "!@#$%^&*()_+-=[]{}|'";
/// The fewest characters, where an account has no policy of its own.
const DEFAULT_LENGTH: usize = 8;
/// How many kinds of characters, where an account has no policy of its own.
const DEFAULT_KINDS: usize = 3;

/// Refuses a password that the account does not allow. Whether it was used before is not looked at here.
///
/// # Errors
/// `PasswordPolicyViolation`.
pub(crate) fn check(
    policy: Option<&PasswordPolicy>,
    account: &Account,
    password: &str,
) -> Result<(), ApiError> {
    let has = |kind: fn(char) -> bool| password.chars().any(kind);
    let (upper, lower) = (has(|c| c.is_ascii_uppercase()), has(|c| c.is_ascii_lowercase()));
    let (number, symbol) = (has(|c| c.is_ascii_digit()), has(|c| SYMBOLS.contains(c)));
    let length = password.chars().count();
    let fits = match policy {
        Some(policy) => {
            u32::try_from(length).is_ok_and(|length| length >= policy.minimum_length)
                && (upper || !policy.uppercase)
                && (lower || !policy.lowercase)
                && (number || !policy.numbers)
                && (symbol || !policy.symbols)
        }
        None => {
            let kinds = [upper, lower, number, symbol]
                .into_iter()
                .filter(|has| *has)
                .count();
            let known = [&account.name, &account.email];
            length >= DEFAULT_LENGTH
                && kinds >= DEFAULT_KINDS
                && !known
                    .into_iter()
                    .any(|known| known.eq_ignore_ascii_case(password))
        }
    };
    if fits { Ok(()) } else { Err(violation()) }
}

fn violation() -> ApiError {
    errors::PASSWORD_POLICY_VIOLATION.with("Password does not conform to the account password policy.")
}

/// A new password, hashed in every way that it must be compared in.
#[derive(Clone)]
pub(crate) struct NewPassword {
    /// To be stored.
    hash: PasswordHash,
    /// For comparison with older ones that were hashed otherwise.
    others: Vec<PasswordHash>,
}

impl NewPassword {
    /// Hashes a user's first password.
    pub(crate) fn first(password: &str, iterations: NonZeroU32, random: &mut dyn Random) -> Self {
        Self {
            hash: PasswordScheme::generate(iterations, random).hash(password),
            others: Vec::new(),
        }
    }

    /// Hashes a password for a profile that has one. It keeps its scheme, so that all its passwords can be compared with one
    /// hash, unless more iterations are wanted by now.
    pub(crate) fn next(
        password: &str,
        profile: &LoginProfile,
        compared: usize,
        iterations: NonZeroU32,
        random: &mut dyn Random,
    ) -> Self {
        let mut schemes: Vec<PasswordScheme> = Vec::new();
        for known in profile.last(compared) {
            if !schemes.contains(&known.scheme()) {
                schemes.push(known.scheme());
            }
        }
        let current = profile.password.scheme();
        let scheme = if current.iterations() >= iterations {
            current
        } else {
            PasswordScheme::generate(iterations, random)
        };
        schemes.retain(|other| *other != scheme);
        Self {
            hash: scheme.hash(password),
            others: schemes.into_iter().map(|other| other.hash(password)).collect(),
        }
    }

    /// What is to be stored.
    pub(crate) fn into_hash(self) -> PasswordHash {
        self.hash
    }

    /// Refuses a password that is one of the last `compared` ones.
    ///
    /// # Errors
    /// `PasswordPolicyViolation`, or that the profile changed meanwhile.
    pub(crate) fn check_unused(&self, profile: &LoginProfile, compared: usize) -> Result<(), ApiError> {
        for known in profile.last(compared) {
            let mut hashes = std::iter::once(&self.hash).chain(&self.others);
            let hash = hashes.find(|hash| hash.scheme() == known.scheme());
            if hash.ok_or_else(changed_meanwhile)?.matches(known) {
                return Err(violation());
            }
        }
        Ok(())
    }
}

/// How many of the last passwords a new one is compared with.
pub(crate) fn compared(policy: Option<&PasswordPolicy>) -> usize {
    let count = policy.and_then(|policy| policy.reuse_prevention).unwrap_or(0);
    usize::try_from(count).unwrap_or(usize::MAX)
}

/// What a look at the old password came to.
pub(crate) enum Verdict {
    /// It is right.
    Right,
    /// It is wrong. The profile as it must be stored before anybody is told.
    Wrong(Box<LoginProfile>),
    /// Too many were wrong. Nothing is compared before this time, and nothing changes.
    Locked(Timestamp),
}

/// Until when no password of a profile is looked at, if it is locked.
pub(crate) fn locked_until(profile: &LoginProfile, now: Timestamp) -> Option<Timestamp> {
    guesses::locked_until(profile.locked_until, now)
}

/// Compares the hash of what is said to be the password with the one that is.
///
/// # Errors
/// That the profile changed since the hash was made.
pub(crate) fn verify(
    profile: &LoginProfile,
    said: &PasswordHash,
    now: Timestamp,
) -> Result<Verdict, ApiError> {
    if let Some(until) = locked_until(profile, now) {
        return Ok(Verdict::Locked(until));
    }
    if said.scheme() != profile.password.scheme() {
        return Err(changed_meanwhile());
    }
    if said.matches(&profile.password) {
        return Ok(Verdict::Right);
    }
    let Counted {
        failures,
        locked_until,
    } = guesses::count(profile.failures, now);
    Ok(Verdict::Wrong(Box::new(LoginProfile {
        failures: Some(failures),
        locked_until,
        ..profile.clone()
    })))
}

/// Somebody else changed the password while this one was being hashed.
pub(crate) fn changed_meanwhile() -> ApiError {
    errors::ENTITY_TEMPORARILY_UNMODIFIABLE
        .with("The login profile is being changed by another request. Please try again.")
}

#[cfg(test)]
mod tests {
    use locum_crypto::SeededRandom;
    use locum_names::{UniqueId, UniqueKind};

    use super::*;

    fn iterations(number: u32) -> NonZeroU32 {
        NonZeroU32::new(number).unwrap()
    }

    fn profile(password: &str) -> LoginProfile {
        let account = "111122223333".parse().unwrap();
        let user = UniqueId::new(UniqueKind::User, account, 1);
        let first = NewPassword::first(password, iterations(2), &mut SeededRandom::new(1));
        LoginProfile::new(account, user, first.into_hash(), false, Timestamp::UNIX_EPOCH)
    }

    fn next(password: &str, profile: &LoginProfile, number: u32) -> NewPassword {
        NewPassword::next(
            password,
            profile,
            24,
            iterations(number),
            &mut SeededRandom::new(2),
        )
    }

    /// When more iterations are wanted, a new password has them, and is still compared with those that had fewer.
    #[test]
    fn older_passwords_are_compared_as_they_were_hashed() {
        let mut profile = profile("first");
        let second = next("second", &profile, 2).into_hash();
        assert_eq!(second.scheme(), profile.password.scheme());
        profile.change(second, Timestamp::UNIX_EPOCH);
        let third = next("third", &profile, 3).into_hash();
        assert_eq!(third.scheme().iterations(), iterations(3));
        profile.change(third, Timestamp::UNIX_EPOCH);
        for (password, unused) in [
            ("first", false),
            ("second", false),
            ("third", false),
            ("fourth", true),
        ] {
            let checked = next(password, &profile, 3).check_unused(&profile, 24);
            assert_eq!(checked.is_ok(), unused, "{password}");
        }
        // Fewer than before are not gone back to.
        let fourth = next("fourth", &profile, 2).into_hash();
        assert_eq!(fourth.scheme().iterations(), iterations(3));
    }

    /// What was hashed for one password is not compared with another that came in between: that one would seem unused.
    #[test]
    fn a_profile_that_changed_meanwhile_ends_the_operation() {
        let before = profile("first");
        let hashed = next("first", &before, 2);
        let mut after = before.clone();
        let other = PasswordScheme::generate(iterations(2), &mut SeededRandom::new(9));
        after.change(other.hash("other"), Timestamp::UNIX_EPOCH);
        let code = |error: ApiError| error.code.into_owned();
        let error = hashed.check_unused(&after, 24).unwrap_err();
        assert_eq!(code(error), "EntityTemporarilyUnmodifiable");
        let said = before.password.scheme().hash("other");
        let verdict = verify(&after, &said, Timestamp::UNIX_EPOCH);
        assert_eq!(verdict.err().map(code).unwrap(), "EntityTemporarilyUnmodifiable");
    }
}
