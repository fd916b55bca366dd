//! A vault of files: one 0600 file an entry, in a 0700 directory for each kind.
//!
//! A file's name is its entry's, with everything but small letters, digits, `.`, `_` and `-` written as `%41`: capital
//! letters too, since some file systems do not tell them from small ones, and one entry must not stand for another.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use locum_crypto::SecretBytes;

use crate::cache::{Lock, wait};
use crate::outside::Clock;
use crate::state_file;
use crate::vault::{Kind, Vault, VaultError, check_name};

const ENDING: &str = ".secret";
/// The longest name of a file, in bytes, which is what most file systems take, less what is put around it for a moment.
const MAX_FILE_NAME: usize = 200;

/// Files below a directory.
#[derive(Debug, Clone)]
pub struct FileVault<C> {
    directory: Option<PathBuf>,
    clock: C,
}

impl<C: Clock> FileVault<C> {
    /// The files of a directory, which need not be there; without one nothing is found and nothing can be kept.
    #[must_use]
    pub fn new(directory: Option<PathBuf>, clock: C) -> Self {
        Self { directory, clock }
    }

    fn path(&self, kind: Kind, name: &str, ending: &str) -> Result<Option<PathBuf>, VaultError> {
        check_name(name)?;
        let file = file_name(name);
        if file.len() > MAX_FILE_NAME {
            return Err(VaultError::Long {
                name: name.to_owned(),
                most: MAX_FILE_NAME,
            });
        }
        let directory = self.directory.as_ref();
        Ok(directory.map(|path| path.join(kind.word()).join(format!("{file}{ending}"))))
    }
}

impl<C: Clock> Vault for FileVault<C> {
    fn load(&self, kind: Kind, name: &str) -> Result<Option<SecretBytes>, VaultError> {
        let Some(path) = self.path(kind, name, ENDING)? else {
            return Ok(None);
        };
        match state_file::read_secret(&path) {
            Ok(bytes) => Ok(Some(SecretBytes::new(bytes))),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(refused(&path, "cannot be used", &error)),
        }
    }

    fn store(&self, kind: Kind, name: &str, value: &SecretBytes) -> Result<(), VaultError> {
        let path = self.path(kind, name, ENDING)?.ok_or(VaultError::NoDirectory)?;
        path.parent()
            .map_or(Ok(()), state_file::make_directory)
            .and_then(|()| state_file::write(&path, value.expose(), self.clock.now()))
            .map_err(|error| refused(&path, "cannot be written", &error))
    }

    fn remove(&self, kind: Kind, name: &str) -> Result<bool, VaultError> {
        let Some(path) = self.path(kind, name, ENDING)? else {
            return Ok(false);
        };
        match fs::remove_file(&path) {
            Ok(()) => Ok(true),
            Err(error) if is_absent(&error) => Ok(false),
            Err(error) => Err(refused(&path, "cannot be removed", &error)),
        }
    }

    fn list(&self, kind: Kind) -> Result<Vec<String>, VaultError> {
        let Some(directory) = &self.directory else {
            return Ok(Vec::new());
        };
        let directory = directory.join(kind.word());
        let entries = match fs::read_dir(&directory) {
            Ok(entries) => entries,
            Err(error) if is_absent(&error) => return Ok(Vec::new()),
            Err(error) => return Err(refused(&directory, "cannot be read", &error)),
        };
        let mut names: Vec<String> = entries
            .filter_map(|entry| entry_name(&entry.ok()?.file_name().into_string().ok()?))
            .collect();
        names.sort_unstable();
        Ok(names)
    }

    fn lock(&self, kind: Kind, name: &str) -> Lock {
        let path = self.path(kind, name, ".lock").ok().flatten();
        path.map_or_else(Lock::default, |path| wait(&path, &self.clock))
    }
}

fn refused(path: &Path, what: &str, error: &io::Error) -> VaultError {
    VaultError::File {
        path: path.to_owned(),
        reason: format!("{what}: {error}"),
    }
}

fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

fn file_name(name: &str) -> String {
    let mut file = String::with_capacity(name.len());
    for (place, byte) in name.bytes().enumerate() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' => file.push(char::from(byte)),
            // A file that starts with a point is hidden, and two of them lead elsewhere.
            b'.' if place > 0 => file.push('.'),
            _ => {
                let _ = write!(file, "%{byte:02x}");
            }
        }
    }
    file
}

/// The name that a file of the directory stands for; `None` for what is not an entry.
fn entry_name(file: &str) -> Option<String> {
    let encoded = file.strip_suffix(ENDING)?;
    let mut parts = encoded.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(part.get(..2)?, 16).ok()?);
        bytes.extend_from_slice(part.get(2..)?.as_bytes());
    }
    let name = String::from_utf8(bytes).ok()?;
    (file_name(&name) == encoded && check_name(&name).is_ok()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_stands_for_one_name() {
        for (name, file) in [
            ("alice", "alice"),
            ("Alice", "%41lice"),
            ("..", "%2e."),
            ("../x", "%2e.%2fx"),
            (".hidden", "%2ehidden"),
            ("a b%", "a%20b%25"),
            ("é", "%c3%a9"),
        ] {
            assert_eq!(file_name(name), file);
            assert_eq!(entry_name(&format!("{file}.secret")).as_deref(), Some(name));
        }
        for stranger in [
            "alice",
            "alice.lock",
            ".alice.secret.1.2.tmp",
            ".secret",
            "Alice.secret",
            "%61.secret",
            "%4.secret",
            "%zz.secret",
            "%ff.secret",
            "%0a.secret",
        ] {
            assert_eq!(entry_name(stranger), None, "{stranger}");
        }
    }
}
