//! Why a task did not succeed, in sentences a person can act on.

use std::path::PathBuf;

/// The reason a task ended early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TaskError {
    /// A program that the task runs is not on this machine.
    #[error("`{program}` is not installed: {remedy}")]
    Missing {
        /// The program's name.
        program: String,
        /// What to do about it.
        remedy: String,
    },
    /// A program could not be started for another reason.
    #[error("`{program}` could not be started: {source}")]
    Start {
        /// The program's name.
        program: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A program ran and reported failure.
    #[error("`{command}` failed with {status}")]
    Failed {
        /// The command line as typed.
        command: String,
        /// Its exit status.
        status: std::process::ExitStatus,
    },
    /// A file could not be read or written.
    #[error("{path}: {source}", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Debian packages are missing and this user may not install them.
    #[error(
        "the Debian packages {packages} are needed and only root can install them: run `sudo apt-get install {packages}`, then this again"
    )]
    Packages {
        /// The missing packages, separated by spaces.
        packages: String,
    },
    /// A built program is not where it should be.
    #[error("{} was not built: {remedy}", path.display())]
    NotBuilt {
        /// Where it was expected.
        path: PathBuf,
        /// What to run.
        remedy: &'static str,
    },
    /// The compiler did not say what it was asked.
    #[error("`rustc --print {0}` failed: install the compiler that `rust-toolchain.toml` names")]
    Unknown(&'static str),
    /// A program that is to run anywhere asks for libraries of its machine.
    #[error("{} is not static: look at its build for a library that is linked dynamically", path.display())]
    NotStatic {
        /// The program.
        path: PathBuf,
    },
    /// The map in `ARCHITECTURE.md` and the manifests disagree.
    #[error("ARCHITECTURE.md and the manifests disagree:\n{}", .0.join("\n"))]
    Architecture(Vec<String>),
    /// Calls cost other numbers of instructions than are committed.
    #[error("{reasons}\nIf that is meant, these are the lines of {file}:\n{lines}")]
    Instructions {
        /// What differs, a line each.
        reasons: String,
        /// Where the figures are committed.
        file: &'static str,
        /// What belongs there.
        lines: String,
    },
    /// Instructions could not be counted.
    #[error("instructions were not counted: {0}")]
    Uncounted(&'static str),
    /// Some steps of a longer task failed; their own messages came before.
    #[error("failed: {}", .0.join(", "))]
    Steps(Vec<&'static str>),
    /// The command line was not understood.
    #[error("{0}")]
    Usage(String),
}

impl From<lexopt::Error> for TaskError {
    fn from(error: lexopt::Error) -> Self {
        Self::Usage(error.to_string())
    }
}
