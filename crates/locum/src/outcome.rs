//! How a command of our own speaks and ends: results on standard output, one line on standard error, exit codes.

use std::ffi::OsString;
use std::fmt;
use std::io::{self, Write};
use std::process::ExitCode;

use locum_credentials::one_line;

use crate::cli::{
    errors::{Failure, escape_controls},
    stream,
};

/// Something failed.
pub(crate) const FAILED: u8 = 1;
/// The command line or a file is wrong.
pub(crate) const USAGE: u8 = 2;

/// Why a command does not do what it was told to, in one sentence.
pub(crate) trait Refusal: fmt::Display {
    /// The exit status that goes with it.
    fn exit_code(&self) -> u8;
}

/// What a command prints, and how it ends.
pub(crate) struct Printed {
    /// For standard output.
    pub(crate) text: String,
    /// The exit status.
    pub(crate) code: ExitCode,
}

impl From<String> for Printed {
    fn from(text: String) -> Self {
        Self {
            text,
            code: ExitCode::SUCCESS,
        }
    }
}

/// Runs a command that prints one text: its page where that is asked for, else what `work` makes of the words.
pub(crate) fn answer<T: Into<Printed>, R: Refusal>(
    words: Vec<OsString>,
    page: fn() -> String,
    work: fn(Vec<OsString>) -> Result<T, R>,
) -> ExitCode {
    // A prompt for a code hides what is typed, and an interrupt must not leave the terminal so.
    stream::watch_interrupts();
    if asks_for_help(&words) {
        return print(&page(), ExitCode::SUCCESS);
    }
    match work(words).map(Into::into) {
        Ok(Printed { text, code }) => print(&text, code),
        Err(refusal) => refuse(&refusal.to_string(), refusal.exit_code()),
    }
}

/// Returns the exit status for what went wrong with a call, or on the way to it.
pub(crate) const fn status(failure: &Failure) -> u8 {
    if failure.is_mistyped() { USAGE } else { FAILED }
}

/// Tells whether the words of a command ask for its page: `--help` and `-h` anywhere, `help` in the first place only, since
/// further on it is the value of an option.
pub(crate) fn asks_for_help(words: &[OsString]) -> bool {
    words.first().is_some_and(|word| word == "help")
        || words.iter().any(|word| word == "--help" || word == "-h")
}

/// Writes to standard output at once. A terminal sees what would drive it spelled out, for much of it comes from servers and
/// files.
pub(crate) fn write_out(text: &str) -> io::Result<()> {
    let harmless = stream::stdout_is_terminal().then(|| {
        // What is for `cmd` ends its lines so.
        let lines: Vec<String> = text.split("\r\n").map(escape_controls).collect();
        lines.join("\r\n")
    });
    write_coloured(harmless.as_deref().unwrap_or(text))
}

/// Writes to standard output as it is: for colours, around nothing that comes from elsewhere.
pub(crate) fn write_coloured(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Tells a person something on standard error, in one line whatever names and servers say in it. If nobody listens, nothing
/// is lost.
pub(crate) fn hint(text: &str) {
    let _ = writeln!(io::stderr().lock(), "locum: {}", one_line(text.trim_end()));
}

/// Tells what is wrong, and ends with `code`.
pub(crate) fn refuse(text: &str, code: u8) -> ExitCode {
    hint(text);
    ExitCode::from(code)
}

/// Prints a result and ends with `code`. A reader that went away has seen enough.
pub(crate) fn print(text: &str, code: ExitCode) -> ExitCode {
    match write_out(text) {
        Ok(()) => code,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => code,
        Err(error) => refuse(&format!("cannot write to standard output: {error}"), FAILED),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_is_a_word_in_the_first_place_only() {
        let asks = |line: &str| {
            let words: Vec<OsString> = line.split_whitespace().map(Into::into).collect();
            asks_for_help(&words)
        };
        for line in [
            "help",
            "--help",
            "-h",
            "help --profile p",
            "--profile p --help",
            "x -h",
        ] {
            assert!(asks(line), "{line}");
        }
        for line in ["", "--profile help", "--profile p help", "--help-me"] {
            assert!(!asks(line), "{line}");
        }
    }
}
