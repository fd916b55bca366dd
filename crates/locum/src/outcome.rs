//! How a command of our own speaks and ends: results on standard output, one line on standard error, exit codes.

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use crate::cli::errors::escape_controls;

/// Something failed.
pub(crate) const FAILED: u8 = 1;
/// The command line or a file is wrong.
pub(crate) const USAGE: u8 = 2;

/// Tells whether a word asks for the page of the command.
pub(crate) fn asks_for_help(word: &OsString) -> bool {
    word == "--help" || word == "-h" || word == "help"
}

/// Writes to standard output at once.
pub(crate) fn write_out(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Tells a person something on standard error, control characters of names and servers made harmless. If nobody listens,
/// nothing is lost.
pub(crate) fn hint(text: &str) {
    let _ = writeln!(io::stderr().lock(), "locum: {}", escape_controls(text));
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
