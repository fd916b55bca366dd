//! Asking a person for an MFA code: on the terminal itself, and hidden, whatever standard input and output are.
//!
//! Where there is no terminal, the code is read from standard input after a warning, as AWS's command does, so that a
//! script may pipe it in (`facts: cli §2`).

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, Read, Write as _};
use std::sync::{Mutex, PoisonError};

use locum_credentials::{Prompt, one_line};
use locum_crypto::SecretString;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

use super::stream;

/// The longest line that is read.
const MAX_LINE: u64 = 1_024;
/// A terminal that does not echo, and how it was before.
static HIDDEN: Mutex<Option<(File, Termios)>> = Mutex::new(None);

/// The terminal of this process.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terminal;

impl Prompt for Terminal {
    fn code(&self, serial: &str) -> Result<SecretString, String> {
        let prompt = prompt(serial);
        let line = match OpenOptions::new().read(true).write(true).open("/dev/tty") {
            Ok(terminal) => ask(&terminal, &prompt, true),
            Err(_) => {
                stream::print_error(&format!("Warning: Password input may be echoed.\n{prompt}"));
                read_line(io::stdin())
            }
        };
        match line {
            Ok(Some(line)) => Ok(line),
            Ok(None) => Err("nobody answered".to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// The question. It is one line, or a serial number that goes on over several could ask for something else.
fn prompt(serial: &str) -> String {
    format!("Enter MFA code for {}: ", one_line(serial))
}

/// Asks on the terminal, and nowhere else; `None` when nobody answers.
pub(crate) fn on_terminal(question: &str, hidden: bool) -> io::Result<Option<SecretString>> {
    let terminal = OpenOptions::new().read(true).write(true).open("/dev/tty")?;
    ask(&terminal, question, hidden)
}

fn ask(mut terminal: &File, prompt: &str, hidden: bool) -> io::Result<Option<SecretString>> {
    terminal.write_all(prompt.as_bytes())?;
    if !hidden {
        return read_line(terminal);
    }
    let before = tcgetattr(terminal)?;
    let mut hidden = before.clone();
    hidden.local_modes.remove(LocalModes::ECHO);
    *HIDDEN.lock().unwrap_or_else(PoisonError::into_inner) = Some((terminal.try_clone()?, before));
    tcsetattr(terminal, OptionalActions::Flush, &hidden)?;
    let line = read_line(terminal);
    show_again();
    let _ = terminal.write_all(b"\n");
    line
}

/// Lets the terminal echo again, if it was told not to. For the end of a prompt, expected or not.
pub(crate) fn show_again() {
    let hidden = HIDDEN.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some((terminal, before)) = hidden {
        let _ = tcsetattr(&terminal, OptionalActions::Flush, &before);
    }
}

/// Reads a line without its end; `None` when there is none.
pub(crate) fn read_line(from: impl Read) -> io::Result<Option<SecretString>> {
    let mut line = Vec::new();
    io::BufReader::new(from.take(MAX_LINE)).read_until(b'\n', &mut line)?;
    let line = String::from_utf8(line).map_err(|_| io::Error::other("the answer is not UTF-8"))?;
    let code = line.trim_end_matches(['\r', '\n']);
    Ok((!line.is_empty()).then(|| SecretString::from(code)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_question_is_one_line() {
        assert_eq!(
            prompt("arn:x\n\nPassword of root\t\u{1b}[2J"),
            "Enter MFA code for arn:x\\n\\nPassword of root\\t\\x1b[2J: "
        );
    }
}
