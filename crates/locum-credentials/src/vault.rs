//! Where this program keeps secrets of its own between two commands: sessions that took a code, sign-ins with their
//! refresh tokens, long-term keys.
//!
//! A vault is a small table of bytes. What the bytes mean is the business of whoever keeps them; who may read them, and
//! whether one command waits for another, is the vault's. Names are no secrets, values are nothing else. A vault that is
//! there and does not answer is an error and never an empty one: secrets that were put into a keyring must not come to
//! lie in a file because the keyring was locked that day.

use std::path::PathBuf;

use locum_crypto::SecretBytes;

use crate::cache::Lock;
use crate::environment::Environment;
use crate::quote::plain;

/// The longest name, in bytes.
pub const MAX_NAME: usize = 128;

/// What an entry is: each kind has names of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Long-term keys that somebody put there.
    Keys,
    /// A session that took an MFA code.
    MfaSession,
    /// Who signed in, and the credentials that came of it.
    Login,
    /// What a sign-in is renewed with.
    RefreshToken,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Keys, Self::MfaSession, Self::Login, Self::RefreshToken];

    /// Returns the word that stands for the kind in paths and in keyrings. It is never changed.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Keys => "keys",
            Self::MfaSession => "mfa-session",
            Self::Login => "login",
            Self::RefreshToken => "refresh-token",
        }
    }
}

/// Why a vault does not give or take. No variant holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// A name that none may have.
    #[error("{} is no name for an entry: it takes 1 to {MAX_NAME} bytes, none of them a control character", plain(.0))]
    Name(String),
    /// A name that is too long for a file, as it is written there.
    #[error(
        "{} is too long a name for a file: capital letters take three places there, those of other scripts six and more, \
         and there are {most}", plain(.name)
    )]
    Long {
        /// The name.
        name: String,
        /// How much a file takes.
        most: usize,
    },
    /// A file that stands in the way.
    #[error("The vault's file {} {reason}", plain(&.path.display().to_string()))]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it: the end of the sentence.
        reason: String,
    },
    /// No directory to keep files in.
    #[error("There is no directory for the vault, because HOME is not set; set HOME or XDG_STATE_HOME")]
    NoDirectory,
    /// The person wants nothing kept.
    #[error("LOCUM_VAULT=none keeps nothing")]
    Off,
    /// A choice of vault that is none.
    #[error("{0}")]
    Unusable(String),
    /// The keyring of the system: what it says, and what can be done.
    #[error("{0}")]
    Keyring(String),
}

/// Secrets by kind and name.
pub trait Vault {
    /// Returns a secret, or `None` when there is none of that name.
    ///
    /// # Errors
    /// The vault cannot be read, or what stands in it may have been put there by somebody else.
    fn load(&self, kind: Kind, name: &str) -> Result<Option<SecretBytes>, VaultError>;

    /// Returns a secret as [`load`](Self::load) does, for somebody who can do without: nobody is asked to open the vault, and
    /// nobody waits for one that does not answer at once.
    ///
    /// # Errors
    /// As of `load`, or the vault is not open.
    fn load_quietly(&self, kind: Kind, name: &str) -> Result<Option<SecretBytes>, VaultError> {
        self.load(kind, name)
    }

    /// Keeps a secret, in the place of another of the same name.
    ///
    /// # Errors
    /// The vault takes nothing.
    fn store(&self, kind: Kind, name: &str, value: &SecretBytes) -> Result<(), VaultError>;

    /// Forgets a secret, and tells whether there was one.
    ///
    /// # Errors
    /// The secret is still there.
    fn remove(&self, kind: Kind, name: &str) -> Result<bool, VaultError>;

    /// Returns the names of a kind, sorted.
    ///
    /// # Errors
    /// The vault cannot be read.
    fn list(&self, kind: Kind) -> Result<Vec<String>, VaultError>;

    /// Waits for the right to make or change an entry; it is given back when the lock is dropped. Where nothing can be
    /// locked, or nobody gives way for five minutes, it is given without: that costs a second code, and spoils nothing.
    fn lock(&self, kind: Kind, name: &str) -> Lock;
}

/// Refuses a name that a file, a terminal or a keyring could take for something else.
///
/// # Errors
/// [`VaultError::Name`].
pub fn check_name(name: &str) -> Result<(), VaultError> {
    let fits = (1..=MAX_NAME).contains(&name.len()) && !name.chars().any(char::is_control);
    fits.then_some(())
        .ok_or_else(|| VaultError::Name(name.to_owned()))
}

/// Returns the directory in which this program keeps what it must find again: `$XDG_STATE_HOME/locum` if that variable
/// names an absolute path, else `~/.local/state/locum`, on macOS `~/Library/Application Support/locum`; `None` without
/// a home.
#[must_use]
pub fn state_directory(environment: &Environment) -> Option<PathBuf> {
    let named = environment.non_empty("XDG_STATE_HOME").map(PathBuf::from);
    if let Some(named) = named.filter(|path| path.is_absolute()) {
        return Some(named.join("locum"));
    }
    let below = if cfg!(target_os = "macos") {
        "Library/Application Support/locum"
    } else {
        ".local/state/locum"
    };
    Some(PathBuf::from(environment.home()?).join(below))
}

/// A vault for somebody who wants nothing kept.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoVault;

impl Vault for NoVault {
    fn load(&self, _: Kind, _: &str) -> Result<Option<SecretBytes>, VaultError> {
        Ok(None)
    }

    fn store(&self, _: Kind, _: &str, _: &SecretBytes) -> Result<(), VaultError> {
        Err(VaultError::Off)
    }

    fn remove(&self, _: Kind, _: &str) -> Result<bool, VaultError> {
        Ok(false)
    }

    fn list(&self, _: Kind) -> Result<Vec<String>, VaultError> {
        Ok(Vec::new())
    }

    fn lock(&self, _: Kind, _: &str) -> Lock {
        Lock::default()
    }
}

/// A keyring with files beside it, which were kept before there was one, or where it cannot be reached. What is new goes
/// into the keyring and out of the files; so what is in both is newer in the files.
#[derive(Clone, Copy)]
pub struct Layered<'a> {
    /// The keyring.
    pub keyring: &'a dyn Vault,
    /// The files.
    pub files: &'a dyn Vault,
}

impl Vault for Layered<'_> {
    fn load(&self, kind: Kind, name: &str) -> Result<Option<SecretBytes>, VaultError> {
        match self.files.load(kind, name)? {
            Some(found) => Ok(Some(found)),
            None => self.keyring.load(kind, name),
        }
    }

    fn store(&self, kind: Kind, name: &str, value: &SecretBytes) -> Result<(), VaultError> {
        self.keyring.store(kind, name, value)?;
        self.files.remove(kind, name).map(drop)
    }

    fn remove(&self, kind: Kind, name: &str) -> Result<bool, VaultError> {
        let removed = self.keyring.remove(kind, name)?;
        Ok(self.files.remove(kind, name)? || removed)
    }

    fn list(&self, kind: Kind) -> Result<Vec<String>, VaultError> {
        let mut names = self.keyring.list(kind)?;
        names.extend(self.files.list(kind)?);
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }

    fn lock(&self, kind: Kind, name: &str) -> Lock {
        self.files.lock(kind, name)
    }
}
