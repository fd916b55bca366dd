//! The identity providers and the clients that are written for Node.js, from npm into the build directory.
//!
//! Versions and their digests are in `tests/clients/*/package-lock.json`. No package runs a script of its own while it
//! is installed, and nothing is installed twice: each directory keeps a copy of the lock file it was made from.

use crate::error::TaskError;
use crate::places;
use crate::tool::Tool;
use std::path::{Path, PathBuf};

const MANIFEST: &str = "package.json";
const LOCK: &str = "package-lock.json";
const INSTALLED: &str = "package-lock.installed";
const OLDEST: u32 = 20;
const REMEDY: &str = "install Node.js 20 or later with npm, then run this again";

/// Packages that are installed together.
pub(crate) struct Packages {
    /// Where what is wanted is written, from the workspace root.
    wanted: &'static str,
    /// Where it goes, in the build directory.
    name: &'static str,
}

/// The identity providers.
pub(crate) const PROVIDERS: Packages = Packages {
    wanted: "tests/clients/idp",
    name: "npm",
};

/// The AWS SDK for JavaScript, and what else asks as a client.
pub(crate) const CLIENTS: Packages = Packages {
    wanted: "tests/clients/sdk",
    name: "npm-clients",
};

impl Packages {
    /// Where the packages are: the directory that holds `node_modules`.
    pub(crate) fn directory(&self) -> PathBuf {
        places::target().join(self.name)
    }

    fn wanted(&self) -> PathBuf {
        places::root().join(self.wanted)
    }
}

/// Installs all packages, unless they are there.
pub(crate) fn prepare() -> Result<(), TaskError> {
    let version = Tool::new("node").arg("--version").output().unwrap_or_default();
    if !is_current(&version) {
        return Err(missing("node"));
    }
    install(&PROVIDERS)?;
    install(&CLIENTS)
}

fn install(packages: &Packages) -> Result<(), TaskError> {
    let wanted = packages.wanted();
    let lock = places::read(&wanted.join(LOCK))?;
    let directory = packages.directory();
    let installed = directory.join(INSTALLED);
    if std::fs::read_to_string(&installed).is_ok_and(|had| had == lock) {
        return Ok(());
    }
    if Tool::new("npm").arg("--version").output().is_none() {
        return Err(missing("npm"));
    }
    std::fs::create_dir_all(&directory).map_err(|source| failed(&directory, source))?;
    write(&directory.join(MANIFEST), &places::read(&wanted.join(MANIFEST))?)?;
    write(&directory.join(LOCK), &lock)?;
    Tool::new("npm")
        .words("ci --ignore-scripts --no-audit --no-fund --loglevel=error")
        .in_directory(&directory)
        .or_else_tell(REMEDY)
        .run()?;
    write(&installed, &lock)
}

/// Tells whether `node --version` printed one that the packages run on.
fn is_current(version: &str) -> bool {
    let major = version
        .trim_start_matches('v')
        .split('.')
        .next()
        .unwrap_or_default();
    major.parse().is_ok_and(|major: u32| major >= OLDEST)
}

fn missing(program: &str) -> TaskError {
    TaskError::Missing {
        program: program.to_owned(),
        remedy: REMEDY.to_owned(),
    }
}

fn write(path: &Path, text: &str) -> Result<(), TaskError> {
    std::fs::write(path, text).map_err(|source| failed(path, source))
}

fn failed(path: &Path, source: std::io::Error) -> TaskError {
    TaskError::File {
        path: path.to_path_buf(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_must_be_there_and_not_too_old() {
        for version in ["v20.20.2", "v22.0.0", "v100.1.1"] {
            assert!(is_current(version), "{version}");
        }
        for version in ["", "v18.20.4", "v", "twenty"] {
            assert!(!is_current(version), "{version:?}");
        }
    }

    #[test]
    fn the_lock_files_name_digests_and_no_hosts() {
        for packages in [PROVIDERS, CLIENTS] {
            let lock = places::read(&packages.wanted().join(LOCK)).unwrap();
            assert!(lock.contains("\"integrity\": \"sha512-"), "{}", packages.name);
            assert!(!lock.contains("\"resolved\""), "{}", packages.name);
        }
    }
}
