//! Passwords as they are kept: PBKDF2 with HMAC-SHA-512, salted and slow.
//!
//! A hash names its own salt and number of iterations, so the number can grow and older hashes still verify. Several
//! hashes may have one scheme: whether a password is among somebody's last twenty-four is then found out with one
//! derivation instead of twenty-four. Only hashes of one person share a scheme.

use std::{fmt, num::NonZeroU32};

use aws_lc_rs::pbkdf2;
use zeroize::Zeroizing;

use crate::{Random, SecretBytes, equal};

const SALT: usize = 16;
const DIGEST: usize = 64;
/// The first byte of a stored hash.
const FORMAT: u8 = 1;

/// How a password is hashed: how often, and with which salt.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PasswordScheme {
    iterations: NonZeroU32,
    salt: [u8; SALT],
}

impl PasswordScheme {
    /// What a password costs that is stored today: OWASP's number for HMAC-SHA-512, about a tenth of a second.
    pub const ITERATIONS: NonZeroU32 = match NonZeroU32::new(220_000) {
        Some(number) => number,
        None => NonZeroU32::MIN,
    };

    /// Draws a salt of 128 bits. Fewer than [`ITERATIONS`](Self::ITERATIONS) are for tests.
    #[must_use]
    pub fn generate(iterations: NonZeroU32, rng: &mut dyn Random) -> Self {
        let mut salt = [0; SALT];
        rng.fill(&mut salt);
        Self { iterations, salt }
    }

    /// Returns how many iterations it takes.
    #[must_use]
    pub const fn iterations(&self) -> NonZeroU32 {
        self.iterations
    }

    /// Hashes a password. This is what takes long.
    #[must_use]
    pub fn hash(self, password: &str) -> PasswordHash {
        let mut digest = Zeroizing::new([0; DIGEST]);
        let algorithm = pbkdf2::PBKDF2_HMAC_SHA512;
        pbkdf2::derive(
            algorithm,
            self.iterations,
            &self.salt,
            password.as_bytes(),
            &mut *digest,
        );
        PasswordHash { scheme: self, digest }
    }
}

impl fmt::Debug for PasswordScheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PasswordScheme({})", self.iterations)
    }
}

/// The hash of a password.
#[derive(Clone)]
pub struct PasswordHash {
    scheme: PasswordScheme,
    digest: Zeroizing<[u8; DIGEST]>,
}

/// Bytes that are not the hash of a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("these bytes are not the hash of a password")]
pub struct InvalidPasswordHash;

impl PasswordHash {
    /// Returns what it was hashed with.
    #[must_use]
    pub const fn scheme(&self) -> PasswordScheme {
        self.scheme
    }

    /// Tells in constant time whether `other` is the hash of the same password. Hashes of different schemes never match:
    /// hash the password with this one's [`scheme`](Self::scheme).
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        self.scheme == other.scheme && equal(&*self.digest, &*other.digest)
    }

    /// Returns its stored form: format, iterations, salt, digest.
    #[must_use]
    pub fn to_bytes(&self) -> SecretBytes {
        let iterations = self.scheme.iterations.get().to_be_bytes();
        let parts = [&[FORMAT][..], &iterations, &self.scheme.salt, &*self.digest];
        SecretBytes::new(parts.concat())
    }

    /// Reads the stored form.
    ///
    /// # Errors
    /// `InvalidPasswordHash` if it is none.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, InvalidPasswordHash> {
        let read = || {
            let (format, rest) = bytes.split_first()?;
            let (iterations, rest) = rest.split_first_chunk()?;
            let (salt, digest) = rest.split_first_chunk()?;
            let digest: [u8; DIGEST] = digest.try_into().ok()?;
            let scheme = PasswordScheme {
                iterations: NonZeroU32::new(u32::from_be_bytes(*iterations))?,
                salt: *salt,
            };
            (*format == FORMAT).then_some(Self {
                scheme,
                digest: Zeroizing::new(digest),
            })
        };
        read().ok_or(InvalidPasswordHash)
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{SeededRandom, hex};

    fn scheme(iterations: u32, seed: u64) -> PasswordScheme {
        PasswordScheme::generate(NonZeroU32::new(iterations).unwrap(), &mut SeededRandom::new(seed))
    }

    /// The second vector of RFC 6070 with HMAC-SHA-512, as other implementations compute it, but for the length of the salt.
    #[test]
    fn it_is_pbkdf2_with_hmac_sha_512() {
        let scheme = PasswordScheme {
            iterations: NonZeroU32::new(2).unwrap(),
            salt: *b"saltSALTsaltSALT",
        };
        let hash = scheme.hash("password");
        assert_eq!(hex(&*hash.digest), EXPECTED);
    }

    // Python: hashlib.pbkdf2_hmac("sha512", b"password", b"saltSALTsaltSALT", 2).hex()
    const EXPECTED: &str = "150303e5821ae3dda536024c03f8bbf1c5552633e91cd07eed2d9d789179df833e2fa3259ab9b018b9f14ed109b903927a31ed9e8a90a11d0c018a956c741734";

    #[test]
    fn the_same_password_matches_and_no_other() {
        let scheme = scheme(3, 1);
        let hash = scheme.hash("Corr3ct horse");
        assert!(hash.matches(&scheme.hash("Corr3ct horse")));
        for other in ["corr3ct horse", "Corr3ct horse ", "", "Corr3ct\u{a0}horse"] {
            assert!(!hash.matches(&scheme.hash(other)), "{other}");
        }
        assert!(!hash.matches(&self::scheme(3, 2).hash("Corr3ct horse")));
        assert!(!hash.matches(&self::scheme(4, 1).hash("Corr3ct horse")));
    }

    #[test]
    fn the_stored_form_is_read_back_and_nothing_else_is() {
        let hash = scheme(5, 1).hash("secret");
        let bytes = hash.to_bytes();
        let read = PasswordHash::from_bytes(bytes.expose()).unwrap();
        assert!(read.matches(&hash) && read.scheme().iterations().get() == 5);
        let mut damaged = bytes.expose().to_vec();
        damaged[0] = 2;
        let mut idle = bytes.expose().to_vec();
        idle[1..5].fill(0);
        let longer = [bytes.expose(), &[0]].concat();
        for wrong in [&[][..], &bytes.expose()[..84], &longer, &damaged, &idle] {
            assert_eq!(PasswordHash::from_bytes(wrong).unwrap_err(), InvalidPasswordHash);
        }
    }

    #[test]
    fn nothing_of_it_is_printed() {
        let hash = scheme(5, 1).hash("secret");
        assert_eq!(
            format!("{hash:?} {:?}", hash.scheme()),
            "PasswordHash(..) PasswordScheme(5)"
        );
        assert_eq!(PasswordScheme::ITERATIONS.get(), 220_000);
    }
}
