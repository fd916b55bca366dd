//! Where text goes: standard output, a pager in front of a person, standard error.
//!
//! A reader that goes away ends the command quietly; a disk that is full does not, since a script would take half a
//! credential for a whole one.

// The one file of the command line that may write to the process's streams.
#![allow(
    clippy::print_stderr,
    reason = "errors and hints for people belong on standard error"
)]

use std::io::{self, IsTerminal, Write};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use super::config::{Environment, Profile};
use super::errors::{Failure, escape_controls};
use super::prompt;
use crate::ignored_signals::heeded;

/// While another program has the terminal, an interrupt is its business.
static LENT: AtomicBool = AtomicBool::new(false);
/// From here on every signal is somebody else's business.
static LEFT: AtomicBool = AtomicBool::new(false);
/// What a shell reports for a command that was interrupted.
const INTERRUPTED: i32 = 130;
const USUAL_WIDTH: usize = 80;

/// Tells whether standard output is a terminal.
pub(crate) fn stdout_is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Returns the width of the terminal, 80 where there is none.
pub(crate) fn width() -> usize {
    let width = rustix::termios::tcgetwinsize(io::stdout())
        .map(|size| usize::from(size.ws_col))
        .unwrap_or_default();
    if width == 0 { USUAL_WIDTH } else { width }
}

/// Ends the command with 130 at an interrupt, as `aws` does, rather than by the signal, and lets a terminal that hides what
/// is typed show it again, whichever signal ends us; not at signals that whoever started it wants ignored.
pub(crate) fn watch_interrupts() {
    // Without the thread, the signal ends the process in its usual way, which shells report with the same number.
    if let Ok(mut signals) = Signals::new(heeded([SIGINT, SIGTERM, SIGHUP, SIGQUIT])) {
        std::thread::spawn(move || {
            for signal in signals.forever() {
                match signal {
                    SIGINT if LENT.load(Ordering::Relaxed) => {}
                    SIGINT => {
                        prompt::show_again();
                        let _ = writeln!(io::stdout());
                        std::process::exit(INTERRUPTED);
                    }
                    _ if LEFT.load(Ordering::Relaxed) => {}
                    _ => {
                        prompt::show_again();
                        // It does not return unless the signal is blocked.
                        let _ = emulate_default_handler(signal);
                    }
                }
            }
        });
    }
}

/// Leaves signals to the command that is about to run, and to whoever watches over it.
pub(crate) fn leave_signals() {
    LENT.store(true, Ordering::Relaxed);
    LEFT.store(true, Ordering::Relaxed);
}

/// Prints a result.
pub(crate) fn print(text: &str, pager: Option<&str>) -> Result<(), Failure> {
    let harmless = stdout_is_terminal().then(|| harmless(text));
    let text = harmless.as_deref().unwrap_or(text);
    if let Some(pager) = pager.filter(|_| stdout_is_terminal() && !text.is_empty())
        && page(text, pager).is_some()
    {
        return Ok(());
    }
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::General(format!("Unable to write the result: {error}")))
        }
        _ => Ok(()),
    }
}

/// A result for a terminal: what drives one is spelled out, but for the escapes that begin our own colours. An answer
/// cannot hold that character, for XML forbids it.
fn harmless(text: &str) -> String {
    let pieces: Vec<String> = text.split('\u{1b}').map(escape_controls).collect();
    pieces.join("\u{1b}")
}

/// Writes to standard error, whatever becomes of it.
pub(crate) fn print_error(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Tells whether standard error is a terminal.
pub(crate) fn stderr_is_terminal() -> bool {
    io::stderr().is_terminal()
}

/// Returns the pager to use, or `None` when it is switched off; refuses one that others could have chosen.
pub(crate) fn pager(
    off: bool,
    environment: &Environment,
    profile: &Profile,
) -> Result<Option<String>, Failure> {
    if off {
        return Ok(None);
    }
    let pager = match environment.get("AWS_PAGER") {
        Some(pager) => Some(pager),
        None => profile.trusted_of_config("cli_pager")?,
    };
    let pager = pager
        .or_else(|| environment.get("PAGER"))
        .unwrap_or_else(|| "less".to_owned());
    Ok(Some(pager).filter(|pager| !pager.trim().is_empty()))
}

/// Shows a text in a pager; `None` when it does not start, so that the text is printed instead.
fn page(text: &str, pager: &str) -> Option<()> {
    let mut words = pager.split_whitespace();
    let mut command = Command::new(words.next()?);
    command.args(words).stdin(Stdio::piped());
    if std::env::var_os("LESS").is_none() {
        command.env("LESS", "FRX");
    }
    let mut child = command.spawn().ok()?;
    LENT.store(true, Ordering::Relaxed);
    if let Some(mut stdin) = child.stdin.take() {
        // A pager that is left early closes its end.
        let _ = stdin.write_all(text.as_bytes());
    }
    let _ = child.wait();
    LENT.store(false, Ordering::Relaxed);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_is_not_driven() {
        assert_eq!(
            harmless("\u{1b}[1mé\t\u{9b}2J\u{202e}\u{7f}\n\u{1b}[0m"),
            "\u{1b}[1mé\t\\x9b2J\\u202e\\x7f\n\u{1b}[0m"
        );
    }

    #[test]
    fn the_pager_is_found_in_order_and_can_be_switched_off() {
        let profile = Profile::default();
        let found =
            |off, variables: &[(&str, &str)]| pager(off, &Environment::of(variables), &profile).unwrap();
        assert_eq!(found(false, &[]).as_deref(), Some("less"));
        assert_eq!(found(false, &[("PAGER", "more")]).as_deref(), Some("more"));
        assert_eq!(
            found(false, &[("PAGER", "more"), ("AWS_PAGER", "most -s")]).as_deref(),
            Some("most -s")
        );
        assert_eq!(found(false, &[("PAGER", "more"), ("AWS_PAGER", "")]), None);
        assert_eq!(found(true, &[]), None);
    }
}
