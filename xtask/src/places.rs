//! Where things are: the workspace, its build directory, and what is built into it.

use crate::error::TaskError;
use std::path::{Path, PathBuf};

/// The workspace root, which is the directory above this crate.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// The build directory: `CARGO_TARGET_DIR`, or `target` in the workspace.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |named| root().join(named))
}

/// The `locum` program of the development profile.
pub(crate) fn binary() -> PathBuf {
    target().join("debug").join("locum")
}

/// Whether an earlier build left what makes the next one incremental. This program's own part does not count.
pub(crate) fn was_built_incrementally() -> bool {
    let kept = std::fs::read_dir(target().join("debug/incremental"));
    kept.into_iter()
        .flatten()
        .flatten()
        .any(|entry| entry.file_name().to_string_lossy().starts_with("locum"))
}

/// An example program of the development profile, which tests talk to.
pub(crate) fn example(name: &str) -> PathBuf {
    target().join("debug").join("examples").join(name)
}

/// The directories of the workspace's crates, in order of name.
pub(crate) fn crates() -> Result<Vec<PathBuf>, TaskError> {
    let directory = root().join("crates");
    let unreadable = |source| TaskError::File {
        path: directory.clone(),
        source,
    };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(&directory).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.join("Cargo.toml").is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Reads a text file, naming it if that fails.
pub(crate) fn read(path: &Path) -> Result<String, TaskError> {
    std::fs::read_to_string(path).map_err(|source| TaskError::File {
        path: path.to_path_buf(),
        source,
    })
}
