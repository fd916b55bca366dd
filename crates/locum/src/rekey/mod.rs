//! `locum rekey`: another key-encryption key for a store that nobody serves.
//!
//! The store and a key in its directory cannot be replaced at the same moment. So the new key is on disk, beside the one in use and
//! a copy of that, before the store is replaced, and takes its name after that. Between the two, a start finds that the key in use
//! does not open the store and the other one does, and goes on from there.

mod options;

use std::{ffi::OsString, fs, io, os::unix::fs::MetadataExt as _, process::ExitCode};

use locum_crypto::{KeyEncryptionKey, SystemRandom};
use locum_directory::{RedbStore, opens, rekey};
use rustix::process::geteuid;

use crate::{
    outcome::{FAILED, USAGE, asks_for_help, hint, print, refuse},
    serve::{
        Refusal,
        data_dir::{DataDir, given_key},
        memory,
    },
};

use options::Options;

/// The variable that may hold the new key.
const NEW_KEK_VARIABLE: &str = "LOCUM_NEW_KEK";

/// Runs `locum rekey …`.
pub(crate) fn run(words: Vec<OsString>) -> ExitCode {
    if asks_for_help(&words) {
        return print(options::HELP, ExitCode::SUCCESS);
    }
    let options = match options::parse(words) {
        Ok(options) => options,
        Err(error) => return refuse(&error.to_string(), USAGE),
    };
    match change(&options) {
        Ok(told) => print(&told, ExitCode::SUCCESS),
        Err(refusal) => refuse(&refusal.to_string(), FAILED),
    }
}

/// Changes the key, and says what is sealed under which.
fn change(options: &Options) -> Result<String, Refusal> {
    memory::keep_private()?;
    let data = DataDir::existing(&options.data);
    check_owner(&data)?;
    let store = RedbStore::open_existing(&data.store())?;
    data.remove_drafts();
    // None is made: there is a store.
    let found = data.key_encryption_key(options.kek_file.as_deref(), &mut SystemRandom)?;
    let own = found.own;
    let old = data.settled_key(found, &store)?;
    let given = given_key(options.new_kek_file.as_deref(), NEW_KEK_VARIABLE)?;
    if given.is_none() && !own {
        return Err(Refusal::NoNewKey {
            data: data.path().display().to_string(),
        });
    }
    let is_made = given.is_none();
    let new = given.unwrap_or_else(|| another_than(&old));
    // What can fail comes before the store is replaced. A key that does not open it is refused below, and leaves nothing.
    if own && opens(&store, &old)? {
        data.renew_key(&old)?;
        if is_made {
            data.keep_former_key(&old)?;
            data.prepare_next_key(&new)?;
        }
    }
    // Held until the key has its name, so that nobody opens the store in between.
    let held = rekey(store, &old, &new, options.sessions, &mut SystemRandom)?;
    match (own, is_made) {
        (true, true) => data.adopt_next_key(&old)?,
        (true, false) => data.retire_key(&old)?,
        (false, _) => {}
    }
    drop(held);
    tell_of_what_is_left(&data, &old, own);
    Ok(format!(
        "{} is sealed under the new key\n",
        data.store().display()
    ))
}

/// The copy that takes the store's place is of whoever makes it, and nobody else could open it.
fn check_owner(data: &DataDir) -> Result<(), Refusal> {
    let path = data.store();
    let shown = path.display().to_string();
    let found = match fs::metadata(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(Refusal::NoStore {
                data: data.path().display().to_string(),
            });
        }
        found => found.map_err(|source| Refusal::File {
            what: "use",
            path: shown.clone(),
            source,
        })?,
    };
    if found.uid() == geteuid().as_raw() {
        Ok(())
    } else {
        Err(Refusal::Owner { path: shown })
    }
}

/// A key with another id: by that they are told apart.
fn another_than(old: &KeyEncryptionKey) -> KeyEncryptionKey {
    loop {
        let new = KeyEncryptionKey::generate(&mut SystemRandom);
        if new.id() != old.id() {
            return new;
        }
    }
}

/// What the key before still opens.
fn tell_of_what_is_left(data: &DataDir, old: &KeyEncryptionKey, own: bool) {
    if own {
        let former = data.former_kek(old.id()).display().to_string();
        hint(&format!(
            "the key before is in {former}: remove it when no backup that was made before is needed any more"
        ));
    }
    let backup = data.backup();
    if backup.exists() {
        let backup = backup.display().to_string();
        hint(&format!(
            "{backup} is sealed under the key before: replace it by a new one"
        ));
    }
}
