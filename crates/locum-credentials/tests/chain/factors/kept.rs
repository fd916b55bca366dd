//! Where sessions are kept: entries that are another's or none, vaults that are locked, and no vault at all.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use locum_credentials::{Kind, Lock, Need, NoVault, State, Vault, VaultError};
use locum_crypto::SecretBytes;

use super::devices::{OWN, making, roles};
use crate::world::World;

#[test]
fn a_session_of_other_keys_or_another_device_is_not_taken() {
    for member in ["Of", "Serial"] {
        let world = making();
        world.find(OWN, "keys", &[]).unwrap();
        let [name] = <[String; 1]>::try_from(world.vault.list(Kind::MfaSession).unwrap()).unwrap();
        let kept = world.vault.load(Kind::MfaSession, &name).unwrap().unwrap();
        let mut entry: serde_json::Value = serde_json::from_slice(kept.expose()).unwrap();
        entry[member] = "other".into();
        let entry = SecretBytes::new(entry.to_string());
        world.vault.store(Kind::MfaSession, &name, &entry).unwrap();
        assert_eq!(
            world.find(OWN, "keys", &[]).unwrap().access_key_id,
            "ASIA2",
            "{member}"
        );
    }
}

#[test]
fn what_is_no_session_is_made_anew() {
    let world = making();
    world.find(OWN, "keys", &[]).unwrap();
    let [name] = <[String; 1]>::try_from(world.vault.list(Kind::MfaSession).unwrap()).unwrap();
    for (count, spoilt) in (2..).zip(["", "[]", "{\"AccessKeyId\": \"X\"}", "\u{ff}"]) {
        let spoilt = SecretBytes::new(spoilt.as_bytes());
        world.vault.store(Kind::MfaSession, &name, &spoilt).unwrap();
        world.find(OWN, "keys", &[]).unwrap();
        assert_eq!(world.asked.borrow().len(), count);
    }
    assert!(!name.contains("KEYS") && !name.contains("mfa"));
    let file = format!("state/mfa-session/{name}.secret");
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&world.path().join(file)), 0o600);
}

#[test]
fn whoever_wants_nothing_kept_is_asked_each_time() {
    let mut world = making();
    world.vault = Box::new(NoVault);
    for count in 1..3 {
        world.find(OWN, "keys", &[]).unwrap();
        assert_eq!(world.asked.borrow().len(), count);
    }
}

/// A keyring that somebody has to be asked to open, if anybody may be.
struct Locked {
    may_ask: bool,
}

impl Locked {
    fn error() -> VaultError {
        VaultError::Keyring("The keyring is locked".to_owned())
    }
}

impl Vault for Locked {
    fn load(&self, _: Kind, _: &str) -> Result<Option<SecretBytes>, VaultError> {
        assert!(self.may_ask, "somebody was asked");
        Err(Self::error())
    }

    fn load_quietly(&self, _: Kind, _: &str) -> Result<Option<SecretBytes>, VaultError> {
        Err(Self::error())
    }

    fn store(&self, _: Kind, _: &str, _: &SecretBytes) -> Result<(), VaultError> {
        Err(Self::error())
    }

    fn remove(&self, _: Kind, _: &str) -> Result<bool, VaultError> {
        Err(Self::error())
    }

    fn list(&self, _: Kind) -> Result<Vec<String>, VaultError> {
        Err(Self::error())
    }

    fn lock(&self, _: Kind, _: &str) -> Lock {
        Lock::default()
    }
}

#[test]
fn a_vault_that_does_not_answer_is_told_before_anybody_is_asked() {
    let mut world = making();
    world.vault = Box::new(Locked { may_ask: true });
    assert_eq!(
        world.find(&roles(1), "r1", &[]).unwrap_err(),
        "The keyring is locked"
    );
    assert_eq!(world.find(OWN, "keys", &[]).unwrap_err(), "The keyring is locked");
    assert!(world.asked.borrow().is_empty());
    // Where no session is made, a code will do.
    world.making.set(false);
    world.find(&roles(1), "r1", &[]).unwrap();
    assert_eq!(world.asked.borrow().len(), 1);
}

#[test]
fn nobody_is_asked_to_open_a_vault_that_a_command_can_do_without() {
    let mut world = World::new();
    world.vault = Box::new(Locked { may_ask: false });
    world.find(&roles(1), "r1", &[]).unwrap();
    assert_eq!(world.asked.borrow().len(), 1);
    for making in [false, true] {
        world.making.set(making);
        for (config, profile) in [(roles(2), "r2"), (OWN.to_owned(), "keys")] {
            let needs = State::Needs(Need::Code("arn:mfa".to_owned()));
            let expected = if profile == "keys" && !making {
                State::Valid
            } else {
                needs
            };
            assert_eq!(world.look(&config, profile, &[]).state, expected);
        }
    }
}
