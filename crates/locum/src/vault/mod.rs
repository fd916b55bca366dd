//! Where this program's own secrets are kept on this machine: the keyring of the system where there is one, else files.
//!
//! Nothing is asked before somebody needs a secret. A keyring that is there and does not answer is an error, never a reason
//! to go to the files: somebody who has a keyring does not expect secrets in files.

mod bus;
mod keyring;
mod message;

use std::cell::OnceCell;
use std::time::Duration;

use jiff::Timestamp;
use locum_credentials::{
    Clock, Environment, FileVault, Kind, Layered, Lock, NoVault, Vault, VaultError, plain, state_directory,
};
use locum_crypto::SecretBytes;

use self::keyring::Keyring;

/// The variable that chooses.
const VARIABLE: &str = "LOCUM_VAULT";
/// The setting of a profile that chooses, where the variable does not.
pub(crate) const SETTING: &str = "locum_vault";

/// Opens the vault that `LOCUM_VAULT` names, or else the profile's setting. Nothing is read yet.
pub(crate) fn open(environment: &Environment, setting: Option<&str>) -> Result<Box<dyn Vault>, String> {
    let (source, chosen) = match environment.non_empty(VARIABLE) {
        Some(chosen) => (VARIABLE, Some(chosen)),
        None => (SETTING, setting.map(str::to_owned)),
    };
    let files = files(environment);
    let usual = |must: bool| UsualVault {
        environment: environment.clone(),
        keyring: OnceCell::new(),
        files: files.clone(),
        must,
    };
    match chosen.as_deref() {
        None => Ok(Box::new(usual(false))),
        Some("keyring") => Ok(Box::new(usual(true))),
        Some("file") => Ok(Box::new(files)),
        Some("none") => Ok(Box::new(NoVault)),
        Some(other) => Err(format!(
            "{source} is {}; it can be keyring, file or none",
            plain(other)
        )),
    }
}

/// The files alone, whatever else is chosen.
pub(crate) fn files(environment: &Environment) -> FileVault<SystemClock> {
    FileVault::new(state_directory(environment), SystemClock)
}

/// The keyring, opened when it is needed, and the files beside it.
struct UsualVault {
    environment: Environment,
    keyring: OnceCell<Option<Keyring>>,
    files: FileVault<SystemClock>,
    /// Whether the keyring was asked for, and nothing else will do.
    must: bool,
}

impl UsualVault {
    fn with<T>(&self, work: impl FnOnce(&dyn Vault) -> Result<T, VaultError>) -> Result<T, VaultError> {
        if self.keyring.get().is_none() {
            let found = Keyring::open(&self.environment)?;
            let _ = self.keyring.set(found);
        }
        match self.keyring.get() {
            Some(Some(keyring)) => work(&Layered {
                keyring,
                files: &self.files,
            }),
            _ if self.must => Err(keyring::absent()),
            _ => work(&self.files),
        }
    }
}

impl Vault for UsualVault {
    fn load(&self, kind: Kind, name: &str) -> Result<Option<SecretBytes>, VaultError> {
        // For what is in a file, nobody has to unlock anything.
        let in_file = if self.must {
            None
        } else {
            self.files.load(kind, name)?
        };
        match in_file {
            Some(found) => Ok(Some(found)),
            None => self.with(|vault| vault.load(kind, name)),
        }
    }

    fn load_quietly(&self, kind: Kind, name: &str) -> Result<Option<SecretBytes>, VaultError> {
        if let Some(found) = self.files.load(kind, name)? {
            return Ok(Some(found));
        }
        match Keyring::open_quietly(&self.environment)? {
            Some(keyring) => keyring.load(kind, name),
            None if self.must => Err(keyring::absent()),
            None => Ok(None),
        }
    }

    fn store(&self, kind: Kind, name: &str, value: &SecretBytes) -> Result<(), VaultError> {
        self.with(|vault| vault.store(kind, name, value))
    }

    fn remove(&self, kind: Kind, name: &str) -> Result<bool, VaultError> {
        self.with(|vault| vault.remove(kind, name))
    }

    fn list(&self, kind: Kind) -> Result<Vec<String>, VaultError> {
        self.with(|vault| vault.list(kind))
    }

    /// A keyring has no locks, so files do for it.
    fn lock(&self, kind: Kind, name: &str) -> Lock {
        self.files.lock(kind, name)
    }
}

/// A vault that nobody could open; whoever needs it is told why.
pub(crate) struct Unusable(pub(crate) String);

impl Unusable {
    fn refuse<T>(&self) -> Result<T, VaultError> {
        Err(VaultError::Unusable(self.0.clone()))
    }
}

impl Vault for Unusable {
    fn load(&self, _: Kind, _: &str) -> Result<Option<SecretBytes>, VaultError> {
        self.refuse()
    }

    fn store(&self, _: Kind, _: &str, _: &SecretBytes) -> Result<(), VaultError> {
        self.refuse()
    }

    fn remove(&self, _: Kind, _: &str) -> Result<bool, VaultError> {
        self.refuse()
    }

    fn list(&self, _: Kind) -> Result<Vec<String>, VaultError> {
        self.refuse()
    }

    fn lock(&self, _: Kind, _: &str) -> Lock {
        Lock::default()
    }
}

/// The clock of this machine.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn sleep(&self, duration: Duration) {
        std::thread::sleep(duration);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_chooses_before_the_profile() {
        let directory = tempfile::tempdir().unwrap();
        let home = ("HOME", directory.path().to_str().unwrap());
        let stored = |variable: &'static str, setting| {
            let environment = Environment::of(&[home, (VARIABLE, variable)]);
            let vault = open(&environment, setting)?;
            Ok(vault.store(Kind::Keys, "a", &SecretBytes::new(*b"s")))
        };
        assert_eq!(stored("none", Some("file")), Ok(Err(VaultError::Off)));
        assert_eq!(stored("", Some("none")), Ok(Err(VaultError::Off)));
        assert_eq!(stored("file", Some("none")), Ok(Ok(())));
        assert_eq!(
            stored("paper\u{1b}", None),
            Err("LOCUM_VAULT is paper\\x1b; it can be keyring, file or none".to_owned())
        );
    }
}
