//! A Python virtual environment in the build directory. Nothing is installed twice: it keeps a copy of the requirements it
//! was made from.

use crate::error::TaskError;
use crate::places;
use crate::tool::Tool;
use std::path::{Path, PathBuf};

/// An environment, made or to be made.
pub(crate) struct Environment {
    directory: PathBuf,
    requirements: PathBuf,
}

impl Environment {
    /// One of this name, from a file of pinned requirements, which is given from the workspace root.
    pub(crate) fn new(name: &str, requirements: &str) -> Self {
        Self {
            directory: places::target().join(name),
            requirements: places::root().join(requirements),
        }
    }

    /// A program in it.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.directory.join("bin").join(name)
    }

    /// Makes it, unless it was made from the same requirements.
    pub(crate) fn prepare(&self) -> Result<(), TaskError> {
        let wanted = places::read(&self.requirements)?;
        let installed = self.directory.join("requirements.installed");
        if is_current(&installed, &wanted) {
            return Ok(());
        }
        Tool::new("python3")
            .words("-m venv --clear")
            .arg(&self.directory)
            .or_else_tell("install python3 and python3-venv")
            .run()?;
        Tool::new(self.program("python"))
            .words("-m pip install --quiet --disable-pip-version-check --no-deps --requirement")
            .arg(&self.requirements)
            .run()?;
        std::fs::write(&installed, wanted).map_err(|source| TaskError::File {
            path: installed,
            source,
        })
    }
}

fn is_current(installed: &Path, wanted: &str) -> bool {
    std::fs::read_to_string(installed).is_ok_and(|had| had == wanted)
}
