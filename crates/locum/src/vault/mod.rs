//! Where this program's own secrets are kept on this machine: what somebody chose, with this machine's clock and files.

use std::time::Duration;

use jiff::Timestamp;
use locum_credentials::{
    Clock, Environment, FileVault, Kind, Lock, NoVault, Vault, VaultError, plain, state_directory,
};
use locum_crypto::SecretBytes;

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
    match chosen.as_deref() {
        None | Some("file") => Ok(Box::new(FileVault::new(
            state_directory(environment),
            SystemClock,
        ))),
        Some("none") => Ok(Box::new(NoVault)),
        Some(other) => Err(format!("{source} is {}; it can be file or none", plain(other))),
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
            Err("LOCUM_VAULT is paper\\x1b; it can be file or none".to_owned())
        );
    }
}
