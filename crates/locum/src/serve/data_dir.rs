//! The data directory: the store, the key that seals it, the first credentials, the audit log.
//!
//! Everything in it is for its owner only, and a file that exists is never written over, but for the copy of the store and, when the
//! key is changed, the key, which is kept under another name.

use std::{
    fs::{self, DirBuilder},
    io,
    os::unix::fs::{DirBuilderExt, PermissionsExt},
    path::{Path, PathBuf},
};

use locum_crypto::{KeyEncryptionKey, KeyId, Random};
use locum_directory::{NewFile, RootKey, Store, opens, remove_drafts, sync_folder};

use super::Refusal;

/// The variable that may hold the key-encryption key.
pub(crate) const KEK_VARIABLE: &str = "LOCUM_KEK";

/// The mode of a directory in which everybody can replace what is there. One that a group can write is not meant: volumes are
/// mounted so.
fn open_to_everybody(path: &Path) -> Option<u32> {
    let mode = fs::metadata(path).ok()?.permissions().mode() & 0o7777;
    (mode & 0o002 != 0).then_some(mode)
}

/// The files of a deployment.
#[derive(Debug, Clone)]
pub(crate) struct DataDir(PathBuf);

impl DataDir {
    /// Opens the directory, or makes it with mode 0700.
    pub(crate) fn open(path: &Path) -> Result<Self, Refusal> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
        made.map_err(|source| Refusal::File {
            what: "make the directory",
            path: shown(path),
            source,
        })?;
        if let Some(mode) = open_to_everybody(path) {
            tracing::warn!(
                "the data directory {} has mode {mode:04o}: everybody on this machine can put another store and key in the place \
                 of its own; `chmod 700` ends that",
                path.display()
            );
        }
        Ok(Self(path.to_owned()))
    }

    /// Refuses a directory that had a store and has it no more: a first start would make another account, and write its key over the
    /// one that a restored store still has. A first start makes the store before anything that is looked for here, so one that was
    /// cut off leaves none of it without a store.
    pub(crate) fn check_not_bereft(&self) -> Result<(), Refusal> {
        let left = [
            self.backup(),
            self.audit(),
            self.audit_aside(),
            self.credentials(),
        ]
        .into_iter()
        .find(|path| fs::metadata(path).is_ok_and(|found| found.is_file() && found.len() > 0));
        let Some(left) = left else {
            return Ok(());
        };
        // Looked at last: what another first start leaves at this moment comes after its store. A store that cannot be looked at is
        // not missing; why it cannot is told where it is opened.
        if self.store().try_exists().unwrap_or(true) {
            return Ok(());
        }
        Err(Refusal::StoreMissing {
            store: shown(&self.store()),
            left: shown(&left),
        })
    }

    /// The directory, which should be there.
    pub(crate) fn existing(path: &Path) -> Self {
        Self(path.to_owned())
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.0.join("directory.redb")
    }

    /// The copy of the store that is made while it is in use.
    pub(crate) fn backup(&self) -> PathBuf {
        self.0.join("directory.redb.backup")
    }

    pub(crate) fn audit(&self) -> PathBuf {
        self.0.join("audit.jsonl")
    }

    /// The audit log before, of which there may be one when the present one is still empty.
    fn audit_aside(&self) -> PathBuf {
        self.0.join("audit.jsonl.1")
    }

    pub(crate) fn credentials(&self) -> PathBuf {
        self.0.join("credentials")
    }

    fn kek(&self) -> PathBuf {
        self.0.join("kek")
    }

    /// The key that a change of keys gives the store, until it is the one in use.
    fn next_kek(&self) -> PathBuf {
        self.0.join("kek.next")
    }

    /// Where a key is kept that is no longer in use, for the backups that were made under it.
    pub(crate) fn former_kek(&self, id: KeyId) -> PathBuf {
        self.0.join(format!("kek.{id}"))
    }

    /// The key-encryption key: from `--kek-file`, else from the environment, else from the directory, where the first
    /// start makes one. A store without a key is never given a new one.
    pub(crate) fn key_encryption_key(
        &self,
        kek_file: Option<&Path>,
        random: &mut dyn Random,
    ) -> Result<FoundKey, Refusal> {
        if let Some(key) = given_key(kek_file, KEK_VARIABLE)? {
            return Ok(FoundKey { key, own: false });
        }
        let path = self.kek();
        if path.exists() {
            let key = read_key(&path)?;
            // Behind a link it is kept elsewhere, and what follows it does not belong here.
            let own = !path.is_symlink();
            return Ok(FoundKey { key, own });
        }
        if self.store().exists() {
            return Err(Refusal::KeyMissing {
                data: shown(&self.0),
                key: shown(&path),
            });
        }
        let mut key = KeyEncryptionKey::generate(random);
        match create_key(&path, &key) {
            // Of another first start at the same moment. Which of the two goes on is decided at the store.
            Err(Refusal::File { source, .. }) if source.kind() == io::ErrorKind::AlreadyExists => {
                key = read_key(&path)?;
            }
            created => created?,
        }
        Ok(FoundKey { key, own: true })
    }

    /// The key that opens the store. If a change of keys was cut off when the store had the new one and the directory's file the old one,
    /// it is brought to its end. The store must be held.
    pub(crate) fn settled_key(
        &self,
        found: FoundKey,
        store: &dyn Store,
    ) -> Result<KeyEncryptionKey, Refusal> {
        let next = self.next_kek();
        if !found.own || !next.exists() || opens(store, &found.key)? {
            return Ok(found.key);
        }
        let key = read_key(&next)?;
        if !opens(store, &key)? {
            return Ok(found.key);
        }
        self.adopt_next_key(&found.key)?;
        Ok(key)
    }

    /// Puts the directory's key in its own place anew. If that cannot be, as where it is mounted, no other could follow it: that must
    /// be known before the store is sealed under another.
    pub(crate) fn renew_key(&self, key: &KeyEncryptionKey) -> Result<(), Refusal> {
        let path = self.kek();
        let new = NewFile::beside(&path);
        let written = new.write(key.file_text().expose().as_bytes());
        written
            .and_then(|()| new.replace())
            .map_err(|source| Refusal::File {
                what: "replace the key-encryption key",
                path: shown(&path),
                source,
            })
    }

    /// Puts a new key beside the one in use, which stays for backups. What an earlier change left there does not open the store, but may
    /// open one that was put aside: it is kept as well.
    pub(crate) fn prepare_next_key(&self, key: &KeyEncryptionKey) -> Result<(), Refusal> {
        let path = self.next_kek();
        if path.exists() {
            let left = read_key(&path)?;
            rename(&path, &self.former_kek(left.id()))?;
        }
        create_key(&path, key)
    }

    /// Makes the prepared key the one in use, after keeping the one before: a backup may need it.
    pub(crate) fn adopt_next_key(&self, former: &KeyEncryptionKey) -> Result<(), Refusal> {
        self.keep_former_key(former)?;
        rename(&self.next_kek(), &self.kek())
    }

    /// Keeps a key that is no longer in use. The key's own file stays.
    pub(crate) fn keep_former_key(&self, former: &KeyEncryptionKey) -> Result<(), Refusal> {
        // It may be there already: of an end that was cut off.
        if self.keeps_former_key(former)? {
            return Ok(());
        }
        create_key(&self.former_kek(former.id()), former)
    }

    /// Whether a key is kept already.
    pub(crate) fn keeps_former_key(&self, former: &KeyEncryptionKey) -> Result<bool, Refusal> {
        let path = self.former_kek(former.id());
        Ok(path.exists() && read_key(&path)?.id() == former.id())
    }

    /// Takes its name from the directory's key after another one, kept elsewhere, came into use.
    pub(crate) fn retire_key(&self, former: &KeyEncryptionKey) -> Result<(), Refusal> {
        rename(&self.kek(), &self.former_kek(former.id()))
    }

    /// Removes what processes that were killed left half made. The store must be held.
    pub(crate) fn remove_drafts(&self) {
        for path in [self.kek(), self.backup(), self.credentials()] {
            remove_drafts(&path);
        }
    }

    /// Writes the root user's key in the shared-credentials format. A file left by a first start that did not come
    /// about is replaced: its key opens nothing.
    pub(crate) fn write_credentials(&self, key: &RootKey) -> io::Result<()> {
        let text = format!(
            "[default]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
            key.id,
            key.secret.expose()
        );
        let new = NewFile::alone(&self.credentials());
        new.write(text.as_bytes())?;
        new.replace()
    }
}

/// A key, and whether it is the directory's own.
#[derive(Debug)]
pub(crate) struct FoundKey {
    pub(crate) key: KeyEncryptionKey,
    pub(crate) own: bool,
}

/// The key in a file that was named, else in a variable.
pub(crate) fn given_key(file: Option<&Path>, variable: &str) -> Result<Option<KeyEncryptionKey>, Refusal> {
    if let Some(path) = file {
        return read_key(path).map(Some);
    }
    let Some(text) = std::env::var_os(variable) else {
        return Ok(None);
    };
    let key = KeyEncryptionKey::parse(text.as_encoded_bytes());
    key.map(Some).map_err(|reason| Refusal::Key {
        place: variable.to_owned(),
        reason,
    })
}

fn read_key(path: &Path) -> Result<KeyEncryptionKey, Refusal> {
    let refused = |source| Refusal::File {
        what: "read the key-encryption key",
        path: shown(path),
        source,
    };
    let mode = fs::metadata(path).map_err(refused)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(Refusal::Exposed {
            path: shown(path),
            mode,
        });
    }
    let text = zeroize::Zeroizing::new(fs::read(path).map_err(refused)?);
    KeyEncryptionKey::parse(&text).map_err(|reason| Refusal::Key {
        place: shown(path),
        reason,
    })
}

fn create_key(path: &Path, key: &KeyEncryptionKey) -> Result<(), Refusal> {
    let new = NewFile::beside(path);
    let written = new.write(key.file_text().expose().as_bytes());
    written
        .and_then(|()| new.place())
        .map_err(|source| Refusal::File {
            what: "write",
            path: shown(path),
            source,
        })
}

fn rename(from: &Path, to: &Path) -> Result<(), Refusal> {
    fs::rename(from, to)
        .and_then(|()| sync_folder(to))
        .map_err(|source| Refusal::File {
            what: "rename a key-encryption key to",
            path: shown(to),
            source,
        })
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
