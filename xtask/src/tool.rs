//! One program to run: it is shown, it inherits the terminal, and its failure is a sentence.

use crate::error::TaskError;
use crate::places;
use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Stdio};

/// A command line under construction.
pub(crate) struct Tool {
    command: Command,
    shown: String,
    remedy: String,
}

impl Tool {
    /// The program by name or path, without arguments yet.
    pub(crate) fn new(program: impl Into<OsString>) -> Self {
        let program = program.into();
        let shown = program.to_string_lossy().into_owned();
        let remedy = "install it and run this again".to_owned();
        Self {
            command: Command::new(program),
            shown,
            remedy,
        }
    }

    /// The `cargo` that runs this task. On a clean checkout it keeps nothing for an incremental build: that would be written
    /// at some cost and never read.
    pub(crate) fn cargo() -> Self {
        let mut tool = Self::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        tool.shown = "cargo".to_owned();
        if places::was_built_incrementally() {
            tool
        } else {
            tool.env("CARGO_INCREMENTAL", "0")
        }
    }

    /// Appends arguments, separated by spaces in `words`.
    pub(crate) fn words(mut self, words: &str) -> Self {
        for word in words.split_whitespace() {
            self = self.arg(word);
        }
        self
    }

    /// Appends one argument as it is.
    pub(crate) fn arg(mut self, argument: impl Into<OsString>) -> Self {
        let argument = argument.into();
        self.shown.push(' ');
        self.shown.push_str(&argument.to_string_lossy());
        self.command.arg(argument);
        self
    }

    /// Sets a variable for the program.
    pub(crate) fn env(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.command.env(name, value.into());
        self
    }

    /// Runs it in `directory`.
    pub(crate) fn in_directory(mut self, directory: &Path) -> Self {
        self.command.current_dir(directory);
        self
    }

    /// What to tell somebody who does not have the program.
    pub(crate) fn or_else_tell(mut self, remedy: &str) -> Self {
        remedy.clone_into(&mut self.remedy);
        self
    }

    /// Runs the program on this terminal and waits for it.
    pub(crate) fn run(mut self) -> Result<(), TaskError> {
        let status = self.command.stdin(Stdio::null()).status();
        match status {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(TaskError::Failed {
                command: self.shown,
                status,
            }),
            Err(source) => Err(self.not_started(source)),
        }
    }

    /// Runs the program silently and returns what it printed, or nothing if it failed or does not exist.
    pub(crate) fn output(mut self) -> Option<String> {
        let output = self
            .command
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .output()
            .ok()?;
        output
            .status
            .success()
            .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    fn not_started(&self, source: std::io::Error) -> TaskError {
        let program = self.command.get_program().to_string_lossy().into_owned();
        if source.kind() == ErrorKind::NotFound {
            TaskError::Missing {
                program,
                remedy: self.remedy.clone(),
            }
        } else {
            TaskError::Start { program, source }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_program_is_named_with_its_remedy() {
        let error = Tool::new("/nonexistent/program")
            .or_else_tell("run the installer")
            .run()
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "`/nonexistent/program` is not installed: run the installer"
        );
    }

    #[test]
    fn a_failure_shows_the_whole_command() {
        let error = Tool::new("sh").arg("-c").arg("exit 3").run().unwrap_err();
        assert_eq!(error.to_string(), "`sh -c exit 3` failed with exit status: 3");
    }

    #[test]
    fn output_is_trimmed_and_failure_is_nothing() {
        assert_eq!(
            Tool::new("echo").words("one  two").output().as_deref(),
            Some("one two")
        );
        assert_eq!(Tool::new("false").output(), None);
        assert_eq!(Tool::new("/nonexistent/program").output(), None);
    }
}
