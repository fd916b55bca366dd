//! A line cut into words as far as it is typed: a quote that is still open is no mistake here.

/// What stands before the cursor.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// The words. The last one is being typed, and empty after a blank.
    pub(super) words: Vec<String>,
    /// Whether the last word stands in a quote that is still open.
    pub(super) in_quote: bool,
}

/// Returns a word as it is typed outside of quotes.
pub(super) fn escaped(word: &str) -> String {
    let mut out = String::new();
    for letter in word.chars() {
        if !letter.is_alphanumeric() && !"_./:=@%+,~-".contains(letter) {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}

/// Returns a word as PowerShell reads it back: between single quotes unless it is plain. A comma would make a list of it.
pub(super) fn quoted_for_powershell(word: &str) -> String {
    let is_plain = |letter: char| letter.is_alphanumeric() || "_./:=+-~\\".contains(letter);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    // To PowerShell the typographic quotes are quotes too.
    let mut out = String::from("'");
    for letter in word.chars() {
        if "'‘’‚‛".contains(letter) {
            out.push(letter);
        }
        out.push(letter);
    }
    out.push('\'');
    out
}

/// Splits what stands before the cursor.
pub(super) fn split(line: &str) -> Line {
    let mut words = vec![String::new()];
    let mut between = true;
    let mut quote = None;
    let mut letters = line.trim_start().chars();
    while let Some(letter) = letters.next() {
        if quote.is_none() && letter.is_whitespace() {
            if !between {
                words.push(String::new());
            }
            between = true;
            continue;
        }
        between = false;
        let Some(word) = words.last_mut() else { break };
        match (quote, letter) {
            (Some(open), _) if open == letter => quote = None,
            (None, '\'' | '"') => quote = Some(letter),
            (None | Some('"'), '\\') => word.extend(letters.next()),
            _ => word.push(letter),
        }
    }
    Line {
        words,
        in_quote: quote.is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_is_the_one_being_typed() {
        for (line, expected) in [
            ("", &[""][..]),
            ("locum", &["locum"]),
            ("  locum ", &["locum", ""]),
            ("locum  sts  as", &["locum", "sts", "as"]),
            ("locum --profile 'two wo", &["locum", "--profile", "two wo"]),
            ("a \"b c\"d\\ e f", &["a", "b cd e", "f"]),
            ("a 'b\\' c", &["a", "b\\", "c"]),
            ("a \\", &["a", ""]),
            ("a '' ", &["a", "", ""]),
        ] {
            assert_eq!(split(line).words, expected, "{line:?}");
        }
        for (line, in_quote) in [
            ("a 'b", true),
            ("a 'b'", false),
            ("a \"b\\\"", true),
            ("a \\'b", false),
        ] {
            assert_eq!(split(line).in_quote, in_quote, "{line}");
        }
        for (word, quoted) in [
            ("--query", "--query"),
            ("file://~/a.json", "file://~/a.json"),
            ("two words", "'two words'"),
            ("$(calc)", "'$(calc)'"),
            ("it's", "'it''s'"),
            ("a’;b", "'a’’;b'"),
            ("Key=a,Value=", "'Key=a,Value='"),
        ] {
            assert_eq!(quoted_for_powershell(word), quoted);
        }
        assert_eq!(escaped("two words (é).json"), "two\\ words\\ \\(é\\).json");
    }
}
