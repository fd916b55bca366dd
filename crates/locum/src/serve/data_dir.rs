//! The data directory: the store, the key that seals it, the first credentials, the audit log.
//!
//! Everything in it is for its owner only, and a file that exists is never written over, but for the copy of the store.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use locum_crypto::{KeyEncryptionKey, Random};
use locum_directory::RootKey;

use super::{Options, Refusal};

/// The variable that may hold the key-encryption key.
const KEK_VARIABLE: &str = "LOCUM_KEK";

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
        Ok(Self(path.to_owned()))
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

    pub(crate) fn credentials(&self) -> PathBuf {
        self.0.join("credentials")
    }

    fn kek(&self) -> PathBuf {
        self.0.join("kek")
    }

    /// The key-encryption key: from `--kek-file`, else from the environment, else from the directory, where the first
    /// start makes one. A store without a key is never given a new one.
    pub(crate) fn key_encryption_key(
        &self,
        options: &Options,
        random: &mut dyn Random,
    ) -> Result<KeyEncryptionKey, Refusal> {
        if let Some(path) = &options.kek_file {
            return read_key(path);
        }
        if let Some(text) = std::env::var_os(KEK_VARIABLE) {
            return KeyEncryptionKey::parse(text.as_encoded_bytes()).map_err(|reason| Refusal::Key {
                place: KEK_VARIABLE.to_owned(),
                reason,
            });
        }
        let path = self.kek();
        if path.exists() {
            return read_key(&path);
        }
        if self.store().exists() {
            return Err(Refusal::KeyMissing {
                data: shown(&self.0),
                key: shown(&path),
            });
        }
        let key = KeyEncryptionKey::generate(random);
        create(&path, key.file_text().expose().as_bytes())?;
        Ok(key)
    }

    /// Writes the root user's key in the shared-credentials format. A file left by a first start that did not come
    /// about is replaced: its key opens nothing.
    pub(crate) fn write_credentials(&self, key: &RootKey) -> io::Result<()> {
        let path = self.credentials();
        let new = self.0.join("credentials.new");
        let _ = fs::remove_file(&new);
        let text = format!(
            "[default]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
            key.id,
            key.secret.expose()
        );
        write_new(&new, text.as_bytes())?;
        fs::rename(&new, &path)?;
        File::open(&self.0)?.sync_all()
    }
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

/// Makes a file that is whole or not there: a start that was cut off, or found no room, must leave the next one nothing to stumble over.
fn create(path: &Path, contents: &[u8]) -> Result<(), Refusal> {
    let mut draft = path.to_owned().into_os_string();
    draft.push(format!(".{}.new", std::process::id()));
    let draft = PathBuf::from(draft);
    // An earlier process of this number may have left one.
    let _ = fs::remove_file(&draft);
    let written = write_new(&draft, contents).and_then(|()| publish(&draft, path));
    // After a link both names are there, after a failure the draft is of no use.
    let _ = fs::remove_file(&draft);
    written.map_err(|source| Refusal::File {
        what: "write",
        path: shown(path),
        source,
    })
}

/// Gives a file its name. A hard link, unlike a rename, cannot replace a file that another process made at the same moment.
fn publish(draft: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(draft, path) {
        // Some file systems have no links.
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists && !path.try_exists()? => {
            fs::rename(draft, path)
        }
        outcome => outcome,
    }
}

/// Writes a file that must not be there yet, for its owner only, and waits until it is on disk.
fn write_new(path: &Path, contents: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(contents)?;
    file.sync_all()
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
