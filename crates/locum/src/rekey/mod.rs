//! `locum rekey`: another key-encryption key for a store that nobody serves.
//!
//! The store and a key in its directory cannot be replaced at the same moment. So the new key is on disk, beside the one in use and
//! a copy of that, before the store is replaced, and takes its name after that. Between the two, a start finds that the key in use
//! does not open the store and the other one does, and goes on from there.

mod options;

use std::{ffi::OsString, fs, io, os::unix::fs::MetadataExt as _, process::ExitCode};

use jiff::Timestamp;
use locum_crypto::{KeyEncryptionKey, SystemRandom};
use locum_directory::{OutboundFederation, RedbStore, RekeyError, Sessions, SigningKeys, opens, rekey};
use locum_service::replace_signing_keys;
use rustix::process::geteuid;

use crate::{
    outcome::{FAILED, USAGE, asks_for_help, hint, print, refuse, write_out},
    serve::{
        Refusal,
        data_dir::{DataDir, given_key},
        memory,
    },
};

use options::{Options, Signing};

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
        Ok(told) => match write_out(&told) {
            // The key has changed, and whoever goes on with the one before could not start.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => refuse(
                &format!(
                    "{}, but cannot write to standard output: {error}",
                    told.trim_end().replace('\n', ", ")
                ),
                FAILED,
            ),
            _ => ExitCode::SUCCESS,
        },
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
    if new.id() == old.id() {
        return Err(RekeyError::SameKey(new.id()).into());
    }
    // What can fail comes before the store is replaced. A key that does not open it is refused below, and leaves nothing.
    let mut sealed_under = &old;
    if own && opens(&store, &old)? {
        data.renew_key(&old)?;
        data.keep_former_key(&old)?;
        if is_made {
            data.prepare_next_key(&new)?;
        }
    } else if own && !is_made && data.keeps_former_key(&old)? && opens(&store, &new)? {
        // An earlier run was cut off when the store had the new key, and the key before its name yet. Nobody knows what else that run
        // was told: whatever this one is told is done now, and may have been done then.
        sealed_under = &new;
    }
    let mut issuers: usize = 0;
    let now = Timestamp::now();
    let mut replace = |issuer: &mut OutboundFederation| {
        issuers = issuers.saturating_add(1);
        replace_signing_keys(issuer, now)
    };
    let signing_keys = match options.signing {
        Signing::Keep => SigningKeys::Keep,
        Signing::Anew => SigningKeys::Replace(&mut replace),
    };
    // Held until the key has its name, so that nobody opens the store in between.
    let is_done = sealed_under.id() == new.id()
        && options.sessions == Sessions::Keep
        && options.signing == Signing::Keep;
    let held = if is_done {
        store
    } else {
        rekey(
            store,
            sealed_under,
            &new,
            options.sessions,
            signing_keys,
            &mut SystemRandom,
        )?
    };
    let named = match (own, is_made) {
        (true, true) => data.adopt_next_key(&old),
        (true, false) => data.retire_key(&old),
        (false, _) => Ok(()),
    };
    named.map_err(|reason| Refusal::KeyNotNamed {
        store: data.store().display().to_string(),
        reason: Box::new(reason),
        next: if is_made {
            "the next start goes on from there"
        } else {
            "run this again, with the same new key"
        },
    })?;
    drop(held);
    tell_of_what_is_left(&data, &old, own);
    let mut told = sealed(&data);
    if options.signing == Signing::Anew {
        told.push_str(&told_of_issuers(issuers));
    }
    Ok(told)
}

fn sealed(data: &DataDir) -> String {
    format!("{} is sealed under the new key\n", data.store().display())
}

/// What became of web identity tokens.
fn told_of_issuers(issuers: usize) -> String {
    match issuers {
        0 => "no account issues web identity tokens\n".to_owned(),
        1 => "web identity tokens of 1 account are signed with new keys; those of before no longer verify\n"
            .to_owned(),
        _ => format!(
            "web identity tokens of {issuers} accounts are signed with new keys; those of before no longer verify\n"
        ),
    }
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

#[cfg(test)]
mod tests {
    use std::{path::Path, sync::Arc};

    use jiff::Timestamp;
    use locum_crypto::{Purpose, SecretBytes};
    use locum_directory::{Changes, Directory, Revision, Ring, Store as _};
    use locum_names::Partition;

    use super::*;

    /// A directory with a store of its own key, and a file with another one.
    fn scene() -> (tempfile::TempDir, Options, KeyEncryptionKey) {
        let folder = tempfile::tempdir().unwrap();
        let data = DataDir::open(folder.path()).unwrap();
        let old = data.key_encryption_key(None, &mut SystemRandom).unwrap().key;
        let store = Arc::new(RedbStore::open(&data.store()).unwrap());
        let key = data.key_encryption_key(None, &mut SystemRandom).unwrap().key;
        let directory = Directory::open(Arc::clone(&store) as _, key, Box::new(SystemRandom)).unwrap();
        let kept = |_: &_| Ok(());
        let partition = Partition::default();
        let made = directory.bootstrap(None, partition, Timestamp::UNIX_EPOCH, &mut SystemRandom, kept);
        assert!(made.unwrap());
        let ring = Ring {
            revision: Revision::NEW,
            purpose: Purpose::SessionToken,
            bytes: SecretBytes::new(vec![1]),
        };
        let mut changes = Changes::new();
        changes.put(ring);
        let put = directory.write(|_| Ok::<_, ()>(((), changes)));
        put.unwrap().1.wait().unwrap();
        drop((directory, store));
        let other = folder.path().join("other");
        write_key(&other, &another_than(&old));
        let options = Options {
            data: folder.path().to_owned(),
            kek_file: None,
            new_kek_file: Some(other),
            sessions: Sessions::Keep,
            signing: Signing::Keep,
        };
        (folder, options, old)
    }

    fn write_key(path: &Path, key: &KeyEncryptionKey) {
        let new = locum_directory::NewFile::beside(path);
        new.write(key.file_text().expose().as_bytes()).unwrap();
        new.replace().unwrap();
    }

    fn opened_by(options: &Options, key: &KeyEncryptionKey) -> bool {
        let store = RedbStore::open(&options.data.join("directory.redb")).unwrap();
        opens(&store, key).unwrap()
    }

    /// How many rings of keys that seal sessions the store has.
    fn rings(options: &Options) -> usize {
        let store = RedbStore::open(&options.data.join("directory.redb")).unwrap();
        store.range("/rings/", None, 9).unwrap().len()
    }

    #[test]
    fn what_is_in_the_way_of_the_key_before_is_found_before_the_store_is_changed() {
        let (folder, options, old) = scene();
        let former = DataDir::existing(folder.path()).former_kek(old.id());
        fs::create_dir(&former).unwrap();
        let error = change(&options).unwrap_err().to_string();
        assert!(error.contains(former.to_str().unwrap()), "{error}");
        assert!(opened_by(&options, &old));
        fs::remove_dir(&former).unwrap();
        change(&options).unwrap();
        assert!(!opened_by(&options, &old) && former.exists() && !folder.path().join("kek").exists());
    }

    #[test]
    fn a_run_that_ended_before_the_last_name_is_ended_by_the_next() {
        for (sessions, signing) in [
            (Sessions::Keep, Signing::Keep),
            (Sessions::End, Signing::Keep),
            (Sessions::Keep, Signing::Anew),
        ] {
            let (folder, mut options, old) = scene();
            change(&options).unwrap();
            let former = DataDir::existing(folder.path()).former_kek(old.id());
            let kek = folder.path().join("kek");
            fs::copy(&former, &kek).unwrap();
            (options.sessions, options.signing) = (sessions, signing);
            // The run before may not have been told to end sessions, or to make other keys.
            let told = change(&options).unwrap();
            assert!(former.exists() && !kek.exists());
            assert!(told.contains("is sealed under the new key\n"), "{told}");
            let is_told = told.contains("no account issues web identity tokens\n");
            assert_eq!(is_told, signing == Signing::Anew, "{told}");
            assert_eq!(rings(&options), if sessions == Sessions::End { 0 } else { 1 });
        }
        // A key that never was the store's is none that an earlier run had kept.
        let (folder, options, old) = scene();
        let kek = folder.path().join("kek");
        write_key(&kek, &another_than(&old));
        write_key(&folder.path().join("other"), &old);
        change(&options).unwrap_err();
        assert!(kek.exists() && opened_by(&options, &old));
    }
}
