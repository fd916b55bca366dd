//! Asking a person which of several.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, Read as _, Write as _};

use locum_credentials::one_line;

/// The longest answer that is read.
const MAX_LINE: u64 = 64;
const ATTEMPTS: usize = 3;

/// Asks at the terminal; `None` where there is none, or no answer that is one.
pub(super) fn choose(question: &str, items: &[String]) -> Option<usize> {
    let terminal = OpenOptions::new().read(true).write(true).open("/dev/tty").ok()?;
    ask(&terminal, question, items).ok().flatten()
}

fn ask(mut terminal: &File, question: &str, items: &[String]) -> io::Result<Option<usize>> {
    for (number, item) in (1..).zip(items) {
        // A name of several lines could look like several names.
        writeln!(terminal, "{number:>3}  {}", one_line(item))?;
    }
    for _ in 0..ATTEMPTS {
        write!(terminal, "{question} [1-{}]: ", items.len())?;
        terminal.flush()?;
        let mut line = String::new();
        if io::BufReader::new(terminal.take(MAX_LINE)).read_line(&mut line)? == 0 {
            return Ok(None);
        }
        if let Ok(number @ 1..) = line.trim().parse::<usize>()
            && number <= items.len()
        {
            return Ok(Some(number - 1));
        }
    }
    Ok(None)
}
