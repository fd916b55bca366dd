//! Text of files, programs and servers, made harmless before a terminal sees it.
//!
//! Control characters drive a terminal, and the marks of right-to-left text make a line read as another
//! (facts: security §1.11). A configuration file may come from anywhere, so its names are quoted too.

use std::fmt::Write as _;

/// The longest quotation, in characters.
const LONGEST: usize = 2_000;

/// Returns the text with control characters and direction marks spelled out, cut after 2,000 characters.
#[must_use]
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(LONGEST));
    for letter in text.chars().take(LONGEST) {
        match letter {
            '\n' | '\t' => out.push(letter),
            '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(letter));
            }
            _ if letter.is_control() => {
                let _ = write!(out, "\\x{:02x}", u32::from(letter));
            }
            _ => out.push(letter),
        }
    }
    if text.chars().nth(LONGEST).is_some() {
        out.push('…');
    }
    out
}

/// Returns names as Python prints a list of them.
pub(crate) fn list(names: &[String]) -> String {
    let quoted: Vec<String> = names
        .iter()
        .map(|name| {
            let quote = if name.contains('\'') && !name.contains('"') {
                '"'
            } else {
                '\''
            };
            format!("{quote}{}{quote}", plain(name))
        })
        .collect();
    format!("[{}]", quoted.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_drives_a_terminal_is_spelled_out() {
        assert_eq!(plain("a\u{1b}[2J\r\u{9b}b\n\tc"), "a\\x1b[2J\\x0d\\x9bb\n\tc");
        assert_eq!(plain("x\u{202e}y\u{2066}"), "x\\u202ey\\u2066");
        assert_eq!(plain("é漢"), "é漢");
        assert_eq!(plain(&"x".repeat(3_000)).chars().count(), LONGEST + 1);
        assert_eq!(list(&["a".into(), "it's".into()]), "['a', \"it's\"]");
    }
}
