//! The syntax of `config` and `credentials`: what Python's `configparser` reads, because the original reads them with it.
//!
//! A line indented deeper than the key before it continues that key's value; a value that starts on the next line holds
//! keys of its own. A section or key that comes twice is refused, and so is a line that is nothing: which credentials
//! sign a call must not depend on how a slip is read. Two things are kinder than the original: a byte order mark is
//! passed over, and the error tells the line (facts: cli §2).

use std::collections::{HashMap, HashSet};
use std::fmt;

/// A section of a file.
#[derive(Default, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its keys, in lower case, and their values.
    pub values: HashMap<String, String>,
    /// The keys below a key, as they are spelled.
    pub nested: HashMap<String, HashMap<String, String>>,
}

impl fmt::Debug for Section {
    /// Shows the keys only: some values are secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set()
            .entries(self.values.keys())
            .entries(self.nested.keys())
            .finish()
    }
}

/// The key whose value the next lines may continue.
struct Open {
    name: String,
    lines: Vec<String>,
    number: usize,
}

/// Parses the text of a file to its sections, in their order and with their names as they are written.
///
/// # Errors
/// The number of the first line that cannot be read.
pub fn parse(text: &str) -> Result<Vec<(String, Section)>, usize> {
    parse_as(text, Below::Keys)
}

/// Parses a text in which no value holds keys of its own: one that starts on the next line is text over several lines.
///
/// # Errors
/// The number of the first line that cannot be read.
pub(crate) fn parse_flat(text: &str) -> Result<Vec<(String, Section)>, usize> {
    parse_as(text, Below::Text)
}

/// What the lines below a key without a value on its own line are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Below {
    Keys,
    Text,
}

fn parse_as(text: &str, below: Below) -> Result<Vec<(String, Section)>, usize> {
    let mut sections: Vec<(String, Section)> = Vec::new();
    let (mut headings, mut keys) = (HashSet::new(), HashSet::new());
    let mut open: Option<Open> = None;
    let mut indent = 0;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (number, line) in (1..).zip(lines(text)) {
        let value = line.trim();
        if value.is_empty() {
            if let Some(open) = &mut open {
                open.lines.push(String::new());
            }
            continue;
        }
        if value.starts_with(['#', ';']) {
            continue;
        }
        let depth = line.chars().take_while(|c| c.is_whitespace()).count();
        if depth > indent
            && let Some(open) = &mut open
        {
            open.lines.push(value.to_owned());
            continue;
        }
        indent = depth;
        close(&mut sections, open.take(), below)?;
        if let Some(name) = heading(value) {
            if !headings.insert(name.to_owned()) {
                return Err(number);
            }
            sections.push((name.to_owned(), Section::default()));
            keys.clear();
            continue;
        }
        let (name, value) = value
            .split_once(['=', ':'])
            .filter(|_| !sections.is_empty())
            .ok_or(number)?;
        let name = name.trim_end().to_lowercase();
        if name.is_empty() || !keys.insert(name.clone()) {
            return Err(number);
        }
        open = Some(Open {
            name,
            lines: vec![value.trim().to_owned()],
            number,
        });
    }
    close(&mut sections, open, below)?;
    Ok(sections)
}

/// Lines as Python's universal newlines see them: a lone carriage return ends one too.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n')
        .flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r'))
}

/// The name between the first bracket and the last; whatever follows is passed over.
fn heading(value: &str) -> Option<&str> {
    let (name, _) = value.strip_prefix('[')?.rsplit_once(']')?;
    (!name.is_empty()).then_some(name)
}

fn close(sections: &mut [(String, Section)], open: Option<Open>, below: Below) -> Result<(), usize> {
    let (Some(Open { name, lines, number }), Some((_, section))) = (open, sections.last_mut()) else {
        return Ok(());
    };
    let value = lines.join("\n");
    let value = value.trim_end();
    if value.starts_with('\n') && below == Below::Keys {
        let nested = section.nested.entry(name).or_default();
        for line in value.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (key, value) = line.split_once('=').ok_or(number)?;
            nested.insert(key.trim().to_owned(), value.trim().to_owned());
        }
    } else {
        section.values.insert(name, value.to_owned());
    }
    Ok(())
}
