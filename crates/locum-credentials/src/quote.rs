//! Text of files, programs and servers, made harmless before a terminal sees it.
//!
//! Control characters drive a terminal, and the marks of right-to-left text make a line read as another
//! (facts: security §1.11). A configuration file may come from anywhere, so its names are quoted too.

use std::fmt::Write as _;

/// The longest quotation, in characters.
const LONGEST: usize = 2_000;

/// Returns the text with control characters, direction marks and Unicode's own line breaks spelled out, cut after 2,000 characters.
#[must_use]
pub fn plain(text: &str) -> String {
    let mut out = spell_out(text.chars().take(LONGEST), true);
    if text.chars().nth(LONGEST).is_some() {
        out.push('…');
    }
    out
}

/// Returns the text on one line, whole: as [`plain`] does, with line breaks and tabs spelled out as well, for what goes on
/// over several lines could pass for a message of ours.
#[must_use]
pub fn one_line(text: &str) -> String {
    spell_out(text.chars(), false)
}

fn spell_out(letters: impl Iterator<Item = char>, lines: bool) -> String {
    let mut out = String::new();
    for letter in letters {
        match letter {
            '\n' | '\t' if lines => out.push(letter),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(letter));
            }
            _ if letter.is_control() => {
                let _ = write!(out, "\\x{:02x}", u32::from(letter));
            }
            _ => out.push(letter),
        }
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
        assert_eq!(
            one_line("a\nlocum: b\t\u{1b}\u{2028}"),
            "a\\nlocum: b\\t\\x1b\\u2028"
        );
        assert_eq!(one_line(&"x".repeat(3_000)).len(), 3_000);
        assert_eq!(list(&["a".into(), "it's".into()]), "['a', \"it's\"]");
    }
}
