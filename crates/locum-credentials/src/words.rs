//! A line split into words the way a POSIX shell would, without being one: quotes and backslashes, but no variables, no
//! patterns, no substitution.
//!
//! This is Python's `shlex.split`, with which botocore splits `credential_process` and the headings of profiles; its
//! two errors are kept, because users see them (facts: cli §2).

/// A line whose quotes do not add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WordsError {
    /// A quote without its partner.
    #[error("No closing quotation")]
    Quotation,
    /// A backslash with nothing after it.
    #[error("No escaped character")]
    Escape,
}

/// Returns a word as [`split`] and shells read it, for a line that somebody is to copy: quoted if need be.
#[must_use]
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-+=:,./@%".contains(c);
    // zsh takes `=name` for the path of a program.
    if !word.is_empty() && !word.starts_with('=') && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// Splits a line into its words.
///
/// # Errors
/// A quote without its partner, or a backslash at the end.
pub fn split(line: &str) -> Result<Vec<String>, WordsError> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match letter {
            ' ' | '\t' | '\r' | '\n' => words.extend(word.take()),
            '\'' => {
                let text = word.get_or_insert_default();
                loop {
                    match letters.next().ok_or(WordsError::Quotation)? {
                        '\'' => break,
                        other => text.push(other),
                    }
                }
            }
            '"' => {
                let text = word.get_or_insert_default();
                loop {
                    match letters.next().ok_or(WordsError::Quotation)? {
                        '"' => break,
                        // Between double quotes a backslash escapes itself and the quote only.
                        '\\' => match letters.next().ok_or(WordsError::Escape)? {
                            escaped @ ('"' | '\\') => text.push(escaped),
                            other => text.extend(['\\', other]),
                        },
                        other => text.push(other),
                    }
                }
            }
            '\\' => {
                let escaped = letters.next().ok_or(WordsError::Escape)?;
                word.get_or_insert_default().push(escaped);
            }
            other => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made by `shlex.split` of Python 3.11.
    #[test]
    fn words_are_those_of_shlex() {
        for (line, expected) in [
            ("", &[][..]),
            ("  ", &[]),
            ("a b\tc\nd", &["a", "b", "c", "d"]),
            ("/x/y --flag 'two words'", &["/x/y", "--flag", "two words"]),
            (r#"a "b c"d e"#, &["a", "b cd", "e"]),
            (r#""" ''"#, &["", ""]),
            (r#"a "\"\\\n$x" b"#, &["a", r#""\\n$x"#, "b"]),
            (r"a\ b '\x'", &["a b", r"\x"]),
            ("a#b #c", &["a#b", "#c"]),
            ("a;b|c>d $(e) `f` *", &["a;b|c>d", "$(e)", "`f`", "*"]),
            ("é\u{a0}ü", &["é\u{a0}ü"]),
        ] {
            assert_eq!(split(line).unwrap(), expected, "{line}");
        }
        for (line, expected) in [
            ("a 'b", WordsError::Quotation),
            ("a \"b", WordsError::Quotation),
            ("a \"b\\\"", WordsError::Quotation),
            ("a\\", WordsError::Escape),
            ("\"a\\", WordsError::Escape),
        ] {
            assert_eq!(split(line), Err(expected), "{line}");
        }
    }

    #[test]
    fn a_quoted_word_is_one_word() {
        for (word, expected) in [
            ("team-a", "team-a"),
            ("two words", "'two words'"),
            ("it's $HOME", r"'it'\''s $HOME'"),
            ("équipe", "'équipe'"),
            ("", "''"),
            ("=ls", "'=ls'"),
            ("a=b", "a=b"),
        ] {
            assert_eq!(quoted(word), expected);
            assert_eq!(split(&format!("a {} b", quoted(word))).unwrap(), ["a", word, "b"]);
        }
    }
}
